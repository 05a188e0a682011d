import Replication
import Testing
import TicketModel

/// Lives of the log, compaction, snapshots and sums (replication.md 3.6.4, 3.11, 3.14, I8).
extension HubStorageConformance {
    static let recoveryChecks: [Check<any HubStorage>] = [
        Check("lives share no more than was left at each restore", lineage),
        Check("what is attempted and fails leaves nothing, what went before stays", attempt),
        Check("compaction ends where it is told and keeps what is still to be told", compaction),
        Check("a ticket enters with its past from the durable sequence on", enteringPast),
        Check("the sum of a scope is that of the tickets in it now", sums),
        Check("the sum of a range holds the tickets at both of its ends", rangeSums),
        Check("a snapshot in pieces has every ticket of the scopes once", snapshots),
    ]

    private static func lineage(_ store: any HubStorage) throws {
        let first = try store.read { try $0.epoch() }
        let (second, third) = (EpochID(rawValue: 2), EpochID(rawValue: 3))
        for id in 1...4 as ClosedRange<UInt128> {
            try store.append(LogLine(ticket: Sample.ticket(id)))
        }
        try store.transaction { try $0.raiseDurable(to: 4) }
        try store.transaction { try $0.beginEpoch(second, sharing: 3, isOnlyLog: true) }
        try store.transaction { try $0.beginEpoch(third, sharing: 1, isOnlyLog: false) }
        try store.read { hub throws in
            #expect(try hub.epoch() == third)
            #expect(try hub.lineage() == [first: 1, second: 1])
            #expect(try hub.forks() == [first: 1, second: 0])
            #expect(try hub.durableSequence() == 1)
        }
        #expect(throws: StoreError.self, "no life has the name of an earlier one") {
            try store.transaction { try $0.beginEpoch(first, sharing: 0, isOnlyLog: true) }
        }
    }

    private static func attempt(_ store: any HubStorage) throws {
        let (kept, undone, later) = (
            Sample.ticket(1, number: 1), Sample.ticket(2, number: 2), Sample.ticket(3, number: 3)
        )
        try store.transaction { hub throws in
            try hub.append(LogLine(ticket: kept))
            #expect(throws: Abandoned.self) {
                try hub.attempt {
                    try hub.append(LogLine(ticket: undone, after: [.all, .two]))
                    throw Abandoned()
                }
            }
            #expect(try hub.head().sequence == 1)
            try hub.append(LogLine(ticket: later, after: [.all, .two]))
        }
        try store.read { hub throws in
            #expect(try hub.head().sequence == 2)
            #expect(try hub.ticket(kept.id) == kept && hub.ticket(later.id) == later)
            #expect(try hub.ticket(undone.id) == nil)
            #expect(try hub.page(after: 0, scopes: [.two], byteCountMax: 1_000).items.count == 1)
        }
    }

    private static func compaction(_ store: any HubStorage) throws {
        let tickets = (1...4).map { Sample.ticket($0, number: Int($0)) }
        try store.append(LogLine(ticket: tickets[0]))
        try store.transaction { hub throws in
            var told = LogLine(ticket: tickets[1]).committed(at: 2)
            told.entry.events = [FeedEvent(feed: .warnings, clock: "response", reason: "late")]
            _ = try hub.append(told)
        }
        try store.append(LogLine(ticket: tickets[2]))
        try store.append(LogLine(ticket: tickets[3]))
        let position = try store.read { try $0.position(at: 3) }
        let since = Sample.noon.adding(milliseconds: -1)
        let count = try store.transaction {
            try $0.compact(through: 3, eventsSince: since, countMax: 99)
        }
        #expect(count == 3)
        try store.read { hub throws in
            #expect(try hub.logBase() == 3 && hub.position(at: 3) == position)
            #expect(try hub.entry(at: 1) == nil && hub.entry(at: 3) == nil)
            #expect(try hub.entry(at: 2) != nil, "its event is still to be told")
            #expect(try hub.entry(at: 4) != nil, "one entry more than was asked for")
            #expect(try hub.ticket(tickets[0].id) == tickets[0])
            #expect(try hub.verdict(on: Sample.operation(1)) != nil, "answers stay")
            #expect(try hub.scopes(of: tickets[0].id, at: 1) == [.all, .one], "for late work")
            let sequences = try hub.page(after: 0, scopes: [.one], byteCountMax: 10_000)
                .read(with: Sample.codec).items.map(\.sequence)
            #expect(sequences == [2, 4])
        }
        try store.transaction { hub throws in
            let now = Sample.noon.adding(milliseconds: 1_000)
            _ = try hub.compact(through: 4, eventsSince: now, countMax: 99)
        }
        #expect(try store.read { try $0.entry(at: 2) } == nil, "an event is not told for ever")
    }

    private static func enteringPast(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1, number: 1)
        try store.append(LogLine(ticket: ticket))
        try store.append(LogLine(ticket: ticket, before: [.all, .one]))
        try store.append(LogLine(ticket: ticket, before: [.all, .one], after: [.all, .two]))
        func past() throws -> [UInt64] {
            let page = try store.read { try $0.page(after: 0, scopes: [.two], byteCountMax: 9_999) }
            guard case .enter(_, _, let history) = try page.read(with: Sample.codec).items.first
            else { return [] }
            return history.map(\.entry.sequence)
        }
        #expect(try past() == [1, 2])
        try store.transaction { try $0.raiseDurable(to: 1) }
        #expect(try past() == [2], "no restore can lose what is durable elsewhere")
    }

    private static func sum(of tickets: Ticket...) -> DigestSum {
        tickets.reduce(into: DigestSum()) { $0.add(TicketDigest.of(Sample.codec.encode($1))) }
    }

    private static func sums(_ store: any HubStorage) throws {
        var moving = Sample.ticket(1, [.store: "S001"])
        let staying = Sample.ticket(2, [.store: "S001"])
        try store.append(LogLine(ticket: moving), LogLine(ticket: staying))
        #expect(try store.read { try $0.digest(of: .one) } == sum(of: moving, staying))
        moving.set(.subject, .text("屏幕"))
        try store.append(LogLine(ticket: moving, before: [.all, .one]))
        #expect(try store.read { try $0.digest(of: .one) } == sum(of: moving, staying))
        moving.set(.store, .text("S002"))
        try store.append(LogLine(ticket: moving, before: [.all, .one], after: [.all, .two]))
        try store.read { hub throws in
            #expect(try hub.digest(of: .one) == sum(of: staying))
            #expect(try hub.digest(of: .two) == sum(of: moving))
            #expect(try hub.digest(of: .all) == sum(of: moving, staying))
            #expect(try hub.digest(of: .author) == DigestSum())
        }
    }

    private static func rangeSums(_ store: any HubStorage) throws {
        let tickets = (1...4).map { Sample.ticket($0, [.store: $0 == 3 ? "S002" : "S001"]) }
        for ticket in tickets {
            try store.append(LogLine(ticket: ticket, after: ticket.scopes))
        }
        try store.read { hub throws in
            let range = tickets[0].id...tickets[1].id
            #expect(try hub.digest(of: .one, in: range) == sum(of: tickets[0], tickets[1]))
            let last = tickets[2].id...tickets[3].id
            #expect(try hub.digest(of: .one, in: last) == sum(of: tickets[3]))
            #expect(try hub.digest(of: .all, in: .allTickets) == hub.digest(of: .all))
        }
    }

    private static func snapshots(_ store: any HubStorage) throws {
        let tickets = (1...9).map { Sample.ticket($0, [.store: $0 % 3 == 0 ? "S002" : "S001"]) }
        for ticket in tickets {
            try store.append(LogLine(ticket: ticket, after: ticket.scopes))
        }
        func pieces(_ scopes: Set<Scope>, byteCountMax: Int) throws -> [SnapshotPiece] {
            var (pieces, after): ([SnapshotPiece], TicketID?) = ([], nil)
            while pieces.count < 20 {
                let piece = try store.read {
                    try $0.snapshot(
                        after: after, through: nil, scopes: scopes, byteCountMax: byteCountMax)
                }
                pieces.append(piece)
                guard let through = piece.through else { break }
                after = through
            }
            return pieces
        }
        let expected = tickets.filter { $0.scopes.contains(.one) }
        for byteCountMax in [1, 300, 100_000] {
            let pieces = try pieces([.one], byteCountMax: byteCountMax)
            let held = try pieces.flatMap(\.tickets).map { try Sample.codec.decodeTicket($0) }
            #expect(held == expected, "in pieces of \(byteCountMax) bytes")
            if byteCountMax == 1 { #expect(pieces.count == expected.count) }
            #expect(pieces.allSatisfy { $0.head.sequence == 9 && $0.total == 6 })
        }
        #expect(try pieces([.one, .two], byteCountMax: 100_000).flatMap(\.tickets).count == 9)
        let part = try store.read {
            try $0.snapshot(
                after: tickets[0].id, through: tickets[3].id, scopes: [.all],
                byteCountMax: 100_000)
        }
        #expect(
            try part.tickets.map { try Sample.codec.decodeTicket($0) } == Array(tickets[1...3]))
        #expect(part.through == tickets[3].id)
    }
}
