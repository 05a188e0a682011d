import FieldClient
import Replication
import Testing
import TicketModel
import TicketPolicy

/// The verbs of the process through both loops (domain.md A8, A9, A11, B6.7).
@Suite struct ProcessTests {
    /// A store, an agent, two supervisors and a manager who hold one complaint that the agent has.
    private struct Scene {
        let world: SyncWorld
        let store: SyncClient
        let agent: SyncClient
        let office: SyncClient
        let deputy: SyncClient
        let manager: SyncClient
        let id: TicketID
        let step: ApprovalStep

        private static let approvals = """

            approvals:
              plan: {zh: 方案审批, en: approval of the plan, of: plan, by: [supervisor],
                  before: [resolve]}
              review: {zh: 结果审核, en: review, of: resolution, when: {category: attitude},
                  by: [supervisor], before: [verify]}
            """

        init(category: String = "product") throws {
            world = try SyncWorld(policy: Profile.builtInText("basic") + Self.approvals)
            try world.addStaff("qian", .supervisor)
            try world.addStaff("gao", .manager)
            store = try world.clerk()
            agent = try world.agent()
            office = try world.supervisor()
            deputy = try world.client("qian", .supervisor)
            manager = try world.client("gao", .manager)
            id = try store.logComplaint(category: category)
            try world.settle()
            _ = try office.desk.assign(
                id, to: .staff(agent.staff, nil), reason: "", by: office.staff)
            try world.settle()
            _ = try agent.desk.accept(id, by: agent.staff)
            try world.settle()
            step = try #require(try office.desk.profile().approvalStep(named: "plan"))
        }

        var ticket: Ticket {
            get throws { try #require(try world.ticket(id)) }
        }

        func plan(_ text: String, by client: SyncClient) throws {
            _ = try client.desk.plan(id, text, kind: .immediate, expected: "", by: client.staff)
        }

        func approve(_ outcome: Approval.Outcome, by client: SyncClient) throws {
            _ = try client.desk.approve(id, step: step, outcome, reason: "…", by: client.staff)
        }

        func resolve() throws {
            _ = try agent.desk.resolve(id, solution: "已换新机", by: agent.staff)
        }

        func verify(_ isSolved: Bool, remark: String = "还是不亮") throws {
            _ = try store.desk.verify(
                id, isSolved: isSolved, remark: remark, expected: "", by: store.staff)
        }

        func rate(_ outcome: Rating.Outcome) throws -> Desk.Rated {
            try store.desk.rate(
                id, outcome, score: 3, remark: "还是坏", survey: "callback", by: store.staff)
        }

        /// Corrects what kind of case it is, and lets the hub and the office know.
        func reclassify(as kind: String, by client: SyncClient? = nil) throws {
            let client = client ?? office
            _ = try client.desk.classify(
                id, as: Desk.Classification(kind: kind), by: client.staff)
            if client.staff == office.staff { try world.settle() } else { try client.sync() }
        }

        /// With an approved plan and a solution that everybody knows.
        func solve() throws {
            try plan("换新机", by: agent)
            try world.settle()
            try approve(.approved, by: office)
            try world.settle()
            try resolve()
            try world.settle()
        }
    }

    // MARK: approvals

    @Test func `T31: of two who reassign unknown to each other only the one that stands is told`()
        throws
    {
        let scene = try Scene()
        let before = try assignments(scene)
        for (client, name) in [(scene.office, "客服部"), (scene.deputy, "技术部")] {
            _ = try client.desk.assign(
                scene.id, to: .department(DepartmentID(unchecked: name)), reason: "忙",
                by: client.staff)
        }
        try scene.world.settle()
        let told = try assignments(scene).dropFirst(before.count).map(\.event)
        #expect(told.map(\.from) == [scene.agent.staff.rawValue])
        #expect(try told.map(\.to) == [scene.ticket.department?.rawValue])
    }

    private func assignments(_ scene: Scene) throws -> [FeedItem] {
        try scene.manager.store.read { try $0.feed(.assignments, after: 0, countMax: 99) }
    }

