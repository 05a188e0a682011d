import ReplicaStore
import Replication
import StoreSupport
import Testing
import TicketModel
import Wire

@testable import StoreConformance

/// What happens to a replica at random, the same for every store that it is done to.
private struct RandomHistory {
    typealias Step = (any ReplicaTransaction) throws -> Void

    private var generator: SplitMix
    private var counter: UInt64 = 0
    private var clock: Int64 = 0
    /// A number that was given is never taken back.
    private var numbered: Set<TicketID> = []
    private let words = ["屏幕", "投诉", "换货", "screen", "broken"]

    init(seed: UInt64) { generator = SplitMix(state: seed) }

    mutating func number(below limit: Int) -> Int { Int.random(in: 0..<limit, using: &generator) }

    private mutating func ticketID() -> TicketID {
        TicketID(rawValue: UInt128(number(below: 9) + 1))
    }

    /// No two tickets agree in what lists are ordered by: stores need not agree on ties.
    private mutating func ticket(_ id: TicketID) -> Ticket {
        clock += 1
        let text = (0...number(below: 3)).map { _ in words[number(below: 5)] }
        if number(below: 2) == 0 { numbered.insert(id) }
        var ticket = Sample.ticket(
            id.rawValue, number: numbered.contains(id) ? Int(id.rawValue) : nil,
            [.description: text.joined(separator: " ")])
        ticket.set(.status, .integer(Int64(number(below: 8) + 1)))
        if number(below: 2) == 0 { ticket.set(.assignee, .text("A\(number(below: 3))")) }
        if number(below: 3) == 0 { ticket.tag("急") }
        if number(below: 2) == 0 { ticket.promise(dueIn: Int64(number(below: 4))) }
        ticket.capturedAt = Sample.noon.adding(milliseconds: Int64(id.rawValue))
        ticket.updatedAt = Sample.noon.adding(milliseconds: clock)
        return ticket
    }

    mutating func step() -> Step {
        let id = ticketID()
        switch number(below: 9) {
        case 0, 1:
            let ticket = ticket(id)
            return { try $0.saveBase(ticket) }
        case 2:
            let ticket = number(below: 3) == 0 ? nil : ticket(id)
            return { try $0.saveOverlay(ticket, of: id) }
        case 3:
            let sequence = UInt64(number(below: 90))
            return {
                guard try $0.base(id) != nil else { return }
                let time = Sample.noon.adding(milliseconds: Int64(sequence))
                try $0.markLeft(id, sequence: sequence, at: time)
            }
        case 4:
            counter += 1
            let change = Sample.change(counter, on: id)
            return { try $0.append(change) }
        default: return otherStep(id)
        }
    }

    private mutating func otherStep(_ id: TicketID) -> Step {
        let (count, known) = (UInt64(number(below: 60)), UInt64(number(below: Int(counter) + 1)))
        switch number(below: 9) {
        case 5:
            let time = Sample.noon.adding(milliseconds: Int64(count))
            return { _ = try $0.forgetLeft(before: time, countMax: 2) }
        case 6: return { try $0.clampLeft(to: count) }
        case 7:
            return {
                try $0.retireHistory(after: count, of: EpochID(rawValue: 7))
                try $0.noteFormerEntries(heldBy: known)
                try $0.forgetFormerEntries(durableThrough: 3)
                if count % 3 == 0 { try $0.doubtFormerEntries() }
            }
        case 8:
            return {
                guard var change = try $0.change(Sample.operation(known)) else { return }
                change.intent.context.sequence = count
                change.state = .queued
                try $0.replace(change)
            }
        case 0: return { try $0.acknowledge(through: known) }
        case 1: return { try $0.settle(Sample.operation(known), .applied, sequence: count) }
        case 2:
            return {
                try $0.save(Sample.draft(known, on: id))
                try $0.removeDraft(Sample.operation(count))
            }
        case 3:
            return {
                try $0.append(Sample.feedItem(count, on: id), to: .warnings)
                try $0.acknowledgeFeed(.warnings, consumer: "desk", through: count)
                try $0.appendHistory(Sample.entry(count, on: TicketID(rawValue: 1)).proven)
            }
        // Reading in between must change nothing.
        default: return { _ = try $0.list(TicketQuery()) }
        }
    }
}

/// A generator whose numbers follow from its seed.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

