import FieldClient
import HubService
import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// The four phases of a world.
extension SimulatedWorld {
    /// How many rounds everybody has to get in step once everything is well.
    static let roundsCountMax = 6

    // MARK: Joining

    func join() throws {
        checkers.hubNow = { [unowned self] in hub.clock.now(at: time) }
        hub.storage.committed = { [unowned self] commit in
            metrics.count(commit.entries.map(\.entry))
            note(
                .committed, plan.world.hub, Int64(commit.entries.count),
                commit.entries.last?.position.sequence ?? 0,
                "\(commit.entries.count) entries")
            checkers.observe(.committedAtHub(commit))
        }
        try openHub()
        startHub()
        for (index, member) in plan.world.members.enumerated() { try enroll(index, member) }
        for field in activeFields {
            try startProgram(field.index, isLive: field.member.isLive)
        }
        note(.phase, plan.world.network, Int64(phase.rawValue), 0, "everybody joins")
        try advance(to: Self.joiningMilliseconds)
        if let late = firstOutOfStep() {
            throw Violation("world", "in peace, \(late)")
        }
    }

    private func openHub() throws {
        let now = hub.clock.now(at: time)
        let yaml = try policyText()
        try hub.storage.memory.transaction {
            try $0.save(PolicyRecord(version: 1, yaml: yaml, loadedAt: now))
        }
        checkers.profile = try policies.profile(
            of: PolicyRecord(version: 1, yaml: yaml, loadedAt: now))
        let administrator = HubAdministrator(store: hub.storage)
        for member in plan.world.members where member.copyOf == nil {
            _ = try administrator.perform(
                .addStaff(
                    StaffRequest(
                        staff: member.staff.rawValue, name: member.name,
                        roles: [member.role.rawValue], store: member.store?.rawValue,
                        department: member.department?.rawValue, phone: "", isActive: true)),
                at: now)
        }
    }

    private func enroll(_ index: Int, _ member: WorldOptions.Member) throws {
        var random = random(.identity, index, 0)
        let invite = random.bytes(32)
        guard let signingKey = SigningKeyPair(seed: random.bytes(32)) else {
            preconditionFailure("32 bytes are the seed of a key")
        }
        let field = SimulatedField(
            index: index, member: member, signingKey: signingKey, curveKey: random.bytes(32),
            clock: HostClock(skewMilliseconds: Self.skew(of: index, in: plan)),
            codec: codec, sabotage: plan.sabotage)
        add(field)
        field.storage.committed = { [unowned self, unowned field] commit in
            field.note(tickets: commit.touched)
            checkers.observe(.committedAtField(member: index, commit))
        }
        guard member.copyOf == nil else {
            field.isActive = false
            return
        }
        try join(field, invite: invite, replica: ReplicaID(rawValue: random.next128()))
    }

    private func invite(_ member: WorldOptions.Member, _ invite: [UInt8]) throws {
        let now = hub.clock.now(at: time)
        _ = try HubAdministrator(store: hub.storage).perform(
            .createInvite(
                InviteRequest(
                    curveKey: KeyText.text(invite), store: member.store?.rawValue,
                    region: member.region?.rawValue,
                    department: member.department?.rawValue, staff: member.staff.rawValue,
                    roles: [member.role.rawValue], lifetimeSeconds: 3_600)), at: now)
    }

    private func join(_ field: SimulatedField, invite key: [UInt8], replica: ReplicaID) throws {
        try invite(field.member, key)
        let enrolled = try enrolled(field, replica, invite: key)
        field.device = enrolled.device
        field.scopes = enrolled.scopes
        try field.storage.memory.transaction {
            try $0.save(
                ReplicaIdentity(
                    replica: replica, device: enrolled.device, store: enrolled.store,
                    region: enrolled.region, replicaCode: enrolled.replicaCode,
                    roles: enrolled.roles))
        }
        checkers.add(try view(of: field))
    }

    /// A machine as checkers see it.
    func view(of field: SimulatedField) throws -> MemberView {
        guard let identity = try field.storage.memory.read({ try $0.identity() }) else {
            preconditionFailure("\(field.member.name) has no identity")
        }
        return MemberView(
            index: field.index, name: field.member.name, staff: field.member.staff,
            device: field.device, replica: identity.replica, scopes: Set(field.scopes),
            roles: identity.roles, readsFeeds: field.member.role.readsFeeds,
            store: field.storage.memory)
    }

    private func enrolled(
        _ field: SimulatedField, _ replica: ReplicaID, invite: [UInt8]
    ) throws -> Enrolled {
        let enroll = Enroll(
            curveKey: field.curveKey, signingKey: field.signingKey.publicKey, replica: replica,
            label: field.member.name, protocolMin: 1, protocolMax: 1)
        let request = HubLoop.Inbound(
            route: [UInt8(truncatingIfNeeded: field.index), 0xE0],
            peer: Peer.invite(key: invite).name,
            bytes: ClientMessage.enroll(enroll).encode(requestID: 1))
        let replies = hub.loop?.process([request], at: hub.clock.now(at: time)).replies ?? []
        guard let bytes = replies.first?.bytes,
            case .enrolled(let enrolled) = try HubMessage.decode(bytes).message
        else { throw Violation("world", "an invite was refused to \(field.member.name)") }
        return enrolled
    }

