import Foundation
import Testing
import TicketModel
import TicketPolicy

/// The clock engine alone: one cycle from all that happened to it.
@Suite struct PromisedTimeTests {
    private func promise(
        _ rule: ClockRule, from start: String, _ rank: Int64 = 1,
        pauses: [ClockFacts.Pause] = [], changes: [ClockFacts.PriorityChange] = [],
        stop: String? = nil
    ) throws -> PromisedTime {
        try PromisedTime(
            rule: rule,
            facts: ClockFacts(
                startedAt: wall(start), priority: .test(rank), pauses: pauses,
                priorityChanges: changes, stoppedAt: stop.map { wall($0) }))
    }

    @Test func `K17: hours of a calendar are its hours, without one they are all hours`() throws {
        let working = try promise(clock("24h", calendar: office()), from: "2026-10-16 16:00")
        #expect(working.dueAt == wall("2026-10-21 13:00"))
        let plain = try promise(clock("24h", calendar: nil), from: "2026-10-16 16:00")
        #expect(plain.dueAt == wall("2026-10-17 16:00"))
    }

    @Test func `K24: three working days are told as working time to the last close`() throws {
        let promise = try promise(clock("3wd", calendar: office()), from: "2026-10-16 16:00")
        #expect(promise.dueAt == wall("2026-10-21 18:00"))
        #expect(promise.promisedMilliseconds == (2 + 3 * 9) * hour)
    }

    @Test func `T2: a pause over a night and a weekend costs its working hours only`() throws {
        let rule = try clock("4h", calendar: office())
        let promise = try promise(
            rule, from: "2026-10-16 16:00",
            pauses: [pause("2026-10-16 17:00", "2026-10-19 10:00", "waiting for the customer")])
        // One hour on Friday, an hour of pause until closing and one in the morning.
        #expect(promise.dueAt == wall("2026-10-19 13:00"))
    }

    @Test func `T2: a pause out of hours changes nothing`() throws {
        let rule = try clock("4h", calendar: office())
        let promise = try promise(
            rule, from: "2026-10-16 16:00", pauses: [pause("2026-10-16 20:00", "2026-10-19 08:00")])
        #expect(promise.dueAt == wall("2026-10-19 11:00"))
    }

    @Test func `pauses that overlap count once, in whatever order they are told`() throws {
        let rule = try clock("4h", calendar: office())
        let pauses = [
            pause("2026-10-12 11:00", "2026-10-12 13:00"),
            pause("2026-10-12 10:00", "2026-10-12 12:00"),
            pause("2026-10-12 13:00", "2026-10-12 13:30"),
            pause("2026-10-12 10:30", "2026-10-12 10:45"),
        ]
        for pauses in [pauses, pauses.reversed()] {
            let promise = try promise(rule, from: "2026-10-12 09:00", pauses: pauses)
            #expect(promise.dueAt == wall("2026-10-12 16:30"))
        }
    }

    @Test func `T28: a clock that starts paused starts to run when it is resumed`() throws {
        let rule = try clock("4h", calendar: office())
        let promise = try promise(
            rule, from: "2026-10-12 10:00", pauses: [pause("2026-10-12 08:00", "2026-10-12 12:00")])
        #expect(promise.dueAt == wall("2026-10-12 16:00"))
    }

    @Test func `T4: while a pause lasts nothing is due, and overdue time stands still`() throws {
        let rule = try clock("4h", calendar: office(), rungs: [.percent(50), .percent(75)])
        let open = try promise(
            rule, from: "2026-10-12 09:00", pauses: [pause("2026-10-12 12:00")])
        #expect(open.dueAt == nil)
        #expect(open.rungs == [wall("2026-10-12 11:00"), nil, nil])
        let late = try promise(
            rule, from: "2026-10-12 09:00", pauses: [pause("2026-10-12 15:00")])
        #expect(late.dueAt == wall("2026-10-12 13:00"))
        for time in ["2026-10-12 15:00", "2026-10-12 17:00", "2026-10-16 12:00"] {
            let reading = try late.reading(at: wall(time))
            #expect(reading.remainingMilliseconds == -2 * hour)
            #expect(reading.isPaused)
        }
    }

