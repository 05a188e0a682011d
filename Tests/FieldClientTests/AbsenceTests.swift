import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy

/// Who is away, and who stands in, through both loops (domain.md G30).
@Suite struct AbsenceTests {
    /// zhao and qian are supervisors; B07 and C08 are handlers, and C08's device allows what a
    /// supervisor may do. B07 has the one complaint.
    private struct Scene {
        let world: SyncWorld
        let store: SyncClient
        let agent: SyncClient
        let deputy: SyncClient
        let office: SyncClient
        let other: SyncClient
        let id: TicketID
        let step: ApprovalStep

        private static let approvals = """

            approvals:
              plan: {zh: 方案审批, en: approval of the plan, of: plan, by: [supervisor],
                  before: [resolve]}
            """

        init() throws {
            world = try SyncWorld(policy: Profile.builtInText("basic") + Self.approvals)
            try world.addStaff("qian", .supervisor)
            store = try world.clerk()
            agent = try world.agent()
            deputy = try world.client(
                "C08", .handler, department: "售后部", alsoFor: [.supervisor, .clerk])
            office = try world.supervisor()
            other = try world.client("qian", .supervisor)
            id = try store.logComplaint()
            try world.settle()
            _ = try office.desk.assign(
                id, to: .staff(agent.staff, nil), reason: "", by: office.staff)
            try world.settle()
            step = try #require(try office.desk.profile().approvalStep(named: "plan"))
        }

        var ticket: Ticket { get throws { try #require(try world.ticket(id)) } }
        var approval: Approval.Outcome? { get throws { try ticket.approval("plan", of: .plan) } }

        func plan(by client: SyncClient) throws {
            _ = try client.desk.plan(id, "换新机", kind: nil, expected: "", by: client.staff)
            try world.settle()
        }

        @discardableResult
        func approve(by client: SyncClient) throws -> ReplicaWriter.Written {
            try client.desk.approve(id, step: step, .approved, reason: "", by: client.staff)
        }

        func leave(_ staff: String, to substitute: String?) throws {
            try world.leave(staff, to: substitute)
            try world.settle()
        }

        /// Lets the window of every absence pass, and everybody know a later entry.
        func pass() throws {
            world.now = world.now.adding(milliseconds: 3_600_000)
            _ = try store.desk.note("…", isForCustomer: false, on: id, by: store.staff)
            try world.settle()
        }

        /// What the log says of the last such act.
        func last(_ act: Act) throws -> LogEntry? {
            try store.store.read { try $0.history(of: id, countMax: 999) }.last { $0.act == act }
        }

        func refusal(_ body: () throws -> Void) -> RejectionCode? {
            do { try body() } catch let refusal as ReplicaWriter.Refusal {
                return refusal.rejection.code
            } catch { Issue.record(error) }
            return nil
        }

        func refusal(approvingBy client: SyncClient) -> RejectionCode? {
            refusal { try approve(by: client) }
        }
    }

    // MARK: authority

    @Test
    func `who stands in may do what the person may, in the window, and the log says for whom`()
        throws
    {
        let scene = try Scene()
        try scene.plan(by: scene.agent)
        #expect(scene.refusal(approvingBy: scene.deputy) == .unauthorised)
        try scene.leave("zhao", to: "C08")
        #expect(try scene.approve(by: scene.deputy).actedFor == scene.office.staff)
        try scene.world.settle()
        #expect(try scene.approval == .approved)
        let entry = try #require(try scene.last(.approve))
        #expect(entry.actor == scene.deputy.staff && entry.actedFor == scene.office.staff)
        try scene.world.checkAgreement()
        try scene.plan(by: scene.agent)
        try scene.pass()
        #expect(scene.refusal(approvingBy: scene.deputy) == .unauthorised)
    }

    @Test func `what one may do oneself is done in nobody's name`() throws {
        let scene = try Scene()
        try scene.plan(by: scene.agent)
        try scene.leave("zhao", to: "qian")
        #expect(try scene.approve(by: scene.other).actedFor == nil)
        try scene.world.settle()
        #expect(try scene.last(.approve)?.actedFor == nil)
    }

    @Test func `work goes down a chain of substitutes`() throws {
        let scene = try Scene()
        try scene.plan(by: scene.agent)
        try scene.leave("qian", to: "C08")
        try scene.leave("zhao", to: "qian")
        #expect(try scene.approve(by: scene.deputy).actedFor == scene.other.staff, "the nearest")
        try scene.world.settle()
        #expect(try scene.approval == .approved)
        #expect(try scene.last(.approve)?.actedFor == scene.other.staff)
    }

    @Test func `a device's roles are the limit for those who stand in too`() throws {
        let scene = try Scene()
        try scene.plan(by: scene.agent)
        try scene.leave("zhao", to: "B07")
        #expect(scene.refusal(approvingBy: scene.agent) == .unauthorised)
    }

    @Test func `the author's substitute does not approve the plan in the author's name`() throws {
        let scene = try Scene()
        try scene.plan(by: scene.office)
        try scene.leave("zhao", to: "C08")
        #expect(scene.refusal(approvingBy: scene.deputy) == .ownWork)
        try scene.leave("zhao", to: "qian")
        #expect(try scene.approve(by: scene.other).actedFor == nil, "in their own right they do")
        try scene.world.settle()
        #expect(try scene.approval == .approved)
    }

    @Test func `nobody approves their own plan in the name of whom they stand in for`() throws {
        let scene = try Scene()
        try scene.plan(by: scene.deputy)
        try scene.leave("zhao", to: "C08")
        #expect(scene.refusal(approvingBy: scene.deputy) == .ownWork)
    }

    @Test func `the substitute gives back what lies with the person`() throws {
        let scene = try Scene()
        let refuse = {
            _ = try scene.deputy.desk.refuse(scene.id, reason: "…", by: scene.deputy.staff)
        }
        #expect(scene.refusal(refuse) == .unauthorised)
        try scene.leave("B07", to: "C08")
        try refuse()
        try scene.world.settle()
        #expect(try scene.ticket.assignee == nil)
        #expect(try scene.last(.refuse)?.actedFor == scene.agent.staff)
    }

    @Test func `what was done offline before the return was known was done in good faith`() throws {
        let scene = try Scene()
        try scene.plan(by: scene.agent)
        try scene.leave("zhao", to: "C08")
        _ = try scene.store.desk.note(
            "…", isForCustomer: false, on: scene.id, by: scene.store.staff)
        try scene.store.sync()
        try scene.world.perform(.endAbsence(staff: "zhao"))
        try scene.approve(by: scene.deputy)
        try scene.world.settle()
        #expect(try scene.approval == .approved)
        try scene.plan(by: scene.agent)
        #expect(scene.refusal(approvingBy: scene.deputy) == .unauthorised)
    }

    @Test func `a clock that is put back does not bring a window back`() throws {
        let scene = try Scene()
        try scene.plan(by: scene.agent)
        try scene.leave("zhao", to: "C08")
        try scene.pass()
        scene.deputy.clockMilliseconds = -2_000_000
        try scene.deputy.store.transaction { store in
            var state = try store.state()
            state.offsetMilliseconds = nil
            try store.save(state)
        }
        let written = try scene.approve(by: scene.deputy)
        #expect(written.actedFor == scene.office.staff, "this device cannot tell")
        try scene.world.settle()
        #expect(try scene.approval == nil)
        #expect(try scene.deputy.dispositions().last??.rejection?.code == .unauthorised)
    }

    // MARK: giving work to people

    @Test
    func `nobody is given work silently while they are away, and the desk says who stands in`()
        throws
    {
        let scene = try Scene()
        try scene.leave("C08", to: "B07")
        let assign = { (isAlthoughAway: Bool) in
            try scene.office.desk.assign(
                scene.id, to: .staff(scene.deputy.staff, nil), reason: "",
                isAlthoughAway: isAlthoughAway, by: scene.office.staff)
        }
        do {
            _ = try assign(false)
            Issue.record("C08 is away")
        } catch Desk.Failure.away(let person, let absence, let standIn) {
            #expect(person == scene.deputy.staff && standIn?.staff == scene.agent.staff)
            #expect(absence.covers(scene.world.now))
        }
        #expect(try assign(true).ticket.assignee == scene.deputy.staff)
        try scene.world.settle()
        #expect(try scene.ticket.assignee == scene.deputy.staff)
        let new = NewTicket(fields: [:], assignee: scene.deputy.staff)
        #expect(throws: Desk.Failure.self) {
            _ = try scene.store.desk.log(new, by: scene.store.staff)
        }
        var part = NewTicket(fields: [.description: .text("…")], assignee: scene.deputy.staff)
        #expect(throws: Desk.Failure.self) {
            _ = try scene.store.desk.split(scene.id, into: part, by: scene.store.staff)
        }
        part.isAssignedAlthoughAway = true
        let split = try scene.store.desk.split(scene.id, into: part, by: scene.store.staff)
        #expect(split.part.ticket.assignee == scene.deputy.staff)
    }

