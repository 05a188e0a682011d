import Testing
import TicketModel

/// Answers to plans and solutions hold for the version that they saw (domain.md B6.7).
@Suite struct ApprovalTests {
    private let plan = OperationID(rawValue: 0x018b_cfe6)
    private let other = OperationID(rawValue: 7)

    private func stamp(_ operation: OperationID, by actor: String = "zhao") -> Stamp {
        Stamp(
            sequence: 1, dot: Dot(replica: ReplicaID(rawValue: 1), counter: 1),
            operation: operation, time: HybridTimestamp(rawValue: UInt64(operation.rawValue)),
            authority: .agent, actor: StaffID(unchecked: actor))
    }

    /// A ticket with a plan, and with these texts among its answers.
    private func ticket(_ answers: [String]) -> Ticket {
        var ticket = Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "S042-K7-0001",
            capturedAt: Timestamp(milliseconds: 100), createdBy: StaffID(unchecked: "A17"))
        ticket.registers[.plan] = Register(value: .text("换新机"), stamp: stamp(plan))
        ticket.sets[.approvals] = answers.enumerated().map { index, text in
            SetElement(
                value: .text(text),
                stamps: [stamp(OperationID(rawValue: UInt128(100 - index)), by: "p\(index)")])
        }
        return ticket
    }

    private func answer(
        _ outcome: Approval.Outcome, step: String = "plan", of subject: OperationID? = nil
    ) -> String {
        Approval(step: step, outcome: outcome, subject: subject ?? plan).text
    }

    @Test func `an approval is stored as its step, its outcome and what it answers`() {
        let text = "方案审批 rejected 0000000000000000000000000" + "18bcfe6"
        let approval = Approval(step: "方案审批", outcome: .rejected, subject: plan)
        #expect(approval.text == text)
        #expect(Approval(text) == approval)
    }

    @Test(arguments: [
        "", "plan", "plan approved", "plan approved xyz", "plan agreed \(OperationID(rawValue: 1))",
        " approved \(OperationID(rawValue: 1))", "plan  approved \(OperationID(rawValue: 1))",
        "plan approved \(OperationID(rawValue: 1)) ", "plan Approved \(OperationID(rawValue: 1))",
    ])
    func `another text is no approval, and answers nothing`(text: String) {
        #expect(Approval(text) == nil)
        #expect(ticket([text]).approvals.isEmpty)
        #expect(ticket([text]).approval("plan", of: .plan) == nil)
    }

    @Test func `without an answer there is none`() {
        #expect(ticket([]).approval("plan", of: .plan) == nil)
        #expect(ticket([answer(.approved)]).approval("plan", of: .resolution) == nil)
    }

    @Test func `a yes to the present version approves it`() {
        #expect(ticket([answer(.approved)]).approval("plan", of: .plan) == .approved)
    }

    @Test func `of a yes and a no the no counts, whichever came first`() {
        let (yes, no) = (answer(.approved), answer(.rejected))
        #expect(ticket([yes, no]).approval("plan", of: .plan) == .rejected)
        #expect(ticket([no, yes]).approval("plan", of: .plan) == .rejected)
    }

    @Test(arguments: [Approval.Outcome.approved, .rejected])
    func `an answer to another version, or in another step, does not count`(
        outcome: Approval.Outcome
    ) {
        let elsewhere = [answer(outcome, of: other), answer(outcome, step: "customer")]
        #expect(ticket(elsewhere).approval("plan", of: .plan) == nil)
        let opposite: Approval.Outcome = outcome == .approved ? .rejected : .approved
        #expect(ticket(elsewhere + [answer(opposite)]).approval("plan", of: .plan) == opposite)
    }

    @Test func `answers are listed by time, with who gave them and whether they still hold`() {
        let ticket = ticket([answer(.approved), answer(.rejected, of: other)])
        #expect(ticket.givenApprovals.map(\.stamp.actor.rawValue) == ["p1", "p0"])
        #expect(ticket.givenApprovals.map(\.isOutdated) == [true, false])
        #expect(ticket.givenApprovals.map(\.approval.outcome) == [.rejected, .approved])
    }

    @Test func `a new ticket is provisionally classed, waits for nobody and was never failed`() {
        let ticket = ticket([])
        #expect(ticket.classStage == .provisional)
        #expect(ticket.pauseReason == nil)
        #expect(ticket.failedVerificationsCount == 0)
        #expect(ticket.cooperatingDepartments.isEmpty)
    }

    @Test func `what the customer called unsolved is counted, what was verified is not`() {
        var ticket = ticket([])
        for (index, kind) in [TicketModel.Comment.Kind.unsolved, .verified, .note, .unsolved]
            .enumerated()
        {
            let stamp = stamp(OperationID(rawValue: UInt128(index + 50)))
            ticket.comments.append(
                TicketModel.Comment(
                    id: stamp.operation, kind: kind, visibility: .staff, text: "…", stamp: stamp))
        }
        #expect(ticket.failedVerificationsCount == 2)
    }
}
