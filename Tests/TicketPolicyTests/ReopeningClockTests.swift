import Testing
import TicketModel
import TicketPolicy

/// What an act that ends or reopens a case says of the promises that run until then.
@Suite struct ReopeningClockTests {
    /// A complaint of the unified profile that was logged on a Monday.
    private static func logged(_ profile: String = "unified") throws -> Case {
        var ticket = try Case(priority: 2, profile: Profile.builtIn(profile))
        ticket.ticket.capturedAt = wall("2026-11-09 09:00")
        ticket.set(.kind, .text("complaint"))
        ticket.set(.category, .text("attitude"))
        ticket.commit(.create, at: wall("2026-11-09 09:00"))
        return ticket
    }

    private static func resolve(_ ticket: inout Case, at now: String, actedAt: String? = nil) {
        ticket.commit(.resolve, at: wall(now), actedAt: actedAt.map { wall($0) }) {
            $0.set(.status, .integer(TicketStatus.resolved.rawValue))
        }
    }

    private static func deny(_ ticket: inout Case, at now: String, actedAt: String? = nil) {
        ticket.commit(.verify, at: wall(now), actedAt: actedAt.map { wall($0) }) {
            $0.set(.status, .integer(TicketStatus.reopened.rawValue))
            $0.say(.unsolved)
        }
    }

    @Test(arguments: [("unified", "customer_check"), ("complaint", "callback")])
    func `K9 K23: a customer's no is an answer to whether it is solved`(
        profile: String, clock: String
    ) throws {
        var ticket = try Self.logged(profile)
        Self.resolve(&ticket, at: "2026-11-09 10:00")
        #expect(ticket.ticket.clocks[clock]?.phase == .running)
        Self.deny(&ticket, at: "2026-11-09 10:30")
        #expect(ticket.ticket.clocks[clock]?.phase == .met)
        #expect(ticket.ticket.clocks[clock]?.stoppedAt == wall("2026-11-09 10:30"))
        #expect(!ticket.timers.keys.contains { $0.clock == clock })
    }

    @Test func `B6-3: a customer's no that was heard in time keeps the promise to ask`() throws {
        var ticket = try Self.logged()
        Self.resolve(&ticket, at: "2026-11-09 10:00")
        Self.deny(&ticket, at: "2026-11-09 12:00", actedAt: "2026-11-09 10:30")
        #expect(ticket.ticket.clocks["customer_check"]?.phase == .met)
        #expect(ticket.ticket.clocks["customer_check"]?.stoppedAt == wall("2026-11-09 10:30"))
        #expect(ticket.ticket.clocks["response"]?.cycle == 2)
    }

    @Test func `a customer's no that was heard too late is told as late`() throws {
        var ticket = try Self.logged()
        Self.resolve(&ticket, at: "2026-11-09 10:00")
        Self.deny(&ticket, at: "2026-11-09 12:00", actedAt: "2026-11-09 11:30")
        #expect(ticket.ticket.clocks["customer_check"]?.phase == .breached)
        #expect(ticket.ticket.clocks["customer_check"]?.stoppedAt == wall("2026-11-09 11:30"))
        let told = ticket.escalations.filter {
            if case .escalate(_, "customer_check", _, _, _) = $0 { true } else { false }
        }
        #expect(told.count == 1)
    }

    @Test func `T28: a case that was closed, merged or opened again in time broke nothing`() throws
    {
        var closed = try Self.logged()
        closed.commit(.close, at: wall("2026-11-09 15:00"), actedAt: wall("2026-11-09 10:00")) {
            $0.set(.status, .integer(TicketStatus.closed.rawValue))
        }
        var merged = try Self.logged()
        merged.commit(.merge, at: wall("2026-11-09 15:00"), actedAt: wall("2026-11-09 10:00")) {
            $0.set(.mergedInto, .text(TicketID(rawValue: 2).description))
        }
        for ticket in [closed, merged] {
            #expect(ticket.ticket.clocks["investigation"]?.phase == .cancelled)
            #expect(ticket.ticket.clocks["investigation"]?.stoppedAt == wall("2026-11-09 10:00"))
        }
        var opened = try Self.logged()
        Self.resolve(&opened, at: "2026-11-09 10:00")
        opened.commit(.reopen, at: wall("2026-11-09 12:00"), actedAt: wall("2026-11-09 10:30")) {
            $0.set(.status, .integer(TicketStatus.reopened.rawValue))
        }
        #expect(opened.ticket.clocks["customer_check"]?.phase == .cancelled)
        #expect(opened.ticket.clocks["customer_check"]?.stoppedAt == wall("2026-11-09 10:30"))
    }

