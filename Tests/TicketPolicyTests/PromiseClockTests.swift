import Foundation
import Testing
import TicketModel
import TicketPolicy

/// What the customer was told is a promise like any other (domain.md K25).
@Suite struct PromiseClockTests {
    /// A ticket of the unified profile that was logged and taken on a Friday.
    private static func taken() throws -> Case {
        var ticket = try Case(priority: 2, profile: Profile.builtIn("unified"))
        ticket.ticket.capturedAt = wall("2026-11-06 10:00")
        ticket.set(.kind, .text("complaint"))
        ticket.set(.category, .text("product"))
        ticket.commit(.create, at: wall("2026-11-06 10:00"))
        ticket.commit(.accept, at: wall("2026-11-06 10:00"))
        return ticket
    }

    private static func promise(
        _ ticket: inout Case, _ text: String, at now: String, actedAt: String? = nil
    ) {
        ticket.commit(.promise, at: wall(now), actedAt: actedAt.map { wall($0) }) {
            $0.set(.promisedTime, .text(text))
        }
    }

    private func instant(_ ticket: Case, _ rung: Int, cycle: Int = 1) -> Timestamp? {
        ticket.timers[
            TimerKey(ticket: ticket.ticket.id, clock: "promise", cycle: cycle, rung: rung)]
    }

    private func told(_ ticket: Case) -> [TimerKey] {
        ticket.told.compactMap { reaction in
            switch reaction {
            case .warn("promise", _, _, let key), .escalate(_, "promise", _, _, let key): key
            default: nil
            }
        }
    }

    @Test func `it is due when the customer was told, with warnings from when they were told`()
        throws
    {
        var ticket = try Self.taken()
        #expect(ticket.ticket.clocks["promise"] == nil)
        Self.promise(&ticket, "2026-11-06T18:00:00.000+08:00", at: "2026-11-06 10:00")
        #expect(ticket.ticket.clocks["promise"]?.startedAt == wall("2026-11-06 10:00"))
        #expect(ticket.ticket.clocks["promise"]?.dueAt == wall("2026-11-06 18:00"))
        #expect(instant(ticket, 0) == wall("2026-11-06 16:00"))
        #expect(instant(ticket, 1) == wall("2026-11-06 17:30"))
        ticket.commit(.resolve, at: wall("2026-11-06 18:00")) { $0.set(.status, .integer(5)) }
        #expect(ticket.ticket.clocks["promise"]?.phase == .met)
        #expect(instant(ticket, 2) == nil)
    }

    @Test func `broken it escalates once and says what was promised`() throws {
        var ticket = try Self.taken()
        Self.promise(&ticket, "2026-11-06T10:00:00Z", at: "2026-11-06 17:00")
        ticket.advance(to: wall("2026-11-06 19:00"))
        #expect(ticket.ticket.clocks["promise"]?.phase == .breached)
        let reasons = ticket.told.compactMap { reaction -> String? in
            guard case .escalate(1, "promise", let reason, _, _) = reaction else { return nil }
            return reason.en
        }
        #expect(reasons == ["promise to the customer limit missed: 2026-11-06 18:00"])
    }

    @Test func `a new promise begins it anew, and a broken one stays told`() throws {
        var ticket = try Self.taken()
        Self.promise(&ticket, "2026-11-06T11:00:00+08:00", at: "2026-11-06 10:00")
        Self.promise(&ticket, "2026-11-06T18:00:00+08:00", at: "2026-11-06 10:50")
        #expect(ticket.ticket.clocks["promise"]?.cycle == 2)
        #expect(told(ticket).allSatisfy { $0.rung < 2 }, "renewed in time nothing is broken")
        #expect(instant(ticket, 2, cycle: 1) == nil)
        // The timer of the limit has not fired when the next promise is made.
        Self.promise(&ticket, "2026-11-07T18:00:00+08:00", at: "2026-11-06 18:01")
        #expect(ticket.ticket.clocks["promise"]?.cycle == 3)
        #expect(ticket.ticket.clocks["promise"]?.phase == .running)
        #expect(told(ticket).contains { $0.cycle == 2 && $0.rung == 2 })
        // One that was made offline in time breaks nothing.
        Self.promise(
            &ticket, "2026-11-08T18:00:00+08:00", at: "2026-11-07 19:00",
            actedAt: "2026-11-07 17:00")
        #expect(!told(ticket).contains { $0.cycle == 3 && $0.rung == 2 })
    }

