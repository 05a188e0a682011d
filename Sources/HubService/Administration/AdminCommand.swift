import TicketModel

/// What an operator asks of a hub, running or not. JSON over the local endpoint
/// (`protocol/README.md` does not cover it: both ends are this version).
package enum AdminCommand: Codable, Sendable {
    case status
    case createInvite(InviteRequest)
    case invites
    case devices
    case revoke(device: String)
    case addStaff(StaffRequest)
    case staff
    case showPolicy
    case loadPolicy(yaml: String)
    /// Writes a verified copy of the store to a path on the hub's machine.
    case backup(path: String)
}

/// A new invite. The bearer's secret key never reaches the hub.
package struct InviteRequest: Codable, Sendable {
    /// 64 hexadecimal digits.
    package var curveKey: String
    package var store: String?
    package var region: String?
    package var department: String?
    package var staff: String?
    package var roles: [String]
    package var lifetimeSeconds: Int

    package init(
        curveKey: String, store: String?, region: String?, department: String?, staff: String?,
        roles: [String], lifetimeSeconds: Int
    ) {
        self.curveKey = curveKey
        self.store = store
        self.region = region
        self.department = department
        self.staff = staff
        self.roles = roles
        self.lifetimeSeconds = lifetimeSeconds
    }
}

/// A member of staff, new or changed.
package struct StaffRequest: Codable, Sendable {
    package var staff: String
    package var name: String
    package var roles: [String]
    package var store: String?
    package var department: String?
    package var phone: String
    package var isActive: Bool

    package init(
        staff: String, name: String, roles: [String], store: String?, department: String?,
        phone: String, isActive: Bool
    ) {
        self.staff = staff
        self.name = name
        self.roles = roles
        self.store = store
        self.department = department
        self.phone = phone
        self.isActive = isActive
    }
}

/// What the hub answers an operator.
package enum AdminReply: Codable, Sendable {
    case done(message: String)
    case status(HubStatus)
    case invites([InviteView])
    case devices([DeviceView])
    case staff([StaffRequest])
    case policy(version: Int, yaml: String)
    /// Nothing was done; the message says why and what to do.
    case refused(message: String)
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
    /// Connections that have said hello; nil when the hub is not running.
    package var sessions: Int?
    package var nextTimerMilliseconds: Int64?
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
    package var staff: String?
    package var roles: [String]
    package var expiresAtMilliseconds: Int64
    package var usedBy: String?
}
