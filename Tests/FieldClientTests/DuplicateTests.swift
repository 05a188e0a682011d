import FieldClient
import Replication
import Testing
import TicketModel

/// Tickets that may be one case (domain.md B6, G19).
@Suite struct DuplicateTests {
    private let world: SyncWorld
    private let store: SyncClient

    init() throws {
        world = try SyncWorld()
        store = try world.clerk()
    }

    private func log(
        contact: String = "", order: String = "", product: String = "X1"
    ) throws -> Ticket {
        let id = try store.logComplaint()
        for (field, text) in [(FieldID.contact, contact), (.orderNumber, order)] {
            let value = text.isEmpty && field == .contact ? "无 \(id)" : text
            guard !value.isEmpty else { continue }
            _ = try store.desk.set(field, to: .text(value), on: id, by: store.staff)
        }
        _ = try store.desk.set(.product, to: .text(product), on: id, by: store.staff)
        return try #require(try store.visible(id))
    }

    private func found(_ ticket: Ticket, isThorough: Bool = true) throws -> [TicketID] {
        try store.desk.duplicates(of: ticket, isThorough: isThorough).map(\.ticket.id)
    }

    @Test(arguments: [true, false])
    func `the same customer or order is found, offline and at once`(isThorough: Bool) throws {
        let one = try log(contact: "王女士 13800000002")
        let two = try log(order: "A-2024-77")
        _ = try log(contact: "李先生 13900000003", order: "B-1000")
        let new = try log(contact: "王女士 13800000002", order: "A-2024-77", product: "x1 ")
        #expect(try Set(found(new, isThorough: isThorough)) == [one.id, two.id])
        #expect(try found(one, isThorough: isThorough) == [new.id])
    }

    @Test func `a number that is written otherwise is found by looking at all`() throws {
        let one = try log(contact: "13800000002")
        let two = try log(contact: "王 +86 138-0000-0002")
        #expect(try found(two) == [one.id] && found(one) == [two.id])
    }

    @Test func `those with more in common come first, and say what it is`() throws {
        let far = try log(contact: "13800000002", product: "Y")
        let near = try log(contact: "13800000002", order: "A-77", product: "X1")
        let newest = try log(contact: "13800000002", product: "Z")
        let candidates = try store.desk.duplicates(
            of: try log(contact: "13800000002", order: "a-77", product: "x1"))
        #expect(candidates.map(\.ticket.id) == [near.id, newest.id, far.id])
        #expect(candidates[0].sameFields == [.contact, .product, .orderNumber])
        #expect(candidates[1].sameFields == [.contact])
    }

    @Test func `the same product alone is no sign`() throws {
        _ = try log()
        #expect(try found(try log()) == [])
        #expect(try store.desk.duplicateGroups().isEmpty)
    }

    @Test func `what is closed, merged or long ago is left out`() throws {
        let first = try log(contact: "13800000002")
        let second = try log(contact: "13800000002")
        let third = try log(contact: "13800000002")
        _ = try store.desk.merge(first.id, into: third.id, reason: "", by: store.staff)
        _ = try store.desk.resolve(second.id, solution: "好", by: store.staff)
        try world.settle()
        _ = try store.desk.close(second.id, note: "", by: store.staff)
        #expect(try found(third) == [])
        let all = try store.desk.duplicates(of: third, includingClosed: true)
        #expect(all.map(\.ticket.id) == [second.id], "merged ones never")
        world.now = world.now.adding(milliseconds: Desk.duplicateWindowMilliseconds + 1)
        let late = try log(contact: "13800000002")
        #expect(try found(late) == [])
        #expect(try store.desk.duplicateGroups(includingClosed: true).count == 1)
    }

    @Test func `groups hold what belongs together, the newest first`() throws {
        let a = try (log(contact: "13800000002", order: "A-77"), log(contact: "138 0000 0002"))
        let b = try (log(order: "B-1000"), log(order: "b-1000"))
        _ = try log(contact: "13700000001")
        let groups = try store.desk.duplicateGroups()
        #expect(groups.map { $0.tickets.map(\.id) } == [[b.0.id, b.1.id], [a.0.id, a.1.id]])
        #expect(groups.map(\.sameFields) == [[.orderNumber], [.contact]])
        // The same two by both marks are one group.
        _ = try store.desk.set(.orderNumber, to: .text("A-77"), on: a.1.id, by: store.staff)
        let both = try store.desk.duplicateGroups().first { $0.tickets[0].id == a.0.id }
        #expect(both?.sameFields == [.contact, .orderNumber])
        #expect(try store.desk.duplicateGroups().count == 2)
    }

    @Test func `a device without policy or tickets finds nothing`() throws {
        #expect(try store.desk.duplicateGroups().isEmpty)
    }
}
