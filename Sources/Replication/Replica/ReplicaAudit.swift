import Sodium
import TicketModel

/// Checks what a replica holds against itself: its own chain, its counters and its sums.
package struct ReplicaAudit: Hashable, Sendable {
    /// Something that is not as it must be.
    package enum Finding: Hashable, Sendable {
        /// An own change does not follow from the one before it.
        case brokenChain(counter: UInt64)
        /// The state speaks of another last change than the change log ends with.
        case wrongCounter(stored: UInt64, found: UInt64)
        /// The sum of a scope is not the sum of its tickets.
        case wrongSum(Scope)
    }

    /// Own changes whose place in the chain was checked.
    package private(set) var changesCount = 0
    /// Tickets whose digest was made anew.
    package private(set) var ticketsCount = 0
    /// Empty when all is well.
    package private(set) var findings: [Finding] = []

    /// Changes that are read at once.
    private static let changesCountMax = 1_024

    /// Checks everything.
    ///
    /// - Throws: `StoreError`, also for a row that cannot be read.
    package init(_ store: any ReplicaReader, codec: any ReplicationCodec) throws {
        try checkChain(store)
        try checkSums(store, codec)
    }

    private mutating func checkChain(_ store: any ReplicaReader) throws {
        let state = try store.state()
        var (counter, hash): (UInt64, Digest) = (0, .zero)
        while true {
            let intents = try store.intents(
                after: counter, countMax: Self.changesCountMax, byteCountMax: .max)
            guard !intents.isEmpty else { break }
            for intent in intents {
                hash = hash.chained(with: intent.bodyBytes)
                if intent.dot.counter != counter + 1 || intent.hash != hash {
                    return findings.append(.brokenChain(counter: intent.dot.counter))
                }
                counter = intent.dot.counter
                changesCount += 1
            }
        }
        if state.counter != counter || state.hash != hash {
            findings.append(.wrongCounter(stored: state.counter, found: counter))
        }
    }

    private mutating func checkSums(
        _ store: any ReplicaReader, _ codec: any ReplicationCodec
    ) throws {
        var sums: [Scope: DigestSum] = [:]
        for id in try store.baseTickets(after: nil, through: nil) {
            guard let base = try store.base(id) else { continue }
            let digest = TicketDigest.of(codec.encode(base))
            for scope in base.scopes { sums[scope, default: DigestSum()].add(digest) }
            ticketsCount += 1
        }
        for (scope, sum) in sums.sorted(by: { $0.key < $1.key })
        where try store.digest(of: scope) != sum {
            findings.append(.wrongSum(scope))
        }
    }
}
