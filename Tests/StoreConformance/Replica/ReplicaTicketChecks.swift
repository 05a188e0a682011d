import Replication
import Testing
import TicketModel

extension ReplicaStorageConformance {
    static let ticketChecks: [Check<any ReplicaStorage>] = [
        Check("an overlay is shown over its base and given up for it", overlays),
        Check("an own ticket is shown before the hub has it", ownTicket),
        Check("a refused own ticket goes from lists, numbers and searches", refusedTicket),
        Check("a ticket that has left is kept, and back when its base is", leaving),
        Check("a ticket is found by each of its numbers", exactNumbers),
        Check("a ticket is found by the end of its number", endings),
        Check("the end of an official number wins over those of others", officialEndings),
        Check("a ticket is found by the start of its identity", identities),
        Check("a number that a ticket once had still finds it", formerNumbers),
        Check("a number that was taken from a ticket finds it no more", takenNumbers),
    ]

    private static func overlays(_ store: any ReplicaStorage) throws {
        let base = Sample.ticket(1, number: 1, [.subject: "base"])
        var shown = base
        shown.set(.subject, .text("own"))
        shown.tag("急")
        shown.promise(dueIn: 50)
        try store.transaction { replica throws in
            try replica.saveBase(base)
            try replica.saveOverlay(shown, of: base.id)
        }
        try store.read { replica throws in
            #expect(try replica.base(base.id) == base)
            #expect(try replica.visible(base.id) == shown)
            #expect(try replica.list(TicketQuery()).map(\.subject) == ["own"])
        }
        let newer = Sample.ticket(1, number: 1, [.subject: "newer"])
        try store.transaction { try $0.saveBase(newer) }
        try store.read { replica throws in
            #expect(try replica.base(base.id) == newer)
            #expect(try replica.visible(base.id) == shown, "an overlay stays until it is replaced")
        }
        try store.transaction { try $0.saveOverlay(nil, of: base.id) }
        try store.read { replica throws in
            #expect(try replica.visible(base.id) == newer)
            let listed = try replica.list(TicketQuery())
            #expect(listed.map(\.subject) == ["newer"])
            #expect(listed.map(\.dueAt) == [nil])
            var query = TicketQuery()
            query.tag = "急"
            #expect(try replica.list(query) == [])
        }
    }

    private static func ownTicket(_ store: any ReplicaStorage) throws {
        let own = Sample.ticket(1, [.subject: "own"])
        try store.transaction { try $0.saveOverlay(own, of: own.id) }
        try store.read { replica throws in
            #expect(try replica.visible(own.id) == own && replica.base(own.id) == nil)
            #expect(try replica.list(TicketQuery()).map(\.id) == [own.id])
            #expect(try replica.counts().tickets == 1)
        }
        let official = Sample.ticket(1, number: 3, [.subject: "own"])
        try store.transaction { replica throws in
            try replica.saveBase(official)
            try replica.saveOverlay(nil, of: own.id)
        }
        try store.read { replica throws in
            #expect(try replica.visible(own.id) == official)
            let listed = try replica.list(TicketQuery())
            #expect(listed.map(\.number) == ["CS202310270003"])
            #expect(listed.map(\.provisionalNumber) == [own.provisionalNumber])
        }
    }

    private static func refusedTicket(_ store: any ReplicaStorage) throws {
        let own = Sample.ticket(1, [.subject: "own"])
        try store.transaction { try $0.saveOverlay(own, of: own.id) }
        try store.transaction { try $0.saveOverlay(nil, of: own.id) }
        try store.read { replica throws in
            #expect(try replica.visible(own.id) == nil)
            #expect(try replica.count(TicketQuery()) == 0 && replica.counts().tickets == 0)
            #expect(try replica.tickets(numbered: own.provisionalNumber, countMax: 2) == [])
            #expect(try replica.tickets(numbered: own.id.description, countMax: 2) == [])
            var query = TicketQuery()
            query.text = "own"
            #expect(try replica.count(query) == 0)
        }
    }

