import Testing
import TicketModel
import TicketPolicy

/// Promises that are made of some tickets only, when a ticket becomes one of those or is one no
/// more (the `when` of a clock).
@Suite struct ConditionClockTests {
    /// A ticket of the unified profile that was logged on a Monday morning.
    private static func logged(
        _ kind: String = "complaint", rank: Int64 = 2, category: String? = "product"
    ) throws -> Case {
        var ticket = try Case(priority: rank, profile: Profile.builtIn("unified"))
        ticket.ticket.capturedAt = wall("2026-11-09 09:00")
        ticket.set(.kind, .text(kind))
        if let category { ticket.set(.category, .text(category)) }
        ticket.commit(.create, at: wall("2026-11-09 09:00"))
        return ticket
    }

    private static func accept(_ ticket: inout Case, at now: String) {
        ticket.commit(.accept, at: wall(now)) {
            $0.set(.assignee, .text("B07"))
            $0.set(.status, .integer(TicketStatus.inProgress.rawValue))
        }
    }

    private static func classify(
        _ ticket: inout Case, _ field: FieldID, _ value: FieldValue, at now: String,
        actedAt: String? = nil
    ) {
        ticket.commit(.classify, at: wall(now), actedAt: actedAt.map { wall($0) }) {
            $0.set(field, value)
        }
    }

    private func clock(_ ticket: Case, _ name: String) -> ClockState? {
        ticket.ticket.clocks[name]
    }

    private func hasTimers(_ ticket: Case, _ name: String) -> Bool {
        ticket.timers.keys.contains { $0.clock == name }
    }

    @Test func `K14: a complaint that turns out to be of quality is reviewed from then on`() throws
    {
        var ticket = try Self.logged(category: nil)
        #expect(clock(ticket, "review") == nil)
        Self.classify(&ticket, .category, .text("product"), at: "2026-11-09 09:05")
        #expect(clock(ticket, "review")?.startedAt == wall("2026-11-09 09:05"))
        #expect(clock(ticket, "review")?.dueAt == wall("2026-11-09 11:05"))
        #expect(hasTimers(ticket, "review"))
        // The same once more changes nothing.
        let before = ticket.ticket.clocks
        ticket.commit(.classify, at: wall("2026-11-09 09:06"))
        #expect(ticket.ticket.clocks == before)
    }

    @Test func `RT10: what was filed as attitude and is quality is reviewed and asked about`()
        throws
    {
        var ticket = try Self.logged(category: "attitude")
        Self.classify(&ticket, .category, .text("product"), at: "2026-11-09 10:00")
        for name in ["review", "first_contact"] {
            #expect(clock(ticket, name)?.startedAt == wall("2026-11-09 10:00"), "\(name)")
            #expect(clock(ticket, name)?.phase == .running, "\(name)")
        }
        // Put right again, nobody is to look at it as such.
        Self.classify(&ticket, .category, .text("attitude"), at: "2026-11-09 10:30")
        for name in ["review", "first_contact"] {
            #expect(clock(ticket, name)?.phase == .cancelled, "\(name)")
            #expect(clock(ticket, name)?.reason == ClockState.changedReason, "\(name)")
            #expect(clock(ticket, name)?.stoppedAt == wall("2026-11-09 10:30"), "\(name)")
            #expect(!hasTimers(ticket, name), "\(name)")
        }
        #expect(ticket.escalations.allSatisfy { !"\($0)".contains("review") })
    }

    @Test func `K24 K8: another kind has its own promises, and those of the old one end`() throws {
        var ticket = try Self.logged()
        Self.classify(&ticket, .kind, .text("suggestion"), at: "2026-11-09 10:00")
        #expect(clock(ticket, "verdict")?.dueAt == wall("2026-11-12 18:00"))
        for name in ["investigation", "first_contact", "review"] {
            #expect(clock(ticket, name)?.phase == .cancelled, "\(name)")
        }
        #expect(clock(ticket, "response")?.phase == .running, "it is made of every ticket")
        Self.classify(&ticket, .kind, .text("consultation"), at: "2026-11-09 10:30")
        #expect(clock(ticket, "answer")?.dueAt == wall("2026-11-09 11:30"))
        #expect(clock(ticket, "verdict")?.phase == .cancelled)
        Self.classify(&ticket, .kind, .text("complaint"), at: "2026-11-09 11:00")
        for name in ["investigation", "first_contact", "review"] {
            #expect(clock(ticket, name)?.cycle == 2, "\(name)")
            #expect(clock(ticket, name)?.startedAt == wall("2026-11-09 11:00"), "\(name)")
        }
    }

