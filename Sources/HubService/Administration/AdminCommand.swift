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
    /// Says when a person is away, in place of what was said before.
    case setAbsence(staff: String, AbsenceRequest)
    /// The person is there again, or will not be away.
    case endAbsence(staff: String)
    case staff
    case showPolicy
    case loadPolicy(yaml: String)
    /// Moves running clocks to the calendars of the policy in force: of the tickets behind one, in
    /// hexadecimal, as many as one answer may take.
    case rebaseClocks(clock: String?, after: String?)
    /// A copy of the store was verified: the log up to there can be lost no more.
    case confirmBackup(BackupRequest)
    /// How far a recovery after a restore has come.
    case recovery
    /// Lets the rules act again at once.
    case endRecovery
    /// Drops one slice of the log that is older than this and in a verified backup.
    case compact(keepDays: Int)
    /// Work that waits for a decision.
    case quarantined
    /// One piece of it, by its operation or the beginning of that.
    case quarantinedWork(operation: String)
    /// Commits it now, for its author.
    case acceptQuarantined(operation: String)
    /// Takes it off the list without doing it.
    case dismissQuarantined(operation: String, reason: String)
    /// Changes what a device is and may hold.
    case setDevice(DeviceRequest)
    /// A part of a list, behind the item with this key.
    case listPart(AdminList, after: String?)
}

/// What is to change about a device; nil and no roles leave things as they are, an empty name takes
/// them away.
package struct DeviceRequest: Codable, Sendable {
    /// The device by its name at the hub.
    package var device: String
    /// What people call the device.
    package var label: String?
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

    package init(
        device: String, label: String? = nil, store: String? = nil, region: String? = nil,
        department: String? = nil, staff: String? = nil, roles: [String] = []
    ) {
        self.device = device
        self.label = label
        self.store = store
        self.region = region
        self.department = department
        self.staff = staff
        self.roles = roles
    }
}

/// Where a verified copy of the store ends.
package struct BackupRequest: Codable, Sendable {
    /// 32 hexadecimal digits.
    package var epoch: String
    /// The position of its end in the log.
    package var sequence: UInt64
    /// The hash of the log there, 64 hexadecimal digits.
    package var hash: String

    package init(epoch: String, sequence: UInt64, hash: String) {
        self.epoch = epoch
        self.sequence = sequence
        self.hash = hash
    }
}

/// A new invite. The bearer's secret key never reaches the hub.
package struct InviteRequest: Codable, Sendable {
    /// 64 hexadecimal digits.
    package var curveKey: String
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
    /// How long the invite can be used.
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
    /// A person as they sign.
    package var staff: String
    /// What people call them.
    package var name: String
    /// Names of roles.
    package var roles: [String]
    /// A store by name; nil for none.
    package var store: String?
    /// A department by name; nil for none.
    package var department: String?
    /// A number to call when the network is down; may be empty.
    package var phone: String
    /// Whether they may sign work.
    package var isActive: Bool
    /// When they are away, as far as it is known; not changed with the rest.
    package var absence: AbsenceRequest?

    package init(
        staff: String, name: String, roles: [String], store: String?, department: String?,
        phone: String, isActive: Bool, absence: AbsenceRequest? = nil
    ) {
        self.staff = staff
        self.name = name
        self.roles = roles
        self.store = store
        self.department = department
        self.phone = phone
        self.isActive = isActive
        self.absence = absence
    }
}

/// When a person is away (domain.md G30).
package struct AbsenceRequest: Codable, Sendable {
    /// The first instant that they are away.
    package var fromMilliseconds: Int64
    /// The first instant that they are back.
    package var untilMilliseconds: Int64
    /// Who stands in, as they sign; nil for nobody.
    package var substitute: String?
    /// For colleagues; may be empty.
    package var note: String

    package init(
        fromMilliseconds: Int64, untilMilliseconds: Int64, substitute: String?, note: String
    ) {
        self.fromMilliseconds = fromMilliseconds
        self.untilMilliseconds = untilMilliseconds
        self.substitute = substitute
        self.note = note
    }
}