    private static func leaving(_ store: any ReplicaStorage) throws {
        let (gone, here) = (Sample.ticket(1, number: 1), Sample.ticket(2, number: 2))
        try store.transaction { replica throws in
            try replica.saveBase(gone)
            try replica.saveBase(here)
        }
        try store.transaction { try $0.markLeft(gone.id, sequence: 41, at: Sample.noon) }
        try store.read { replica throws in
            #expect(try replica.leftAt(gone.id) == 41 && replica.leftAt(here.id) == nil)
            #expect(try replica.visible(gone.id) == gone, "nothing is deleted")
            #expect(try replica.list(TicketQuery()).map(\.id) == [here.id])
            #expect(try replica.counts().tickets == 1 && replica.counts().openTickets == 1)
            var query = TicketQuery()
            query.includesLeft = true
            let listed = try replica.list(query).sorted { $0.id < $1.id }
            #expect(listed.map(\.hasLeft) == [true, false])
            #expect(try replica.count(query) == 2)
            #expect(try replica.tickets(numbered: "CS202310270001", countMax: 2) == [gone.id])
        }
        try store.transaction { try $0.saveBase(gone) }
        try store.read { replica throws in
            #expect(try replica.leftAt(gone.id) == nil)
            #expect(try replica.count(TicketQuery()) == 2)
        }
    }

    // MARK: Numbers

    private static func found(
        _ text: String, countMax: Int = 9, in store: any ReplicaStorage
    ) throws -> [TicketID] {
        try store.read { try $0.tickets(numbered: text, countMax: countMax) }
    }

    private static func exactNumbers(_ store: any ReplicaStorage) throws {
        var ticket = Sample.ticket(1, number: 12)
        ticket.provisionalNumber = "S001-K7-0012"
        var other = Sample.ticket(2, number: 112)
        other.provisionalNumber = "S001-K7-0112"
        try store.transaction { replica throws in
            try replica.saveBase(ticket)
            try replica.saveBase(other)
        }
        for text in [
            "CS202310270012", "cs202310270012", " CS20231027 0012\n", "ＣＳ２０２３１０２７００１２",
            "S001-K7-0012", "s001-k7-0012",
        ] {
            #expect(try found(text, in: store) == [ticket.id], "\(text)")
        }
        #expect(try found("CS202310270013", in: store) == [])
        #expect(try found("", in: store) == [] && found(" ", in: store) == [])
        #expect(try found("CS202310270012", countMax: 0, in: store) == [])
    }

    private static func endings(_ store: any ReplicaStorage) throws {
        let tickets = [12, 112, 13].map { Sample.ticket(UInt128($0), number: $0) }
        try store.transaction { replica throws in
            for ticket in tickets { try replica.saveBase(ticket) }
        }
        #expect(try found("0013", in: store) == [tickets[2].id])
        #expect(try Set(found("12", in: store)) == [tickets[0].id, tickets[1].id])
        #expect(try found("12", countMax: 1, in: store).count == 1)
        #expect(try found("0012", in: store) == [tickets[0].id])
        #expect(try found("%", in: store) == [] && found("_", in: store) == [])
    }

    /// However many newer tickets have a provisional number that ends in the same way.
    private static func officialEndings(_ store: any ReplicaStorage) throws {
        let official = Sample.ticket(1, number: 45)
        let others = (2...6).map { value in
            var ticket = Sample.ticket(UInt128(value), number: 87 + value)
            ticket.provisionalNumber = "S001-A\(value)-0045"
            return ticket
        }
        try store.transaction { replica throws in
            for ticket in [official] + others { try replica.saveBase(ticket) }
        }
        #expect(try found("0045", countMax: 3, in: store) == [official.id])
        // What has no other number yet is called by that one.
        var new = Sample.ticket(7)
        new.provisionalNumber = "S001-B1-0045"
        for (number, expected) in [(nil, [official.id, new.id]), (99, [official.id])] {
            new.number = number.map { TicketNumber(businessDate: 2023_10_27, ordinal: $0) }
            let shown = new
            try store.transaction { try $0.saveBase(shown) }
            #expect(try Set(found("0045", in: store)) == Set(expected))
        }
        #expect(try found("A2-0045", in: store) == [others[0].id])
        #expect(try found("-0045", countMax: 3, in: store).count == 3)
    }