    @Test func `K10 K11: who works on a case that becomes urgent reports every hour from then on`()
        throws
    {
        var ticket = try Self.logged()
        Self.accept(&ticket, at: "2026-11-09 09:10")
        #expect(clock(ticket, "progress")?.phase == .running)
        #expect(clock(ticket, "urgent_progress") == nil)
        Self.classify(&ticket, .priority, .integer(3), at: "2026-11-09 10:00")
        #expect(clock(ticket, "progress")?.phase == .cancelled)
        #expect(clock(ticket, "urgent_progress")?.dueAt == wall("2026-11-09 11:00"))
        Self.classify(&ticket, .priority, .integer(2), at: "2026-11-09 10:10")
        #expect(clock(ticket, "urgent_progress")?.phase == .cancelled)
        #expect(!hasTimers(ticket, "urgent_progress"))
        #expect(clock(ticket, "progress")?.cycle == 2)
        #expect(clock(ticket, "progress")?.dueAt == wall("2026-11-09 15:40"))
        Self.classify(&ticket, .priority, .integer(3), at: "2026-11-09 10:20")
        #expect(clock(ticket, "urgent_progress")?.cycle == 2)
        #expect(clock(ticket, "urgent_progress")?.dueAt == wall("2026-11-09 11:20"))
    }

    @Test func `K10: a case that was escalated by hand is worked on all the same`() throws {
        var ticket = try Self.logged()
        Self.accept(&ticket, at: "2026-11-09 09:10")
        ticket.commit(.escalate, at: wall("2026-11-09 09:30")) {
            $0.set(.status, .integer(TicketStatus.escalated.rawValue))
            $0.set(.escalation, .integer(1))
        }
        Self.classify(&ticket, .priority, .integer(3), at: "2026-11-09 10:00")
        #expect(clock(ticket, "urgent_progress")?.dueAt == wall("2026-11-09 11:00"))
    }

    @Test func `K10: nobody reports on what nobody has taken`() throws {
        var ticket = try Self.logged()
        Self.classify(&ticket, .priority, .integer(3), at: "2026-11-09 10:00")
        #expect(clock(ticket, "urgent_progress") == nil)
        #expect(clock(ticket, "supervisor")?.phase == .running)
    }

    @Test func `G20: what begins while the case waits stands still with it`() throws {
        var ticket = try Self.logged()
        Self.accept(&ticket, at: "2026-11-09 09:10")
        ticket.commit(.pause, at: wall("2026-11-09 09:30"))
        Self.classify(&ticket, .priority, .integer(3), at: "2026-11-09 10:00")
        #expect(clock(ticket, "progress")?.phase == .cancelled)
        #expect(clock(ticket, "urgent_progress")?.pausedAt == wall("2026-11-09 10:00"))
        #expect(!hasTimers(ticket, "urgent_progress"))
        ticket.advance(to: wall("2026-11-10 09:00"))
        ticket.commit(.resume, at: wall("2026-11-10 09:00"))
        #expect(clock(ticket, "urgent_progress")?.dueAt == wall("2026-11-10 10:00"))
    }

    @Test func `T7: a promise that was broken by then stays broken, and is told`() throws {
        var ticket = try Self.logged(rank: 3)
        Self.accept(&ticket, at: "2026-11-09 09:01")
        // The timer of the limit has not fired when the class is lowered.
        Self.classify(&ticket, .priority, .integer(2), at: "2026-11-09 10:02")
        #expect(clock(ticket, "urgent_progress")?.phase == .breached)
        #expect(clock(ticket, "urgent_progress")?.stoppedAt == wall("2026-11-09 10:02"))
        func isTold(_ ticket: Case) -> Bool {
            ticket.escalations.contains {
                if case .escalate(_, "urgent_progress", _, _, _) = $0 { true } else { false }
            }
        }
        #expect(isTold(ticket))
        // Offline in time, it is not.
        var other = try Self.logged(rank: 3)
        Self.accept(&other, at: "2026-11-09 09:01")
        Self.classify(
            &other, .priority, .integer(2), at: "2026-11-09 10:02", actedAt: "2026-11-09 10:01")
        #expect(clock(other, "urgent_progress")?.phase == .cancelled)
        #expect(!isTold(other))
        // Urgent again, the next report is promised anew.
        Self.classify(&ticket, .priority, .integer(3), at: "2026-11-09 11:00")
        #expect(clock(ticket, "urgent_progress")?.cycle == 2)
        #expect(clock(ticket, "urgent_progress")?.dueAt == wall("2026-11-09 12:00"))
    }

