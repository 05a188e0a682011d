import Replication
import TicketModel
import TicketPolicy
import Wire

/// What a revoked device does with its unsent work (replication.md 3.8): it hands it over once,
/// for a supervisor to decide, and keeps all of it as drafts.
struct HandOver: Hashable {
    /// What the hub said.
    var reason: String
    /// Intents up to here were answered.
    var answeredThrough: UInt64
    /// How many the hub has kept.
    var keptCount = 0
}

extension SyncLoop {
    /// Begins with the first batch; ends at once where nothing can or need be handed over.
    mutating func beginHandOver(
        because reason: String, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard conversation != nil, conversation?.handOver == nil else { throw handOverEnd }
        let (state, directory) = try store.read { (try $0.state(), try $0.directory()) }
        conversation?.handOver = HandOver(reason: reason, answeredThrough: state.acknowledged)
        guard state.epoch != nil, let directory else { throw handOverEnd }
        profile = try policies.profile(of: directory.policy)
        conversation?.abandonAll()
        try pushForReview(at: now, &actions)
    }

    private mutating func pushForReview(
        at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let after = conversation?.handOver?.answeredThrough else { return }
        let (candidates, previousHash, epoch) = try store.read { store in
            (
                try store.intents(
                    after: after, countMax: tuning.batchIntentsCountMax,
                    byteCountMax: Limits.batchByteCountMax),
                try store.hash(after: after), try store.state().epoch
            )
        }
        let intents = candidates.prefix(ClientMessage.pushCount(of: candidates))
        guard let last = intents.last, let previousHash, let epoch else { throw handOverEnd }
        let id = send(
            .push(signed(intents, ending: last, after: previousHash, epoch)), &actions)
        conversation?.asked(.push(through: last.dot.counter), id, at: now)
    }

    /// Settles what was answered and sends the next batch.
    mutating func handedOver(
        _ ack: Ack, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let profile else { return }
        let outcome = try store.transaction { store in
            var state = try store.state()
            state.acknowledged = max(state.acknowledged, ack.watermark)
            try store.save(state)
            try store.acknowledge(through: ack.watermark)
            return try PageApplier.settle(ack.verdicts, profile: profile, now: now, in: store)
        }
        note(outcome, &actions)
        conversation?.handOver?.answeredThrough = ack.watermark
        conversation?.handOver?.keptCount += ack.verdicts.count {
            $0.disposition.rejection?.code == .quarantined
        }
        try pushForReview(at: now, &actions)
    }

    /// How a hand-over ends, however far it came.
    var handOverEnd: Halt {
        let handOver = conversation?.handOver
        let reason = handOver?.reason ?? "This device was revoked."
        guard let count = handOver?.keptCount, count > 0 else { return .revoked(reason) }
        return .revoked(
            "\(reason) \(count) " + (count == 1 ? "change was" : "changes were")
                + " handed over for review.")
    }
}
