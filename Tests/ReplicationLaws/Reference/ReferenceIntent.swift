import Replication
import TicketModel

/// One intent as the reference model knows it: who meant what, and which other intents they knew.
///
/// What was seen is a plain set, one bit per intent of the world. The product folds the same fact
/// into a log position and a dot; the laws compare the two.
package struct ReferenceIntent: Sendable {
    /// The intents of one world are counted from 0; this is also the bit in `seen`.
    package var index: Int
    package var operation: OperationID
    package var author: StaffID
    package var authority: Authority
    /// The author's time, as far as the hub believes it.
    package var time: UInt64
    package var changes: [Change]
    /// Every intent that its author knew of, its own earlier ones included.
    package var seen: IntentSet

    package init(
        index: Int, operation: OperationID, author: StaffID, authority: Authority, time: UInt64,
        changes: [Change], seen: IntentSet
    ) {
        self.index = index
        self.operation = operation
        self.author = author
        self.authority = authority
        self.time = time
        self.changes = changes
        self.seen = seen
    }

    /// What decides between two concurrent texts: authority, then time, then identity.
    var weight: ReferenceWeight {
        ReferenceWeight(
            authority: authority.rawValue, time: time, operation: operation.rawValue)
    }
}

/// A set of intents of one world: at most 128 of them.
package struct IntentSet: Hashable, Sendable {
    private var bits: UInt128

    package init() { bits = 0 }

    /// The intents before `count`.
    package init(prefix count: Int) { bits = count >= 128 ? .max : (1 << UInt128(count)) - 1 }

    package init(_ index: Int) { bits = 1 << UInt128(index) }

    package var isEmpty: Bool { bits == 0 }

    package func contains(_ index: Int) -> Bool { bits >> UInt128(index) & 1 == 1 }

    package mutating func insert(_ index: Int) { bits |= 1 << UInt128(index) }

    package func union(_ other: IntentSet) -> IntentSet {
        var result = self
        result.bits |= other.bits
        return result
    }

    package func subtracting(_ other: IntentSet) -> IntentSet {
        var result = self
        result.bits &= ~other.bits
        return result
    }
}

/// The order among concurrent texts.
struct ReferenceWeight: Hashable, Comparable, Sendable {
    var authority: Int
    var time: UInt64
    var operation: UInt128

    static func < (left: ReferenceWeight, right: ReferenceWeight) -> Bool {
        (left.authority, left.time, left.operation)
            < (right.authority, right.time, right.operation)
    }
}

/// What the reference model says about one intent.
package struct ReferenceAnswer: Hashable, Sendable {
    /// What became of one change that did not simply apply.
    package struct Part: Hashable, Sendable {
        package var index: Int
        package var outcome: Disposition.Outcome
        /// For a superseded change: what prevails, in words.
        package var prevailing: String?
    }

    package var outcome: Disposition.Outcome
    package var code: RejectionCode?
    package var parts: [Part] = []
}
