import Replication
import Sodium
import Testing
import TicketModel

extension HubStorageConformance {
    static let pageChecks: [Check<any HubStorage>] = [
        Check("a page holds what its scopes may see and ends at the head", visibility),
        Check("a ticket that moves leaves one scope and enters the other", moving),
        Check("an author outside the ticket's scopes is told the verdict only", verdictViews),
        Check("a page is cut at the end of a transaction, and only there", cutting),
        Check("a page ends at the head when nothing more matches", nothingMore),
        Check("a page without room still holds one transaction", noRoom),
        Check("small pages one after the other give what one large page gives", paging),
    ]

    private static func visibility(_ store: any HubStorage) throws {
        let first = try store.append(LogLine(ticket: Sample.ticket(1)))[0]
        try store.append(LogLine(ticket: Sample.ticket(2), after: [.all, .two]))
        let third = try store.append(LogLine(ticket: Sample.ticket(3)))[0]
        try store.append(LogLine(ticket: Sample.ticket(4), after: [.all, .two]))
        try store.read { hub throws in
            let page = try hub.page(after: 0, scopes: [.one], byteCountMax: 10_000)
            #expect(try page.epoch == hub.epoch())
            #expect(page.from == 0 && page.head == 4 && !page.hasMore)
            #expect(try page.to == hub.head())
            #expect(
                try page.read(with: Sample.codec).items
                    == [.delta(first.entry.witnessed), .delta(third.entry.witnessed)])
            let rest = try hub.page(after: 1, scopes: [.one], byteCountMax: 10_000)
            #expect(rest.from == 1 && rest.items == Array(page.items.dropFirst()))
            let all = try hub.page(after: 0, scopes: [.all, .one], byteCountMax: 10_000)
            #expect(all.items.count == 4, "what two scopes show is shown once")
            let none = try hub.page(after: 0, scopes: [], byteCountMax: 10_000)
            #expect(try none.items == [] && none.to == hub.head() && !none.hasMore)
            let beyond = try hub.page(after: 4, scopes: [.all], byteCountMax: 10_000)
            #expect(try beyond.items == [] && beyond.to == hub.head())
        }
    }

    private static func moving(_ store: any HubStorage) throws {
        var ticket = Sample.ticket(1, number: 1)
        let made = try store.append(LogLine(ticket: ticket))[0]
        ticket.set(.store, .text("S002"))
        let moved = ticket
        let move = try store.append(
            LogLine(ticket: moved, before: [.all, .one], after: [.all, .two]))[0]
        ticket.set(.subject, .text("later"))
        let later = try store.append(
            LogLine(ticket: ticket, before: [.all, .two], after: [.all, .two]))[0]
        try store.read { hub throws in
            func items(_ scopes: Set<Scope>) throws -> [PageItem] {
                try hub.page(after: 1, scopes: scopes, byteCountMax: 10_000)
                    .read(with: Sample.codec).items
            }
            #expect(
                try items([.one]) == [
                    .leave(sequence: 2, ticket: ticket.id, number: "CS202310270001")
                ])
            #expect(
                try items([.two]) == [
                    .enter(move.entry.witnessed, moved, history: [made.entry.witnessed]),
                    .delta(later.entry.witnessed),
                ], "it enters as it stood then, with what a restore would need of its past")
            #expect(
                try items([.all]) == [.delta(move.entry.witnessed), .delta(later.entry.witnessed)])
            #expect(
                try items([.one, .two]) == [
                    .delta(move.entry.witnessed), .delta(later.entry.witnessed),
                ])
        }
    }

    private static func verdictViews(_ store: any HubStorage) throws {
        let ticket = Sample.ticket(1, number: 1)
        try store.append(LogLine(ticket: ticket))
        try store.append(
            LogLine(
                ticket: ticket, before: [.all, .one], after: [.all, .two], verdict: .author))
        try store.append(LogLine.refusal(of: ticket))
        try store.read { hub throws in
            func items(_ scopes: Set<Scope>) throws -> [EncodedPageItem] {
                try hub.page(after: 1, scopes: scopes, byteCountMax: 10_000).items
            }
            let moved = EncodedPageItem.verdict(
                sequence: 2, ticket: ticket.id, operation: Sample.operation(2),
                disposition: .applied)
            let refused = EncodedPageItem.verdict(
                sequence: 3, ticket: ticket.id, operation: Sample.operation(3),
                disposition: .rejected(.staleClose, "late"))
            let leave = EncodedPageItem.leave(
                sequence: 2, ticket: ticket.id, number: "CS202310270001")
            #expect(try items([.author]) == [moved, refused])
            #expect(try items([.one, .author]) == [leave, moved, refused])
            #expect(try items([.one]) == [leave], "a verdict is its author's alone")
            #expect(try items([.all]).count == 1, "a refusal is its author's alone")
        }
    }

    private static func cutting(_ store: any HubStorage) throws {
        func line(_ id: UInt128, _ scope: Scope, isEnd: Bool) -> LogLine {
            LogLine(ticket: Sample.ticket(id), after: [.all, scope], isEnd: isEnd)
        }
        try store.append(
            line(1, .one, isEnd: false), line(2, .two, isEnd: false), line(3, .one, isEnd: true))
        try store.append(line(4, .two, isEnd: false), line(5, .one, isEnd: true))
        try store.append(line(6, .two, isEnd: true))
        try store.read { hub throws in
            let first = try hub.page(after: 0, scopes: [.one], byteCountMax: 1)
            #expect(first.items.count == 2, "both of the first transaction")
            #expect(try first.hasMore && first.to == hub.position(at: 3))
            #expect(first.head == 6)
            let second = try hub.page(after: 3, scopes: [.one], byteCountMax: 1)
            #expect(second.items.count == 1)
            #expect(try !second.hasMore && second.to == hub.head())
            let other = try hub.page(after: 0, scopes: [.two], byteCountMax: 1)
            #expect(other.items.count == 1)
            #expect(
                try other.hasMore && other.to == hub.position(at: 3),
                "not in the middle of the next transaction")
            let whole = try hub.page(after: 0, scopes: [.all], byteCountMax: 10_000)
            #expect(!whole.hasMore && whole.items.count == 6)
        }
    }

    private static func nothingMore(_ store: any HubStorage) throws {
        try store.append(LogLine(ticket: Sample.ticket(1)))
        for id in 2..<6 {
            try store.append(LogLine(ticket: Sample.ticket(UInt128(id)), after: [.all, .two]))
        }
        try store.read { hub throws in
            let page = try hub.page(after: 0, scopes: [.one], byteCountMax: 1)
            #expect(page.items.count == 1)
            #expect(try !page.hasMore && page.to == hub.head())
            let empty = try hub.page(after: 1, scopes: [.one], byteCountMax: 1)
            #expect(try empty.items == [] && empty.to == hub.head() && !empty.hasMore)
        }
    }

    private static func noRoom(_ store: any HubStorage) throws {
        try store.append(LogLine(ticket: Sample.ticket(1)))
        try store.append(LogLine(ticket: Sample.ticket(2)))
        try store.read { hub throws in
            let page = try hub.page(after: 0, scopes: [.one], byteCountMax: 0)
            #expect(page.items.count == 1 && page.to.sequence == 1 && page.hasMore)
        }
    }

    /// More lines than any adapter looks at in one go, in transactions of one to four lines.
    private static func paging(_ store: any HubStorage) throws {
        try store.transaction { hub throws in
            for index in 0..<1_300 {
                let ticket = Sample.ticket(UInt128(index + 1))
                let scopes: [Scope] = [[.all, .one], [.all, .two], [.all]][index * 7 / 3 % 3]
                try hub.append(
                    LogLine(
                        ticket: ticket, after: scopes,
                        isEnd: [0, 1, 5].contains(index % 8)
                            || index == 1_299))
            }
        }
        try store.read { hub throws in
            for scopes: Set<Scope> in [[.one], [.one, .two], [.all, .one]] {
                let whole = try hub.page(after: 0, scopes: scopes, byteCountMax: .max)
                #expect(!whole.hasMore && whole.items.count > 400)
                var (items, cursor): ([EncodedPageItem], UInt64) = ([], 0)
                while true {
                    let page = try hub.page(after: cursor, scopes: scopes, byteCountMax: 3_000)
                    items += page.items
                    #expect(try page.to == hub.position(at: page.to.sequence))
                    guard page.hasMore else { break }
                    #expect([0, 1, 5].contains((page.to.sequence - 1) % 8), "a whole transaction")
                    try #require(page.to.sequence > cursor, "a page goes on")
                    cursor = page.to.sequence
                }
                #expect(items == whole.items)
            }
        }
    }
}
