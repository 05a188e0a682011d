import FieldClient
import HubService
import Replication
import Testing
import TicketModel

/// A device that the hub's operator gives to another store (replication.md 3.7).
@Suite struct MovedDeviceTests {
    private static let other = StoreID(unchecked: "S002")

    /// Lina at S001 and Wang at S002, each with a ticket, and the office.
    private struct Scene {
        let world: SyncWorld
        let lina: SyncClient
        let wang: SyncClient
        let office: SyncClient
        let here: TicketID
        let there: TicketID

        init() throws {
            world = try SyncWorld()
            try world.perform(
                .addStaff(
                    StaffRequest(
                        staff: "wang", name: "wang", roles: ["clerk"], store: "S002",
                        department: nil, phone: "", isActive: true)))
            (lina, office) = (try world.clerk(), try world.supervisor())
            wang = try world.client("wang", .clerk, store: "S002")
            (here, there) = (try lina.logComplaint(), try wang.logComplaint())
            try world.settle()
        }

        func moveLina(to store: String = "S002") throws {
            try world.perform(.setDevice(DeviceRequest(device: lina.device.rawValue, store: store)))
        }
    }

    @Test func `its tickets change with it, and late work counts as done in good faith`() throws {
        let scene = try Scene()
        let (world, lina, office) = (scene.world, scene.lina, scene.office)
        let (here, there) = (scene.here, scene.there)
        #expect(try lina.base(there) == nil)
        _ = try lina.desk.note("客户来电", isForCustomer: false, on: here, by: lina.staff)
        _ = try lina.desk.accept(here, by: lina.staff)
        let unsent = try lina.logComplaint()
        try scene.moveLina()
        try lina.sync()

        #expect(try lina.store.read { try $0.leftAt(here) } != nil, "S001 has left")
        #expect(try lina.base(there) == world.ticket(there), "S002 has come")
        let outcomes = try lina.dispositions().suffix(3).map { $0?.outcome }
        #expect(outcomes.first == .lateAccepted)
        let drafts = try lina.desk.drafts()
        #expect(drafts.map(\.rejection.code) == [.leftScope])
        let note = try #require(try world.ticket(here)?.comments.first { $0.text == "客户来电" })
        #expect(note.isLate)
        #expect(try world.ticket(unsent)?.store?.rawValue == "S001", "it was logged at S001")
        try world.settle()
        #expect(try office.visible(here)?.comments.contains { $0.text == "客户来电" } == true)
        try world.checkAgreement()
    }

    @Test func `what is logged after the move belongs to the new store`() throws {
        let scene = try Scene()
        let (world, lina) = (scene.world, scene.lina)
        try scene.moveLina()
        try lina.sync()
        #expect(try lina.store.read { try $0.identity()?.store } == Self.other)
        let new = try lina.logComplaint()
        _ = try lina.desk.note("你好", isForCustomer: false, on: scene.there, by: lina.staff)
        try lina.sync()
        #expect(try world.ticket(new)?.store == Self.other)
        #expect(try world.ticket(new)?.number != nil)
        #expect(try lina.desk.drafts() == [])
        #expect(throws: ReplicaWriter.Refusal.self, "it is the business of another store now") {
            try lina.desk.note("太晚", isForCustomer: false, on: scene.here, by: lina.staff)
        }
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `a device that moves back finds everything as it is by then`() throws {
        let scene = try Scene()
        let (world, lina, office) = (scene.world, scene.lina, scene.office)
        try scene.moveLina()
        try lina.sync()
        _ = try office.desk.note("其间", isForCustomer: false, on: scene.here, by: office.staff)
        try office.sync()
        try scene.moveLina(to: "S001")
        try lina.sync()
        #expect(try lina.base(scene.here) == world.ticket(scene.here))
        #expect(try lina.store.read { try $0.leftAt(scene.there) } != nil)
        try world.checkAgreement()
    }

    @Test func `a session must say hello again when what it may hold has changed`() throws {
        let scene = try Scene()
        let lina = scene.lina
        _ = try lina.connect()
        try scene.moveLina()
        _ = try lina.desk.note("在线", isForCustomer: false, on: scene.here, by: lina.staff)
        let actions = lina.loop.handle(.localChange, at: scene.world.now)
        let sent = actions.compactMap { action -> [UInt8]? in
            if case .send(let bytes) = action { bytes } else { nil }
        }
        #expect(!sent.isEmpty)
        let answers = sent.flatMap { lina.answers(to: $0, nil) }
        let next = answers.flatMap { lina.loop.handle(.frame($0), at: scene.world.now) }
        #expect(
            next.contains { if case .reconnect = $0 { true } else { false } },
            "the hub asks for another hello")
        try lina.sync()
        #expect(try lina.base(scene.there) != nil)
    }
}
