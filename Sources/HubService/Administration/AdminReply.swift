/// What the hub answers an operator.
package enum AdminReply: Codable, Sendable {
    case done(AdminText)
    case invited(InviteView)
    case status(HubStatus)
    case invites([InviteView])
    case devices([DeviceView])
    case staff([StaffRequest])
    case policy(version: Int, yaml: String)
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
    /// Why the store cannot be written just now; nil when it can.
    package var storeFault: String?
    /// The transport's counters by name.
    package var counters: [String: UInt64]

    package init(
        processID: Int32, startedAtMilliseconds: Int64, syncEndpoint: String,
        feedEndpoint: String, sessions: Int, storeFault: String?, counters: [String: UInt64]
    ) {
        self.processID = processID
        self.startedAtMilliseconds = startedAtMilliseconds
        self.syncEndpoint = syncEndpoint
        self.feedEndpoint = feedEndpoint
        self.sessions = sessions
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

/// A sentence for an operator, in both languages.
package struct AdminText: Codable, Hashable, Sendable {
    package var zh: String
    package var en: String

    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }
}
