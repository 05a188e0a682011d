import Sodium
import TicketModel

/// What a replica had seen when a person acted: a vector clock, with the entries of all other
/// replicas folded into the hub's (replication.md 3.2).
///
/// Read as a vector it is `{hub: (epoch, sequence), self: counter - 1}` plus the operations in
/// `dependencies`, which the hub had not committed yet.
package struct CausalContext: Hashable, Sendable {
    package var epoch: EpochID
    /// The replica's cursor, or the frozen position of a ticket that has left its scope.
    package var sequence: UInt64
    /// Unsettled operations on the same ticket that the replica could see, at most
    /// `Limits.dependenciesCountMax`.
    package var dependencies: [OperationID]

    package init(epoch: EpochID, sequence: UInt64, dependencies: [OperationID]) {
        self.epoch = epoch
        self.sequence = sequence
        self.dependencies = dependencies
    }
}

/// When a person acted, by the device's own reckoning (replication.md 3.13, domain.md B6.1).
package struct CapturedTime: Hashable, Sendable {
    /// The device's wall clock.
    package var wall: Timestamp
    /// Hub time minus device time as measured at the last contact of this boot; nil if unknown.
    package var offsetMilliseconds: Int64?

    package init(wall: Timestamp, offsetMilliseconds: Int64?) {
        self.wall = wall
        self.offsetMilliseconds = offsetMilliseconds
    }

    /// The best estimate of the hub's time at that moment.
    package var estimate: Timestamp { wall.adding(milliseconds: offsetMilliseconds ?? 0) }
}

/// What a person meant: the part of an intent that is hashed, signed, stored and relayed as the
/// bytes that its author wrote, whatever dot or context it travels under (replication.md 3.1).
package struct IntentBody: Hashable, Sendable {
    package var operation: OperationID
    package var ticket: TicketID
    package var act: Act
    package var actor: StaffID
    package var time: HybridTimestamp
    package var captured: CapturedTime
    /// At least one, at most `Limits.changesCountMax`; all of one user action.
    package var changes: [Change]
    /// Set when a person tried again what had been refused.
    package var retryOf: OperationID?
    /// The intents that it stands or falls with; nil when it stands alone (replication.md 3.4).
    package var group: IntentGroup?

    package init(
        operation: OperationID, ticket: TicketID, act: Act, actor: StaffID, time: HybridTimestamp,
        captured: CapturedTime, changes: [Change], retryOf: OperationID? = nil,
        group: IntentGroup? = nil
    ) {
        self.operation = operation
        self.ticket = ticket
        self.act = act
        self.actor = actor
        self.time = time
        self.captured = captured
        self.changes = changes
        self.retryOf = retryOf
        self.group = group
    }

    /// Whether it brings its ticket into being.
    package var isCreate: Bool {
        if case .create = changes.first { return true }
        return false
    }
}

/// An intent in its place in a replica's hash chain.
package struct Intent: Hashable, Sendable {
    /// The replica and its counter.
    package var dot: Dot
    /// What its author had seen.
    package var context: CausalContext
    /// The body exactly as its author encoded it.
    package var bodyBytes: [UInt8]
    /// `SHA-256(previous hash || bodyBytes)`: the chain up to and including this intent.
    package var hash: Digest

    package init(dot: Dot, context: CausalContext, bodyBytes: [UInt8], hash: Digest) {
        self.dot = dot
        self.context = context
        self.bodyBytes = bodyBytes
        self.hash = hash
    }
}

/// An intent with its body read. A body that cannot be read is refused, never an error that stops
/// the batch (replication.md 3.4).
package struct ReadIntent: Sendable {
    package var intent: Intent
    /// Nil when the bytes are not a body that this version can read.
    package var body: IntentBody?

    package init(intent: Intent, body: IntentBody?) {
        self.intent = intent
        self.body = body
    }
}

/// A run of consecutive intents of one replica, under one signature (replication.md 3.1).
package struct IntentBatch: Sendable {
    package var epoch: EpochID
    package var replica: ReplicaID
    /// The chain hash before the first intent.
    package var previousHash: Digest
    /// Consecutive by counter; at most `Limits.batchIntentsCountMax`.
    package var intents: [ReadIntent]
    /// The device's signature over `IntentBatch.signedBytes`.
    package var signature: [UInt8]

    package init(
        epoch: EpochID, replica: ReplicaID, previousHash: Digest, intents: [ReadIntent],
        signature: [UInt8]
    ) {
        self.epoch = epoch
        self.replica = replica
        self.previousHash = previousHash
        self.intents = intents
        self.signature = signature
    }

    /// What the device signs: a domain label, the replica, the last counter, the last chain hash
    /// (which covers every body) and a digest of the contexts.
    ///
    /// The epoch inside each context is covered, so a signature cannot be moved between epochs.
    package static func signedBytes(
        replica: ReplicaID, lastCounter: UInt64, lastHash: Digest, contexts: [CausalContext]
    ) -> [UInt8] {
        var bytes = Array("loopdesk/push/1\n".utf8)
        bytes += replica.bytes
        bytes += bigEndian(lastCounter)
        bytes += lastHash.bytes
        bytes += Digest.sha256(contexts.flatMap(contextBytes)).bytes
        return bytes
    }

    /// The canonical form of a context under a signature: epoch, position, number of
    /// dependencies, dependencies; integers big-endian.
    private static func contextBytes(_ context: CausalContext) -> [UInt8] {
        context.epoch.bytes + bigEndian(context.sequence)
            + bigEndian(UInt64(context.dependencies.count))
            + context.dependencies.flatMap(\.bytes)
    }
}

/// Eight bytes, most significant first.
package func bigEndian(_ value: UInt64) -> [UInt8] {
    withUnsafeBytes(of: value.bigEndian) { Array($0) }
}
