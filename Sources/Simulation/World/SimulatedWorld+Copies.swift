import HubService
import Replication
import TicketModel

/// Backups, old copies and clones: states that come back although time has gone on.
extension SimulatedWorld {
    func beginCopying(_ fault: Fault) throws {
        switch fault {
        case .backUpHub: try backUpHub()
        case .restoreHub(let isSilent, let down):
            restoreHub(isSilent: isSilent, downMilliseconds: down)
        case .copyField(let host):
            guard field(host).isActive else { return }
            field(host).copy = field(host).storage.memory.snapshot()
        case .restoreField(let host, let down): try restoreField(host, downMilliseconds: down)
        case .cloneField(let copy): try clone(into: copy)
        default: preconditionFailure("nothing is copied by \(fault)")
        }
    }

    // MARK: The hub

    /// Only what a verified backup holds is announced as safe.
    private func backUpHub() throws {
        guard !hub.disk.isOff else { return }
        hub.backupsCount += 1
        let contents = hub.storage.memory.snapshot()
        let head = try hub.storage.memory.read { try $0.head().sequence }
        do {
            try hub.storage.transaction { try $0.raiseDurable(to: head) }
        } catch {
            note(.failed, plan.world.hub, 0, 0, "the backup failed: \(error)")
            if hub.disk.isOff { loseHubPower(downMilliseconds: hub.disk.downMilliseconds) }
            // The store may have noted the backup before the power failed.
            guard try hub.storage.memory.read({ try $0.durableSequence() }) == head else { return }
        }
        hub.backups.append((hub.backupsCount, contents))
        checkers.observe(.backedUp(hub.backupsCount))
        note(.backedUp, plan.world.hub, Int64(clamping: head), 0, "at \(head)")
    }

    private func restoreHub(isSilent: Bool, downMilliseconds: Int64) {
        guard let backup = hub.backups.last else { return }
        if hub.loop != nil {
            loseHubPower(downMilliseconds: downMilliseconds)
        }
        hub.storage.memory.restore(backup.contents)
        hub.mustBeginLife = !isSilent
        checkers.observe(.restored(backup.number))
        note(.restored, plan.world.hub, isSilent ? 1 : 0, 0, isSilent ? "silently" : "")
    }

    /// What `loopdesk-hub restore` does before the hub serves again.
    func beginLifeIfRestored() throws {
        guard hub.mustBeginLife else { return }
        var random = random(.identity, plan.world.hub, hub.startsCount << 8 | 7)
        let now = hub.clock.now(at: time)
        let recovery = plan.world.hubTuning.recoveryMilliseconds
        try hub.storage.transaction { store in
            try LogLife.begin(
                sharing: store.head().sequence, seed: random.next128(), at: now,
                recoveryMilliseconds: recovery, in: store)
        }
        hub.mustBeginLife = false
    }

    // MARK: Replicas

    private func restoreField(_ host: Int, downMilliseconds: Int64) throws {
        let field = field(host)
        guard field.isActive, let copy = field.copy else { return }
        if field.isOn {
            field.disk.setDown(downMilliseconds)
            losePower(host)
        }
        field.storage.memory.restore(copy)
        checkers.observe(.replaced(member: host))
        note(.restored, host)
    }

    private func clone(into host: Int) throws {
        let field = field(host)
        guard let source = plan.world.members[host].copyOf.map({ self.field($0) }), !field.isActive
        else { return }
        field.become(source)
        checkers.add(try view(of: field))
        checkers.observe(.replaced(member: host))
        note(.cloned, host, Int64(source.index), 0, "from \(source.member.name)")
        if field.member.isLive { try startProgram(host, isLive: true) }
    }
}