    @Test func `B6.7: an approval of a plan that somebody else had replaced does not hold`() throws
    {
        let scene = try Scene()
        try scene.plan("换主板", by: scene.agent)
        try scene.world.settle()
        try scene.plan("换新机", by: scene.store)
        try scene.approve(.approved, by: scene.office)
        try scene.store.sync()
        try scene.office.sync()
        try scene.world.settle()

        let ticket = try scene.ticket
        #expect(ticket.text(.plan) == "换新机")
        #expect(ticket.approvals.count == 1, "what was said is kept")
        #expect(ticket.approval("plan", of: .plan) == nil)
        let profile = try scene.agent.desk.profile()
        #expect(profile.openApprovals(of: ticket).map(\.key) == ["plan"])
        #expect(throws: ReplicaWriter.Refusal.self) { try scene.resolve() }
        try scene.approve(.approved, by: scene.office)
        try scene.world.settle()
        try scene.resolve()
        try scene.world.settle()
        #expect(try scene.ticket.status == .resolved)
        try scene.world.checkAgreement()
    }

    @Test func `AP1: without the approval nothing is resolved, on the device and at the hub`()
        throws
    {
        let scene = try Scene()
        try scene.plan("换新机", by: scene.agent)
        try scene.world.settle()
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) { try scene.resolve() }
        #expect(refusal?.rejection == Rejection(code: .approvalMissing, detail: "plan"))

        // The agent knows of a yes, and not of the no that reached the hub meanwhile.
        try scene.approve(.approved, by: scene.office)
        try scene.world.settle()
        try scene.approve(.rejected, by: scene.deputy)
        try scene.deputy.sync()
        try scene.resolve()
        try scene.agent.sync()
        let draft = try #require(try scene.agent.desk.drafts().first)
        #expect(draft.rejection == Rejection(code: .approvalMissing, detail: "plan"))
        #expect(try scene.ticket.status == .inProgress)

        // A new plan, its approval, and the same draft goes through.
        try scene.world.settle()
        try scene.plan("退款", by: scene.agent)
        try scene.world.settle()
        try scene.approve(.approved, by: scene.deputy)
        try scene.world.settle()
        _ = try scene.agent.desk.retry(draft, by: scene.agent.staff)
        try scene.world.settle()
        #expect(try scene.ticket.status == .resolved)
        #expect(try scene.agent.desk.drafts().isEmpty)
        try scene.world.checkAgreement()
    }

    @Test(arguments: [true, false])
    func `of a yes and a no that did not know of each other the no counts`(
        isYesFirst: Bool
    ) throws {
        let scene = try Scene()
        try scene.plan("换新机", by: scene.agent)
        try scene.world.settle()
        try scene.approve(.approved, by: scene.office)
        try scene.approve(.rejected, by: scene.deputy)
        let order = [scene.office, scene.deputy]
        for client in isYesFirst ? order : order.reversed() { try client.sync() }
        try scene.world.settle()
        for client in scene.world.clients {
            #expect(try client.visible(scene.id)?.approval("plan", of: .plan) == .rejected)
            #expect(try client.visible(scene.id)?.approvals.count == 2)
        }
        #expect(throws: ReplicaWriter.Refusal.self) { try scene.resolve() }
    }

    @Test func `there is nothing to approve before there is a plan`() throws {
        let scene = try Scene()
        let failure = #expect(throws: Desk.Failure.self) {
            try scene.approve(.approved, by: scene.office)
        }
        guard case .nothingToApprove(let step)? = failure, step.key == "plan" else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func `AP3: a solution that is turned down goes back to work at once`() throws {
        let scene = try Scene(category: "attitude")
        try scene.solve()
        let review = try #require(try scene.office.desk.profile().approvalStep(named: "review"))
        #expect(throws: ReplicaWriter.Refusal.self) { try scene.verify(true, remark: "") }
        _ = try scene.office.desk.approve(
            scene.id, step: review, .rejected, reason: "没有试机", by: scene.office.staff)
        try scene.world.settle()
        #expect(try scene.ticket.status == .reopened)
        try scene.resolve()
        try scene.world.settle()
        _ = try scene.office.desk.approve(
            scene.id, step: review, .approved, reason: "", by: scene.office.staff)
        try scene.world.settle()
        #expect(try scene.ticket.status == .resolved)
        try scene.verify(true, remark: "")
        try scene.world.settle()
        #expect(try scene.ticket.comments.last?.kind == .verified)
        try scene.world.checkAgreement()
    }