    @Test func `what was answered in this cycle is not asked again`() throws {
        var ticket = try Self.logged()
        ticket.commit(.progress, at: wall("2026-11-09 09:30")) {
            $0.set(.step, .text("reviewed"), at: wall("2026-11-09 09:30"))
            $0.set(.status, .integer(TicketStatus.inProgress.rawValue))
        }
        #expect(clock(ticket, "review")?.phase == .met)
        Self.classify(&ticket, .category, .text("attitude"), at: "2026-11-09 10:00")
        #expect(clock(ticket, "review")?.phase == .met, "a promise that was kept stays kept")
        Self.classify(&ticket, .category, .text("product"), at: "2026-11-09 10:10")
        #expect(clock(ticket, "review")?.phase == .met && clock(ticket, "review")?.cycle == 1)
        // In the next cycle it is.
        Self.classify(&ticket, .category, .text("attitude"), at: "2026-11-09 10:20")
        ticket.commit(.resolve, at: wall("2026-11-09 10:30")) {
            $0.set(.status, .integer(TicketStatus.resolved.rawValue))
            $0.resolve("…", at: wall("2026-11-09 10:30"))
        }
        ticket.commit(.reopen, at: wall("2026-11-09 11:00")) {
            $0.set(.status, .integer(TicketStatus.reopened.rawValue))
        }
        Self.classify(&ticket, .category, .text("product"), at: "2026-11-09 11:10")
        #expect(clock(ticket, "review")?.cycle == 2)
        #expect(clock(ticket, "review")?.startedAt == wall("2026-11-09 11:10"))
    }

    @Test(arguments: [TicketStatus.resolved, .closed])
    func `a case that is over keeps its clocks as they stand`(status: TicketStatus) throws {
        var ticket = try Self.logged("suggestion", category: nil)
        ticket.commit(status == .closed ? .close : .resolve, at: wall("2026-11-09 10:00")) {
            $0.set(.status, .integer(status.rawValue))
        }
        let before = ticket.ticket.clocks
        Self.classify(&ticket, .kind, .text("complaint"), at: "2026-11-09 10:30")
        #expect(
            ticket.ticket.clocks.filter { $0.key != "classification" }
                == before.filter { $0.key != "classification" })
    }

    @Test func `a merged ticket keeps its clocks as they stand`() throws {
        var ticket = try Self.logged()
        ticket.commit(.merge, at: wall("2026-11-09 10:00")) {
            $0.set(.mergedInto, .text(TicketID(rawValue: 2).description))
            $0.set(.status, .integer(TicketStatus.closed.rawValue))
        }
        let before = ticket.ticket.clocks
        Self.classify(&ticket, .kind, .text("suggestion"), at: "2026-11-09 10:30")
        #expect(ticket.ticket.clocks == before)
    }

    @Test func `what a solution begins follows the kind until the case is closed`() throws {
        let text = try Profile.builtInText("complaint")
        let yaml = text.replacing(
            "    starts: [resolve]\n",
            with:
                "    starts: [resolve]\n    when: {kind: complaint}\n")
        try #require(yaml != text)
        var ticket = try Case(priority: 2, profile: Profile(yaml: yaml, file: "complaint.yaml"))
        ticket.ticket.capturedAt = wall("2026-11-09 09:00")
        ticket.set(.kind, .text("consultation"))
        ticket.commit(.create, at: wall("2026-11-09 09:00"))
        ticket.commit(.resolve, at: wall("2026-11-09 10:00")) {
            $0.set(.status, .integer(TicketStatus.resolved.rawValue))
        }
        #expect(clock(ticket, "callback") == nil)
        Self.classify(&ticket, .kind, .text("complaint"), at: "2026-11-09 11:00")
        #expect(clock(ticket, "callback")?.dueAt == wall("2026-11-10 11:00"))
        Self.classify(&ticket, .kind, .text("suggestion"), at: "2026-11-09 11:30")
        #expect(clock(ticket, "callback")?.phase == .cancelled)
    }
}
