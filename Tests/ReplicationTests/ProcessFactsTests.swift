import Replication
import Testing
import TicketModel
import TicketPolicy

/// Who may bring which fact of the process, and with what (domain.md A8, H4, K24, K26).
@Suite struct ProcessFactsTests {
    /// The basic profile with a survey and a customer who must agree before a case is closed.
    private static let additions = """

        verification: {attempts: 3, escalate: 3, before: [close]}
        survey: [efficiency]
        """
    private let rules: IntentRules
    private let efficiency = FieldID(rawValue: 1_001)
    private let actor = StaffID(unchecked: "A17")

    init() throws {
        let basic = try Profile.builtInText("basic")
        let field = """
            fields:
              efficiency: {id: 1001, zh: 解决效率, en: speed, type: integer, merge: last}
            """
        let text = basic.replacing("fields:", with: field, maxReplacements: 1) + Self.additions
        rules = IntentRules(profile: try Profile(yaml: text, file: "facts.yaml"))
    }

    private func body(_ act: Act, _ changes: [Change]) -> IntentBody {
        IntentBody(
            operation: OperationID(rawValue: 1), ticket: TicketID(rawValue: 1), act: act,
            actor: actor, time: HybridTimestamp(rawValue: 1),
            captured: CapturedTime(wall: Timestamp(milliseconds: 1), offsetMilliseconds: nil),
            changes: changes)
    }

    private func rejection(
        _ act: Act, _ changes: [Change], by role: Role = .supervisor, on ticket: Ticket
    ) -> Rejection? { rules.rejection(of: body(act, changes), by: [role], on: ticket) }

    private func stamp(_ time: UInt64, by person: String, at sequence: UInt64 = 5) -> Stamp {
        Stamp(
            sequence: sequence, dot: Dot(replica: ReplicaID(rawValue: 9), counter: 5),
            operation: OperationID(rawValue: UInt128(time)), time: HybridTimestamp(rawValue: time),
            authority: .agent, actor: StaffID(unchecked: person))
    }