    // MARK: verification

    /// What management was told of this case.
    private func told(_ scene: Scene) throws -> [FeedItem] {
        try scene.manager.escalations().filter { $0.event.clock == VerificationCap.name }
    }

    @Test func `E5, E6: a no goes back to work at once, the third to management exactly once`()
        throws
    {
        let scene = try Scene()
        try scene.plan("换新机", by: scene.agent)
        try scene.world.settle()
        try scene.approve(.approved, by: scene.office)
        try scene.world.settle()
        for count in 1...3 {
            try scene.resolve()
            try scene.world.settle()
            try scene.verify(false)
            #expect(
                try scene.store.visible(scene.id)?.status == .reopened, "also without a network")
            try scene.world.settle()
            #expect(try scene.ticket.status == .reopened)
            #expect(try scene.ticket.failedVerificationsCount == count)
            #expect(try told(scene).count == (count < 3 ? 0 : 1))
        }
        let item = try #require(try told(scene).first)
        #expect(item.event.level == 3)
        #expect(item.event.recipients == [.manager])
        #expect(item.event.reason(.en) == "the customer said 3 times: not solved")
        #expect(item.event.reason(.zh) == "客户第3次表示问题未解决")
        #expect(!item.event.isLate, "nobody was unreachable")
        #expect(try scene.ticket.escalationLevel == 3)

