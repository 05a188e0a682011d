import FieldClient
import HubService
import Replication
import Testing
import TicketModel

/// What becomes of refused work: nothing that was typed is lost, and nothing is done twice
/// (replication.md 3.5, 3.7).
@Suite struct DraftTests {
    @Test func `words refused because the ticket had left reach whoever has it now`() throws {
        let world = try SyncWorld()
        let (store, agent) = (try world.clerk(), try world.agent())
        let office = try world.supervisor()
        let ticket = try store.logComplaint()
        try world.settle()
        _ = try agent.desk.accept(ticket, by: agent.staff)
        try world.settle()
        _ = try agent.desk.resolve(ticket, solution: "更换了电源板", by: agent.staff)
        _ = try office.desk.assign(
            ticket, to: .department(DepartmentID(unchecked: "物流部")), reason: "", by: office.staff)
        try office.sync()
        try agent.sync()
        let draft = try #require(try agent.desk.drafts().first)
        #expect(draft.rejection.code == .leftScope)
        #expect(throws: ReplicaWriter.Refusal.self, "the decision itself is others' now") {
            try agent.desk.retry(draft, by: agent.staff)
        }
        _ = try agent.desk.sendAsNote(draft, by: agent.staff)
        #expect(try agent.desk.drafts() == [])
        try world.settle()
        let note = try #require(
            try world.ticket(ticket)?.comments.first { $0.text.contains("更换了电源板") })
        #expect(note.isLate)
        #expect(throws: ReplicaWriter.Refusal.self, "new work is not this replica's to do") {
            try agent.desk.note("再写", isForCustomer: false, on: ticket, by: agent.staff)
        }
    }

    @Test func `everything typed in a refused split is sent, also for the part that never was`()
        throws
    {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.sync()
        let written = try store.writeGroup([
            .init(
                nil, .create,
                [
                    .write(.subject, .text("另一个问题")), .write(.description, .text("遥控器也坏了")),
                ] + Self.required),
            .init(ticket, .note, [.comment(.note, .staff, text: "分开处理", parent: nil)]),
        ])
        try world.perform(
            .addStaff(
                StaffRequest(
                    staff: "lina", name: "lina", roles: ["clerk"], store: "S001",
                    department: nil, phone: "", isActive: false)))
        try store.sync()
        try world.perform(
            .addStaff(
                StaffRequest(
                    staff: "lina", name: "lina", roles: ["clerk"], store: "S001",
                    department: nil, phone: "", isActive: true)))
        try store.sync()
        #expect(try store.desk.drafts().count == written.count)
        let draft = try #require(try store.desk.drafts().first)
        _ = try store.desk.sendAsNote(draft, by: store.staff)
        try store.sync()
        let said = texts(try world.ticket(ticket)).joined(separator: "\n")
        for words in ["另一个问题", "遥控器也坏了", "分开处理"] {
            #expect(said.contains(words), "\(words) is not in: \(said)")
        }
        #expect(try store.desk.drafts() == [])
    }

    private static let required: [Change] = [
        .write(.contact, .text("王先生 139")), .write(.reportedTime, .text("2023-11-15")),
        .write(.channel, .text("store")), .write(.kind, .text("complaint")),
        .write(.category, .text("product")), .write(.demand, .text("换货")),
        .write(.eventTime, .text("2023-11-14")), .write(.eventPlace, .text("家")),
        .write(.product, .text("X1")), .write(.priority, .integer(2)),
    ]

    @Test func `trying again does not move the time of a call or of a new case`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.sync()
        let called = world.now.adding(milliseconds: -60_000)
        _ = try store.desk.escalateByPhone(
            ticket, PhoneCall(time: called, timeText: "10:31", callee: "赵敏", reason: "漏电"),
            to: nil, by: store.staff)
        let logged = try store.logComplaint()
        let captured = try #require(try store.visible(logged)?.capturedAt)
        try world.addStaff("lina", .handler, department: "售后部")
        try store.sync()
        #expect(try store.desk.drafts().map(\.rejection.code) == [.unauthorised, .unauthorised])
        try world.addStaff("lina", .clerk, store: "S001")
        world.now = world.now.adding(milliseconds: 6 * 3_600_000)
        try store.sync()
        for draft in try store.desk.drafts() { _ = try store.desk.retry(draft, by: store.staff) }
        let retried = try store.store.read { try $0.changes(on: nil, countMax: 2) }
        let call = try #require(retried.first { !$0.body.isCreate })
        let create = try #require(retried.first { $0.body.isCreate })
        #expect(call.body.captured.wall == called)
        #expect(create.body.captured.wall == captured)
        try store.sync()
        #expect(try store.desk.drafts() == [])
    }

    // MARK: Work that was set aside

    private struct LateScene {
        let world: SyncWorld
        let store: SyncClient
        let draft: Draft

        init() throws {
            world = try SyncWorld()
            store = try world.clerk()
            _ = try store.logComplaint()
            world.now = world.now.adding(milliseconds: 40 * 24 * 3_600_000)
            try store.sync()
            draft = try #require(try store.desk.drafts().first)
            try #require(draft.rejection.code == .quarantined)
        }

        func quarantined() throws -> [OperationID] {
            try world.hubStore.read { try $0.quarantined(after: nil, countMax: 9).map(\.operation) }
        }
    }

    @Test func `what its author does anew is no supervisor's to take over any more`() throws {
        let scene = try LateScene()
        #expect(try scene.quarantined() == [scene.draft.operation])
        _ = try scene.store.desk.retry(scene.draft, by: scene.store.staff)
        try scene.store.sync()
        #expect(try scene.quarantined() == [])
        #expect(try scene.world.hubStore.read { try $0.counts().tickets } == 1)
        try scene.world.checkAgreement()
    }

    @Test func `what a supervisor has taken over is not done anew as well`() throws {
        let scene = try LateScene()
        _ = try scene.store.desk.retry(scene.draft, by: scene.store.staff)
        let operation = scene.draft.operation.description
        try scene.world.perform(.acceptQuarantined(operation: operation))
        try scene.store.sync()
        #expect(try scene.world.hubStore.read { try $0.counts().tickets } == 1)
        let refusal = try #require(try scene.store.desk.drafts().first?.rejection)
        #expect(refusal == Rejection(code: .quarantined, detail: Rejection.takenOverDetail))
        #expect(try scene.quarantined() == [], "nothing is set aside once more")
    }
}
