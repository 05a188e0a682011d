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
    case quarantined([QuarantineView])
    /// Nothing was done; the text says why and what to do.
    case refused(AdminText)
    /// The store failed; nothing was done.
    case failed(message: String)
}

/// The hub at a glance.
package struct HubStatus: Codable, Sendable {
    package var epoch: String
    package var head: UInt64
    package var tickets: Int
    package var openTickets: Int
    package var replicas: Int
    package var timers: Int
    package var devices: Int
    package var policyVersion: Int
    package var policyName: String
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
    /// What only a running hub knows; nil when none runs.
    package var live: LiveStatus?
}

/// A running hub at a glance.
package struct LiveStatus: Codable, Sendable {
    package var processID: Int32
    package var startedAtMilliseconds: Int64
    /// The bound addresses, with the ports that the kernel chose.
    package var syncEndpoint: String
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
    package var device: String
    package var label: String
    package var store: String?
    package var region: String?
    package var roles: [String]
    package var scopes: [String]
    package var replicaCode: String
    package var enrolledAtMilliseconds: Int64
    package var revokedAtMilliseconds: Int64?
}

/// An invite as an operator sees it; never its secret.
package struct InviteView: Codable, Sendable {
    package var key: String
    package var store: String?
    package var region: String?
    package var department: String?
    package var staff: String?
    package var roles: [String]
    package var expiresAtMilliseconds: Int64
    package var usedBy: String?
}

/// A recovery after a restore at a glance.
package struct RecoveryView: Codable, Sendable {
    /// Nil when the hub is not recovering.
    package var startedAtMilliseconds: Int64?
    package var endsAtMilliseconds: Int64?
    package var epoch: String
    /// The end of the log that was restored.
    package var fork: UInt64?
    /// Entries of this epoch that replicas brought back.
    package var broughtBack: UInt64
    package var parked: Int
    /// Everybody who may still bring something back.
    package var devices: [Device]

    /// A device and whether it has reported; nil when only a running hub could tell.
    package struct Device: Codable, Sendable {
        package var device: String
        package var label: String
        package var hasReported: Bool?
    }

    package var isRecovering: Bool { endsAtMilliseconds != nil }
}

/// What one slice of compaction came to.
package struct CompactionView: Codable, Sendable {
    /// Entries that were looked at.
    package var count: Int
    package var logBase: UInt64
    package var durableSequence: UInt64
    /// Whether the next slice would find something at once.
    package var hasMore: Bool
    /// Why nothing more is dropped; nil while there is more.
    package var reason: AdminText?
}

/// Work that was set aside, as an operator sees it.
package struct QuarantineView: Codable, Sendable {
    package var operation: String
    /// `horizon` or `revoked`.
    package var reason: String
    package var device: String
    package var author: String
    package var act: String
    package var ticket: String
    /// The number to show; empty when the ticket is not known here.
    package var number: String
    package var madeAtMilliseconds: Int64
    package var receivedAtMilliseconds: Int64
    package var changes: [Change]

    /// One thing that was to change.
    package struct Change: Codable, Sendable {
        /// `write`, `add`, `remove`, `comment`, ...
        package var kind: String
        package var field: String?
        package var text: String?
    }
}

/// A sentence for an operator, in both languages.
package struct AdminText: Codable, Hashable, Sendable {
    package var zh: String
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }
}
