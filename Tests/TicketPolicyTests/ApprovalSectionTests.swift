import Testing
import TicketModel
import TicketPolicy

/// The optional sections `approvals` and `verification` of a policy file.
@Suite struct ApprovalSectionTests {
    /// The small profile with both sections at its end: line 29 is the first approval.
    static let whole =
        ProfileErrorTests.small + """

            approvals:
              plan: {zh: 方案审批, en: plan, of: plan, by: [supervisor], before: [resolve, close]}
              fix: {zh: 结果审核, en: review, of: resolution, by: [clerk, supervisor],
                before: [verify], when: {priority: high, kind: [complaint]}}
            verification: {attempts: 2, escalate: 1}
            """

    /// The file with `new` for `old`, which may name the end of the file as a line `X`.
    static func changed(_ old: String, to new: String) -> String {
        let yaml = (whole + "\nX").replacing(old, with: new, maxReplacements: 1)
        return yaml.hasSuffix("\nX") ? String(yaml.dropLast(2)) : yaml
    }

    private func problems(_ yaml: String) -> [ProfileProblem] {
        do {
            _ = try Profile(yaml: yaml, file: "demo.yaml")
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `approvals say of what, by whom, before what and for which tickets`() throws {
        let profile = try Profile(yaml: Self.whole, file: "demo.yaml")
        #expect(profile.approvalSteps.map(\.key) == ["plan", "fix"])
        let plan = try #require(profile.approvalStep(named: "plan"))
        #expect(plan.label == LocalizedText(zh: "方案审批", en: "plan"))
        #expect(plan.subject == .plan)
        #expect(plan.roles == [.supervisor])
        #expect(plan.before == [.resolve, .close])
        #expect(plan.conditions.isEmpty)
        let fix = try #require(profile.approvalStep(named: "fix"))
        #expect(fix.subject == .resolution)
        #expect(fix.roles == [.clerk, .supervisor])
        #expect(fix.before == [.verify])
        #expect(fix.conditions == [.priority: [.integer(2)], .kind: [.text("complaint")]])
        #expect(profile.approvalStep(named: "other") == nil)
        #expect(profile.verificationCap.attempts == 2 && profile.verificationCap.level == 1)
    }

    @Test func `without the sections nothing is approved, and the third no goes to the top`()
        throws
    {
        let profile = try basic.get()
        #expect(profile.approvalSteps.isEmpty)
        #expect(profile.verificationCap.attempts == 3 && profile.verificationCap.level == 3)
    }

    @Test func `whose answer counts may approve, whatever the file leaves out`() throws {
        let profile = try Profile(yaml: Self.whole, file: "demo.yaml")
        for role in [Role.clerk, .supervisor] {
            #expect(profile.allows(.approve, roles: [role]), "\(role)")
        }
        #expect(!profile.allows(.approve, roles: [.handler]))
    }

    @Test func `an approval concerns the tickets that fit all its conditions`() throws {
        let profile = try Profile(yaml: Self.whole, file: "demo.yaml")
        let fix = try #require(profile.approvalStep(named: "fix"))
        var ticket = try Case(priority: 2, profile: profile)
        #expect(!fix.concerns(ticket.ticket), "it has no kind")
        ticket.set(.kind, .text("complaint"))
        #expect(fix.concerns(ticket.ticket))
        ticket.set(.priority, .integer(1))
        #expect(!fix.concerns(ticket.ticket))
    }

    @Test func `an approval is open from the plan to the answer, and missing until a yes`() throws {
        let profile = try Profile(yaml: Self.whole, file: "demo.yaml")
        var ticket = try Case(priority: 1, profile: profile)
        #expect(profile.openApprovals(of: ticket.ticket).isEmpty)
        #expect(profile.missingApproval(before: .resolve, on: ticket.ticket)?.key == "plan")
        #expect(profile.missingApproval(before: .progress, on: ticket.ticket) == nil)
        ticket.set(.plan, .text("换新机"))
        #expect(profile.openApprovals(of: ticket.ticket).map(\.key) == ["plan"])

        for (outcome, missing) in [(Approval.Outcome.approved, nil), (.rejected, "plan")] {
            var answered = ticket.ticket
            let stamp = try #require(answered.registers[.plan]?.stamp)
            let answer = Approval(step: "plan", outcome: outcome, subject: stamp.operation)
            answered.sets[.approvals] = [SetElement(value: .text(answer.text), stamps: [stamp])]
            #expect(profile.openApprovals(of: answered).isEmpty)
            #expect(profile.missingApproval(before: .resolve, on: answered)?.key == missing)
        }
        ticket.set(.plan, .text(""))
        #expect(profile.openApprovals(of: ticket.ticket).isEmpty, "a cleared plan is none")
    }

    static let mistakes: [(String, String, String, String, Int, Int)] = [
        ("of: plan", "of: demand", "unknown subject demand", "plan, resolution", 29, 34),
        ("of: plan, ", "", "of is missing", "add of", 29, 9),
        ("by: [supervisor]", "by: [king]", "unknown role king", "clerk, handler", 29, 45),
        ("by: [supervisor]", "by: []", "the list is empty", "name at least one role", 29, 44),
        ("[resolve, close]", "[accept]", "unknown act accept", "resolve, verify, close", 29, 67),
        ("[resolve, close]", "[close, close]", "given twice", "keep one", 29, 74),
        ("[resolve, close]", "resolve", "a list is expected", "[a, b]", 29, 66),
        ("plan: {zh", "Plan: {zh", "Plan cannot be a key", "lower case", 29, 3),
        ("[verify]", "[resolve]", "cannot be approved before resolve", "verify or close", 31, 13),
        ("priority: high", "priority: huge", "unknown priority huge", "high, low", 31, 40),
        ("when: {priority", "for: {priority", "unknown key for", "when", 31, 23),
        ("attempts: 2", "attempts: 0", "whole number", "from 1 to 100", 32, 26),
        ("attempts: 2", "attempts: 101", "whole number", "from 1 to 100", 32, 26),
        ("attempts: 2, ", "", "attempts is missing", "add attempts", 32, 15),
        ("escalate: 1}\nX", "escalate: 2}", "whole number", "from 1 to 1", 32, 39),
        (", escalate: 1}\nX", "}", "escalate is missing", "add escalate", 32, 15),
        (
            "tag: [clerk]", "tag: [clerk], approve: [clerk]", "supervisor may not approve",
            "add supervisor here", 25, 85
        ),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named with its place and a remedy`(
        old: String, new: String, message: String, remedy: String, line: Int, column: Int
    ) {
        #expect((Self.whole + "\nX").contains(old))
        let problems = problems(Self.changed(old, to: new))
        let match = problems.first { $0.message.en.contains(message) }
        #expect(match?.line == line && match?.column == column, "\(problems)")
        #expect(match?.remedy.en.contains(remedy) == true, "\(problems)")
    }

    @Test(arguments: [
        FieldID.plan, .classStage, .approvals, .verdict, .pauseReason, .promisedTime, .cooperating,
    ])
    func `no form asks for what a verb of the process writes`(field: FieldID) throws {
        let name = try basic.get().name(of: field)
        let yaml = ProfileErrorTests.small.replacing(
            "[contact, colour]", with: "[contact, \(name)]", maxReplacements: 1)
        #expect(problems(yaml).contains { $0.message.en == "unknown field \(name)" })
    }
}

/// Who has failed the customer too often is helped from above (domain.md E5, X8).
@Suite struct VerificationCapTests {
    /// Says no that often, and returns the escalations that each no brought.
    private func escalations(_ ticket: inout Case, count: Int) -> [[Reaction]] {
        (0..<count).map { index in
            ticket.commit(.verify, at: at(Int64(index + 1) * minute)) { $0.say(.unsolved) }
                .filter {
                    if case .escalate(_, "verification", _, _, _) = $0 { true } else { false }
                }
        }
    }

    @Test func `E5: the third no goes to management, and the sixth again`() throws {
        var ticket = try Case()
        ticket.commit(.create, at: at(0))
        let told = escalations(&ticket, count: 7)
        #expect(told.map(\.count) == [0, 0, 1, 0, 0, 1, 0])
        guard case .escalate(let level, _, let reason, let recipients, let key)? = told[2].first
        else { Issue.record("\(told)"); return }
        #expect(level == 3)
        #expect(reason.zh == "客户第3次表示问题未解决")
        #expect(reason.en == "the customer said 3 times: not solved")
        #expect(recipients == [.manager])
        #expect(key.clock == VerificationCap.name && key.ticket == ticket.ticket.id)
        guard case .escalate(_, _, _, _, let second)? = told[5].first else { return }
        #expect(second != key)
    }

    @Test func `the cap is the policy's, and never takes a higher level back`() throws {
        let yaml = ProfileErrorTests.small + "\nverification: {attempts: 1, escalate: 1}"
        var ticket = try Case(profile: Profile(yaml: yaml, file: "demo.yaml"))
        ticket.commit(.create, at: at(0))
        #expect(escalations(&ticket, count: 2).map(\.count) == [1, 1])

        var high = try Case()
        high.commit(.create, at: at(0))
        high.set(.escalation, .integer(3))
        for reaction in escalations(&high, count: 3).joined() {
            guard case .escalate(let level, _, _, _, _) = reaction else { continue }
            #expect(level == 3)
        }
    }

    @Test func `the key makes the cap fire once, though the hub asks twice`() throws {
        var ticket = try Case()
        ticket.commit(.create, at: at(0))
        let before = ticket.ticket
        for _ in 0..<2 { ticket.say(.unsolved) }
        var later = ticket
        later.say(.unsolved)
        let profile = ticket.profile
        let keys = (0..<2).flatMap { _ in
            profile.reactions(
                to: .verify, before: ticket.ticket, after: later.ticket, at: at(minute)
            )
            .compactMap { reaction -> TimerKey? in
                guard case .escalate(_, VerificationCap.name, _, _, let key) = reaction else {
                    return nil
                }
                return key
            }
        }
        #expect(keys.count == 2 && keys[0] == keys[1])
        // Several at once, as after a merge: what passes the cap is told, with the same key.
        later.say(.unsolved)
        let jump = profile.reactions(
            to: .verify, before: before, after: later.ticket, at: at(minute))
        let told = jump.compactMap { reaction -> TimerKey? in
            guard case .escalate(_, VerificationCap.name, _, _, let key) = reaction else {
                return nil
            }
            return key
        }
        #expect(told == [keys[0]])
    }

    @Test func `a yes and a note bring nobody in`() throws {
        var ticket = try Case()
        ticket.commit(.create, at: at(0))
        _ = escalations(&ticket, count: 3)
        for kind in [TicketModel.Comment.Kind.verified, .note, .progress] {
            let reactions = ticket.commit(.verify, at: at(hour)) { $0.say(kind) }
            #expect(
                !reactions.contains {
                    if case .escalate(_, "verification", _, _, _) = $0 { true } else { false }
                })
        }
    }
}
