import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

extension SyncLoop {
    mutating func receive(_ bytes: [UInt8], at now: Timestamp, _ actions: inout [Action]) throws {
        let (id, message) = try HubMessage.decode(bytes)
        if case .bye(let failure) = message {
            conversation = nil
            return actions.append(.reconnect(reason: failure.message))
        }
        guard let (question, sentAt) = conversation?.answered(id, at: now) else { return }
        switch message {
        case .welcome(let welcome):
            guard try store.read({ try knowsUs(welcome, $0) }) else {
                return try reidentify(counter: welcome.watermark, at: now, &actions)
            }
            try welcomed(welcome, sentAt: sentAt, at: now, &actions)
        case .ack(let ack):
            if conversation?.handOver != nil {
                return try handedOver(ack, at: now, &actions)
            }
            try acknowledged(ack)
        case .page(let page): try fetched(page, at: now, &actions)
        case .directory(let directory): try learned(directory)
        case .verdicts(let verdicts): try settled(verdicts, at: now, &actions)
        case .pong(let pong):
            conversation?.learn(head: pong.head)
            askForDirectory(ifOther: pong.directory, at: now, &actions)
        case .failure(let failure):
            try failed(failure, answering: question, at: now, &actions)
        case .refilled(let refilled):
            guard case .refill(let through, let isLast, let named) = question else { return }
            try self.refilled(
                refilled, through: through, isLast: isLast, named: named, &actions)
        case .snapshot(let snapshot):
            if case .repair(let after, let end) = question {
                try repaired(snapshot, after: after, through: end, at: now, &actions)
            } else {
                try received(snapshot, isRepair: false, at: now, &actions)
            }
        case .digests(let digests): try compared(digests, at: now, &actions)
        case .enrolled, .bye: return
        }
        try pump(at: now, &actions)
    }

    /// What a hub's clock may show: the years 1970 to 9999.
    private static let hubTimes =
        Timestamp(milliseconds: 0)...Timestamp(milliseconds: 253_402_300_799_999)

    private mutating func welcomed(
        _ welcome: Welcome, sentAt: Timestamp, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard Self.hubTimes.contains(welcome.serverTime) else {
            throw Halt.refused("The hub's clock shows no sensible year; its operator must set it.")
        }
        let crossing = try store.transaction { store -> Crossing? in
            var state = try store.state()
            let crossing = try self.crossing(welcome, from: state)
            if crossing == nil {
                state.epoch = welcome.epoch
                beginSnapshotIfNeeded(welcome, &state)
            }
            state.formerReplica = nil
            let halfway = sentAt.adding(milliseconds: now.millisecondsSince(sentAt) / 2)
            state.offsetMilliseconds = welcome.serverTime.millisecondsSince(halfway)
            state.acknowledged = welcome.watermark
            try store.save(state)
            if crossing == nil { try store.acknowledge(through: welcome.watermark) }
            try self.follow(welcome.assignment, in: store)
            return crossing
        }
        conversation?.crossing = crossing.map { interrupted?.continued(as: $0, welcome) ?? $0 }
        conversation?.run = welcome.run
        conversation?.protocolVersion = welcome.protocolVersion
        conversation?.epoch = welcome.epoch
        conversation?.head = welcome.head
        conversation?.windowBatches = max(1, welcome.windowBatches)
        conversation?.batchIntentsMax = max(1, welcome.batchIntentsMax)
        conversation?.batchBytesMax = max(1, welcome.batchBytesMax)
        conversation?.pushedThrough = welcome.watermark
        actions.append(
            .subscribe(
                topics: [Topic.heartbeat] + welcome.scopes.map(Topic.of),
                feedEndpoint: welcome.feedEndpoint))
        let known = try store.read { try $0.directory() }
        directoryVersion = known?.version
        let present = DirectoryVersion(
            staff: welcome.staffVersion, policy: welcome.policyVersion)
        profile = try known.flatMap { $0.version == present ? try read($0.policy) : nil }
        askForDirectory(ifOther: present, at: now, &actions)
    }

    /// The office may change people and policy while everybody is on the line.
    ///
    /// - Parameter present: what the hub has now; nil where it did not say.
    mutating func askForDirectory(
        ifOther present: DirectoryVersion?, at now: Timestamp, _ actions: inout [Action]
    ) {
        guard let present, present != directoryVersion, let conversation,
            conversation.handOver == nil, !conversation.isWaiting(where: { $0 == .directory })
        else { return }
        let id = send(.directoryGet, &actions)
        self.conversation?.asked(.directory, id, at: now)
    }

    /// The hub's operator may have given the device to another store, or other roles.
    private func follow(
        _ assignment: Assignment?, in store: any ReplicaTransaction
    ) throws {
        guard let assignment, var identity = try store.identity() else { return }
        let former = identity
        identity.store = assignment.store
        identity.region = assignment.region
        identity.roles = assignment.roles
        if identity != former { try store.save(identity) }
    }

    /// Whether the hub's log is another one than this replica has followed, and from where on.
    private func crossing(_ welcome: Welcome, from state: ReplicaState) throws -> Crossing? {
        guard let origin = state.epoch else { return nil }
        guard let shared = welcome.shared else {
            // A hub of protocol 1 cannot say how much of its log is ours.
            guard origin == welcome.epoch, welcome.head >= state.cursor.sequence else {
                throw Halt.hubRestored
            }
            return nil
        }
        guard origin != welcome.epoch || shared.sequence < state.cursor.sequence else { return nil }
        return Crossing(
            origin: origin, shared: shared, watermark: welcome.watermark,
            refilledThrough: shared.sequence)
    }

