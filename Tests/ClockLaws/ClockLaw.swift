import TicketModel
import TicketPolicy

/// The engine of calendars and clocks beside the oracle.
package struct ClockLaw {
    /// How many cases there were, and of what kind.
    package struct Tally: Sendable {
        package var casesCount = 0
        /// Left out, because the walk would have been too long.
        package var leftOutCount = 0
        package var pausedCount = 0
        package var rebasedCount = 0
        package var workingDaysCount = 0
        package var acrossOffsetsCount = 0
        package var notDueCount = 0
        package var lateCount = 0

        package init() {}

        /// Takes in another tally.
        package mutating func add(_ other: Tally) {
            casesCount += other.casesCount
            leftOutCount += other.leftOutCount
            pausedCount += other.pausedCount
            rebasedCount += other.rebasedCount
            workingDaysCount += other.workingDaysCount
            acrossOffsetsCount += other.acrossOffsetsCount
            notDueCount += other.notDueCount
            lateCount += other.lateCount
        }

        /// In one line.
        package var text: String {
            "\(casesCount) cases: \(pausedCount) with pauses, \(rebasedCount) with another "
                + "class, \(workingDaysCount) with working days, \(acrossOffsetsCount) across a "
                + "change of the zone's offset, \(notDueCount) not due in a pause, \(lateCount) "
                + "stopped too late; \(leftOutCount) left out as too long"
        }
    }

    private let offsets = ZoneOffsets()
    /// What was checked.
    package private(set) var tally = Tally()

    package init() {}

    /// Checks cases until there are `casesCount`; the first is made from `seed`, the others from
    /// those behind it.
    ///
    /// - Throws: `ClockLawViolation` with the seed of the case that breaks it.
    package mutating func run(casesCount: Int, seed: UInt64) throws(ClockLawViolation) {
        var seed = seed
        while tally.casesCount < casesCount {
            let clock = ClockCase.random(seed: seed, offsets: offsets)
            do {
                try check(clock)
            } catch {
                throw ClockLawViolation("LOOPDESK_TEST_SEED=\(seed): \(error)\n\(clock)")
            }
            seed &+= 1
        }
    }

    private mutating func check(_ clock: ClockCase) throws(ClockLawViolation) {
        let walk = MinuteWalk(clock, offsets: offsets)
        guard let expected = walk.walk() else {
            tally.leftOutCount += 1
            return
        }
        let comparison = Comparison(clock: clock, expected: expected, walk: walk)
        do {
            let promise = try PromisedTime(rule: clock.rule(), facts: clock.facts())
            try comparison.check(promise)
            if let calendar = try clock.calendar() { try comparison.check(calendar) }
            count(clock, expected, walk)
        } catch let violation as ClockLawViolation {
            throw violation
        } catch {
            throw ClockLawViolation("the engine refuses it: \(error)")
        }
    }

    private mutating func count(
        _ clock: ClockCase, _ result: MinuteWalk.Result, _ walk: MinuteWalk
    ) {
        tally.casesCount += 1
        if !clock.pauses.isEmpty { tally.pausedCount += 1 }
        if clock.changes.contains(where: { $0.rank != clock.rank }) { tally.rebasedCount += 1 }
        if case .workingDays = clock.limits[clock.rank] { tally.workingDaysCount += 1 }
        if result.due == nil { tally.notDueCount += 1 }
        if result.isLate { tally.lateCount += 1 }
        if let zone = clock.hours?.zone, let due = result.due {
            let table = offsets.table(zone)
            if table.offset(at: clock.start) != table.offset(at: due) {
                tally.acrossOffsetsCount += 1
            }
        }
    }
}

// MARK: - The case as the engine takes it
extension ClockCase {
    private static func priority(_ rank: Int) -> Priority {
        let text = LocalizedText(zh: "\(rank)", en: "\(rank)")
        return Priority(key: "p\(rank)", rank: Int64(rank), label: text, criteria: text)
    }

    func calendar() throws -> WorkingCalendar? {
        guard let hours else { return nil }
        func windows(_ ranges: [Range<Int>]) -> [DayWindow] {
            ranges.map { DayWindow(start: $0.lowerBound, end: $0.upperBound) }
        }
        func dates(_ days: [Int: [Range<Int>]]) -> [CivilTime: [DayWindow]] {
            var result: [CivilTime: [DayWindow]] = [:]
            for (day, ranges) in days { result[CivilTime(epochDay: day)] = windows(ranges) }
            return result
        }
        return try WorkingCalendar(
            name: "random", version: 1, zone: hours.zone, week: hours.week.map(windows),
            holidays: dates(hours.holidays), extraDays: dates(hours.extraDays))
    }

    func rule() throws -> ClockRule {
        var written: [String: TicketPolicy.Limit] = [:]
        for (rank, limit) in limits.enumerated() {
            let text =
                switch limit {
                case .minutes(let count): "\(count)m"
                case .workingDays(let count): "\(count)wd"
                }
            written["p\(rank)"] = TicketPolicy.Limit(text)
        }
        let ladder = rungs.map { rung -> ClockRule.Rung in
            switch rung {
            case .percent(100):
                return ClockRule.Rung(position: .percent(100), action: .escalate(level: 1))
            case .percent(let percent):
                return ClockRule.Rung(position: .percent(Int64(percent)), action: .warn([.clerk]))
            case .before(let minutes):
                guard let limit = TicketPolicy.Limit("\(minutes)m") else {
                    preconditionFailure("\(minutes)m is a limit")
                }
                return ClockRule.Rung(position: .before(limit), action: .warn([.clerk]))
            }
        }
        return ClockRule(
            name: "random", label: LocalizedText(zh: "", en: ""), limits: written,
            calendar: try calendar(), metBy: [.accept], ladder: ladder)
    }

    func facts() -> ClockFacts {
        ClockFacts(
            startedAt: .minute(start), priority: Self.priority(rank),
            pauses: pauses.map {
                ClockFacts.Pause(
                    start: .minute($0.start), end: $0.end.map(Timestamp.minute), reason: "")
            },
            priorityChanges: changes.map {
                ClockFacts.PriorityChange(time: .minute($0.time), priority: Self.priority($0.rank))
            },
            stoppedAt: stop.map(Timestamp.minute))
    }
}

extension Timestamp {
    static func minute(_ minute: Int) -> Timestamp {
        Timestamp(milliseconds: Int64(minute) * 60_000)
    }
}