    @Test func `neither class nor pause moves it, and a lost promise is none`() throws {
        var ticket = try Self.taken()
        Self.promise(&ticket, "2026-11-09T18:00:00+08:00", at: "2026-11-06 10:00")
        let before = ticket.ticket.clocks["promise"]
        ticket.commit(.classify, at: wall("2026-11-06 11:00")) { $0.set(.priority, .integer(3)) }
        ticket.commit(.pause, at: wall("2026-11-06 12:00"))
        ticket.commit(.resume, at: wall("2026-11-07 12:00"))
        ticket.commit(.promise, at: wall("2026-11-07 13:00"))
        #expect(ticket.ticket.clocks["promise"] == before)
    }

    @Test func `nobody is promised anything on a case that is over, nor by what is no time`() throws
    {
        var ticket = try Self.taken()
        Self.promise(&ticket, "soon", at: "2026-11-06 10:00")
        #expect(ticket.ticket.clocks["promise"] == nil)
        ticket.commit(.resolve, at: wall("2026-11-06 11:00")) { $0.set(.status, .integer(5)) }
        Self.promise(&ticket, "2026-11-06T18:00:00+08:00", at: "2026-11-06 12:00")
        #expect(ticket.ticket.clocks["promise"] == nil)
    }

    @Test func `one that had passed when it reached the hub is broken at once`() throws {
        var ticket = try Self.taken()
        Self.promise(
            &ticket, "2026-11-06T12:00:00+08:00", at: "2026-11-06 13:00",
            actedAt: "2026-11-06 10:30")
        #expect(ticket.ticket.clocks["promise"]?.phase == .breached)
        #expect(told(ticket).map(\.rung) == [2])
    }

    @Test func `it is explained like any clock, in working time where it has a calendar`() throws {
        var rule = try #require(try Profile.builtIn("unified").clock(named: "promise"))
        rule.calendar = try office()
        let facts = ClockFacts(
            startedAt: wall("2026-11-06 16:00"), priority: .test(1),
            priorityChanges: [change("2026-11-06 17:00", to: 3)],
            promisedFor: wall("2026-11-09 11:00"))
        let promise = try PromisedTime(rule: rule, facts: facts)
        #expect(promise.dueAt == wall("2026-11-09 11:00"))
        #expect(promise.promisedMilliseconds == 4 * hour)
        #expect(
            promise.rungs == [
                wall("2026-11-09 10:00"), wall("2026-11-09 10:30"), wall("2026-11-09 11:00"),
            ])
        #expect(
            promise.steps.first?.text(in: promise.zone(else: .gmt), .en)
                == "2026-11-06 Fri 16:00 the customer was promised 2026-11-09 Mon 11:00, counts 4h")
        var early = facts
        early.promisedFor = wall("2026-11-06 15:00")
        #expect(throws: ClockFactsError.promiseBeforeStart(wall("2026-11-06 15:00"))) {
            try PromisedTime(rule: rule, facts: early)
        }
        var paused = facts
        paused.pauses = [pause("2026-11-06 17:00")]
        #expect(throws: ClockFactsError.promisePaused) {
            try PromisedTime(rule: rule, facts: paused)
        }
        paused.promisedFor = nil
        #expect(throws: ClockFactsError.noPromise) { try PromisedTime(rule: rule, facts: paused) }
    }

    /// The small profile with such a clock.
    static func profile(_ keys: String) throws -> Profile {
        let yaml = ProfileErrorTests.small.replacing(
            "clocks:\n",
            with: "clocks:\n  told: {zh: 承诺, en: told, \(keys), "
                + "ladder: [{at: 100%, escalate: 1}]}\n")
        return try Profile(yaml: yaml, file: "x")
    }

    static let mistakes: [(String, String)] = [
        ("limits: promised, starts: [created]", "begins with the promise"),
        ("limits: promised, pauses: true", "does not stand still"),
        ("limits: promised, met_by: [promise]", "does not keep the one before it"),
        ("limits: told", "mapping is expected"),
    ]

    @Test(arguments: mistakes)
    func `a policy that makes more of it is refused`(keys: String, message: String) throws {
        let error = #expect(throws: ProfileError.self) { try Self.profile(keys) }
        #expect(error?.description.contains(message) == true)
    }

    @Test(arguments: [
        ("2024-03-10T10:30:00.000+08:00", 1_710_037_800_000 as Int64?),
        ("2024-03-10T02:30:00Z", 1_710_037_800_000),
        ("2024-03-09T21:30:00.250-05:00", 1_710_037_800_250),
        ("2024-03-10 10:30:00Z", nil), ("2024-13-10T10:30:00Z", nil), ("2024-03-10T10:30Z", nil),
        ("2024-03-10T10:30:00", nil), ("2024-03-10T10:30:00+8", nil), ("", nil),
    ])
    func `instants are read as tickets store them`(text: String, milliseconds: Int64?) {
        #expect(Timestamp(iso8601: text)?.milliseconds == milliseconds)
    }
}