    /// The base comes whole when the log does not reach back to the cursor any more, or when this
    /// replica may hold other tickets than before.
    private func beginSnapshotIfNeeded(_ welcome: Welcome, _ state: inout ReplicaState) {
        let scopes = welcome.scopes.filter { $0 != .replica(replica) }
        let hasChanged = state.scopes.map { Set($0) != Set(scopes) } ?? false
        let isBehind =
            max(state.cursor.sequence, state.snapshotThrough.sequence) < welcome.logBase
        if hasChanged { state.snapshot = SnapshotProgress() }
        if isBehind, state.snapshot == nil { state.snapshot = SnapshotProgress() }
        state.scopes = scopes
    }

    private mutating func acknowledged(_ ack: Ack) throws {
        let waiting = try store.transaction { store in
            var state = try store.state()
            state.acknowledged = max(state.acknowledged, ack.watermark)
            try store.save(state)
            try store.acknowledge(through: ack.watermark)
            return try store.queuedCount()
        }
        conversation?.learn(head: ack.head)
        progress.pushed += UInt64(ack.verdicts.count)
        progress.waiting = waiting
    }

    private mutating func fetched(
        _ encoded: EncodedPage, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let profile else { return }
        let page = try encoded.read(with: codec)
        guard page.to.sequence > page.from || page.head <= page.from && !page.hasMore else {
            throw Halt.refused("The hub repeats itself: a page of its log goes no further.")
        }
        conversation?.learn(head: page.head)
        do {
            let outcome = try store.transaction {
                try PageApplier.apply(page, profile: profile, now: now, to: $0)
            }
            progress.fetched += UInt64(page.items.count)
            note(outcome, &actions)
        } catch PageApplier.Refusal.stale {
            return
        } catch PageApplier.Refusal.epochChanged {
            try greet(at: now, &actions)
        } catch PageApplier.Refusal.unknownTicket(let ticket, let sequence) {
            try rebuild(
                because: "entry \(sequence) changes ticket \(ticket), which is not here", &actions)
        }
    }

    mutating func note(_ outcome: PageApplier.Outcome, _ actions: inout [Action]) {
        progress.settled += outcome.settled.count
        progress.drafts += outcome.drafts.count
        progress.head = conversation?.head ?? 0
        if !outcome.touched.isEmpty { actions.append(.applied(outcome)) }
        actions.append(.progress(progress))
    }

    private mutating func learned(_ directory: Directory) throws {
        profile = try read(directory.policy)
        try store.transaction { try $0.save(directory) }
        directoryVersion = directory.version
    }

    private func read(_ policy: PolicyRecord) throws -> Profile {
        do { return try policies.profile(of: policy) } catch {
            throw Halt.upgradeNeeded(
                "This version cannot read policy version \(policy.version): \(error)")
        }
    }

    private mutating func settled(
        _ verdicts: [Verdict], at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let profile else { return }
        let outcome = try store.transaction {
            try PageApplier.settle(verdicts, profile: profile, now: now, in: $0)
        }
        // One question may not have named all that wait.
        if !outcome.settled.isEmpty { conversation?.verdictsAskedAt = nil }
        note(outcome, &actions)
    }

    private mutating func failed(
        _ failure: Failure, answering question: Conversation.Question, at now: Timestamp,
        _ actions: inout [Action]
    ) throws {
        switch failure.code {
        case .epochChanged where question == .hello: throw Halt.hubRestored
        case .epochChanged: try greet(at: now, &actions)
        case .fork: try reidentify(counter: failure.counter, at: now, &actions)
        case .revoked: try beginHandOver(because: failure.message, at: now, &actions)
        case .unknownDevice: throw Halt.unknownDevice(failure.message)
        case .unsupportedProtocol: throw Halt.upgradeNeeded(failure.message)
        case .need:
            conversation?.abandonPushes()
            conversation?.pushedThrough = failure.counter - 1
        case .busy:
            conversation?.abandonPushes()
            try retreat(to: failure.retryAfterMilliseconds, at: now)
            actions.append(.busy(reason: failure.message))
        // An older hub takes nothing from a device that it has revoked.
        case .notHello where conversation?.handOver != nil: throw handOverEnd
        case .notHello:
            conversation = nil
            actions.append(.reconnect(reason: failure.message))
        default: throw Halt.refused("\(failure.code): \(failure.message)")
        }
    }

    /// Waits as long as the hub asks and then sends again what it has not acknowledged; a
    /// conversation that has not got so far begins anew.
    private mutating func retreat(to milliseconds: Int, at now: Timestamp) throws {
        let acknowledged = try store.read { try $0.state().acknowledged }
        conversation?.pushedThrough = acknowledged
        conversation?.hasPulled = false
        conversation?.retryAt = now.adding(milliseconds: Int64(max(milliseconds, 100)))
    }
}

extension Directory {
    var version: DirectoryVersion {
        DirectoryVersion(staff: staffVersion, policy: policy.version)
    }
}
