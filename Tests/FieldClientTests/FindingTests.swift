import FieldClient
import Replication
import Testing
import TicketModel

/// Which ticket somebody means who writes the end of a number.
@Suite struct FindingTests {
    /// A world whose hub has numbered some tickets of another store first, so that official and
    /// provisional numbers end otherwise.
    private static func clients(
        ahead count: Int
    ) throws -> (world: SyncWorld, store: SyncClient, office: SyncClient) {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        for _ in 0..<count { _ = try office.logComplaint() }
        try world.settle()
        return (world, store, office)
    }

    @Test func `a provisional number that shows no more is in nobody's way`() throws {
        let (world, store, office) = try Self.clients(ahead: 1)
        let (one, two) = (try store.logComplaint(), try store.logComplaint())
        try world.settle()
        let (first, second) = (try #require(try world.ticket(one)), try world.ticket(two))
        #expect(first.displayNumber.hasSuffix("0002"))
        #expect(second?.provisionalNumber.hasSuffix("0002") == true)
        for client in [store, office] {
            let found = try client.desk.find("0002")
            #expect(found.ticket.id == one && found.redirectedFrom == nil)
            #expect(try client.desk.find(second?.provisionalNumber ?? "").ticket.id == two)
        }
    }

    @Test func `what was just logged and an official number that end alike are told apart`() throws
    {
        let (world, store, office) = try Self.clients(ahead: 1)
        let other = try store.logComplaint()
        try world.settle()
        #expect(try office.desk.find("0002").ticket.id == other)
        let new = try office.logComplaint()
        let failure = #expect(throws: Desk.Failure.self) { try office.desk.find("0002") }
        guard case .ambiguousTicket("0002", let candidates) = failure else {
            return #expect(Bool(false), "\(String(describing: failure))")
        }
        #expect(candidates.count == 2)
        try world.settle()
        #expect(try office.desk.find("0002").ticket.id == other, "it has another number now")
        #expect(try office.desk.find("0003").ticket.id == new)
    }

    @Test func `who means several tickets is told the number that fits each`() throws {
        let (world, store, office) = try Self.clients(ahead: 2)
        let slip = try store.logComplaint()
        try world.settle()
        let ticket = try #require(try world.ticket(slip))
        let others = try office.store.read { store in
            try store.baseTickets(after: nil, through: nil).compactMap { try store.base($0) }
        }.filter { $0.provisionalNumber.hasSuffix("-0001") }
        #expect(others.count == 2)
        let failure = #expect(throws: Desk.Failure.self) { try office.desk.find("-0001") }
        guard case .ambiguousTicket("-0001", let candidates) = failure else {
            return #expect(Bool(false), "\(String(describing: failure))")
        }
        #expect(
            Set(candidates)
                == Set(
                    others.map {
                        TicketCandidate(matched: $0.provisionalNumber, number: $0.displayNumber)
                    }))
        #expect(candidates.map(\.number).contains(ticket.displayNumber))
    }

    @Test func `the official number of a merged ticket leads on before a provisional one`() throws {
        let (world, store, office) = try Self.clients(ahead: 1)
        let (one, two) = (try store.logComplaint(), try store.logComplaint())
        try world.settle()
        let survivor = try office.logComplaint()
        try world.settle()
        _ = try office.desk.merge(one, into: survivor, reason: "", by: office.staff)
        try world.settle()
        let number = try #require(try world.ticket(one)).displayNumber
        let found = try office.desk.find("0002")
        #expect(found.ticket.id == survivor && found.redirectedFrom == number)
        #expect(try office.desk.find("0002", followingMerges: false).ticket.id == one)
        #expect(try store.desk.find("0003").ticket.id == two)
    }
}