    @Test func `T4: the state at the instant of the limit decides`() throws {
        let rule = try clock("4h", calendar: office())
        let paused = try promise(
            rule, from: "2026-10-12 09:00", pauses: [pause("2026-10-12 13:00", "2026-10-12 14:00")])
        #expect(paused.dueAt == wall("2026-10-12 14:00"))
        let ran = try promise(
            rule, from: "2026-10-12 09:00", pauses: [pause("2026-10-12 12:00", "2026-10-12 13:00")])
        #expect(ran.dueAt == wall("2026-10-12 14:00"))
        let behind = try promise(
            rule, from: "2026-10-12 09:00", pauses: [pause("2026-10-12 13:01", "2026-10-12 14:00")])
        #expect(behind.dueAt == wall("2026-10-12 13:00"))
    }

    @Test(arguments: [
        ("2026-10-12 13:00", PromisedTime.Outcome.met), ("2026-10-12 13:01", .breached),
        ("2026-10-12 09:00", .met),
    ])
    func `stopped at the limit is in time`(stop: String, outcome: PromisedTime.Outcome) throws {
        let rule = try clock("4h", calendar: office())
        #expect(try promise(rule, from: "2026-10-12 09:00", stop: stop).outcome == outcome)
    }

    @Test func `what came after the stop is not looked at`() throws {
        let rule = try clock("4h", "2h", calendar: office())
        let promise = try promise(
            rule, from: "2026-10-12 09:00",
            pauses: [pause("2026-10-12 12:30", "2026-10-12 17:00")],
            changes: [change("2026-10-12 12:00", to: 2)], stop: "2026-10-12 12:00")
        #expect(promise.outcome == .met)
        #expect(promise.priority == .test(1))
        #expect(promise.dueAt == wall("2026-10-12 13:00"))
    }

    @Test func `T5: raising gives the new limit in working hours from the change`() throws {
        let rule = try clock("24h", "4h", calendar: office())
        let raised = try promise(
            rule, from: "2026-10-12 09:00", changes: [change("2026-10-12 17:00", to: 2)])
        #expect(raised.dueAt == wall("2026-10-13 12:00"))
        #expect(raised.priority == .test(2))
        let tooLate = try promise(
            rule, from: "2026-10-12 09:00", changes: [change("2026-10-14 14:00", to: 2)])
        #expect(tooLate.dueAt == wall("2026-10-14 15:00"))
    }

    @Test func `T5: lowering gives the new limit from the start, and no less than there was`()
        throws
    {
        let rule = try clock("24h", "4h", calendar: office())
        let lowered = try promise(
            rule, from: "2026-10-12 09:00", 2, changes: [change("2026-10-12 12:00", to: 1)])
        #expect(lowered.dueAt == wall("2026-10-14 15:00"))
    }

    @Test func `T7: a promise that was due stays so, whatever the class becomes`() throws {
        let rule = try clock("24h", "4h", calendar: office())
        let promise = try promise(
            rule, from: "2026-10-12 09:00", 2, changes: [change("2026-10-12 13:00", to: 1)])
        #expect(promise.dueAt == wall("2026-10-12 13:00"))
        #expect(promise.priority == .test(2))
    }

    @Test func `T3: a pause is not lost when the class changes`() throws {
        let rule = try clock("24h", "4h", calendar: office())
        let pauses = [pause("2026-10-12 10:00", "2026-10-12 12:00")]
        let lowered = try promise(
            rule, from: "2026-10-12 09:00", 2, pauses: pauses,
            changes: [change("2026-10-12 13:00", to: 1)])
        #expect(lowered.dueAt == wall("2026-10-14 17:00"))
        let inPause = try promise(
            rule, from: "2026-10-12 09:00", pauses: pauses,
            changes: [change("2026-10-12 11:00", to: 2)])
        // One hour was counted; four more follow the pause.
        #expect(inPause.dueAt == wall("2026-10-12 16:00"))
    }

