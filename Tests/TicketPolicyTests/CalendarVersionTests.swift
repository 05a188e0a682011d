import Testing
import TicketModel
import TicketPolicy

/// A changed calendar does not rewrite what was promised by the old one (domain.md T19).
@Suite struct CalendarVersionTests {
    /// The unified profile, and the next version of it: by its calendar Monday the 9th is a
    /// holiday, and the afternoon begins at two.
    private static func profiles() throws -> (old: Profile, new: Profile) {
        let text = try Profile.builtInText("unified")
        let changed = text.replacing("  office:\n    version: 1", with: "  office:\n    version: 2")
            .replacing("13:30-18:00]}", with: "14:00-18:00]}")
            .replacing("      2026-10-01..", with: "      2026-11-09: all\n      2026-10-01..")
        let old = try Profile(yaml: text, file: "old.yaml")
        return (old, try Profile(yaml: changed, file: "new.yaml").remembering([old]))
    }

    /// A ticket that was taken on a Friday at four, with four hours to the next report.
    private static func taken(_ profile: Profile) throws -> Case {
        var ticket = try Case(priority: 2, profile: profile)
        ticket.ticket.capturedAt = wall("2026-11-06 16:00")
        ticket.set(.kind, .text("complaint"))
        ticket.set(.category, .text("product"))
        ticket.commit(.create, at: wall("2026-11-06 16:00"))
        ticket.commit(.accept, at: wall("2026-11-06 16:00"))
        return ticket
    }

    private func progress(_ ticket: Case) -> ClockState? { ticket.ticket.clocks["progress"] }

    @Test func `a clock says by which version of which calendar it counts`() throws {
        let (old, new) = try Self.profiles()
        #expect(
            progress(try Self.taken(old))?.calendar == CalendarMark(name: "office", version: 1))
        #expect(
            progress(try Self.taken(new))?.calendar == CalendarMark(name: "office", version: 2))
        #expect(try Self.taken(new).ticket.clocks["response"]?.calendar == .aroundTheClock)
    }

    @Test func `a pause under the new policy counts by the calendar of the start`() throws {
        let (old, new) = try Self.profiles()
        var ticket = try Self.taken(old)
        #expect(progress(ticket)?.dueAt == wall("2026-11-09 11:00"))
        ticket.profile = new
        ticket.commit(.pause, at: wall("2026-11-06 17:00"))
        ticket.commit(.resume, at: wall("2026-11-06 17:30"))
        #expect(progress(ticket)?.dueAt == wall("2026-11-09 11:30"))
        #expect(progress(ticket)?.calendar?.version == 1)
        // The next report is promised by what is in force.
        ticket.commit(.progress, at: wall("2026-11-06 17:30"))
        #expect(progress(ticket)?.dueAt == wall("2026-11-10 14:30"))
        #expect(progress(ticket)?.calendar?.version == 2)
    }

    @Test
    func `a state of before, and one of a calendar that nobody has, count by the present one`()
        throws
    {
        let (old, new) = try Self.profiles()
        for mark in [nil, CalendarMark(name: "office", version: 7)] {
            var ticket = try Self.taken(old)
            ticket.ticket.clocks["progress"]?.calendar = mark
            ticket.profile = new
            ticket.commit(.pause, at: wall("2026-11-06 17:00"))
            ticket.commit(.resume, at: wall("2026-11-06 17:30"))
            // Of the three hours that were left the new calendar knows one.
            #expect(progress(ticket)?.dueAt == wall("2026-11-10 09:30"))
        }
    }

    @Test func `a rebase gives what the new calendar gives from the start`() throws {
        let (old, new) = try Self.profiles()
        var ticket = try Self.taken(old)
        ticket.profile = new
        let now = wall("2026-11-06 17:00")
        let rebase = new.rebase(ticket.ticket, clock: "progress", at: now)
        #expect(rebase.moved == ["progress"] && rebase.kept.isEmpty)
        ticket.carryOut(rebase.reactions)
        #expect(progress(ticket)?.dueAt == wall("2026-11-10 11:00"))
        #expect(progress(ticket)?.calendar?.version == 2)
        let limit = TimerKey(ticket: ticket.ticket.id, clock: "progress", cycle: 1, rung: 1)
        #expect(ticket.timers[limit] == wall("2026-11-10 11:00"))
        #expect(new.rebase(ticket.ticket, clock: "progress", at: now).reactions.isEmpty)
    }

    @Test func `a rebase keeps what pauses and classes have moved, also while it stands still`()
        throws
    {
        let (old, new) = try Self.profiles()
        var ticket = try Self.taken(old)
        ticket.commit(.pause, at: wall("2026-11-06 17:00"))
        ticket.commit(.resume, at: wall("2026-11-06 17:30"))
        ticket.profile = new
        ticket.carryOut(
            new.rebase(ticket.ticket, clock: "progress", at: wall("2026-11-06 17:30")).reactions)
        #expect(progress(ticket)?.dueAt == wall("2026-11-10 11:30"))
        var paused = try Self.taken(old)
        paused.commit(.pause, at: wall("2026-11-06 17:00"))
        paused.profile = new
        paused.carryOut(new.rebase(paused.ticket, at: wall("2026-11-20 09:00")).reactions)
        #expect(progress(paused)?.pausedAt == wall("2026-11-06 17:00"))
        #expect(progress(paused)?.dueAt == wall("2026-11-10 11:00"))
        #expect(!paused.timers.keys.contains { $0.clock == "progress" })
    }

    @Test func `no promise breaks by a rebase alone, and what is over is left alone`() throws {
        let (old, new) = try Self.profiles()
        // The other way round: by the old version the Monday was a working day.
        var ticket = try Self.taken(new)
        let back = old.remembering([new])
        ticket.profile = back
        let rebase = back.rebase(ticket.ticket, clock: "progress", at: wall("2026-11-09 15:00"))
        #expect(rebase.reactions.isEmpty && rebase.kept == ["progress"])
        ticket.advance(to: wall("2026-11-10 11:00"))
        #expect(progress(ticket)?.phase == .breached)
        let late = back.rebase(ticket.ticket, clock: "progress", at: wall("2026-11-10 12:00"))
        #expect(late.reactions.isEmpty && late.moved.isEmpty && late.kept.isEmpty)
    }

    @Test func `a calendar that changed under its version is ambiguous`() throws {
        let (old, new) = try Self.profiles()
        #expect(old.ambiguousCalendar(of: new) == nil)
        let text = try Profile.builtInText("unified")
            .replacing("13:30-18:00]}", with: "14:00-18:00]}")
        let silent = try Profile(yaml: text, file: "silent.yaml")
        #expect(old.ambiguousCalendar(of: silent)?.name == "office")
        #expect(new.ambiguousCalendar(of: silent)?.name == "office", "also one of before")
    }
}
