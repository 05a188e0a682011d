import FieldClient
import Replication
import Testing
import TicketModel

/// A replica's database was copied, or put back to an earlier state (replication.md 3.12).
@Suite struct CopiedReplicaTests {
    @Test func `both copies of a database go on, nothing is lost and nothing doubled`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        _ = try store.desk.note("两份都有", isForCustomer: false, on: ticket, by: store.staff)
        let copy = try store.copy()
        let one = try store.logComplaint()
        _ = try store.desk.note("原件", isForCustomer: false, on: ticket, by: store.staff)
        let other = try copy.logComplaint()
        _ = try copy.desk.note("副本", isForCustomer: false, on: ticket, by: copy.staff)
        let notices = try store.notices { try store.sync() } + copy.notices { try copy.sync() }
        let hasTold = notices.contains(where: \.isReidentification)
        #expect(hasTold, "the second one is told what it is")
        try world.settle()
        let texts = try #require(try world.ticket(ticket)).comments.map(\.text)
        #expect(texts.sorted() == ["两份都有", "副本", "原件"].sorted())
        for id in [ticket, one, other] {
            let (shown, held) = (try office.visible(id), try world.ticket(id))
            #expect(shown == held)
        }
        try world.checkAgreement()
        let identities = (try store.identity(), try copy.identity())
        #expect(identities.0 != identities.1)
    }

    @Test func `a copy that knows what it is hands out other provisional numbers`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        _ = try store.logComplaint()
        let copy = try store.copy()
        let identity = ReplicaID(rawValue: world.randomBits())
        let waiting = try copy.store.transaction {
            try Reidentification.perform(as: identity, in: $0)
        }
        #expect(waiting == 1, "what waited is sent under the new identity too")
        let (one, other) = (try store.logComplaint(), try copy.logComplaint())
        let numbers = try [store.visible(one), copy.visible(other)].map(\.?.provisionalNumber)
        #expect(Set(numbers).count == 2)
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `a program that is on the line follows when its replica has another identity`()
        throws
    {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.connect()
        // Another program has found that the home is a copy, and writes.
        let identity = ReplicaID(rawValue: world.randomBits())
        _ = try store.store.transaction { try Reidentification.perform(as: identity, in: $0) }
        _ = try store.desk.note("之后", isForCustomer: false, on: ticket, by: store.staff)
        let actions = store.loop.handle(.localChange, at: world.now)
        let connectsAnew = actions.contains {
            if case .reconnect = $0 { true } else { false }
        }
        #expect(connectsAnew, "\(actions)")
        try store.sync()
        #expect(try world.ticket(ticket)?.comments.map(\.text) == ["之后"])
        try world.checkAgreement(of: store)
    }

    @Test func `an old copy learns every answer, though one question does not name all`() throws {
        let world = try SyncWorld()
        var tuning = SyncLoop.Tuning()
        tuning.verdictsCountMax = 1
        let store = try world.client("lina", .clerk, store: "S001", tuning: tuning)
        // Work of so long ago is set aside: no page tells of it to the identity that comes back.
        let ticket = try store.logComplaint()
        for text in ["一", "二", "三"] {
            _ = try store.desk.note(text, isForCustomer: false, on: ticket, by: store.staff)
        }
        let old = store.store.snapshot()
        _ = try store.desk.note("四", isForCustomer: false, on: ticket, by: store.staff)
        world.now = world.now.adding(milliseconds: 40 * 24 * 3_600_000)
        try store.sync()
        store.store.restore(old)
        try store.sync()
        #expect(try store.dispositions().allSatisfy { $0 != nil })
        #expect(try store.desk.drafts().count == 4)
    }

    @Test func `an old copy that is put back overwrites nothing`() throws {
        let world = try SyncWorld()
        let (store, _) = (try world.clerk(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        let old = store.store.snapshot()
        _ = try store.desk.set(.demand, to: .text("换货"), on: ticket, by: store.staff)
        _ = try store.desk.note("之后", isForCustomer: false, on: ticket, by: store.staff)
        try world.settle()
        store.store.restore(old)
        _ = try store.desk.note("恢复后", isForCustomer: false, on: ticket, by: store.staff)
        try world.settle()
        let merged = try #require(try world.ticket(ticket))
        #expect(merged.text(.demand) == "换货")
        #expect(merged.comments.map(\.text) == ["之后", "恢复后"])
        try world.checkAgreement()
    }
}
