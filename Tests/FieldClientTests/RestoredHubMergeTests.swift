import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import Wire

/// How what comes back after a restore meets what was written meanwhile (replication.md 3.3, 3.11).
@Suite struct RestoredHubMergeTests {
    @Test func `of two lives' statuses the one that asks for more attention stays`() throws {
        let world = try SyncWorld()
        let (store, agent, office) = (
            try world.clerk(), try world.agent(), try world.supervisor()
        )
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try office.desk.resolve(ticket, solution: "已换新", by: office.staff)
        try office.sync()
        try world.restoreHub(backup)
        _ = try agent.desk.accept(ticket, by: agent.staff)
        try agent.sync()
        #expect(try world.ticket(ticket)?.status == .inProgress)
        try world.settle()
        #expect(try world.ticket(ticket)?.status == .resolved)
        try world.checkAgreement()
    }

    @Test func `what came back after somebody's last sight of the ticket is unseen by them`() throws
    {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try store.desk.set(.demand, to: .text("退款"), on: ticket, by: store.staff)
        try store.sync()
        try world.restoreHub(backup)
        for index in 1...3 {
            _ = try office.desk.note(
                "备注 \(index)", isForCustomer: false, on: ticket, by: office.staff)
        }
        try office.sync()
        try store.sync()
        _ = try office.desk.set(.demand, to: .text("赔偿"), on: ticket, by: office.staff)
        try world.settle()
        let register = try #require(try world.ticket(ticket)?.registers[.demand])
        let values = [register.value] + register.alternates.map(\.value)
        #expect(Set(values.compactMap(\.text)) == ["退款", "赔偿"])
        for client in world.clients {
            try world.checkAgreement(of: client)
            let journal = try client.store.read { try $0.history(of: ticket, countMax: 99) }
            #expect(!journal.isEmpty)
            for entry in journal {
                let held = try world.hubStore.read { try $0.entry(at: entry.sequence) }
                let operation = try held.map { try world.codec.decodeEntry($0.bytes).operation }
                #expect(operation == entry.operation, "entry \(entry.sequence) is of this life")
            }
        }
    }

    @Test func `what was seen before the restore counts as seen after it`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try store.desk.set(.demand, to: .text("退款"), on: ticket, by: store.staff)
        try world.settle()
        _ = try office.desk.set(.demand, to: .text("赔偿"), on: ticket, by: office.staff)
        try world.restoreHub(backup)
        try office.sync()
        let register = try #require(try world.ticket(ticket)?.registers[.demand])
        #expect(register.value == .text("赔偿"))
        #expect(register.alternates == [], "it was written in sight of the other")
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `work that only its author knows of is sent again`() throws {
        let world = try SyncWorld()
        let (store, agent, office) = (
            try world.clerk(), try world.agent(), try world.supervisor()
        )
        let ticket = try store.logComplaint()
        try world.settle()
        _ = try office.desk.assign(
            ticket, to: .department(DepartmentID(unchecked: "客服部")), reason: "", by: office.staff)
        try office.sync()
        let backup = world.hubStore.snapshot()
        _ = try agent.desk.note("已上门", isForCustomer: false, on: ticket, by: agent.staff)
        try agent.sync()
        #expect(try agent.dispositions().map(\.?.outcome) == [.lateAccepted])
        try world.restoreHub(backup)
        try agent.sync()
        #expect(try world.ticket(ticket)?.comments.map(\.text) == ["已上门"])
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `accepted work beyond what is shared waits for its answer again`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.sync()
        let shared = try world.hubStore.read { try $0.head() }
        let note = try store.desk.note(
            "已致电", isForCustomer: false, on: ticket, by: store.staff
        ).operation
        try store.sync()
        #expect(try store.store.read { try $0.pendingChanges() } == [])
        try store.store.transaction {
            _ = try EpochCrossing.cross(
                to: EpochID(rawValue: 9), sharing: shared, watermark: 1, in: $0)
        }
        let waiting = try store.store.read { try $0.pendingChanges() }
        #expect(waiting.map(\.body.operation) == [note] && waiting.map(\.state) == [.queued])
        #expect(waiting.map(\.intent.context.epoch) == [EpochID(rawValue: 9)])
    }

    @Test func `what was refused is not done after the restore, though it would be allowed`() throws
    {
        let world = try SyncWorld()
        // One refill names one refusal only: the others come after it.
        var tuning = SyncLoop.Tuning()
        tuning.refusalsCountMax = 1
        let store = try world.client("lina", .clerk, store: "S001", tuning: tuning)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        try world.perform(
            .addStaff(
                StaffRequest(
                    staff: "lina", name: "lina", roles: ["clerk"], store: "S001", department: nil,
                    phone: "", isActive: false)))
        for _ in 0..<3 {
            _ = try store.desk.note("离职后", isForCustomer: false, on: ticket, by: store.staff)
        }
        try store.sync()
        let refusals = try store.dispositions().suffix(3)
        #expect(refusals.allSatisfy { $0?.rejection?.code == .unauthorised })
        try world.restoreHub(backup)
        try store.sync()
        #expect(try store.dispositions().suffix(3) == refusals)
        #expect(try world.ticket(ticket)?.comments == [])
        try world.checkAgreement(of: store)
    }

    /// After 3.5 hours a ticket of this class has been warned about, after 10 it is too late.
    @Test(arguments: [210, 600] as [Int64])
    func `a timer that had rung before the restore is not set again`(minutes: Int64) throws {
        let world = try SyncWorld()
        let (store, _) = (try world.clerk(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        world.now = world.now.adding(milliseconds: minutes * 60_000)
        try world.fireTimers()
        try world.settle()
        let waiting = try world.hubStore.read { try $0.timers(of: ticket).map(\.key) }
        try world.restoreHub(backup)
        #expect(
            try world.hubStore.read { try $0.timers(of: ticket).map(\.key) } != waiting,
            "the backup is from before they rang")
        try world.settle()
        #expect(try world.hubStore.read { try $0.timers(of: ticket).map(\.key) } == waiting)
    }
}