@Suite struct ReplicaStoreModelTests {
    /// Every answer that a replica gives, a line each.
    private static func answers(_ replica: any ReplicaReader) throws -> [String] {
        var lines: [String] = []
        for query in queries {
            lines.append("\(query): \(try replica.list(query)) of \(try replica.count(query))")
        }
        for value in 1...9 {
            let id = TicketID(rawValue: UInt128(value))
            let (base, visible) = (try replica.base(id), try replica.visible(id))
            let (leftAt, pending) = (try replica.leftAt(id), try replica.pending(on: id))
            let left = leftAt.map { "\($0)" } ?? "-"
            lines.append("\(value): \(text(base)) \(text(visible)) \(left) \(pending)")
        }
        for number in ["CS202310270003", "0004", "1005", "S001-AA-1006"] {
            lines.append("\(number): \(try replica.tickets(numbered: number, countMax: 9))")
        }
        lines.append("\(try replica.counts())")
        lines.append("\(try replica.drafts())")
        lines.append("\(try replica.changes(on: nil, countMax: 999))")
        lines.append("\(try replica.unansweredOperations(countMax: 999))")
        lines.append("\(try replica.history(of: TicketID(rawValue: 1), countMax: 99))")
        lines.append("\(try replica.feed(.warnings, after: 2, countMax: 5))")
        lines.append("\(try replica.feedEnd())")
        lines.append("\(try replica.pendingChanges())")
        lines.append("\(try replica.changesSettled(after: 20))")
        lines.append("\(try replica.witnessed(after: 9, countMax: 3, byteCountMax: 900))")
        lines.append("\(try replica.formerEntries(after: 1, countMax: 9, byteCountMax: 900))")
        let (first, last) = (TicketID(rawValue: 2), TicketID(rawValue: 6))
        lines.append("\(try replica.baseTickets(after: first, through: last))")
        lines.append("\(try replica.baseTickets(after: nil, through: nil))")
        for scope in [Scope.all, .one, .two] {
            lines.append("\(try replica.digest(of: scope))")
            lines.append("\(try replica.digest(of: scope, in: first...last))")
        }
        lines.append("\(try replica.feedCursor(.warnings, consumer: "desk") ?? 0)")
        return lines
    }

    /// A ticket's dictionaries have no order, its encoding has.
    private static func text(_ ticket: Ticket?) -> String {
        ticket.map { "\($0.id) \($0.displayNumber) \($0.searchableText) \($0.updatedAt)" } ?? "-"
    }

    private static let queries: [TicketQuery] = {
        let changes: [(inout TicketQuery) -> Void] = [
            { _ in }, { $0.includesLeft = true }, { $0.isUnsent = true }, { $0.tag = "急" },
            { $0.text = "屏幕" }, { $0.text = "投诉 screen" }, { $0.isUnassigned = true },
            { $0.assignee = StaffID(unchecked: "A1") }, { $0.statuses = [.new, .closed] },
            { $0.dueBefore = Sample.noon.adding(milliseconds: 2) }, { $0.order = .updated },
            { $0.order = .created },
        ]
        return changes.map { change in
            var query = TicketQuery()
            change(&query)
            return query
        }
    }()

    @Test(
        "after any history SQLite answers as the model does",
        arguments: [1, 20_231_027, UInt64.random(in: .min ... .max)])
    func anyHistory(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let store = try SQLiteReplicaStore(
            path: directory.file("replica.sqlite"), mode: .oneShot, createsFile: true)
        let model = InMemoryReplicaStorage(codec: ProtobufCodec())
        for store: any ReplicaStorage in [store, model] {
            try store.transaction { try $0.save(Sample.identity) }
        }
        var history = RandomHistory(seed: seed)
        for round in 0..<60 {
            let steps = (0...history.number(below: 6)).map { _ in history.step() }
            let isAbandoned = history.number(below: 5) == 0
            let results = try [store, model].map { (store: any ReplicaStorage) in
                try? store.transaction { replica throws in
                    for step in steps { try step(replica) }
                    if isAbandoned { throw Abandoned() }
                }
                return try store.read(Self.answers)
            }
            for (found, expected) in zip(results[0], results[1]) {
                try #require(found == expected, "round \(round) of seed \(seed)")
            }
        }
        #expect(try store.integrityProblems() == [])
    }
}
