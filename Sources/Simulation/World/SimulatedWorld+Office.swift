import HubService
import Replication
import TicketModel
import TicketPolicy

/// What the office decides at the hub: who works there, and by which policy.
extension SimulatedWorld {
    func administer(_ act: Administration) {
        guard hub.loop != nil else {
            return note(.refused, plan.world.hub, 0, 0, "the hub is down")
        }
        do {
            switch act {
            case .setActive(let member, let isActive):
                try changeStaff(member) { $0.isActive = isActive }
            case .setRole(let member, let role): try changeStaff(member) { $0.roles = [role] }
            case .loadPolicy(let isStrict): try loadPolicy(isStrict: isStrict)
            }
        } catch {
            note(.failed, plan.world.hub, 0, 0, "\(error)")
            if hub.disk.isOff { loseHubPower(downMilliseconds: hub.disk.downMilliseconds) }
        }
    }

    /// What `loopdesk-hub device revoke` does.
    func revoke(_ host: Int) {
        guard hub.loop != nil, field(host).isActive else {
            return note(.refused, plan.world.hub, 0, 0, "the hub is down")
        }
        do {
            let device = field(host).device
            let command = AdminCommand.revoke(device: device.rawValue)
            // Power may fail after the commit.
            checkers.note(revoked: device)
            _ = try HubAdministrator(store: hub.storage).perform(
                command, at: hub.clock.now(at: time))
        } catch {
            note(.failed, plan.world.hub, 0, 0, "\(error)")
            if hub.disk.isOff { loseHubPower(downMilliseconds: hub.disk.downMilliseconds) }
        }
    }

    /// Whether the hub knows a device as revoked: a restore forgets it.
    func isRevoked(_ device: DeviceID) -> Bool {
        (try? hub.storage.memory.read { try $0.device(device)?.isRevoked }) == true
    }

    private func changeStaff(_ member: Int, _ change: (inout StaffRecord) -> Void) throws {
        let staff = plan.world.members[member].staff
        try hub.storage.transaction { store in
            guard var record = try store.staff().first(where: { $0.staff == staff }) else {
                preconditionFailure("everybody of the plan is on the staff, \(staff) is not")
            }
            change(&record)
            try store.save(record)
        }
    }

    private func loadPolicy(isStrict: Bool) throws {
        let now = hub.clock.now(at: time)
        let yaml = try policyText(isStrict: isStrict)
        try hub.storage.transaction { store in
            let version = try store.policy()?.version ?? 0
            try store.save(PolicyRecord(version: version + 1, yaml: yaml, loadedAt: now))
        }
    }

    /// This world's policy with the promised times of its tempo.
    func policyText(isStrict: Bool = false) throws -> String {
        let limits = plan.world.tempo.limits(isStrict: isStrict)
        let shipped = "limits: {urgent: 1h, important: 4h, normal: 24h}"
        let name = plan.world.policy.rawValue
        let text = try Profile.builtInText(name)
        precondition(text.contains(shipped), "the policy \(name) has other limits than before")
        return text.replacing(
            shipped,
            with: "limits: {urgent: \(limits.urgent), important: \(limits.important), "
                + "normal: \(limits.normal)}")
    }
}
