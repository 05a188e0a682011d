import Replication
import TicketModel
import TicketPolicy

/// Performs what operators ask, on the store of a hub that runs or not.
package struct HubAdministrator {
    /// A request that is not done, with the reason and the remedy.
    package struct Refusal: Error, Sendable {
        package var message: String
        package init(_ message: String) { self.message = message }
    }

    let store: any HubStorage

    package init(store: any HubStorage) { self.store = store }

    /// Performs `command`. Backups are the store's own business and are not handled here.
    ///
    /// - Throws: `Refusal` with a remedy, `StoreError`.
    package func perform(_ command: AdminCommand, at now: Timestamp) throws -> AdminReply {
        switch command {
        case .status: return .status(try status())
        case .createInvite(let request): return try createInvite(request, at: now)
        case .invites: return .invites(try store.read { try $0.invites().map(InviteView.init) })
        case .devices: return .devices(try store.read { try $0.devices().map(DeviceView.init) })
        case .revoke(let device): return try revoke(device, at: now)
        case .addStaff(let request): return try addStaff(request)
        case .staff: return .staff(try store.read { try $0.staff().map(StaffRequest.init) })
        case .showPolicy: return try showPolicy()
        case .loadPolicy(let yaml): return try loadPolicy(yaml, at: now)
        case .backup: throw Refusal("A backup is made by the process that holds the store.")
        }
    }

    private func status() throws -> HubStatus {
        try store.read { reader in
            let counts = try reader.counts()
            let policy = try reader.policy()
            let profile = policy.flatMap { try? Profile(yaml: $0.yaml, file: "policy") }
            return HubStatus(
                epoch: try reader.epoch().description, head: try reader.head().sequence,
                tickets: counts.tickets, openTickets: counts.openTickets,
                replicas: counts.replicas, timers: counts.timers,
                devices: try reader.devices().count, policyVersion: policy?.version ?? 0,
                policyName: profile.map { "\($0.name) \($0.version)" } ?? "", sessions: nil,
                nextTimerMilliseconds: try reader.nextTimer()?.milliseconds)
        }
    }

    private func createInvite(_ request: InviteRequest, at now: Timestamp) throws -> AdminReply {
        guard let key = OperationKey.bytes(request.curveKey) else {
            throw Refusal("The invite's key is not 64 hexadecimal digits.")
        }
        guard request.lifetimeSeconds > 0, request.lifetimeSeconds <= lifetimeSecondsMax else {
            throw Refusal("An invite lives from 1 second to 90 days.")
        }
        let invite = InviteRecord(
            curveKey: key, store: try name(request.store, "store"),
            region: try name(request.region, "region"),
            department: try name(request.department, "department"),
            staff: try name(request.staff, "staff"), roles: try roles(request.roles),
            createdAt: now,
            expiresAt: now.adding(milliseconds: Int64(request.lifetimeSeconds) * 1_000))
        guard !invite.scopes.isEmpty else {
            throw Refusal(
                "This invite would see no ticket: give --store, --department, --staff, or a role "
                    + "that watches over everything.")
        }
        try store.transaction { store in
            if let staff = invite.staff,
                try store.staff().first(where: { $0.staff == staff }) == nil
            {
                throw Refusal(
                    "Nobody is called \(staff) here. Add them with: loopdesk-hub staff add "
                        + "\(staff) …")
            }
            try store.save(invite)
        }
        return .done(message: "")
    }

    private func revoke(_ name: String, at now: Timestamp) throws -> AdminReply {
        try store.transaction { store in
            let matches = try store.devices().filter {
                $0.device.rawValue == name || $0.label == name
            }
            guard let first = matches.first, matches.count == 1 else {
                throw Refusal(
                    matches.isEmpty
                        ? "No device is called \(name). See: loopdesk-hub device list"
                        : "Several devices are called \(name); use the name in the first column.")
            }
            guard !first.isRevoked else { return .done(message: "\(first.device) was revoked.") }
            var device = first
            device.revokedAt = now
            try store.save(device)
            return .done(message: "\(device.device) is revoked.")
        }
    }

    private func addStaff(_ request: StaffRequest) throws -> AdminReply {
        guard let staff = StaffID(request.staff), staff != .hub else {
            throw Refusal("\(request.staff) cannot be the name of a person.")
        }
        let record = StaffRecord(
            staff: staff, name: request.name.isEmpty ? request.staff : request.name,
            roles: try roles(request.roles), store: try name(request.store, "store"),
            department: try name(request.department, "department"), phone: request.phone,
            isActive: request.isActive)
        try store.transaction { try $0.save(record) }
        return .done(message: "\(staff) is \(record.isActive ? "on the staff" : "inactive").")
    }

    private func showPolicy() throws -> AdminReply {
        guard let policy = try store.read({ try $0.policy() }) else {
            throw Refusal("No policy is loaded. Load one with: loopdesk-hub policy load FILE")
        }
        return .policy(version: policy.version, yaml: policy.yaml)
    }

    private func loadPolicy(_ yaml: String, at now: Timestamp) throws -> AdminReply {
        let profile: Profile
        do { profile = try Profile(yaml: yaml, file: "policy") } catch {
            throw Refusal("\(error)")
        }
        return try store.transaction { store in
            let current = try store.policy()
            if current?.yaml == yaml {
                return .done(message: "This policy is in force already.")
            }
            let version = (current?.version ?? 0) + 1
            try store.save(PolicyRecord(version: version, yaml: yaml, loadedAt: now))
            return .done(message: "Policy \(profile.name) is in force as version \(version).")
        }
    }

    private func roles(_ names: [String]) throws -> Set<Role> {
        let roles = try names.map { name in
            guard let role = Role(rawValue: name) else {
                throw Refusal(
                    "There is no role \(name). Roles: "
                        + Role.allCases.map(\.rawValue).joined(separator: ", "))
            }
            return role
        }
        guard !roles.isEmpty else { throw Refusal("Give at least one role.") }
        return Set(roles)
    }

    private func name<Name: ChosenName>(_ text: String?, _ what: String) throws -> Name? {
        guard let text, !text.isEmpty else { return nil }
        guard let name = Name(text) else {
            throw Refusal(
                "\(text) cannot be the name of a \(what): at most \(nameByteCountMax) bytes, no "
                    + "spaces, no : and no /.")
        }
        return name
    }

    private var lifetimeSecondsMax: Int { 90 * 24 * 3_600 }
}

extension InviteView {
    init(_ invite: InviteRecord) {
        self.init(
            key: OperationKey.text(invite.curveKey), store: invite.store?.rawValue,
            region: invite.region?.rawValue, staff: invite.staff?.rawValue,
            roles: invite.roles.map(\.rawValue).sorted(),
            expiresAtMilliseconds: invite.expiresAt.milliseconds,
            usedBy: invite.usedBy?.rawValue)
    }
}

extension DeviceView {
    init(_ device: DeviceRecord) {
        self.init(
            device: device.device.rawValue, label: device.label, store: device.store?.rawValue,
            region: device.region?.rawValue, roles: device.roles.map(\.rawValue).sorted(),
            scopes: device.scopes.map(\.rawValue), replicaCode: device.replicaCode,
            enrolledAtMilliseconds: device.enrolledAt.milliseconds,
            revokedAtMilliseconds: device.revokedAt?.milliseconds)
    }
}

extension StaffRequest {
    init(_ record: StaffRecord) {
        self.init(
            staff: record.staff.rawValue, name: record.name,
            roles: record.roles.map(\.rawValue).sorted(), store: record.store?.rawValue,
            department: record.department?.rawValue, phone: record.phone,
            isActive: record.isActive)
    }
}
