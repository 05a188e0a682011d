import RandomValues
import Replication
import TicketModel

/// Long random histories of a ticket with two neighbouring intents swapped that did not know of
/// each other: small worlds have four intents, these have up to forty.
struct Neighbours {
    private var random: RandomIntents
    private var sent: [MergedTicket.Sent] = []
    private var cursors: [Int]
    private var counters: [UInt64]

    init(seed: UInt64) {
        random = RandomIntents(seed: seed)
        let sitesCount = random.number(below: 4) + 3
        cursors = Array(repeating: 0, count: sitesCount)
        counters = Array(repeating: 0, count: sitesCount)
    }

    /// Makes a history of letters whose order must not matter, and compares all its swaps.
    ///
    /// - Returns: how many pairs were swapped.
    /// - Throws: `LawViolation`.
    mutating func check() throws -> Int {
        let alphabet = random.one(of: CommitOrders.alphabets(comment: SmallWorldStart.operation))
        for _ in 0..<random.number(below: 31) + 10 { write(random.one(of: alphabet)) }
        let expected = ticket(of: sent)
        var pairsCount = 0
        for place in 0..<sent.count - 1 where areSwappable(place) {
            var swapped = sent
            swapped.swapAt(place, place + 1)
            if let problem = CommitOrders.difference(expected, ticket(of: swapped)) {
                throw LawViolation("\(sent.map(\.changes)), \(place) swapped: \(problem)")
            }
            pairsCount += 1
        }
        return pairsCount
    }

    private mutating func write(_ letter: Letter) {
        let site = random.number(below: cursors.count)
        if random.chance(40) {
            cursors[site] += random.number(below: sent.count - cursors[site] + 1)
        }
        counters[site] += 1
        sent.append(
            MergedTicket.Sent(
                operation: OperationID(
                    rawValue: 1 << 90 + UInt128(random.number(below: 1_000)) << 16
                        + UInt128(sent.count)),
                dot: Dot(replica: ReplicaID(rawValue: UInt128(site + 1)), counter: counters[site]),
                person: letter.person, act: letter.act,
                // Of one author the later intent has the later time.
                time: UInt64(sent.count / 3 * 3 + random.number(below: 8)),
                changes: letter.changes, cursor: UInt64(cursors[site]) + 1))
    }

    /// Whether neither knew of the other and nobody knew of just one of them.
    private func areSwappable(_ place: Int) -> Bool {
        let (first, second) = (sent[place], sent[place + 1])
        return first.dot.replica != second.dot.replica && second.cursor < UInt64(place) + 2
            && !sent.contains { $0.cursor == UInt64(place) + 2 }
    }

    private func ticket(of sent: [MergedTicket.Sent]) -> Ticket? {
        var hub = MergedTicket.start()
        for intent in sent { _ = hub.commit(intent) }
        return hub.ticket
    }
}
