import FieldClient
import HubService
import Replication
import Testing
import TicketModel

/// The hub was put back to an earlier state: what replicas still hold comes back
/// (replication.md 3.11).
@Suite struct RestoredHubTests {
    @Test func `work after the backup comes back with its numbers, from whoever holds it`() throws {
        let scene = try RestoreScene()
        let (world, store, agent, office) = (scene.world, scene.store, scene.agent, scene.office)
        let old = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let new = try store.logComplaint()
        _ = try agent.desk.accept(old, by: agent.staff)
        try world.settle()
        _ = try office.desk.note("请今天联系", isForCustomer: false, on: new, by: office.staff)
        _ = try office.desk.set(.demand, to: .text("退款"), on: old, by: office.staff)
        try world.settle()
        let before = try [old, new].map { try world.ticket($0) }
        let numbers = before.map(\.?.number)

        try world.restoreHub(backup)
        #expect(try world.ticket(new) == nil, "the backup knows nothing of it")
        try world.settle()

        #expect(try [old, new].map { try world.ticket($0)?.number } == numbers)
        #expect(try world.ticket(old)?.text(.demand) == "退款")
        #expect(try world.ticket(old)?.assignee == agent.staff)
        #expect(texts(try world.ticket(new)).contains("请今天联系"))
        try world.checkAgreement()
        let third = try store.logComplaint()
        try world.settle()
        #expect(try !numbers.contains(world.ticket(third)?.number), "no number is given twice")
    }

