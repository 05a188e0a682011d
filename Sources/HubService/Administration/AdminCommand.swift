/// What an operator asks of a hub, running or not. JSON over the local endpoint
/// (`protocol/README.md` does not cover it: both ends are this version).
package enum AdminCommand: Codable, Sendable {
    case status
    case createInvite(InviteRequest)
    case invites
    case devices
    case revoke(device: String)
    case addStaff(StaffRequest)
    /// Makes a person inactive; what they did stays.
    case removeStaff(staff: String)
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
