/// What the hub answers an operator.
package enum AdminReply: Codable, Sendable {
    case done(AdminText)
    case invited(InviteView)
    case status(HubStatus)
    case invites([InviteView])
    case devices([DeviceView])
    case staff([StaffRequest])
    case policy(version: Int, yaml: String)
    case recovery(RecoveryView)
    case compacted(CompactionView)
    case rebased(RebaseView)
    case quarantined([QuarantineView])
    /// A part of a list, and the key of its last item when there is more.
    indirect case part(AdminReply, next: String?)
    /// Nothing was done; the text says why and what to do.
    case refused(AdminText)
    /// The store failed; nothing was done.
    case failed(message: String)
}

/// The hub at a glance.
package struct HubStatus: Codable, Sendable {
    /// The life of the log, 32 hexadecimal digits.
    package var epoch: String
    /// The end of the log.
    package var head: UInt64
    /// How many there are in all.
    package var tickets: Int
    /// How many are not closed.
    package var openTickets: Int
    /// Replicas that have ever pushed.
    package var replicas: Int
    /// Timers that wait.
    package var timers: Int
    /// Enrolled devices, revoked ones too.
    package var devices: Int
    /// Counts the policies that were loaded; 0 for none.
    package var policyVersion: Int
    /// The profile in force; empty for none.
    package var policyName: String
    /// When the next timer acts; nil when none waits.
    package var nextTimerMilliseconds: Int64?
    /// Set while a restored hub waits for what replicas bring back.
    package var recoveringUntilMilliseconds: Int64?
    /// Entries up to here are gone but for those that carry events.
    package var logBase: UInt64
    /// The end of the last verified backup.
    package var durableSequence: UInt64
    /// Entries that came back and wait for the making of their ticket.
    package var parked: Int
    /// Work that waits for a supervisor's decision.
    package var quarantined: Int
    /// The calendars of the policy in force whose dates have ended or end soon, in words.
    package var calendarsToRenew: [AdminText]
    /// What only a running hub knows; nil when none runs.
    package var live: LiveStatus?
}

/// A running hub at a glance.
package struct LiveStatus: Codable, Sendable {
    /// The process of `serve`.
    package var processID: Int32
    /// When it began.
    package var startedAtMilliseconds: Int64
    /// The bound addresses, with the ports that the kernel chose.
    package var syncEndpoint: String
    /// Where replicas subscribe to hints.
    package var feedEndpoint: String
    /// Connections that have said hello.
    package var sessions: Int
    /// Devices that have brought back what they held, while the hub recovers.
    package var reportedDevices: [String]
    /// Why the store cannot be written just now; nil when it can.
    package var storeFault: String?
    /// The transport's counters by name.
    package var counters: [String: UInt64]

    package init(
        processID: Int32, startedAtMilliseconds: Int64, syncEndpoint: String,
        feedEndpoint: String, sessions: Int, reportedDevices: [String], storeFault: String?,
        counters: [String: UInt64]
    ) {
        self.processID = processID
        self.startedAtMilliseconds = startedAtMilliseconds
        self.syncEndpoint = syncEndpoint
        self.feedEndpoint = feedEndpoint
        self.sessions = sessions
        self.reportedDevices = reportedDevices
        self.storeFault = storeFault
        self.counters = counters
    }
}

/// A device as an operator sees it.
package struct DeviceView: Codable, Sendable {
    /// The device by its name at the hub.
    package var device: String
    /// What people call the device.
    package var label: String
    /// A store by name; nil for none.
    package var store: String?
    /// A region by name; nil for none.
    package var region: String?
    /// The department whose queue it holds; nil for none.
    package var department: String?
    /// The person whose device it is; nil for one that people share.
    package var staff: String?
    /// Names of roles.
    package var roles: [String]
    /// What it may hold.
    package var scopes: [String]
    /// The two characters in provisional numbers.
    package var replicaCode: String
    /// When it joined.
    package var enrolledAtMilliseconds: Int64
    /// When it was shut out; nil while it may be served.
    package var revokedAtMilliseconds: Int64?
}