    /// A case of this kind that B07 has solved.
    private func ticket(kind: String = "complaint") -> Ticket {
        var ticket = Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "N",
            capturedAt: Timestamp(milliseconds: 0), createdBy: actor)
        ticket.registers[.kind] = Register(value: .text(kind), stamp: stamp(1, by: "A17"))
        ticket.registers[.resolution] = Register(
            value: .text("已换新机"), stamp: stamp(10, by: "B07"))
        return ticket
    }

    @Test func `K24: a suggestion is decided, and nothing else`() {
        let verdict = [Change.write(.verdict, .text("adopted"))]
        #expect(rejection(.verdict, verdict, on: ticket(kind: "suggestion")) == nil)
        #expect(
            rejection(.verdict, verdict, on: ticket())
                == Rejection(code: .wrongKind, detail: "suggestion"))
    }

    @Test func `K24: a policy without suggestions decides nothing`() throws {
        let basic = try Profile.builtInText("basic")
        let text = basic.replacing(/\n  suggestion: .*\n/, with: "\n")
        let rules = IntentRules(profile: try Profile(yaml: text, file: "plain.yaml"))
        let verdict = body(.verdict, [.write(.verdict, .text("adopted"))])
        #expect(
            rules.rejection(of: verdict, by: [.supervisor], on: ticket())
                == Rejection(code: .wrongKind, detail: ""))
    }

    @Test func `H6: nothing is closed before the customer agrees to the solution that stands`() {
        var asked = ticket()
        let missing = Rejection(code: .approvalMissing, detail: VerificationCap.name)
        for act in [Act.close, .edit] {
            #expect(rejection(act, [.close], on: asked) == missing, "\(act)")
        }
        func answer(
            _ kind: TicketModel.Comment.Kind, at time: UInt64, sequence: UInt64 = 5
        ) -> TicketModel.Comment {
            TicketModel.Comment(
                id: OperationID(rawValue: UInt128(time) << 64 | UInt128(sequence)), kind: kind,
                text: "",
                stamp: stamp(time, by: "A17", at: sequence))
        }
        asked.comments = [answer(.verified, at: 9)]
        #expect(rejection(.close, [.close], on: asked) == missing, "of an earlier solution")
        asked.comments.append(answer(.verified, at: 11))
        #expect(rejection(.close, [.close], on: asked) == nil)
        asked.comments.append(answer(.unsolved, at: 12))
        #expect(rejection(.close, [.close], on: asked) == missing)
        asked.comments.append(answer(.verified, at: 12, sequence: 6))
        #expect(rejection(.close, [.close], on: asked) == nil, "both have the hub's time")
    }

    @Test func `H8: a score of the survey comes with the answer, and within the scale`() {
        let invalid = Rejection(code: .invalidValue, detail: "efficiency")
        for score in [Int64(0), 10] {
            let write = Change.write(efficiency, .integer(score))
            #expect(rejection(.rate, [write], on: ticket()) == nil)
            #expect(rejection(.edit, [write], on: ticket()) == invalid)
        }
        for value in [FieldValue.integer(-1), .integer(11), .integer(.max), .text("9")] {
            #expect(rejection(.rate, [.write(efficiency, value)], on: ticket()) == invalid)
        }
        #expect(rejection(.rate, [.add(efficiency, .integer(9))], on: ticket()) == invalid)
    }

    @Test(arguments: Role.allCases)
    func `K26: a class is audited by an inspector or whoever answers for the work`(role: Role) {
        let audit = [Change.write(.classStage, .integer(ClassStage.audited.rawValue))]
        let mayNot: Set<Role> = [.clerk, .handler]
        let found = rejection(.classify, audit, by: role, on: ticket())
        #expect((found?.code == .unauthorised) == mayNot.contains(role), "\(role)")
        var audited = ticket()
        audited.registers[.classStage] = Register(
            value: .integer(ClassStage.audited.rawValue), stamp: stamp(7, by: "zhao"))
        let again = rejection(.classify, audit, by: role, on: audited)
        #expect(again == nil || again?.detail == Act.classify.name, "it is audited already")
    }

    @Test(arguments: [
        ([Change.write(.status, .integer(TicketStatus.inProgress.rawValue))], true),
        ([.close], true), ([.add(.tags, .text("x"))], false), ([], false),
        ([.write(.status, .integer(TicketStatus.pending.rawValue))], false),
    ])
    func `T4: a pause ends with whatever goes on, and begins with its own act alone`(
        changes: [Change], isGoingOn: Bool
    ) {
        var asked = ticket()
        asked.ratings = [
            Rating(
                id: OperationID(rawValue: 20), token: "t", outcome: .satisfied, score: nil,
                remark: "", stamp: stamp(20, by: "A17"))
        ]
        let invalid = Rejection(code: .invalidValue, detail: "pause_reason")
        let end = rejection(.edit, changes + [.write(.pauseReason, .text(""))], on: asked)
        #expect(end == (isGoingOn ? nil : invalid))
        let begin = rejection(.edit, changes + [.write(.pauseReason, .text("customer"))], on: asked)
        #expect(begin == invalid)
        #expect(rejection(.edit, changes + [.add(.pauseReason, .text(""))], on: asked) == invalid)
    }

    // MARK: several rights (domain.md G30)

    @Test func `what a person may not, those may for whom they stand in`() {
        let clerk = Right(roles: [.clerk])
        let leader = Right(
            roles: [.clerk, .supervisor], represented: StaffID(unchecked: "zhao"))
        let handler = Right(roles: [.clerk, .handler], represented: StaffID(unchecked: "B07"))
        func rejection(_ act: Act, _ changes: [Change], _ rights: [Right]) -> Rejection? {
            rules.rejection(of: body(act, changes), by: rights, on: ticket())
        }
        let assign = [Change.write(.department, .text("售后部"))]
        let refusal = Rejection(code: .unauthorised, detail: "assign")
        #expect(rejection(.assign, assign, [clerk]) == refusal)
        #expect(rejection(.assign, assign, [clerk, handler]) == refusal)
        #expect(rejection(.assign, assign, [clerk, handler, leader]) == nil)
        let closing = [Change.close]
        let early = Rejection(code: .approvalMissing, detail: VerificationCap.name)
        #expect(
            rejection(.close, closing, [clerk, leader]) == early,
            "what stands in everybody's way is asked once")
        let writing = [Change.write(.department, .integer(7))]
        #expect(
            rejection(.assign, writing, [clerk, leader, handler])
                == Rejection(code: .invalidValue, detail: "department"),
            "what stands in the way of somebody who may says more")
        #expect(rejection(.assign, writing, []) == nil, "nobody asks")
    }
}
