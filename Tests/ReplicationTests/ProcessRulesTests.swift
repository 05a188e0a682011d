import Replication
import Testing
import TicketModel
import TicketPolicy

/// What the process asks of an intent beyond permissions (domain.md A8, G9, G15).
@Suite struct ProcessRulesTests {
    /// The built-in basic profile with approvals of plan and solution.
    private static let approvals = """

        approvals:
          plan: {zh: 方案审批, en: approval of the plan, of: plan, when: {kind: complaint},
              by: [supervisor], before: [resolve, close]}
          solution: {zh: 结果审核, en: review, of: resolution, by: [department_head],
              before: [verify]}
        """
    private let rules: IntentRules
    private let actor = StaffID(unchecked: "A17")
    private let planned = OperationID(rawValue: 40)
    private let solved = OperationID(rawValue: 41)

    init() throws {
        let text = try Profile.builtInText("basic") + Self.approvals
        rules = IntentRules(profile: try Profile(yaml: text, file: "test.yaml"))
    }

    private func rejection(
        _ act: Act, _ changes: [Change], by role: Role = .supervisor, on ticket: Ticket? = nil
    ) -> Rejection? {
        rules.rejection(of: body(act, changes), by: [role], on: ticket)
    }

    private func body(_ act: Act, _ changes: [Change]) -> IntentBody {
        IntentBody(
            operation: OperationID(rawValue: 1), ticket: TicketID(rawValue: 1), act: act,
            actor: actor, time: HybridTimestamp(rawValue: 1),
            captured: CapturedTime(
                wall: Timestamp(milliseconds: 1), offsetMilliseconds: nil), changes: changes)
    }

    private func stamp(_ operation: OperationID, by actor: String) -> Stamp {
        Stamp(
            sequence: 5, dot: Dot(replica: ReplicaID(rawValue: 9), counter: 5),
            operation: operation, time: HybridTimestamp(rawValue: 1), authority: .agent,
            actor: StaffID(unchecked: actor))
    }