        scene.world.restartHub()
        try scene.world.fireTimers()
        try scene.world.settle()
        try scene.resolve()
        try scene.world.settle()
        try scene.verify(false)
        try scene.world.settle()
        #expect(try told(scene) == [item], "neither again nor with the fourth")
        try scene.world.checkAgreement()
    }

    @Test func `a third no that is sent twice is told once`() throws {
        let scene = try Scene()
        try scene.solve()
        for _ in 1...3 { try scene.verify(false) }
        try scene.store.sync(.losesAnswers)
        scene.world.restartHub()
        try scene.world.settle()
        #expect(try scene.ticket.failedVerificationsCount == 3)
        #expect(try told(scene).count == 1)
        try scene.world.checkAgreement()
    }

    @Test func `a closed case is opened again by the customer's no`() throws {
        let scene = try Scene()
        try scene.solve()
        _ = try scene.store.desk.close(scene.id, note: "", by: scene.store.staff)
        try scene.world.settle()
        try scene.verify(false)
        try scene.world.settle()
        #expect(try scene.ticket.status == .reopened)
    }

    @Test func `H7, E5: a customer who is not content has the case back at work, and it counts`()
        throws
    {
        let scene = try Scene()
        try scene.solve()
        for count in 1...3 {
            let rated = try scene.rate(.unsatisfied)
            #expect(rated.sentBack?.ticket.failedVerificationsCount == count)
            let members = try scene.store.store.read { try $0.pending(on: scene.id) }.map(\.body)
            #expect(members.map(\.act) == [.rate, .verify])
            #expect(Set(members.map(\.group?.id)) == [rated.rating.operation], "as one")
            try scene.world.settle()
            #expect(try scene.ticket.status == .reopened)
            #expect(try scene.ticket.assignee == scene.agent.staff, "E6: its handler has it")
            #expect(try scene.ticket.failedVerificationsCount == count)
            #expect(try scene.ticket.ratings.count == count)
            #expect(try told(scene).count == count / 3, "management hears of the third")
            try scene.resolve()
            try scene.world.settle()
        }
        #expect(try scene.ticket.comments.filter { $0.kind == .unsolved }.count == 3)
        try scene.world.checkAgreement()
    }

    @Test func `H7: of a case that is at work, or closed, an answer is kept and nothing else`()
        throws
    {
        let scene = try Scene()
        #expect(try scene.rate(.unsatisfied).sentBack == nil, "it is at work")
        try scene.world.settle()
        try scene.solve()
        #expect(try scene.rate(.furtherRemarks).sentBack == nil)
        #expect(try scene.rate(.satisfied).sentBack == nil)
        _ = try scene.store.desk.close(scene.id, note: "", by: scene.store.staff)
        try scene.world.settle()
        #expect(try scene.rate(.unsatisfied).sentBack == nil)
        try scene.world.settle()
        #expect(try scene.ticket.status == .closed)
        #expect(try scene.ticket.failedVerificationsCount == 0)
        #expect(
            try scene.ticket.ratings.map(\.outcome)
                == [.unsatisfied, .furtherRemarks, .satisfied, .unsatisfied])
        try scene.world.checkAgreement()
    }

    @Test func `an answer that came when the case was closed meanwhile opens it again`() throws {
        let scene = try Scene()
        try scene.solve()
        _ = try scene.rate(.unsatisfied)
        _ = try scene.office.desk.close(scene.id, note: "", by: scene.office.staff)
        try scene.office.sync()
        try scene.world.settle()
        #expect(try scene.ticket.status == .reopened, "as a no to verify does")
        #expect(try scene.ticket.ratings.map(\.outcome) == [.unsatisfied])
        try scene.world.checkAgreement()
    }

    @Test func `work on a closed case waits until it is opened again, at the desk and at the hub`()
        throws
    {
        let scene = try Scene()
        try scene.solve()
        let late = try scene.world.agent()
        try scene.world.settle()
        _ = try scene.store.desk.close(scene.id, note: "", by: scene.store.staff)
        // Written where nobody knows yet that it is closed.
        let report = ProgressReport(
            done: "已寄出", next: "", expected: nil, expectedText: "", step: nil)
        _ = try late.desk.progress(scene.id, report, by: late.staff)
        try scene.world.settle()
        let ticket = try scene.ticket
        #expect(ticket.status == .closed)
        #expect(ticket.clocks.allSatisfy { $0.value.phase != .running }, "\(ticket.clocks)")
        let refused = ReplicaWriter.Refusal(.illegalTransition, "closed")
        let (desk, staff) = (scene.agent.desk, scene.agent.staff)
        #expect(throws: refused) { try desk.progress(scene.id, report, by: staff) }
        #expect(throws: refused) {
            try desk.plan(scene.id, "再换", kind: .immediate, expected: "", by: staff)
        }
        #expect(throws: refused) {
            try desk.promise(scene.id, by: "2023-11-16T10:00:00Z", remark: "", actor: staff)
        }
        try scene.world.checkAgreement()
    }

    @Test func `H6: the customer agrees to a solution, and not before there is one`() throws {
        let scene = try Scene()
        #expect(throws: ReplicaWriter.Refusal(.illegalTransition, "in_progress")) {
            try scene.verify(true)
        }
    }

    @Test func `G15: who solved it does not rate it, a colleague does`() throws {
        let scene = try Scene()
        try scene.plan("换新机", by: scene.store)
        try scene.world.settle()
        try scene.approve(.approved, by: scene.office)
        try scene.world.settle()
        _ = try scene.store.desk.resolve(scene.id, solution: "已换", by: scene.store.staff)
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.store.desk.rate(
                scene.id, .satisfied, score: 9, remark: "", survey: "callback",
                by: scene.store.staff)
        }
        #expect(refusal?.rejection == Rejection(code: .ownWork, detail: "rate"))
        try scene.world.settle()
        _ = try scene.office.desk.rate(
            scene.id, .satisfied, score: 9, remark: "很快", survey: "callback",
            by: scene.office.staff)
        try scene.world.settle()
        #expect(try scene.ticket.ratings.map(\.score) == [9])
    }

    // MARK: pauses, verdicts, class

    @Test func `a pause waits for somebody, and ends when that has come`() throws {
        let scene = try Scene()
        let failure = #expect(throws: Desk.Failure.self) {
            try scene.agent.desk.resume(scene.id, note: "", by: scene.agent.staff)
        }
        guard case .notPaused? = failure else {
            Issue.record("\(String(describing: failure))")
            return
        }
        _ = try scene.agent.desk.pause(
            scene.id, for: .supplier, note: "等配件", by: scene.agent.staff)
        try scene.world.settle()
        #expect(try scene.ticket.status == .pending)
        #expect(try scene.ticket.pauseReason == .supplier)
        _ = try scene.agent.desk.pause(scene.id, for: .customer, note: "", by: scene.agent.staff)
        try scene.world.settle()
        #expect(try scene.ticket.pauseReason == .customer)
        _ = try scene.agent.desk.resume(scene.id, note: "已到", by: scene.agent.staff)
        try scene.world.settle()
        #expect(try scene.ticket.status == .inProgress)
        #expect(try scene.ticket.pauseReason == nil)
        #expect(
            try scene.ticket.comments.filter { $0.kind == .pause }.map(\.text) == ["等配件", "已到"])
        try scene.world.checkAgreement()
    }

    @Test func `T4: whoever reports progress goes on, and the clocks with them`() throws {
        let scene = try Scene()
        let report = ProgressReport(done: "配件已到", next: "", expected: nil, expectedText: "")
        _ = try scene.agent.desk.pause(scene.id, for: .supplier, note: "", by: scene.agent.staff)
        try scene.world.settle()
        _ = try scene.agent.desk.progress(scene.id, report, by: scene.agent.staff)
        #expect(try scene.agent.visible(scene.id)?.pauseReason == nil, "also without a network")
        try scene.world.settle()
        #expect(try scene.ticket.status == .inProgress)
        #expect(try scene.ticket.text(.pauseReason).isEmpty)
        #expect(try scene.ticket.clocks.values.allSatisfy { $0.pausedAt == nil })
        #expect(throws: Desk.Failure.self) {
            try scene.agent.desk.resume(scene.id, note: "", by: scene.agent.staff)
        }
        try scene.world.checkAgreement()
    }

    @Test(arguments: [true, false])
    func `a pause and progress that did not know of each other leave no clock standing alone`(
        isPauseFirst: Bool
    ) throws {
        let scene = try Scene()
        let report = ProgressReport(done: "在修", next: "", expected: nil, expectedText: "")
        let pauses = {
            try scene.office.desk.pause(scene.id, for: .customer, note: "", by: scene.office.staff)
        }
        _ = try scene.agent.desk.progress(scene.id, report, by: scene.agent.staff)
        _ = try pauses()
        let order = [scene.office, scene.agent]
        for client in isPauseFirst ? order : order.reversed() { try client.sync() }
        try scene.world.settle()
        // Whichever status stands, ticket and clocks say the same of the pause, and it can end.
        let isPaused = try scene.ticket.pauseReason != nil
        #expect(try scene.ticket.clocks.values.contains { $0.pausedAt != nil } == false || isPaused)
        _ = try isPaused ? nil : pauses()
        try scene.world.settle()
        #expect(try scene.ticket.pauseReason == .customer)
        _ = try scene.agent.desk.resume(scene.id, note: "", by: scene.agent.staff)
        try scene.world.settle()
        #expect(try scene.ticket.pauseReason == nil)
        try scene.world.checkAgreement()
    }

    @Test func `K24: only a suggestion is decided, also by who changes what it is`() throws {
        let scene = try Scene()
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try scene.office.desk.decide(
                scene.id, .adopted, reason: "可行", by: scene.office.staff)
        }
        #expect(refusal?.rejection == Rejection(code: .wrongKind, detail: "suggestion"))
        #expect(refusal?.label?.zh == "建议")
        // What was a suggestion when it was decided, and is none any more at the hub.
        try scene.reclassify(as: "suggestion")
        _ = try scene.office.desk.decide(
            scene.id, .adopted, reason: "可行", by: scene.office.staff)
        try scene.reclassify(as: "complaint", by: scene.deputy)
        try scene.office.sync()
        let draft = try #require(try scene.office.desk.drafts().first)
        #expect(draft.rejection == Rejection(code: .wrongKind, detail: "suggestion"))
    }

    @Test func `of two verdicts that did not know of each other the second is a draft`() throws {
        let scene = try Scene()
        try scene.reclassify(as: "suggestion")
        _ = try scene.office.desk.decide(
            scene.id, .adopted, reason: "可行", by: scene.office.staff)
        _ = try scene.deputy.desk.decide(
            scene.id, .notAdopted, reason: "太贵", by: scene.deputy.staff)
        try scene.office.sync()
        try scene.deputy.sync()
        try scene.world.settle()
        #expect(try scene.ticket.text(.verdict) == "adopted")
        #expect(try scene.office.desk.drafts().isEmpty)
        let draft = try #require(try scene.deputy.desk.drafts().first)
        #expect(draft.rejection.code == .staleValue)
        #expect(
            try scene.ticket.comments.filter { $0.kind == .verdict }.map(\.text) == ["可行"],
            "the reason went with its verdict")
        // Whoever has seen the verdict may decide again.
        _ = try scene.deputy.desk.retry(draft, by: scene.deputy.staff)
        try scene.world.settle()
        #expect(try scene.ticket.text(.verdict) == "not_adopted")
        try scene.world.checkAgreement()
    }

    @Test func `RT10: a class that is corrected moves a case that waits, and is never less sure`()
        throws
    {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let id = try store.logComplaint(category: "attitude")
        try world.settle()
        #expect(try world.ticket(id)?.department == DepartmentID("客服部"))
        _ = try office.desk.classify(
            id, as: Desk.Classification(category: "product", stage: .audited), by: office.staff)
        try world.settle()
        #expect(try world.ticket(id)?.text(.category) == "product")
        #expect(try world.ticket(id)?.department == DepartmentID("售后部"))
        #expect(try world.ticket(id)?.classStage == .audited)
        #expect(throws: Desk.Failure.self) {
            try store.desk.classify(id, as: Desk.Classification(), by: store.staff)
        }
        try world.checkAgreement()
    }

    @Test func `X5: rules and clerks give a class, others confirm it, an inspector audits it`()
        throws
    {
        let world = try SyncWorld()
        try world.addStaff("wu", .inspector)
        let (store, office) = (try world.clerk(), try world.supervisor())
        let inspector = try world.client("wu", .inspector)
        let id = try store.logComplaint(category: "attitude")
        try world.settle()
        #expect(try world.ticket(id)?.classStage == .provisional)
        _ = try office.desk.classify(id, as: Desk.Classification(), by: office.staff)
        try world.settle()
        #expect(try world.ticket(id)?.classStage == .confirmed)
        let refusal = #expect(throws: ReplicaWriter.Refusal.self) {
            try store.desk.classify(
                id, as: Desk.Classification(stage: .audited), by: store.staff)
        }
        #expect(refusal?.rejection == Rejection(code: .unauthorised, detail: "audited"))

        // The clerk does not know of the audit, and says less.
        _ = try inspector.desk.classify(
            id, as: Desk.Classification(category: "product"), by: inspector.staff)
        _ = try store.desk.classify(id, as: Desk.Classification(), by: store.staff)
        try inspector.sync()
        try store.sync()
        try world.settle()
        let ticket = try #require(try world.ticket(id))
        #expect(ticket.classStage == .audited)
        #expect(ticket.registers[.classStage]?.stamp.actor == inspector.staff)
        #expect(ticket.text(.category) == "product")
        #expect(ticket.department == DepartmentID("售后部"), "RT10")
        try world.checkAgreement()
    }

    // MARK: departments

    @Test func `RT3, F12: the rules name who helps, and a corrected class names others`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let id = try store.logComplaint(category: "product")
        try world.settle()
        func helpers() throws -> [String] {
            try #require(try world.ticket(id)).cooperatingDepartments.map(\.rawValue)
        }
        func classify(_ category: String?, with: [String] = [], without: [String] = []) throws {
            _ = try office.desk.classify(
                id,
                as: Desk.Classification(
                    category: category, cooperating: with, leaving: without), by: office.staff)
            try world.settle()
        }
        #expect(try helpers() == ["技术部"])
        #expect(try #require(try world.ticket(id)).needsSeveralDepartments)
        let routed = try #require(
            try office.store.read { try $0.history(of: id, countMax: 100) }
                .first { $0.act == .route })
        #expect(routed.events.map(\.reason) == ["product-to-after-sales"], "why it was sent there")

        try classify(nil, with: ["物流部"])
        try classify("attitude")
        #expect(try helpers() == ["物流部"], "whom people named stays")
        #expect(try world.ticket(id)?.department == DepartmentID("客服部"))
        try classify("product")
        #expect(try helpers() == ["技术部", "物流部"])
        try classify(nil, without: ["技术部"])
        try classify("inquiry")
        #expect(try helpers() == ["物流部"])

        // Once somebody has sent it elsewhere, the rules keep out.
        _ = try office.desk.assign(
            id, to: .department(try #require(DepartmentID("运营部"))), reason: "", by: office.staff)
        try world.settle()
        try classify("product")
        #expect(try world.ticket(id)?.department == DepartmentID("运营部"))
        #expect(try helpers() == ["物流部"])
        try world.checkAgreement()
    }

    @Test func `E3, RT7: a refusal is brought to the supervisor and the head of the department`()
        throws
    {
        let scene = try Scene()
        let before = try assignments(scene)
        _ = try scene.agent.desk.refuse(scene.id, reason: "缺备件", by: scene.agent.staff)
        try scene.world.settle()
        let told = try assignments(scene).dropFirst(before.count).map(\.event)
        #expect(told.map(\.from) == [scene.agent.staff.rawValue])
        #expect(told.map(\.to) == ["售后部"] && told.map(\.reason) == ["缺备件"])
        #expect(told.map(\.recipients) == [[.supervisor, .departmentHead]])
        // Nobody has it, and somebody says once more that they cannot.
        _ = try scene.agent.desk.refuse(scene.id, reason: "仍缺备件", by: scene.agent.staff)
        try scene.world.settle()
        let all = try assignments(scene).dropFirst(before.count).map(\.event)
        #expect(all.map(\.reason) == ["缺备件", "仍缺备件"])
        #expect(all.last?.recipients == [.supervisor, .departmentHead])
        try scene.world.checkAgreement()
    }

    @Test func `K21, K22: who says that the video is there begins the inspection`() throws {
        let world = try SyncWorld(policy: Profile.builtInText("unified"))
        let (store, agent) = (try world.clerk(), try world.agent())
        let id = try store.logComplaint()
        try world.settle()
        _ = try agent.desk.accept(id, by: agent.staff)
        try world.settle()
        let clock = { (name: String) in try world.ticket(id)?.clocks[name] }
        #expect(try clock("inspection") == nil)
        _ = try store.desk.tag(adding: ["已收故障视频"], removing: [], on: id, by: store.staff)
        try world.settle()
        let inspection = try #require(try clock("inspection"))
        #expect(inspection.phase == .running)
        #expect(inspection.dueAt == inspection.startedAt.adding(milliseconds: 24 * 3_600_000))
        let report = ProgressReport(
            done: "主板损坏", next: "换货", expected: nil, expectedText: "", step: "inspected")
        _ = try agent.desk.progress(id, report, by: agent.staff)
        try world.settle()
        #expect(try clock("inspection")?.phase == .met)
        #expect(try clock("exchange")?.phase == .running)
        try world.checkAgreement()
    }

    @Test func `a part of a case has none of the scores that customers gave for it`() throws {
        let world = try SyncWorld(policy: Profile.builtInText("unified"))
        let store = try world.clerk()
        let id = try store.logComplaint()
        try world.settle()
        let survey = try store.desk.profile().survey
        _ = try store.desk.rate(
            id, .furtherRemarks, score: 5, dimensions: [survey[0]: 8, survey[1]: 9], remark: "",
            survey: "callback", by: store.staff)
        try world.settle()
        let part = NewTicket(fields: [.description: .text("发票开错")])
        let split = try store.desk.split(id, into: part, by: store.staff)
        try world.settle()
        let ticket = try #require(try world.ticket(split.part.ticket.id))
        #expect(ticket.number != nil && survey.allSatisfy { ticket.registers[$0] == nil })
        #expect(try world.ticket(id)?.integer(survey[0]) == 8)
        try world.checkAgreement()
    }

    @Test func `a part of a case that has a plan is a case without one`() throws {
        let scene = try Scene()
        try scene.solve()
        _ = try scene.agent.desk.promise(
            scene.id, by: "2023-11-16T10:00:00Z", remark: "", actor: scene.agent.staff)
        try scene.world.settle()
        let part = NewTicket(
            fields: [.subject: .text("发票"), .description: .text("发票开错")], tags: [], note: "")
        let split = try scene.office.desk.split(scene.id, into: part, by: scene.office.staff)
        try scene.world.settle()
        let ticket = try #require(try scene.world.ticket(split.part.ticket.id))
        #expect(ticket.text(.plan).isEmpty && ticket.text(.promisedTime).isEmpty)
        try scene.world.checkAgreement()
    }
}