    @Test func `T12 G22: rungs are shares of the limit, or a working time before its end`() throws {
        let half = try #require(Limit("30m"))
        let rule = try clock("4h", calendar: office(), rungs: [.percent(75), .before(half)])
        let promise = try promise(rule, from: "2026-10-16 16:00")
        #expect(
            promise.rungs == [
                wall("2026-10-19 10:00"), wall("2026-10-19 10:30"), wall("2026-10-19 11:00"),
            ])
        let paused = try self.promise(
            rule, from: "2026-10-16 16:00", pauses: [pause("2026-10-19 10:00", "2026-10-19 12:00")])
        #expect(
            paused.rungs == [
                wall("2026-10-19 12:00"), wall("2026-10-19 12:30"), wall("2026-10-19 13:00"),
            ])
        // A rung that came before the pause stays where it was.
        let between = try self.promise(
            rule, from: "2026-10-16 16:00", pauses: [pause("2026-10-19 10:15", "2026-10-19 12:15")])
        #expect(
            between.rungs == [
                wall("2026-10-19 10:00"), wall("2026-10-19 12:30"), wall("2026-10-19 13:00"),
            ])
    }

    @Test func `facts that cannot be true give no time`() throws {
        let rule = try clock("4h", calendar: office())
        let backwards = pause("2026-10-12 12:00", "2026-10-12 11:00")
        #expect(throws: ClockFactsError.pauseEndsEarly(backwards)) {
            try promise(rule, from: "2026-10-12 09:00", pauses: [backwards])
        }
        #expect(throws: ClockFactsError.changeBeforeStart(wall("2026-10-12 08:59"))) {
            try promise(
                rule, from: "2026-10-12 09:00", changes: [change("2026-10-12 08:59", to: 2)])
        }
        #expect(throws: ClockFactsError.stopBeforeStart(wall("2026-10-12 08:59"))) {
            try promise(rule, from: "2026-10-12 09:00", stop: "2026-10-12 08:59")
        }
        for milliseconds in [Int64.min, .max] {
            let time = Timestamp(milliseconds: milliseconds)
            #expect(throws: ClockFactsError.calendar(.outOfRange(time))) {
                try PromisedTime(
                    rule: rule, facts: ClockFacts(startedAt: time, priority: .test(1)))
            }
        }
    }

    @Test func `a reason to wait is told by its label, other words as they are`() throws {
        let promise = try promise(
            clock("8h", calendar: nil), from: "2026-10-16 16:00",
            pauses: [
                pause("2026-10-16 17:00", "2026-10-16 18:00", "supplier"),
                pause("2026-10-16 19:00", "2026-10-16 20:00", "停电"),
            ])
        let zone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        let told = promise.steps.map { $0.text(in: zone, .zh) }.filter { $0.contains("暂停") }
        #expect(
            told == [
                "2026-10-16 周五 17:00 至 2026-10-16 周五 18:00 暂停（等待供应商），不计1小时",
                "2026-10-16 周五 19:00 至 2026-10-16 周五 20:00 暂停（停电），不计1小时",
            ])
    }

    @Test func `an explanation can be followed step by step`() throws {
        let calendar = try office(
            weekdays: windows("09:00-12:00", "13:00-18:00"),
            holidays: [date("2026-10-19"): [.wholeDay]],
            extraDays: [date("2026-10-17"): windows("09:00-12:00")])
        let half = try #require(Limit("30m"))
        let rule = clock("8h", "6h", calendar: calendar, rungs: [.before(half)])
        let promise = try promise(
            rule, from: "2026-10-16 16:00",
            pauses: [pause("2026-10-17 10:00", "2026-10-17 11:00", "客户")],
            changes: [change("2026-10-16 17:00", to: 2)], stop: "2026-10-20 14:00")
        let zone = try #require(TimeZone(identifier: "Asia/Shanghai"))
        #expect(
            promise.steps.map { $0.text(in: zone, .en) } == [
                "2026-10-16 Fri 16:00 start, normal, limit 8 h, counts 8h",
                "2026-10-16 Fri 16:00-18:00 counts 2h, 2h so far",
                "2026-10-16 Fri 17:00 normal to important (6 h), raised: the new limit from the "
                    + "change: due 2026-10-20 Tue 14:00, now 2026-10-20 Tue 12:00",
                "2026-10-17 Sat 09:00-10:00 counts 1h, 3h so far (make-up working day)",
                "2026-10-17 Sat 10:00 to 2026-10-17 Sat 11:00 paused (客户), leaves out 1h",
                "2026-10-17 Sat 11:00-12:00 counts 1h, 4h so far (make-up working day)",
                "2026-10-19 Mon holiday, does not count",
                "2026-10-20 Tue 09:00-12:00 counts 3h, 7h so far",
                "2026-10-20 Tue 11:30 warning (30 min before)", "2026-10-20 Tue 12:00 due",
                "2026-10-20 Tue 14:00 stopped, late, overdue by 1h",
            ])
        #expect(
            promise.steps.map { $0.text(in: zone, .zh) }.prefix(3) == [
                "2026-10-16 周五 16:00 开始，normal，时限8小时，应计8小时",
                "2026-10-16 周五 16:00-18:00 计2小时，累计2小时",
                "2026-10-16 周五 17:00 normal→important（6小时），提高级别：自变更起按新时限："
                    + "2026-10-20 周二 14:00→2026-10-20 周二 12:00",
            ])
    }
}