/// An invite as an operator sees it; never its secret.
package struct InviteView: Codable, Sendable {
    /// The public key that its bearer shows.
    package var key: String
    /// A store by name; nil for none.
    package var store: String?
    /// A region by name; nil for none.
    package var region: String?
    /// A department by name; nil for none.
    package var department: String?
    /// A person as they sign.
    package var staff: String?
    /// Names of roles.
    package var roles: [String]
    /// When it can be used no more.
    package var expiresAtMilliseconds: Int64
    /// The device that joined with it; nil while it is unused.
    package var usedBy: String?
    /// What is worth a word about it, though it is allowed.
    package var doubts: [AdminText] = []
}

/// A recovery after a restore at a glance.
package struct RecoveryView: Codable, Sendable {
    /// Nil when the hub is not recovering.
    package var startedAtMilliseconds: Int64?
    /// When the rules act again at the latest.
    package var endsAtMilliseconds: Int64?
    /// The life of the log, 32 hexadecimal digits.
    package var epoch: String
    /// The end of the log that was restored.
    package var fork: UInt64?
    /// Entries of this epoch that replicas brought back.
    package var broughtBack: UInt64
    /// Entries that wait for the making of their ticket.
    package var parked: Int
    /// Everybody who may still bring something back.
    package var devices: [Device]

    /// A device and whether it has reported; nil when only a running hub could tell.
    package struct Device: Codable, Sendable {
        /// The device by its name at the hub.
        package var device: String
        /// What people call the device.
        package var label: String
        /// Whether it has brought back what it held.
        package var hasReported: Bool?
    }

    /// Whether the hub waits for what replicas bring back.
    package var isRecovering: Bool { endsAtMilliseconds != nil }
}

/// What one slice of compaction came to.
package struct CompactionView: Codable, Sendable {
    /// Entries that were looked at.
    package var count: Int
    /// Entries up to here are gone but for those that carry events.
    package var logBase: UInt64
    /// The end of the last verified backup.
    package var durableSequence: UInt64
    /// Whether the next slice would find something at once.
    package var hasMore: Bool
    /// Why nothing more is dropped; nil while there is more.
    package var reason: AdminText?
}

/// Work that was set aside, as an operator sees it.
package struct QuarantineView: Codable, Sendable {
    /// The identity of the work, 32 hexadecimal digits.
    package var operation: String
    /// `horizon` or `revoked`.
    package var reason: String
    /// The device by its name at the hub.
    package var device: String
    /// Who did it; empty where it cannot be read.
    package var author: String
    /// What they did, by the name of the act.
    package var act: String
    /// The ticket that it is about, by its identity.
    package var ticket: String
    /// The number to show; empty when the ticket is not known here.
    package var number: String
    /// When it was done, by the best estimate.
    package var madeAtMilliseconds: Int64
    /// When it arrived at the hub.
    package var receivedAtMilliseconds: Int64
    /// Everything that was to change.
    package var changes: [Change]

    /// One thing that was to change.
    package struct Change: Codable, Sendable {
        /// `write`, `add`, `remove`, `comment`, ...
        package var kind: String
        /// The field, by the name that the policy gives it.
        package var field: String?
        /// What was typed or chosen.
        package var text: String?
    }
}

/// A sentence for an operator, in both languages.
package struct AdminText: Codable, Hashable, Sendable {
    /// The sentence in Chinese.
    package var zh: String
    /// The sentence in English.
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    /// A sentence and what else is worth saying, a line each.
    init(zh: String, en: String, _ more: [AdminText]) {
        self.init(
            zh: ([zh] + more.map(\.zh)).joined(separator: "\n"),
            en: ([en] + more.map(\.en)).joined(separator: "\n"))
    }
}

/// What became of the running clocks of some tickets.
package struct RebaseView: Codable, Hashable, Sendable {
    /// Tickets that were looked at.
    package var tickets = 0
    /// Clocks that count by the present calendar from now on.
    package var moved = 0
    /// Clocks that stay, because their promise would be broken at once.
    package var kept = 0
    /// The ticket to go on behind, in hexadecimal; nil at the end.
    package var next: String?

    package init() {}
}
