import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy

/// What a store can do, and what happens at the hub afterwards, when nobody can be reached
/// (domain.md B6.1 to B6.4, K1, K2).
@Suite struct UnreachableStoreTests {
    private let second: Int64 = 1_000

    /// A store and a supervisor who hold one urgent complaint that the hub has not seen.
    private final class Scene {
        let world: SyncWorld
        let store: SyncClient
        let office: SyncClient
        let id: TicketID
        let capturedAt: Timestamp

        init() throws {
            world = try SyncWorld(policy: Profile.builtInText("unified"))
            store = try world.clerk()
            office = try world.supervisor()
            id = try store.logComplaint(priority: 3)
            capturedAt = world.now
        }

        func pass(_ seconds: Int64) { world.now = world.now.adding(milliseconds: seconds * 1_000) }

        var shown: Ticket {
            get throws { try #require(try store.visible(id)) }
        }

        func call(at time: Timestamp? = nil) throws {
            let call = PhoneCall(
                time: time ?? world.now, timeText: "10:31", callee: "zhao", reason: "漏电")
            _ = try store.desk.escalateByPhone(id, call, to: nil, by: store.staff)
        }

        /// What the supervisor was told of promises, by clock.
        func told() throws -> [String: FeedEvent] {
            let items = try office.escalations().filter { !$0.event.clock.isEmpty }
            return Dictionary(items.map { ($0.event.clock, $0.event) }) { first, _ in first }
        }
    }

    // MARK: at the store

    @Test func `a store counts down what the hub has not seen, as the hub then does`() throws {
        let scene = try Scene()
        let promised = try scene.shown.clocks
        let due = { (seconds: Int64) in
            scene.capturedAt.adding(milliseconds: seconds * self.second)
        }
        #expect(promised["supervisor"]?.dueAt == due(60))
        #expect(promised["engagement"]?.dueAt == due(300))
        #expect(promised["response"]?.phase == .running)
        #expect(promised["classification"]?.phase == .met, "it was logged with a class")
        let listed = try scene.store.store.read { try $0.list(TicketQuery()) }
        #expect(listed.first?.dueClock == "supervisor")
        let profile = try scene.store.desk.profile()
        #expect(profile.route(try scene.shown)?.department == DepartmentID("售后部"))

        try scene.world.settle()
        let stated = try #require(try scene.world.ticket(scene.id)).clocks
        #expect(stated == promised)
        #expect(try scene.shown.clocks == stated)
        try scene.world.checkAgreement()
    }

    @Test func `what is done at the store keeps its promises there, too`() throws {
        let scene = try Scene()
        scene.pass(30)
        _ = try scene.store.desk.accept(scene.id, by: scene.store.staff)
        let clocks = try scene.shown.clocks
        #expect(clocks["engagement"]?.phase == .met && clocks["response"]?.phase == .met)
        #expect(clocks["urgent_progress"]?.phase == .running)
        #expect(clocks["supervisor"]?.phase == .running, "nobody has told the supervisor")
        try scene.world.settle()
        #expect(try scene.world.ticket(scene.id)?.clocks == clocks)
    }

    @Test func `those who have a number are called, whom the case concerns and who is near first`()
        throws
    {
        let scene = try Scene()
        func add(_ staff: String, _ roles: Role..., phone: String, store: String? = nil) throws {
            try scene.world.perform(
                .addStaff(
                    StaffRequest(
                        staff: staff, name: staff, roles: roles.map(\.rawValue), store: store,
                        department: nil, phone: phone, isActive: true)))
        }
        #expect(
            try scene.store.desk.callees(for: scene.shown, at: scene.world.now).isEmpty,
            "zhao has no number")
        try add("gao", .dutyManager, phone: "139-1")
        try add("qian", .supervisor, phone: "139-2")
        try add("an", .supervisor, .departmentHead, phone: "139-3")
        try add("sun", .supervisor, phone: "139-4", store: "S001")
        try add("lu", .clerk, phone: "139-5")
        try scene.store.sync()
        let callees = try scene.store.desk.callees(for: scene.shown, at: scene.world.now)
        #expect(callees.map(\.person.staff.rawValue) == ["sun", "an", "gao"])
        #expect(callees.map(\.person.phone) == ["139-4", "139-3", "139-1"])
        let second = try scene.store.desk.callees(for: scene.shown, level: 2, at: scene.world.now)
        #expect(second.map(\.role) == [.departmentHead, .dutyManager])
    }

