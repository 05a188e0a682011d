import Testing
import TicketModel
import TicketPolicy

/// What the hub does by a calendar: due times, timers, changes of the class.
@Suite struct CalendarClockTests {
    /// The basic profile with office hours for its clock; the limits from the least urgent.
    static func profile(
        _ limits: String = "{urgent: 1h, important: 4h, normal: 3wd}"
    ) throws -> Profile {
        let yaml = try Profile.builtInText("basic")
            .replacing(
                "limits: {urgent: 1h, important: 4h, normal: 24h}",
                with: "calendar: office\n    limits: \(limits)"
            )
            .replacing(
                "{at: 75%, warn: [handler, department_head]}",
                with: "{at: 50%, warn: [handler]}\n      - {at: 15m before, warn: [handler]}")
        return try Profile(yaml: yaml, file: "office.yaml")
    }

    private func created(_ rank: Int64, at time: String) throws -> Case {
        var ticket = try Case(priority: rank, profile: Self.profile())
        ticket.ticket.capturedAt = wall(time)
        ticket.commit(.create, at: wall(time))
        return ticket
    }

    @Test func `T1 T12: the timers of a clock stand at working times`() throws {
        let ticket = try created(2, at: "2026-11-06 17:00")
        #expect(ticket.clock?.dueAt == wall("2026-11-09 12:00"))
        let expected = [
            ticket.key(rung: 0): wall("2026-11-09 10:00"),
            ticket.key(rung: 1): wall("2026-11-09 11:45"),
            ticket.key(rung: 2): wall("2026-11-09 12:00"),
        ]
        #expect(ticket.timers == expected)
    }

    @Test func `K24: three working days are due at the close, and warned about in working time`()
        throws
    {
        let ticket = try created(1, at: "2026-11-06 17:00")
        #expect(ticket.clock?.dueAt == wall("2026-11-11 18:00"))
        // One hour on Friday and three days of seven and a half: half of it before the close.
        #expect(ticket.timers[ticket.key(rung: 0)] == wall("2026-11-10 13:45"))
        #expect(ticket.timers[ticket.key(rung: 1)] == wall("2026-11-11 17:45"))
    }

    @Test func `a clock by a calendar warns, then breaks, once each`() throws {
        var ticket = try created(2, at: "2026-11-06 17:00")
        ticket.advance(to: wall("2026-11-08 23:00"))
        #expect(ticket.told.isEmpty)
        for time in ["2026-11-09 10:00", "2026-11-09 11:45", "2026-11-09 12:00"] {
            ticket.advance(to: wall(time))
        }
        #expect(ticket.told.count == 3 && ticket.escalations.count == 1)
        #expect(ticket.clock?.phase == .breached)
        #expect(ticket.clock?.dueAt == wall("2026-11-09 12:00"))
        guard case .escalate(_, _, let reason, _, _) = ticket.told.last else {
            return #expect(Bool(false), "\(ticket.told)")
        }
        #expect(reason.en == "response limit missed: important, within 4 h")
    }

    @Test func `T5: a raised class gives the new limit in working hours from now`() throws {
        var ticket = try created(1, at: "2026-11-06 17:00")
        ticket.commit(.edit, at: wall("2026-11-09 17:30")) { $0.set(.priority, .integer(3)) }
        #expect(ticket.clock?.dueAt == wall("2026-11-10 09:30"))
        ticket.commit(.edit, at: wall("2026-11-09 17:45")) { $0.set(.priority, .integer(2)) }
        #expect(ticket.clock?.dueAt == wall("2026-11-10 09:30"))
    }

    @Test func `T26: a reopened ticket has a new limit by the same calendar`() throws {
        var ticket = try created(2, at: "2026-11-06 17:00")
        ticket.commit(.resolve, at: wall("2026-11-06 17:30")) { $0.set(.status, .integer(5)) }
        ticket.commit(.reopen, at: wall("2026-11-07 20:00")) { $0.set(.status, .integer(6)) }
        #expect(ticket.clock?.cycle == 2)
        #expect(ticket.clock?.dueAt == wall("2026-11-09 14:30"))
    }

    @Test(arguments: [Int64.min, -100_000_000_000_000, 253_402_300_799_999, .max])
    func `a device without a clock does not stop the hub`(capturedAt: Int64) throws {
        var ticket = try Case(priority: 1, profile: Self.profile())
        ticket.ticket.capturedAt = Timestamp(milliseconds: capturedAt)
        ticket.commit(.create, at: wall("2026-11-06 17:00"))
        let isLate = capturedAt < 0
        #expect(ticket.clock?.phase == (isLate ? .breached : .running))
    }

    /// The hub keeps a start and a due time only; the engine works out everything from all facts.
    @Test func `the hub's due times are those of the engine, however the class changes`() throws {
        let limits = [
            "{urgent: 2h, important: 1wd, normal: 3wd}", "{urgent: 1h, important: 9h, normal: 30h}",
        ]
        let firstSeed = UInt64.random(in: 0...UInt64.max)
        for index in 0..<60 as Range<UInt64> {
            var random = SeededNumbers(seed: firstSeed &+ index)
            let profile = try Self.profile(limits[Int(index % 2)])
            let rule = try #require(profile.clock(named: "response"))
            let start = wall("2026-09-28").adding(milliseconds: random.below(20 * 1_440) * minute)
            var rank = 1 + random.below(3)
            var ticket = try Case(priority: rank, profile: profile)
            ticket.ticket.capturedAt = start
            ticket.commit(.create, at: start)
            var facts = ClockFacts(startedAt: start, priority: profile.priority(rank: rank))
            var now = start
            for _ in 0..<4 {
                now = now.adding(milliseconds: random.below(900) * minute)
                if now >= ticket.clock?.dueAt ?? now { break }
                rank = 1 + random.below(3)
                ticket.commit(.edit, at: now) { $0.set(.priority, .integer(rank)) }
                facts.priorityChanges.append(
                    ClockFacts.PriorityChange(time: now, priority: profile.priority(rank: rank)))
                let promise = try PromisedTime(rule: rule, facts: facts)
                #expect(ticket.clock?.dueAt == promise.dueAt, "seed \(firstSeed &+ index)")
                for (rung, instant) in promise.rungs.enumerated() {
                    // Timers that lie behind would have fired before.
                    guard let timer = ticket.timers[ticket.key(rung: rung)], timer > now else {
                        continue
                    }
                    #expect(timer == instant, "rung \(rung), seed \(firstSeed &+ index)")
                }
            }
        }
    }
}

/// Numbers of a random test, the same for the same seed.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func below(_ count: Int64) -> Int64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int64(state >> 33) % count
    }
}
