import FieldClient
import HubService
import Replication
import Testing
import TicketModel

/// Promises of a hub that was put back: each is kept, or told of once (replication.md 3.11).
@Suite struct RestoredPromiseTests {
    @Test func `an escalation that was told before is neither told nor fired again`() throws {
        let scene = try RestoreScene()
        let (world, store, office) = (scene.world, scene.store, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        world.now = world.now.adding(milliseconds: 10 * 3_600_000)
        try world.fireTimers()
        try world.settle()
        let told = try office.escalations()
        #expect(!told.isEmpty, "the clock of the ticket broke")
        let level = try world.ticket(ticket)?.escalationLevel

        try world.restoreHub(backup)
        _ = try world.hub.fireTimers(at: world.now)
        #expect(try world.ticket(ticket)?.escalationLevel == 0, "the rules rest while it recovers")
        try world.settle()
        world.now = world.now.adding(milliseconds: 3_600_000)
        try world.fireTimers()
        try world.settle()
        #expect(try world.ticket(ticket)?.escalationLevel == level)
        let again = try office.escalations()
        #expect(again.map(\.operation) == told.map(\.operation))
        try world.checkAgreement()
    }

    @Test func `a promise that an act found broken is told once, though a timer finds it first`()
        throws
    {
        let scene = try RestoreScene()
        let (world, store, agent, office) = (scene.world, scene.store, scene.agent, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        world.now = world.now.adding(milliseconds: 10 * 3_600_000)
        _ = try agent.desk.accept(ticket, by: agent.staff)
        _ = try agent.desk.progress(
            ticket,
            ProgressReport(done: "已联系", next: "", expected: nil, expectedText: ""),
            by: agent.staff)
        try world.settle()
        let told = try office.escalations()
        try #require(!told.isEmpty, "the act came too late")

        // Nobody says that the store is put back, so the rules do not rest.
        world.restoreHubSilently(backup)
        try world.fireTimers()
        #expect(try world.ticket(ticket)?.escalationLevel ?? 0 > 0)
        try world.settle()
        let again = try office.escalations()
        let fromActs = again.filter { event in told.contains { $0.operation == event.operation } }
        #expect(fromActs.map(\.operation) == told.map(\.operation))
        #expect(Set(again.map(\.event.clock)).count == again.count, "each promise is told of once")
        try world.checkAgreement()
    }

    @Test func `a promise that one life kept running and another broke is broken`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let empty = world.hubStore.snapshot()
        let ticket = try store.logComplaint()
        let copy = try store.copy()
        for client in [copy, office] { try client.sync() }
        // In the next life the ticket comes too late.
        try world.restoreHub(empty)
        world.now = world.now.adding(milliseconds: 10 * 3_600_000)
        for client in [store, office] { try client.sync() }
        let told = try office.escalations()
        try #require(!told.isEmpty)
        // In the third one it is known from the first.
        try world.restoreHub(empty)
        try world.settle()
        try world.fireTimers()
        world.now = world.now.adding(milliseconds: 3_600_000)
        try world.fireTimers()
        try world.settle()
        let clocks = try #require(try world.ticket(ticket)?.clocks)
        for event in told { #expect(clocks[event.event.clock]?.phase == .breached) }
        let again = try office.escalations()
        #expect(again.map(\.operation) == told.map(\.operation))
        try world.checkAgreement()
    }
}
