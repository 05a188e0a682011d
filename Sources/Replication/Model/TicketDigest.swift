import Sodium
import TicketModel

/// The digest of one ticket as it is encoded: the first 128 bits of its SHA-256.
///
/// Two replicas of one software version that hold the same ticket get the same digest; comparing
/// sums of digests finds a divergence that no error message would show (replication.md I8).
package enum TicketDigest {
    /// The digest of a ticket's encoded form.
    package static func of(_ bytes: [UInt8]) -> UInt128 { Digest.sha256(bytes).prefix128 }
}

/// The number of tickets in a set and the sum of their digests modulo 2^128: it grows and shrinks
/// with the set at constant cost, in any order.
package struct DigestSum: Hashable, Sendable {
    package private(set) var count: UInt64
    package private(set) var sum: UInt128

    package init(count: UInt64 = 0, sum: UInt128 = 0) {
        self.count = count
        self.sum = sum
    }

    /// Takes a ticket in.
    package mutating func add(_ digest: UInt128) {
        count += 1
        sum &+= digest
    }

    /// Takes a ticket out that was in.
    package mutating func remove(_ digest: UInt128) {
        precondition(count > 0, "nothing is left to be taken out of a digest sum")
        count -= 1
        sum &-= digest
    }
}

/// The tickets of a scope whose identities lie in a range.
package struct RangeDigest: Hashable, Sendable {
    package var scope: Scope
    package var range: ClosedRange<TicketID>
    /// Their number and sum.
    package var digest: DigestSum

    package init(scope: Scope, range: ClosedRange<TicketID>, digest: DigestSum) {
        self.scope = scope
        self.range = range
        self.digest = digest
    }
}

extension ClosedRange<TicketID> {
    /// Every ticket there can be.
    package static var allTickets: ClosedRange<TicketID> {
        TicketID(rawValue: 0)...TicketID(rawValue: .max)
    }

    /// Up to `countMax` ranges of nearly equal width that together are this one.
    package func divided(countMax: Int) -> [ClosedRange<TicketID>] {
        precondition(countMax > 0, "a range is divided into at least one part")
        let (first, last) = (lowerBound.rawValue, upperBound.rawValue)
        let width = (last - first) / UInt128(countMax) + 1
        var parts: [ClosedRange<TicketID>] = []
        var start = first
        while true {
            let (end, isOver) = start.addingReportingOverflow(width - 1)
            if isOver || end >= last {
                parts.append(TicketID(rawValue: start)...upperBound)
                return parts
            }
            parts.append(TicketID(rawValue: start)...TicketID(rawValue: end))
            start = end + 1
        }
    }
}