    @Test func `only the author needs to come back for their own work`() throws {
        let scene = try RestoreScene()
        let (world, store) = (scene.world, scene.store)
        let old = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let new = try store.logComplaint()
        _ = try store.desk.note("已致电", isForCustomer: false, on: old, by: store.staff)
        try store.sync()
        let number = try world.ticket(new)?.number
        try world.restoreHub(backup)
        try store.sync()
        #expect(try world.ticket(new)?.number == number)
        #expect(texts(try world.ticket(old)).contains("已致电"))
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `work in the meantime meets what comes back as concurrent, and both stay`() throws {
        let scene = try RestoreScene()
        let (world, store, office) = (scene.world, scene.store, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try office.desk.set(.demand, to: .text("赔偿"), on: ticket, by: office.staff)
        try office.sync()
        try world.restoreHub(backup)
        _ = try store.desk.set(.demand, to: .text("换新"), on: ticket, by: store.staff)
        try store.sync()
        #expect(try world.ticket(ticket)?.text(.demand) == "换新")
        try world.settle()
        let register = try #require(try world.ticket(ticket)?.registers[.demand])
        let values = [register.value] + register.alternates.map(\.value)
        #expect(Set(values.compactMap(\.text)) == ["赔偿", "换新"])
        try world.checkAgreement()
    }

    @Test func `a ticket that is about to leave is not shown as it was earlier`() throws {
        let world = try SyncWorld()
        var tuning = SyncLoop.Tuning()
        tuning.pageByteCountMax = 1
        let (store, office) = (try world.clerk(), try world.supervisor())
        let agent = try world.client("B07", .handler, department: "售后部", tuning: tuning)
        let empty = world.hubStore.snapshot()
        let ticket = try store.logComplaint()
        try store.sync()
        _ = try store.desk.note("客户在等", isForCustomer: false, on: ticket, by: store.staff)
        try world.settle()
        try #require(texts(try agent.visible(ticket)) == ["客户在等"])

        try world.restoreHub(empty)
        try office.sync()
        _ = try office.desk.assign(
            ticket, to: .department(DepartmentID(unchecked: "客服部")), reason: "", by: office.staff)
        try office.sync()
        var shown: Set<[String]> = []
        agent.onFrame = { _, _ in shown.insert(texts((try? agent.visible(ticket)) ?? nil)) }
        try agent.sync()
        #expect(shown == [["客户在等"]])
        #expect(try agent.store.read { try $0.leftAt(ticket) } != nil)
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `a refusal stays a refusal and its draft stays one draft`() throws {
        let scene = try RestoreScene()
        let (world, store, office) = (scene.world, scene.store, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try office.desk.note("等等", isForCustomer: false, on: ticket, by: office.staff)
        _ = try office.desk.resolve(ticket, solution: "已换新", by: office.staff)
        try office.sync()
        try store.sync()
        _ = try office.desk.note("再等等", isForCustomer: false, on: ticket, by: office.staff)
        try office.sync()
        _ = try store.desk.close(ticket, note: "", by: store.staff)
        try store.sync()
        let draft = try #require(try store.desk.drafts().first)
        #expect(draft.rejection.code == .staleClose)
        try store.desk.discard(draft)

        try world.restoreHub(backup)
        try store.sync()
        try world.settle()
        #expect(try store.desk.drafts() == [])
        #expect(try world.ticket(ticket)?.status == .resolved)
        try world.checkAgreement()
    }

    @Test func `a refusal stays one however often the hub is put back`() throws {
        let scene = try RestoreScene()
        let (world, store, office) = (scene.world, scene.store, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        try world.perform(
            .addStaff(
                StaffRequest(
                    staff: "lina", name: "lina", roles: ["clerk"], store: "S001", department: nil,
                    phone: "", isActive: false)))
        _ = try store.desk.note("等等", isForCustomer: false, on: ticket, by: store.staff)
        try store.sync()
        let draft = try #require(try store.desk.drafts().first)

        // The backup knows nothing of the dismissal; the refusal holds in the second life all the
        // same, further back in the log than it stood in the first.
        try world.restoreHub(backup)
        for word in ["一", "二", "三"] {
            _ = try office.desk.note(word, isForCustomer: false, on: ticket, by: office.staff)
        }
        try office.sync()
        let second = world.hubStore.snapshot()
        try store.sync()
        #expect(try world.disposition(of: draft.operation) == .refused(draft))

        try world.restoreHub(second)
        try world.settle()
        #expect(try world.disposition(of: draft.operation) == .refused(draft))
        #expect(try store.dispositions().last == .refused(draft))
        #expect(try store.desk.drafts() == [draft])
        try world.checkAgreement()
    }

    @Test func `what only a snapshot has shown is brought back too`() throws {
        let world = try SyncWorld()
        let (store, agent, office) = (try world.clerk(), try world.agent(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try agent.desk.note("后来", isForCustomer: false, on: ticket, by: agent.staff)
        try agent.sync()
        try office.store.transaction { replica in
            var state = try replica.state()
            state.snapshot = SnapshotProgress()
            try replica.save(state)
        }
        let cursor = try office.store.read { try $0.state().cursor }
        var stepsCount = 0
        while texts(try office.base(ticket)).isEmpty {
            stepsCount += 1
            try #require(stepsCount < 20)
            try office.connect(stoppingAfter: stepsCount)
            _ = office.loop.handle(.disconnected, at: world.now)
        }
        try #require(try office.store.read { try $0.state().cursor } == cursor)

        try world.restoreHub(backup)
        try office.sync()
        #expect(texts(try world.ticket(ticket)) == ["后来"])
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `a merged ticket is still merged, and what followed to the survivor is there`()
        throws
    {
        let scene = try RestoreScene()
        let (world, store, office) = (scene.world, scene.store, scene.office)
        let (one, two) = (try store.logComplaint(), try store.logComplaint())
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try office.desk.merge(one, into: two, reason: "同一投诉", by: office.staff)
        try office.sync()
        _ = try store.desk.note("来电", isForCustomer: false, on: one, by: store.staff)
        try world.settle()
        let before = (try world.ticket(one), try world.ticket(two))
        #expect(before.0?.mergedInto == two && texts(before.1).contains("来电"))

        try world.restoreHub(backup)
        #expect(try world.ticket(one)?.isMerged == false, "the backup knows nothing of it")
        // Whoever comes first brings it back.
        try store.sync()
        #expect(try world.ticket(one)?.mergedInto == two)
        try world.settle()
        let after = (try world.ticket(one), try world.ticket(two))
        #expect(after.0?.mergedInto == two && after.0?.status == .closed)
        #expect(after.1?.formerNumbers == before.1?.formerNumbers)
        #expect(texts(after.1) == texts(before.1) && texts(after.0) == texts(before.0))
        #expect(after.0?.clocks == before.0?.clocks && after.1?.clocks == before.1?.clocks)
        #expect(try world.hubStore.read { try $0.timers(of: one) } == [])
        for client in world.clients {
            try world.checkAgreement(of: client)
            let number = try #require(after.0?.displayNumber)
            #expect(try client.desk.ticket(named: number).id == two)
        }
        _ = try office.desk.unmerge(one, reason: "", by: office.staff)
        try world.settle()
        #expect(try world.ticket(one)?.isMerged == false)
        #expect(try world.ticket(two)?.formerNumbers == [])
    }
}

extension Disposition? {
    /// The answer that left this draft.
    fileprivate static func refused(_ draft: Draft) -> Disposition? {
        Disposition(outcome: .rejected, rejection: draft.rejection)
    }
}

extension SyncWorld {
    /// What the hub's log says of an intent.
    fileprivate func disposition(of operation: OperationID) throws -> Disposition? {
        try hubStore.read { try $0.verdict(on: operation)?.disposition }
    }
}