    /// A complaint with a plan and a solution of B07, and these answers.
    private func ticket(_ answers: [Approval] = [], kind: String = "complaint") -> Ticket {
        var ticket = Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "N",
            capturedAt: Timestamp(milliseconds: 0), createdBy: actor)
        let texts: [(FieldID, String, OperationID)] = [
            (.kind, kind, OperationID(rawValue: 5)), (.plan, "换新机", planned),
            (.resolution, "已换新机", solved),
        ]
        for (field, text, operation) in texts {
            ticket.registers[field] = Register(
                value: .text(text), stamp: stamp(operation, by: "B07"))
        }
        ticket.sets[.approvals] = answers.map {
            SetElement(
                value: .text($0.text), stamps: [stamp(OperationID(rawValue: 60), by: "zhao")])
        }
        return ticket
    }

    private func answer(
        _ step: String, _ outcome: Approval.Outcome = .approved, of subject: OperationID
    ) -> Approval { Approval(step: step, outcome: outcome, subject: subject) }

    // MARK: standing in for somebody (domain.md G30)

    @Test func `nobody judges for somebody what one of the two has done`() {
        func rejection(_ act: Act, _ change: Change, for person: String?) -> RejectionCode? {
            let right = Right(
                roles: Set(Role.allCases), represented: person.map(StaffID.init(unchecked:)))
            return rules.rejection(of: body(act, [change]), by: right, on: ticket())?.code
        }
        let rating = Change.rate(token: "t", .satisfied, score: nil, remark: "")
        #expect(rejection(.rate, rating, for: nil) == nil)
        #expect(rejection(.rate, rating, for: "C08") == nil)
        #expect(rejection(.rate, rating, for: "B07") == .ownWork, "B07 has solved it")
        let approval = Change.add(.approvals, .text(answer("solution", of: solved).text))
        #expect(rejection(.approve, approval, for: "C08") == nil)
        #expect(rejection(.approve, approval, for: "B07") == .ownWork)
        #expect(rejection(.approve, approval, for: nil) == nil, "in one's own right")
        var classified = ticket()
        classified.registers[.classStage] = Register(
            value: .integer(ClassStage.confirmed.rawValue),
            stamp: stamp(OperationID(rawValue: 7), by: "B07"))
        let audit = body(.classify, [.write(.classStage, .integer(ClassStage.audited.rawValue))])
        for (person, code) in [("B07", RejectionCode.ownWork), ("C08", nil)] {
            let right = Right(
                roles: Set(Role.allCases), represented: StaffID(unchecked: person))
            #expect(rules.rejection(of: audit, by: right, on: classified)?.code == code)
        }
    }

    // MARK: facts and the acts they come with

    @Test(arguments: [
        (Change.write(.classStage, .integer(2)), "class_stage", [Act.classify]),
        (.write(.plan, .text("换新机")), "plan", [.plan]),
        (.write(.planKind, .text("immediate")), "plan_kind", [.plan]),
        (.write(.verdict, .text("adopted")), "verdict", [.verdict]),
        (.write(.pauseReason, .text("customer")), "pause_reason", [.pause, .resume]),
        (.write(.promisedTime, .text("1970-01-02T10:30:00+08:00")), "promised_time", [.promise]),
        (.add(.cooperating, .text("技术部")), "cooperating", [.classify, .assign, .meeting]),
        (.remove(.cooperating, .text("技术部")), "cooperating", [.classify, .assign, .meeting]),
        (
            .add(
                .approvals,
                .text("plan approved \(OperationID(rawValue: 40))")), "approvals", [.approve]
        ),
    ])
    func `a fact of the process comes with the act of its name alone`(
        change: Change, name: String, own: [Act]
    ) {
        let acts = Act.allCases.filter {
            ![.create, .route, .clock, .resolve, .close, .verify].contains($0)
        }
        for act in acts {
            let expected =
                own.contains(act) ? nil : Rejection(code: .invalidValue, detail: name)
            let found = rejection(act, [change], on: ticket(kind: "suggestion"))
            #expect(found == expected, "\(act)")
        }
    }

    @Test(arguments: FieldID.process)
    func `no fact of the process comes with an act that any clerk may do`(field: FieldID) {
        for change in [Change.write(field, .text("x")), .add(field, .text("x"))] {
            #expect(rejection(.note, [change], on: ticket())?.code == .invalidValue)
        }
    }

    @Test(arguments: [
        "", "tomorrow", "1970-01-02", "1970-01-02T10:30:00", "1969-12-30T23:59:59Z",
        "1971-01-03T00:00:00Z", "1970-02-30T10:30:00Z", "1970-01-02T10:30:00Z ",
    ])
    func `K25: what the customer is promised is a time to come, within a year`(text: String) {
        let found = rejection(.promise, [.write(.promisedTime, .text(text))], on: ticket())
        let code: RejectionCode = .invalidValue
        #expect(found == Rejection(code: code, detail: "promised_time"))
    }

    @Test(arguments: [
        (FieldID.classStage, FieldValue.integer(4)), (.classStage, .integer(0)),
        (.classStage, .text("confirmed")),
    ])
    func `a class stage is one of the three`(field: FieldID, value: FieldValue) {
        let found = rejection(.classify, [.write(field, value)], on: ticket())
        #expect(found == Rejection(code: .invalidValue, detail: "class_stage"))
    }

    @Test func `a new ticket may say how sure its class is and who helps, and has no plan`() {
        let make = Change.create(provisionalNumber: "S001-AA-0001")
        for change in [Change.write(.classStage, .integer(1)), .add(.cooperating, .text("技术部"))] {
            #expect(rejection(.create, [make, change])?.code == .missingField, "only that")
        }
        let found = rejection(.create, [make, .write(.plan, .text("换新机"))])
        #expect(found == Rejection(code: .invalidValue, detail: "plan"))
    }

    @Test(arguments: [TicketModel.Comment.Kind.verified, .unsolved])
    func `what the customer answered is said by verify alone`(kind: TicketModel.Comment.Kind) {
        let says = [Change.comment(kind, .staff, text: "…", parent: nil)]
        let ticket = ticket([answer("solution", of: solved)])
        for act in [Act.note, .progress, .reopen, .contact, .approve] {
            #expect(
                rejection(act, says, on: ticket)
                    == Rejection(code: .invalidValue, detail: "comment"), "\(act)")
        }
        #expect(rejection(.verify, says, on: ticket) == nil)
    }

    // MARK: approvals

    @Test func `an answer counts from the step's roles alone`() {
        let add = [Change.add(.approvals, .text(answer("plan", of: planned).text))]
        #expect(rejection(.approve, add, by: .supervisor, on: ticket()) == nil)
        for role in [Role.manager, .departmentHead] {
            #expect(
                rejection(.approve, add, by: role, on: ticket())
                    == Rejection(code: .unauthorised, detail: "plan"), "\(role)")
        }
        #expect(
            rejection(.approve, add, by: .handler, on: ticket())
                == Rejection(code: .unauthorised, detail: "approve"))
    }

    @Test(arguments: [
        Change.add(.approvals, .text("other approved \(OperationID(rawValue: 40))")),
        .add(.approvals, .text("plan approved")), .add(.approvals, .integer(1)),
        .remove(.approvals, .text("plan approved \(OperationID(rawValue: 40))")),
        .write(.approvals, .text("plan approved \(OperationID(rawValue: 40))")),
    ])
    func `what is no answer to a step is refused, and none is taken back`(change: Change) {
        let given = ticket([answer("plan", of: planned)])
        #expect(
            rejection(.approve, [change], on: given)
                == Rejection(code: .invalidValue, detail: "approvals"))
    }

    private static let resolving = Change.write(
        .status, .integer(TicketStatus.resolved.rawValue))

    @Test(arguments: [
        (Act.resolve, Change.write(.resolution, .text("已换新机"))), (.resolve, resolving),
        (.edit, resolving), (.progress, resolving), (.close, .close), (.edit, .close),
        (.note, .close),
    ])
    func `what waits for an approval is refused without it, whatever it calls itself`(
        act: Act, change: Change
    ) {
        let missing = Rejection(code: .approvalMissing, detail: "plan")
        #expect(rejection(act, [change], on: ticket()) == missing)
        let other = answer("plan", of: OperationID(rawValue: 39))
        #expect(rejection(act, [change], on: ticket([other])) == missing, "of another version")
        let (yes, no) = (answer("plan", of: planned), answer("plan", .rejected, of: planned))
        #expect(rejection(act, [change], on: ticket([yes, no])) == missing, "the no counts")
        #expect(rejection(act, [change], on: ticket([yes])) == nil)
        #expect(rejection(act, [change], on: ticket(kind: "consultation")) == nil)
    }

    @Test func `nothing else waits`() {
        let note = Change.comment(.progress, .staff, text: "…", parent: nil)
        for act in [Act.progress, .note, .accept, .plan, .contact] {
            #expect(rejection(act, [note], on: ticket()) == nil, "\(act)")
        }
    }

    @Test func `AP3: the customer's yes waits for the review, the customer's no does not`() {
        let yes = Change.comment(.verified, .staff, text: "", parent: nil)
        let no = Change.comment(.unsolved, .staff, text: "还是不亮", parent: nil)
        let missing = Rejection(code: .approvalMissing, detail: "solution")
        #expect(rejection(.verify, [yes], on: ticket()) == missing)
        #expect(rejection(.verify, [.add(.tags, .text("x"))], on: ticket()) == missing)
        #expect(rejection(.verify, [no, yes], on: ticket()) == missing)
        #expect(rejection(.verify, [no], on: ticket()) == nil)
        #expect(rejection(.verify, [yes], on: ticket([answer("solution", of: solved)])) == nil)
    }

    @Test func `whoever says no to a solution sends it back, though they may not reopen`() throws {
        // Here nobody but managers reopens cases.
        let text = try Profile.builtInText("basic") + Self.approvals
        let strict = text.replacing(/reopen: \[.*\]/, with: "reopen: [manager]")
        let rules = IntentRules(profile: try Profile(yaml: strict, file: "strict.yaml"))
        func refused(_ act: Act, _ change: Change, _ role: Role) -> Rejection? {
            let back = Change.write(.status, .integer(TicketStatus.reopened.rawValue))
            let granted = ticket([answer("solution", of: solved)])
            return rules.rejection(of: body(act, [change, back]), by: [role], on: granted)
        }
        let no = Change.comment(.unsolved, .staff, text: "还是不亮", parent: nil)
        let yes = Change.comment(.verified, .staff, text: "", parent: nil)
        let reopen = Rejection(code: .unauthorised, detail: "reopen")
        #expect(refused(.verify, no, .clerk) == nil)
        #expect(refused(.verify, yes, .clerk) == reopen)
        let review = { Change.add(.approvals, .text(answer("solution", $0, of: solved).text)) }
        #expect(refused(.approve, review(.rejected), .departmentHead) == nil)
        #expect(refused(.approve, review(.approved), .departmentHead) == reopen)
        #expect(refused(.note, .add(.tags, .text("x")), .clerk) == reopen)
    }

    // MARK: ratings

    @Test func `G15: whoever wrote the solution does not rate it`() {
        let rate = [Change.rate(token: "t", .satisfied, score: 9, remark: "")]
        #expect(rejection(.rate, rate, on: ticket()) == nil, "B07 solved it")
        var own = ticket()
        own.registers[.resolution]?.stamp = stamp(solved, by: "A17")
        let refusal = Rejection(code: .ownWork, detail: "rate")
        #expect(rejection(.rate, rate, on: own) == refusal)
        #expect(
            rejection(.note, rate, on: own) == Rejection(code: .ownWork, detail: "note"),
            "whatever it calls itself")
        var both = ticket()
        both.registers[.resolution]?.alternates = [
            Alternate(value: .text("已道歉"), stamp: stamp(OperationID(rawValue: 42), by: "A17"))
        ]
        #expect(rejection(.rate, rate, on: both) == refusal, "a second solution stands beside it")
    }
}
