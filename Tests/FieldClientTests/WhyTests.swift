import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy

/// A replica explains the due times that the hub has stated, from its own history.
@Suite struct WhyTests {
    private let minute: Int64 = 60_000

    @Test func `pauses and a raised class lead to the very due time of the hub`() throws {
        let world = try SyncWorld(policy: Profile.builtInText("unified"))
        let (store, agent) = (try world.clerk(), try world.agent())
        let ticket = try store.logComplaint(category: "product", priority: 1)
        try world.settle()
        _ = try agent.desk.accept(ticket, by: agent.staff)
        try world.settle()
        world.now = world.now.adding(milliseconds: 20 * minute)
        _ = try agent.desk.pause(ticket, for: .supplier, note: "等配件", by: agent.staff)
        // The hub hears of it later than it was done.
        world.now = world.now.adding(milliseconds: 7 * minute)
        try world.settle()
        world.now = world.now.adding(milliseconds: 300 * minute)
        _ = try agent.desk.resume(ticket, note: "", by: agent.staff)
        try world.settle()
        world.now = world.now.adding(milliseconds: 3 * minute)
        _ = try agent.desk.set(.priority, to: .integer(2), on: ticket, by: agent.staff)
        try world.settle()

        for client in [store, agent] {
            let stories = try client.desk.why(ticket, at: world.now)
            #expect(stories.count == 8)
            for story in stories where story.state.phase != .cancelled {
                #expect(story.isExact, "\(story.label.en): \(story)")
            }
        }
        let progress = try #require(
            try store.desk.why(ticket, clock: "progress", at: world.now).first)
        #expect(progress.promised?.facts.pauses.map(\.reason) == ["supplier"])
        #expect(progress.state.dueAt > progress.state.startedAt.adding(milliseconds: 240 * minute))
    }

    @Test func `a clock that the policy does not have any more is told without steps`() throws {
        let world = try SyncWorld(policy: Profile.builtInText("unified"))
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try world.settle()
        try world.perform(.loadPolicy(yaml: Profile.builtInText("basic")))
        try world.settle()
        let stories = try store.desk.why(ticket, clock: "acceptance", at: world.now)
        #expect(stories.map(\.promised) == [nil] && stories.map(\.isExact) == [false])
        #expect(try store.desk.why(ticket, clock: "nothing", at: world.now) == [])
    }

    @Test func `T36: a broken promise is told with the time of everybody who held the case`() throws
    {
        let world = try SyncWorld(policy: Profile.builtInText("unified"))
        let (store, office) = (try world.clerk(), try world.supervisor())
        let agent = try world.agent()
        let ticket = try store.logComplaint(category: "product", priority: 2)
        try world.settle()
        func pass(_ minutes: Int64) {
            world.now = world.now.adding(milliseconds: minutes * minute)
        }
        pass(40)
        _ = try office.desk.assign(
            ticket, to: .staff(agent.staff, nil), reason: "", by: office.staff)
        try world.settle()
        pass(130)
        _ = try office.desk.assign(
            ticket, to: .department(try #require(DepartmentID("客服部"))), reason: "",
            by: office.staff)
        try world.settle()
        pass(70)
        try world.fireTimers()
        try world.settle()
        let story = try #require(
            try store.desk.why(ticket, clock: "response", at: world.now).first)
        #expect(story.state.phase == .breached)
        // The moments of the verbs themselves are a few milliseconds.
        let minutes = story.shares.map { ($0.milliseconds + minute / 2) / minute }
        #expect(
            story.shares.map(\.holder) == [
                .department(DepartmentID(unchecked: "售后部")), .staff(agent.staff),
                .department(DepartmentID(unchecked: "客服部")),
            ] || story.shares.first?.holder == .nobody)
        #expect(minutes.suffix(3) == [40, 130, 70])
        let counted = try #require(try story.promised?.reading(at: world.now))
        #expect(story.shares.reduce(0) { $0 + $1.milliseconds } == counted.countedMilliseconds)
    }
}