    @Test func `the hub takes what was assigned by somebody who could not know`() throws {
        let scene = try Scene()
        try scene.world.leave("C08", to: nil)
        _ = try scene.office.desk.assign(
            scene.id, to: .staff(scene.deputy.staff, nil), reason: "", by: scene.office.staff)
        try scene.world.settle()
        #expect(try scene.ticket.assignee == scene.deputy.staff)
        let attendance = try scene.office.desk.attendance(at: scene.world.now)
        #expect(attendance.unrepresented == [scene.deputy.staff])
    }

    @Test func `a ticket goes back to the queue of its department`() throws {
        let scene = try Scene()
        let department = try scene.ticket.department
        _ = try scene.office.desk.assign(
            scene.id, to: .nobody, reason: "病假", by: scene.office.staff)
        try scene.world.settle()
        let ticket = try scene.ticket
        #expect(ticket.assignee == nil && ticket.status == .new)
        #expect(ticket.department == department && department != nil)
        #expect(throws: Desk.Failure.self) {
            _ = try scene.office.desk.assign(
                scene.id, to: .nobody, reason: "", by: scene.office.staff)
        }
    }

    // MARK: calls

    @Test func `instead of somebody who is away their substitute is called`() throws {
        let scene = try Scene()
        for (staff, role, phone) in [
            ("zhao", Role.supervisor, "139-1"), ("C08", .handler, "139-8"),
        ] {
            try scene.world.perform(
                .addStaff(
                    StaffRequest(
                        staff: staff, name: staff, roles: [role.rawValue], store: nil,
                        department: nil, phone: phone, isActive: true)))
        }
        func called() throws -> [String] {
            try scene.world.settle()
            return try scene.store.desk.callees(
                for: scene.ticket, level: 1, at: scene.world.now
            ).map { "\($0.person.staff) \($0.absentee?.staff.rawValue ?? "")" }
        }
        #expect(try called() == ["zhao "])
        try scene.leave("zhao", to: "C08")
        #expect(try called() == ["C08 zhao"])
        try scene.leave("zhao", to: nil)
        #expect(try called() == ["zhao "], "nobody else can be reached")
    }
}