    // MARK: at the hub, later

    @Test func `B6.4: a call within the minute keeps the minute, whenever the hub hears of it`()
        throws
    {
        let scene = try Scene()
        scene.pass(40)
        let calledAt = scene.world.now
        try scene.call()
        #expect(try scene.shown.clocks["supervisor"]?.phase == .met)
        scene.pass(3 * 3_600)
        try scene.world.settle()

        let supervisor = try #require(try scene.world.ticket(scene.id)?.clocks["supervisor"])
        #expect(supervisor.phase == .met && supervisor.stoppedAt == calledAt)
        let told = try scene.told()
        #expect(told["supervisor"] == nil, "it was overtaken")
        // What broke while nobody could be told is told once, as what it is.
        let engagement = try #require(told["engagement"])
        #expect(engagement.isLate)
        #expect(engagement.reason(.en).contains("already over when it reached the hub"))
        #expect(engagement.reason(.zh).contains("送达时已超时"))
        let count = try scene.office.escalations().count
        try scene.world.fireTimers()
        scene.world.restartHub()
        try scene.world.settle()
        #expect(try scene.office.escalations().count == count)
        try scene.world.checkAgreement()
    }

    @Test func `a call that is written down later counts from when it was made`() throws {
        let scene = try Scene()
        let calledAt = scene.world.now.adding(milliseconds: 50 * second)
        scene.pass(20 * 60)
        try scene.call(at: calledAt)
        scene.pass(3_600)
        try scene.world.settle()
        let ticket = try #require(try scene.world.ticket(scene.id))
        #expect(ticket.clocks["supervisor"]?.phase == .met)
        #expect(ticket.clocks["supervisor"]?.stoppedAt == calledAt)
        #expect(ticket.comments.first?.text == "by phone: 10:31 zhao\n漏电")
        #expect(ticket.escalationLevel >= 1)
        let entry = try scene.office.store.read { try $0.history(of: scene.id, countMax: 100) }
            .first { $0.act == .escalate && $0.actor == scene.store.staff }
        #expect(entry?.reportedTime == calledAt)
    }

    @Test func `no call is made before its case or after now`() throws {
        let scene = try Scene()
        try scene.call(at: scene.capturedAt.adding(milliseconds: -3_600 * second))
        scene.pass(3_600)
        try scene.world.settle()
        let supervisor = try scene.world.ticket(scene.id)?.clocks["supervisor"]
        #expect(supervisor?.stoppedAt == supervisor?.startedAt)

        let other = try Scene()
        other.pass(90)
        try other.call(at: other.world.now.adding(milliseconds: 3_600 * second))
        #expect(try other.shown.clocks["supervisor"]?.phase == .breached)
    }

    @Test func `without a call the minute is broken, once, and marked as unseen`() throws {
        let scene = try Scene()
        scene.pass(3_600)
        _ = try scene.store.desk.note(
            "客户已送医", isForCustomer: false, on: scene.id, by: scene.store.staff)
        try scene.world.settle()
        let told = try scene.told()
        #expect(told["supervisor"]?.isLate == true)
        let clock = try scene.world.ticket(scene.id)?.clocks["supervisor"]
        #expect(clock?.phase == .breached)
        #expect(clock?.dueAt == scene.capturedAt.adding(milliseconds: 60 * second), "the true time")
        #expect(try scene.office.escalations().filter { $0.event.clock == "supervisor" }.count == 1)
        try scene.world.checkAgreement()
    }

    @Test func `progress in step offline is no broken promise afterwards`() throws {
        let scene = try Scene()
        func report() throws {
            scene.pass(50 * 60)
            let report = ProgressReport(done: "在修", next: "", expected: nil, expectedText: "")
            _ = try scene.store.desk.progress(scene.id, report, by: scene.store.staff)
        }
        _ = try scene.store.desk.accept(scene.id, by: scene.store.staff)
        for _ in 1...4 { try report() }
        try scene.world.settle()
        let clock = try scene.world.ticket(scene.id)?.clocks["urgent_progress"]
        #expect(clock?.phase == .running && clock?.cycle == 5)
        #expect(try scene.told()["urgent_progress"] == nil)
        try scene.world.checkAgreement()
    }
}