    // MARK: Working

    func work() throws {
        phase = .working
        note(.phase, plan.world.network, Int64(phase.rawValue), 0, "people work, things go wrong")
        if plan.sabotage == .deafReplica { blocks.block(0, .fromHub) }
        for (index, step) in plan.steps.enumerated() {
            queue.add(.step(index), at: Self.joiningMilliseconds + step.at)
        }
        try advance(to: Self.joiningMilliseconds + plan.world.lengthMilliseconds)
    }

    // MARK: Healing

    /// Nothing goes wrong any more; programs that stay on the line must get in step by themselves.
    func heal() throws {
        phase = .healing
        note(.phase, plan.world.network, Int64(phase.rawValue), 0, "everything is well again")
        try endAllFaults()
        if plan.sabotage == .deafReplica { blocks.block(0, .fromHub) }
        for _ in 0..<Self.roundsCountMax {
            metrics.roundsCount += 1
            for field in activeFields where field.program == nil {
                try startProgram(field.index, isLive: field.member.isLive)
            }
            let end = time + roundMilliseconds
            while time < end {
                try advance(to: min(end, time + roundMilliseconds / 40))
                if firstOutOfStep() == nil { return }
            }
        }
        if let late = firstOutOfStep() {
            throw Violation(
                "I12 liveness",
                "\(Self.roundsCountMax) rounds of \(words(milliseconds: roundMilliseconds)) after "
                    + "everything was well, \(late)")
        }
    }

    /// Long enough for every patience to end, to find the hub again, and to be answered.
    private var roundMilliseconds: Int64 {
        let patience = plan.world.members.map {
            max($0.tuning.answerMillisecondsMax, $0.tuning.silenceMillisecondsMax)
        }
        return 2 * max(patience.max() ?? 0, plan.world.heartbeatMilliseconds) + 180_000
    }

    /// What the first replica lacks that is not in step; nil when all are.
    ///
    /// A log that was put back may have grown to the length that a replica followed it to: who
    /// stands at the same sequence of another life has not come over yet.
    private func firstOutOfStep() -> String? {
        do {
            let (epoch, head, recovery) = try hub.storage.memory.read {
                (try $0.epoch(), try $0.head(), try $0.recovery())
            }
            if recovery != nil { return "the hub still recovers" }
            for field in activeFields {
                let (state, counts) = try field.storage.memory.read {
                    (try $0.state(), try $0.counts())
                }
                let hasJoined = state.epoch != nil
                if isRevoked(field.device), counts.queued == 0 || !hasJoined { continue }
                if counts.queued > 0 {
                    return "\(field.member.name) still has \(counts.queued) changes to send"
                }
                if counts.acknowledged > 0 {
                    return "\(field.member.name) still waits for \(counts.acknowledged) answers"
                }
                guard state.cursor.sequence == head.sequence else {
                    return "\(field.member.name) stands at \(state.cursor.sequence) "
                        + "of \(head.sequence)"
                }
                guard state.epoch == epoch, state.cursor.hash == head.hash else {
                    return "\(field.member.name) stands at \(head.sequence) of a log that is over"
                }
            }
            return nil
        } catch {
            return "a store in memory failed: \(error)"
        }
    }

    // MARK: Checking

    func check() throws {
        phase = .checking
        note(.phase, plan.world.network, Int64(phase.rawValue), 0, "everything is checked")
        for field in activeFields where field.member.role.readsFeeds {
            try consume(field.index, dies: false)
        }
        checkers.finish(hub: hub.storage.memory)
        if let found = checkers.violation { throw found }
        try hashFinalState()
    }

    /// The last lines of the trace: where every log and every replica stands.
    private func hashFinalState() throws {
        let head = try hub.storage.memory.read { try $0.head() }
        note(
            .ending, plan.world.hub, Int64(clamping: head.sequence), fingerprint(head.hash.bytes),
            "the log has \(head.sequence) entries")
        for field in activeFields {
            let state = try field.storage.memory.read { try $0.state() }
            note(
                .ending, field.index, Int64(clamping: state.counter),
                fingerprint(state.hash.bytes + state.cursor.hash.bytes),
                "\(state.counter) changes, cursor \(state.cursor.sequence)")
        }
    }
}

extension RunMetrics {
    fileprivate mutating func count(_ entries: [CommittedEntry]) {
        entriesCount += entries.count
        for entry in entries.map(\.entry) where entry.actor != .hub {
            let name = entry.disposition.rejection?.code.name ?? entry.disposition.outcome.name
            answers[name, default: 0] += 1
        }
    }
}
