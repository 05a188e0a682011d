import Sodium
import TicketModel

/// Gives a replica another identity when its database turned out to be a copy of another one, or an
/// old copy of itself (replication.md 3.12).
///
/// What waits for the hub keeps its operations and bodies and gets dots of the new identity: of two
/// copies that hold the same intent the first to arrive commits it, and the other is answered by
/// its operation. Nothing is lost and nothing doubled.
package enum Reidentification {
    /// Takes on `replica` as identity.
    ///
    /// Provisional numbers made from now on carry two more characters, so that two copies of one
    /// database do not hand out the same ones.
    ///
    /// - Returns: how many changes wait under the new identity.
    /// - Throws: `StoreError`; the transaction must then be abandoned.
    package static func perform(
        as replica: ReplicaID, in store: any ReplicaTransaction
    ) throws -> Int {
        guard var identity = try store.identity() else { return 0 }
        precondition(replica != identity.replica, "another identity is another: \(replica)")
        var state = try store.state()
        state.formerReplica = identity.replica
        identity.replicaCode =
            String(identity.replicaCode.prefix(2)) + ReplicaCode.suffix(of: replica)
        identity.replica = replica
        (state.counter, state.hash, state.acknowledged) = (0, .zero, 0)
        let waiting = try store.pendingChanges()
        for change in waiting {
            let intent = state.sealed(change.intent, for: replica)
            try store.replace(ChangeRecord(intent: intent, body: change.body, state: .queued))
        }
        try store.save(identity)
        try store.save(state)
        return waiting.count
    }
}

extension ReplicaID {
    /// The identity that follows from random bits drawn by the owner and the identity that is given
    /// up.
    package init(succeeding former: ReplicaID, seed: UInt128) {
        let digest = Digest.sha256(former.bytes, ReplicaID(rawValue: seed).bytes)
        self.init(rawValue: digest.prefix128)
    }
}
