import Testing
import TicketModel
import TicketPolicy

/// Clocks that begin and end with acts of their own, side by side (domain.md X2, T22, T23), and
/// that stand still while somebody outside is waited for (G20).
@Suite struct MilestoneClockTests {
    /// A ticket of the unified profile that was logged on a Friday afternoon.
    private static func logged(
        _ kind: String = "complaint", rank: Int64 = 2, category: String? = "product"
    ) throws -> Case {
        var ticket = try Case(priority: rank, profile: Profile.builtIn("unified"))
        ticket.ticket.capturedAt = wall("2026-11-06 16:00")
        ticket.set(.kind, .text(kind))
        if let category { ticket.set(.category, .text(category)) }
        ticket.commit(.create, at: wall("2026-11-06 16:00"))
        return ticket
    }

    private func phases(_ ticket: Case) -> [String: ClockState.Phase] {
        ticket.ticket.clocks.mapValues(\.phase)
    }

    @Test func `a complaint begins the promises that are made of one, and no others`() throws {
        let ticket = try Self.logged()
        #expect(
            phases(ticket) == [
                "classification": .met, "acceptance": .running, "response": .running,
                "investigation": .running, "review": .running, "first_contact": .running,
                "ownership": .running,
            ])
        #expect(ticket.ticket.clocks["acceptance"]?.dueAt == wall("2026-11-06 16:15"))
        #expect(ticket.ticket.clocks["investigation"]?.dueAt == wall("2026-11-06 18:00"))
        #expect(ticket.ticket.clocks["response"]?.dueAt == wall("2026-11-06 20:00"))
    }

    @Test(arguments: [Int64(5), 8])
    func `what is told late of a case that is over promises nothing more`(status: Int64) throws {
        var ticket = try Self.logged()
        ticket.commit(.accept, at: wall("2026-11-06 16:05"))
        ticket.commit(.resolve, at: wall("2026-11-06 16:30")) { $0.set(.status, .integer(5)) }
        if status == 8 {
            ticket.commit(.close, at: wall("2026-11-06 17:00")) { $0.set(.status, .integer(8)) }
        }
        let before = ticket.ticket.clocks
        for act in [Act.progress, .accept, .contact, .attach] {
            ticket.commit(act, at: wall("2026-11-06 17:05"))
        }
        ticket.commit(.edit, at: wall("2026-11-06 17:06")) { $0.set(.priority, .integer(3)) }
        #expect(Set(phases(ticket).keys) == Set(before.keys), "\(phases(ticket))")
        #expect(ticket.ticket.clocks["progress"]?.phase == .met)
        #expect(ticket.ticket.clocks["progress"]?.cycle == before["progress"]?.cycle)
        // Opened again it is work again.
        ticket.commit(.reopen, at: wall("2026-11-09 10:00")) { $0.set(.status, .integer(6)) }
        ticket.commit(.progress, at: wall("2026-11-09 10:30"))
        #expect(
            ticket.ticket.clocks.contains {
                ["progress", "urgent_progress"].contains($0.key) && $0.value.phase == .running
            })
    }

    @Test func `K3: a ticket without a class is to be classified within ten minutes`() throws {
        var ticket = try Self.logged(category: nil)
        #expect(ticket.ticket.clocks["classification"]?.dueAt == wall("2026-11-06 16:10"))
        ticket.commit(.classify, at: wall("2026-11-06 16:09")) {
            $0.set(.category, .text("attitude"))
        }
        #expect(ticket.ticket.clocks["classification"]?.phase == .met)
    }

    @Test func `K1 K2: the supervisor is told after a minute, the duty manager after five`() throws
    {
        var ticket = try Self.logged(rank: 3)
        ticket.advance(to: wall("2026-11-06 16:01"))
        #expect(ticket.escalations.count == 1 && ticket.ticket.escalationLevel == 1)
        ticket.advance(to: wall("2026-11-06 16:05"))
        #expect(ticket.escalations.count == 2 && ticket.ticket.escalationLevel == 2)
        #expect(ticket.ticket.clocks["response"]?.phase == .running, "each is its own promise")
    }

    @Test func `K1: the minute begins when the case becomes urgent, once`() throws {
        var ticket = try Self.logged()
        #expect(ticket.ticket.clocks["supervisor"] == nil)
        ticket.commit(.classify, at: wall("2026-11-06 17:00")) { $0.set(.priority, .integer(3)) }
        #expect(ticket.ticket.clocks["supervisor"]?.dueAt == wall("2026-11-06 17:01"))
        ticket.commit(.escalate, at: wall("2026-11-06 17:01")) { $0.set(.escalation, .integer(1)) }
        #expect(ticket.ticket.clocks["supervisor"]?.phase == .met)
        ticket.commit(.edit, at: wall("2026-11-06 17:02")) { $0.set(.demand, .text("退款")) }
        #expect(ticket.ticket.clocks["supervisor"]?.cycle == 1)
    }

    @Test func `K11: each report of progress promises the next one`() throws {
        var ticket = try Self.logged()
        ticket.commit(.accept, at: wall("2026-11-06 16:10")) { $0.set(.assignee, .text("B07")) }
        #expect(ticket.ticket.clocks["progress"]?.dueAt == wall("2026-11-09 11:10"))
        ticket.commit(.progress, at: wall("2026-11-09 10:00"))
        #expect(ticket.ticket.clocks["progress"]?.cycle == 2)
        #expect(ticket.ticket.clocks["progress"]?.dueAt == wall("2026-11-09 15:30"))
        ticket.commit(.resolve, at: wall("2026-11-09 11:00")) { $0.set(.status, .integer(5)) }
        #expect(ticket.ticket.clocks["progress"]?.phase == .met)
        #expect(ticket.ticket.clocks["customer_check"]?.dueAt == wall("2026-11-09 12:00"))
    }

    @Test func `K4: another tag beside the one that a promise is about begins nothing`() throws {
        var ticket = try Self.logged()
        ticket.commit(.tag, at: wall("2026-11-06 16:00")) { $0.tag("描述模糊") }
        #expect(ticket.ticket.clocks["clarification"]?.dueAt == wall("2026-11-06 16:10"))
        ticket.commit(.contact, at: wall("2026-11-06 16:05"))
        ticket.commit(.tag, at: wall("2026-11-06 16:30")) { $0.tag("响应超时") }
        #expect(ticket.ticket.clocks["clarification"]?.phase == .met)
        #expect(ticket.ticket.clocks["clarification"]?.cycle == 1)
        // Taken away and given again, it says that the record is vague once more.
        ticket.commit(.tag, at: wall("2026-11-06 16:40")) {
            $0.ticket.sets[.tags]?.removeAll { $0.value == .text("描述模糊") }
        }
        ticket.commit(.tag, at: wall("2026-11-06 16:50")) { $0.tag("描述模糊") }
        #expect(ticket.ticket.clocks["clarification"]?.cycle == 2)
        #expect(ticket.ticket.clocks["clarification"]?.dueAt == wall("2026-11-06 17:00"))
    }

    @Test func `K19: a person who is named with the department need not be named again`() throws {
        var ticket = try Case(priority: 2, profile: Profile.builtIn("feedback"))
        ticket.ticket.capturedAt = wall("2026-11-06 16:00")
        ticket.set(.assignee, .text("B07"))
        ticket.commit(.create, at: wall("2026-11-06 16:00"))
        #expect(ticket.ticket.department != nil)
        #expect(ticket.ticket.clocks["ownership"]?.phase == .met)
        #expect(ticket.timers.isEmpty)
        // Somebody of another department has it from then on.
        ticket.commit(.assign, at: wall("2026-11-06 17:00")) {
            $0.set(.department, .text("物流部"))
            $0.set(.assignee, .text("C08"))
        }
        #expect(ticket.ticket.clocks["ownership"]?.cycle == 1)
        #expect(ticket.timers.isEmpty)
        // A department alone is to name one.
        ticket.commit(.assign, at: wall("2026-11-06 18:00")) {
            $0.set(.department, .text("产品部"))
            $0.set(.assignee, .text(""))
        }
        #expect(ticket.ticket.clocks["ownership"]?.dueAt == wall("2026-11-07 18:00"))
    }

    @Test func `an offline act begins its clock when it was done, not when it arrived`() throws {
        var ticket = try Self.logged()
        ticket.commit(
            .accept, at: wall("2026-11-06 17:30"), actedAt: wall("2026-11-06 16:05"))
        #expect(ticket.ticket.clocks["progress"]?.startedAt == wall("2026-11-06 16:05"))
        #expect(ticket.ticket.clocks["acceptance"]?.phase == .met)
    }

    @Test func `E6: a customer's no begins the promises of a new ticket anew`() throws {
        var ticket = try Self.logged()
        ticket.commit(.resolve, at: wall("2026-11-06 16:10")) { $0.set(.status, .integer(5)) }
        #expect(ticket.ticket.clocks["response"]?.phase == .met)
        ticket.commit(.verify, at: wall("2026-11-06 16:30")) {
            $0.set(.status, .integer(6))
            $0.say(.unsolved)
        }
        #expect(ticket.ticket.clocks["response"]?.cycle == 2)
        #expect(ticket.ticket.clocks["response"]?.dueAt == wall("2026-11-06 20:30"))
        #expect(ticket.ticket.clocks["customer_check"]?.isRunning == false)
    }

    // MARK: pauses

    @Test func `G20: what was left when the pause began is left when it ends`() throws {
        var ticket = try Self.logged()
        ticket.commit(.accept, at: wall("2026-11-06 16:10"))
        ticket.commit(.pause, at: wall("2026-11-06 17:10"))
        #expect(ticket.ticket.clocks["progress"]?.pausedAt == wall("2026-11-06 17:10"))
        #expect(!ticket.timers.keys.contains { $0.clock == "progress" }, "nothing fires meanwhile")
        #expect(ticket.ticket.nextDue?.name != "progress")
        ticket.advance(to: wall("2026-11-12 09:00"))
        #expect(ticket.ticket.clocks["progress"]?.phase == .running)
        ticket.commit(.resume, at: wall("2026-11-12 09:00"))
        // An hour of four was used up.
        #expect(ticket.ticket.clocks["progress"]?.dueAt == wall("2026-11-12 12:00"))
        #expect(ticket.ticket.clocks["progress"]?.pausedAt == nil)
        #expect(ticket.timers.keys.contains { $0.clock == "progress" })
    }

    @Test func `T4: a limit that had passed before the pause is broken`() throws {
        var ticket = try Self.logged(rank: 3)
        ticket.commit(.accept, at: wall("2026-11-06 16:02"))
        ticket.commit(.pause, at: wall("2026-11-06 17:03"))
        #expect(ticket.ticket.clocks["urgent_progress"]?.pausedAt == nil)
        ticket.advance(to: wall("2026-11-06 17:04"))
        #expect(ticket.ticket.clocks["urgent_progress"]?.phase == .breached)
        // Offline in time, though it arrives after the limit.
        var other = try Self.logged(rank: 3)
        other.commit(.accept, at: wall("2026-11-06 16:02"))
        other.commit(.pause, at: wall("2026-11-06 17:03"), actedAt: wall("2026-11-06 17:02"))
        #expect(other.ticket.clocks["urgent_progress"]?.pausedAt == wall("2026-11-06 17:02"))
    }

    @Test func `a promise that is kept while it stands still is kept`() throws {
        var ticket = try Self.logged()
        ticket.commit(.accept, at: wall("2026-11-06 16:10"))
        ticket.commit(.pause, at: wall("2026-11-06 17:10"))
        ticket.commit(.resolve, at: wall("2026-11-20 17:10")) { $0.set(.status, .integer(5)) }
        #expect(ticket.ticket.clocks["progress"]?.phase == .met)
        #expect(ticket.ticket.clocks["progress"]?.pausedAt == nil)
    }

    @Test func `only clocks that may stand still do, and twice is once`() throws {
        var ticket = try Self.logged()
        ticket.commit(.accept, at: wall("2026-11-06 16:10"))
        ticket.commit(.pause, at: wall("2026-11-06 16:20"))
        ticket.commit(.pause, at: wall("2026-11-06 16:50"))
        #expect(ticket.ticket.clocks["progress"]?.pausedAt == wall("2026-11-06 16:20"))
        #expect(ticket.ticket.clocks["investigation"]?.pausedAt == nil)
        ticket.commit(.close, at: wall("2026-11-20 09:00"))
        #expect(ticket.ticket.clocks["progress"]?.phase == .cancelled)
    }

    @Test func `a class that is raised in a pause leaves no more than its own limit`() throws {
        let yaml = try Profile.builtInText("unified").replacing(
            "limits: {urgent: 4h, important: 4h, normal: 4h}",
            with: "limits: {urgent: 1h, important: 2h, normal: 4h}")
        var ticket = try Case(priority: 1, profile: Profile(yaml: yaml, file: "unified.yaml"))
        ticket.ticket.capturedAt = wall("2026-11-06 16:00")
        ticket.commit(.create, at: wall("2026-11-06 16:00"))
        ticket.commit(.accept, at: wall("2026-11-06 16:00"))
        ticket.commit(.pause, at: wall("2026-11-06 16:30"))
        ticket.commit(.edit, at: wall("2026-11-06 16:40")) { $0.set(.priority, .integer(2)) }
        ticket.commit(.resume, at: wall("2026-11-09 09:00"))
        #expect(ticket.ticket.clocks["progress"]?.dueAt == wall("2026-11-09 11:00"))
    }

    @Test func `T3: a class that is lowered leaves the time that a pause took`() throws {
        let yaml = try Profile.builtInText("unified").replacing(
            "limits: {urgent: 4h, important: 4h, normal: 4h}",
            with: "limits: {urgent: 1h, important: 2h, normal: 4h}")
        var ticket = try Case(priority: 2, profile: Profile(yaml: yaml, file: "unified.yaml"))
        ticket.ticket.capturedAt = wall("2026-11-09 09:00")
        ticket.commit(.create, at: wall("2026-11-09 09:00"))
        ticket.commit(.accept, at: wall("2026-11-09 09:00"))
        ticket.commit(.pause, at: wall("2026-11-09 10:00"))
        ticket.commit(.resume, at: wall("2026-11-09 16:00"))
        #expect(ticket.ticket.clocks["progress"]?.dueAt == wall("2026-11-09 17:00"))
        ticket.commit(.edit, at: wall("2026-11-09 16:10")) { $0.set(.priority, .integer(1)) }
        #expect(ticket.ticket.clocks["progress"]?.dueAt == wall("2026-11-10 10:00"))
    }

    // MARK: the file

    static let mistakes: [(String, String, String)] = [
        ("starts: [dispatch]", "starts: [dispatched]", "unknown milestone dispatched"),
        ("pauses: true", "pauses: often", "yes or no is expected here"),
        ("  customer_check:", "  verification:", "verification is the name of the cap"),
        ("when: {kind: consultation}", "when: {kind: question}", "unknown kind question"),
    ]

    @Test(arguments: mistakes)
    func `a clock that cannot be is refused by name`(
        text: String, wrong: String, message: String
    ) throws {
        let yaml = try Profile.builtInText("unified")
        let file = yaml.replacing(text, with: wrong, maxReplacements: 1)
        try #require(file != yaml)
        #expect {
            try Profile(yaml: file, file: "wrong.yaml")
        } throws: { error in
            "\(error)".contains(message) && "\(error)".contains("wrong.yaml:")
        }
    }
}