    @Test func `T7: a case that was closed too late had broken its promise by then`() throws {
        var ticket = try Self.logged()
        ticket.commit(.close, at: wall("2026-11-09 15:00"), actedAt: wall("2026-11-09 14:00")) {
            $0.set(.status, .integer(TicketStatus.closed.rawValue))
        }
        #expect(ticket.ticket.clocks["investigation"]?.phase == .breached)
        #expect(ticket.ticket.clocks["investigation"]?.stoppedAt == wall("2026-11-09 14:00"))
        #expect(ticket.ticket.clocks["ownership"]?.phase == .cancelled)
    }

    @Test func `a device clock that runs behind ends no promise before it began`() throws {
        var ticket = try Self.logged()
        ticket.commit(
            .close, at: wall("2026-11-09 09:10"), actedAt: Timestamp(milliseconds: .min)
        ) {
            $0.set(.status, .integer(TicketStatus.closed.rawValue))
        }
        #expect(ticket.ticket.clocks["response"]?.stoppedAt == wall("2026-11-09 09:00"))
    }

    // MARK: what is answered already

    @Test func `K3: a classified case that is opened again is not to be classified again`() throws {
        var ticket = try Self.logged()
        let classification = ticket.ticket.clocks["classification"]
        #expect(classification?.phase == .met)
        Self.resolve(&ticket, at: "2026-11-09 10:00")
        Self.deny(&ticket, at: "2026-11-09 10:30")
        #expect(ticket.ticket.clocks["classification"] == classification)
        #expect(ticket.ticket.clocks["response"]?.cycle == 2)
    }

    @Test func `K3: a case that nobody had classified is still to be classified`() throws {
        var ticket = try Case(priority: 2, profile: Profile.builtIn("unified"))
        ticket.ticket.capturedAt = wall("2026-11-09 09:00")
        ticket.commit(.create, at: wall("2026-11-09 09:00"))
        Self.resolve(&ticket, at: "2026-11-09 10:00")
        Self.deny(&ticket, at: "2026-11-09 10:30")
        #expect(ticket.ticket.clocks["classification"]?.cycle == 2)
        #expect(ticket.ticket.clocks["classification"]?.dueAt == wall("2026-11-09 10:40"))
    }

    @Test func `K4: a tag that stood before asks for nothing when the case is opened again`() throws
    {
        var ticket = try Self.logged()
        ticket.commit(.tag, at: wall("2026-11-09 09:05")) { $0.tag("描述模糊") }
        ticket.commit(.contact, at: wall("2026-11-09 09:10"))
        let clarification = ticket.ticket.clocks["clarification"]
        #expect(clarification?.phase == .met)
        Self.resolve(&ticket, at: "2026-11-09 10:00")
        Self.deny(&ticket, at: "2026-11-09 10:30")
        #expect(ticket.ticket.clocks["clarification"] == clarification)
    }

    @Test func `K4: a tag that comes with the reopening asks for what it always does`() throws {
        var ticket = try Self.logged()
        Self.resolve(&ticket, at: "2026-11-09 10:00")
        ticket.commit(.reopen, at: wall("2026-11-09 10:30")) {
            $0.set(.status, .integer(TicketStatus.reopened.rawValue))
            $0.tag("描述模糊")
        }
        #expect(ticket.ticket.clocks["clarification"]?.dueAt == wall("2026-11-09 10:40"))
    }
}
