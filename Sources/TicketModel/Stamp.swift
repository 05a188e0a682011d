/// The position of a change in the log of one epoch: 1 is the first.
package typealias Sequence64 = UInt64

/// One event of one replica: `counter` runs from 1 without gaps (replication.md 3.1).
package struct Dot: Hashable, Comparable, Sendable {
    package var replica: ReplicaID
    package var counter: UInt64

    package init(replica: ReplicaID, counter: UInt64) {
        self.replica = replica
        self.counter = counter
    }

    package static func < (left: Dot, right: Dot) -> Bool {
        (left.replica, left.counter) < (right.replica, right.counter)
    }
}

/// Where a current value came from: all that a merge needs to know about the past
/// (replication.md 3.2). It lives on the value, so that merging never reads the log.
package struct Stamp: Hashable, Sendable {
    /// The stamp of a change that the hub has not committed yet: larger than any commit.
    package static let pendingSequence: UInt64 = .max

    /// The position of the commit, or `pendingSequence` in an overlay.
    package var sequence: UInt64
    package var dot: Dot
    package var operation: OperationID
    /// The writer's hybrid time, clamped by the hub if it ran ahead (replication.md 3.13).
    package var time: HybridTimestamp
    package var authority: Authority
    /// Who acted.
    package var actor: StaffID

    package init(
        sequence: UInt64, dot: Dot, operation: OperationID, time: HybridTimestamp,
        authority: Authority, actor: StaffID
    ) {
        self.sequence = sequence
        self.dot = dot
        self.operation = operation
        self.time = time
        self.authority = authority
        self.actor = actor
    }

    /// Whether the change waits for the hub.
    package var isPending: Bool { sequence == Self.pendingSequence }
}