    private static func identities(_ store: any ReplicaStorage) throws {
        let tickets = [0xABCD, 0xABCE].map {
            var ticket = Sample.ticket(UInt128($0) << 112 | 0xF, number: $0 & 1 + 1)
            ticket.provisionalNumber = "S001-K7-000\($0 & 1 + 1)"
            return ticket
        }
        try store.transaction { replica throws in
            for ticket in tickets { try replica.saveBase(ticket) }
        }
        #expect(try found("abcd", in: store) == [tickets[0].id])
        #expect(try found("ABCE", in: store) == [tickets[1].id])
        #expect(try Set(found("abc", in: store)) == Set(tickets.map(\.id)))
        #expect(try found("abc", countMax: 1, in: store).count == 1)
        #expect(try found(tickets[0].id.description, in: store) == [tickets[0].id])
        #expect(try found(tickets[0].id.description + "0", in: store) == [])
        #expect(try found("bcd", in: store) == [])
    }

    private static func takenNumbers(_ store: any ReplicaStorage) throws {
        let plain = Sample.ticket(1, number: 1)
        var named = plain
        named.apply(.named(["CS202310270008", "S001-K7-0008"]))
        func save(_ base: Ticket?, overlay: Ticket?) throws {
            try store.transaction { replica throws in
                if let base { try replica.saveBase(base) }
                try replica.saveOverlay(overlay, of: plain.id)
            }
        }
        func check(_ isNamed: Bool, _ location: SourceLocation = #_sourceLocation) throws {
            for number in ["CS202310270008", "s001-k7-0008", "70008"] {
                #expect(
                    try found(number, in: store) == (isNamed ? [plain.id] : []), "\(number)",
                    sourceLocation: location)
            }
            #expect(
                try found("CS202310270001", in: store) == [plain.id], sourceLocation: location)
        }
        try save(plain, overlay: nil)
        try check(false)
        // Foretold, and refused.
        try save(nil, overlay: named)
        try check(true)
        try save(nil, overlay: nil)
        try check(false)
        // Foretold, committed, taken back in a foretelling, and for good.
        try save(nil, overlay: named)
        try save(named, overlay: nil)
        try check(true)
        try save(nil, overlay: plain)
        try check(false)
        try save(nil, overlay: nil)
        try check(true)
        try save(plain, overlay: nil)
        try check(false)
        // Within one transaction, read before and not.
        try store.transaction { replica throws in
            try replica.saveBase(named)
            #expect(try replica.tickets(numbered: "S001-K7-0008", countMax: 2) == [plain.id])
            try replica.saveBase(plain)
            #expect(try replica.tickets(numbered: "S001-K7-0008", countMax: 2) == [])
            _ = try replica.base(plain.id)
            try replica.saveBase(named)
        }
        try check(true)
        // A number becomes the ticket's own.
        var owner = named
        owner.formerNumbers = ["S001-K7-0008"]
        owner.number = TicketNumber(businessDate: 2023_10_27, ordinal: 8)
        try save(owner, overlay: nil)
        #expect(try found("CS202310270008", in: store) == [plain.id])
        #expect(try found("CS202310270001", in: store) == [plain.id], "once its own")
    }

    private static func formerNumbers(_ store: any ReplicaStorage) throws {
        var ticket = Sample.ticket(1)
        ticket.provisionalNumber = "S001-K7-0001"
        let first = ticket
        try store.transaction { try $0.saveOverlay(first, of: first.id) }
        ticket.provisionalNumber = "S001-Q2-0044"
        let second = ticket
        try store.transaction { try $0.saveOverlay(second, of: second.id) }
        #expect(try found("S001-K7-0001", in: store) == [ticket.id])
        #expect(try found("S001-Q2-0044", in: store) == [ticket.id])
        #expect(try found("k7-0001", in: store) == [ticket.id])
    }
}
