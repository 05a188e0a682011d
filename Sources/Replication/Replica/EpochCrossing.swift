import Sodium
import TicketModel

/// Carries a replica over into another life of the hub's log (replication.md 3.11).
///
/// The order matters: first the hub is given back what it lost (`refusals` and the entries that the
/// replica holds beyond the shared position), then `cross` swaps the ground under the replica in
/// one transaction, and only then is the new log read. Whatever fails in between starts again from
/// durable state, and all of it may be repeated.
package enum EpochCrossing {
    /// Own intents that the former life refused beyond what is shared, or a life before it, if the
    /// former life has not told of the refusal itself: they stay refused, whatever the restored hub
    /// would say of them. Without a place in the former life a refusal has the sequence 0.
    ///
    /// - Throws: `StoreError`.
    package static func refusals(
        after sequence: UInt64, in store: any ReplicaReader
    ) throws -> [Verdict] {
        try store.changesSettled(after: sequence).compactMap { change in
            guard case .settled(let disposition, let settledAt) = change.state,
                disposition.outcome == .rejected
            else { return nil }
            return Verdict(
                operation: change.body.operation, disposition: disposition,
                sequence: settledAt ?? 0)
        }
    }

    /// Swaps the ground: contexts are put into the terms of the new life, accepted work beyond the
    /// shared position waits for its answer again, refusals beyond it have no place in the log
    /// until the new life tells of them, entries beyond it are retired, and a base that holds some
    /// of them is to be fetched anew.
    ///
    /// - Parameter watermark: the last own counter that the hub holds, with the hash that is here.
    /// - Returns: the tickets on which work waits again; their overlays do not show it yet.
    /// - Throws: `StoreError`; the transaction must then be abandoned.
    package static func cross(
        to epoch: EpochID, sharing shared: LogPosition, watermark: UInt64,
        in store: any ReplicaTransaction
    ) throws -> Set<TicketID> {
        var state = try store.state()
        guard let identity = try store.identity() else { return [] }
        var reopened: [ChangeRecord] = []
        for change in try store.changesSettled(after: shared.sequence) {
            guard case .settled(let disposition, _) = change.state else { continue }
            if disposition.isAccepted {
                reopened.append(change)
                continue
            }
            // A sequence of the life that is over would be taken for one of the new life.
            var refused = change
            refused.state = .settled(disposition, sequence: nil)
            try store.replace(refused)
        }
        let waiting = try store.pendingChanges() + reopened
        let lost = try lostOperations(of: Set(waiting.map(\.body.ticket)), after: shared, in: store)
        for change in waiting.sorted(by: writtenEarlier) {
            var intent = change.intent
            intent.context = translated(
                intent.context, from: state.epoch, to: epoch, sharing: shared.sequence,
                lost: lost[change.body.ticket] ?? [])
            if intent.dot.replica != identity.replica {
                intent = state.sealed(intent, for: identity.replica)
            }
            let isHeld =
                intent.dot.counter <= watermark && change.intent.dot.replica == identity.replica
            try store.replace(
                ChangeRecord(
                    intent: intent, body: change.body, state: isHeld ? .acknowledged : .queued))
        }
        if let former = state.epoch {
            try store.retireHistory(after: shared.sequence, of: former)
        }
        try store.doubtFormerEntries()
        try store.clampLeft(to: shared.sequence)
        // A base that holds nothing beyond what is shared stands in both lives.
        let isWhole =
            state.cursor.sequence <= shared.sequence && state.snapshot == nil
            && state.snapshotThrough.sequence <= shared.sequence
        state.epoch = epoch
        state.cursor = shared
        state.cursorProof = []
        state.locator.removeAll { $0.sequence >= shared.sequence }
        state.durableSequence = min(state.durableSequence, shared.sequence)
        state.snapshot = isWhole ? nil : SnapshotProgress()
        state.snapshotThrough = isWhole ? state.snapshotThrough : .start
        state.snapshotProof = isWhole ? state.snapshotProof : []
        state.snapshotFrom = isWhole ? state.snapshotFrom : 0
        try store.save(state)
        return Set(reopened.map(\.body.ticket))
    }

    /// Dots of one replica by counter; those of former identities come before.
    private static func writtenEarlier(_ left: ChangeRecord, _ right: ChangeRecord) -> Bool {
        (left.body.time.rawValue, left.body.operation.rawValue)
            < (right.body.time.rawValue, right.body.operation.rawValue)
    }

    /// The operations of entries beyond the shared position, by ticket, with where they stood.
    private static func lostOperations(
        of tickets: Set<TicketID>, after shared: LogPosition, in store: any ReplicaReader
    ) throws -> [TicketID: [(sequence: UInt64, operation: OperationID)]] {
        var lost: [TicketID: [(sequence: UInt64, operation: OperationID)]] = [:]
        for ticket in tickets {
            lost[ticket] = try store.history(of: ticket, countMax: .max)
                .filter { $0.sequence > shared.sequence }.map { ($0.sequence, $0.operation) }
        }
        return lost
    }

    /// A context in the terms of the new life: what was seen of the shared part stays a position,
    /// what was seen beyond it becomes operations, which keep their names in every life.
    private static func translated(
        _ context: CausalContext, from former: EpochID?, to epoch: EpochID, sharing shared: UInt64,
        lost: [(sequence: UInt64, operation: OperationID)]
    ) -> CausalContext {
        guard context.epoch == former else { return context }
        let seen = lost.filter { $0.sequence <= context.sequence }.map(\.operation)
        var dependencies = context.dependencies
        dependencies += seen.filter { !context.dependencies.contains($0) }
        return CausalContext(
            epoch: epoch, sequence: min(context.sequence, shared),
            dependencies: Array(dependencies.suffix(Limits.dependenciesCountMax)))
    }
}

extension ReplicaState {
    /// Puts an intent at the end of the chain under the next counter of `replica`; body, operation
    /// and context stay.
    mutating func sealed(_ intent: Intent, for replica: ReplicaID) -> Intent {
        counter += 1
        hash = hash.chained(with: intent.bodyBytes)
        return Intent(
            dot: Dot(replica: replica, counter: counter), context: intent.context,
            bodyBytes: intent.bodyBytes, hash: hash)
    }
}
