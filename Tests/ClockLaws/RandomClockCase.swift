extension ClockCase {
    /// A case made from a seed, near a change of the zone's offset in half of them, and with what
    /// happens at just the minute of the limit in a third.
    static func random(seed: UInt64, offsets: ZoneOffsets) -> ClockCase {
        var dice = Dice(seed: seed)
        let span = dice.one(of: ZoneOffsets.spans)
        let start = start(in: span, offsets, &dice)
        let hours = dice.chance(8) ? nil : hours(span.zone, start, &dice)
        let rank = dice.roll(0..<3)
        var clock = ClockCase(
            hours: hours, start: start, rank: rank, limits: limits(hours, &dice),
            rungs: rungs(&dice), pauses: [], changes: [], stop: nil, probe: start,
            length: dice.roll(0...weekMinutes(hours) * 2))
        let due = MinuteWalk(clock, offsets: offsets).walk()?.due
        var times = [start, start + dice.roll(0..<14_400), start + dice.roll(0..<1_440)]
        if let due, dice.chance(70) {
            times += [due, due - 1, due + 1, start + dice.roll(0...max(0, due - start))]
        }
        clock.addEvents(near: times, &dice)
        return clock
    }

    private static func start(
        in span: ZoneOffsets.Span, _ offsets: ZoneOffsets, _ dice: inout Dice
    ) -> Int {
        let changes = offsets.changes(of: span)
        var start = dice.roll(
            ZoneOffsets.newYear(
                span.years.lowerBound)..<ZoneOffsets.newYear(span.years.upperBound))
        if !changes.isEmpty, dice.chance(50) {
            start = dice.one(of: changes) + dice.roll(-4 * 1_440...2_000)
        }
        return dice.chance(50) ? start - start % 30 : start
    }

    // MARK: - Calendars

    private static func hours(_ zone: String, _ start: Int, _ dice: inout Dice) -> Hours {
        let closed = dice.one(of: [10, 30, 60, 90])
        var week = (0..<7).map { _ in dice.chance(closed) ? [] : windows(&dice) }
        if week.allSatisfy(\.isEmpty) { week[dice.roll(0..<7)] = windows(&dice) }
        var (holidays, extraDays): ([Int: [Range<Int>]], [Int: [Range<Int>]]) = ([:], [:])
        for _ in 0..<dice.roll(0..<8) {
            holidays[start / 1_440 + dice.roll(-6..<20)] =
                dice.chance(60) ? [0..<1_440] : windows(&dice)
        }
        for _ in 0..<dice.roll(0..<4) {
            let day = start / 1_440 + dice.roll(-6..<20)
            if holidays[day] == nil { extraDays[day] = windows(&dice) }
        }
        return Hours(zone: zone, week: week, holidays: holidays, extraDays: extraDays)
    }

    /// Up to three windows of a day, apart or touching.
    private static func windows(_ dice: inout Dice) -> [Range<Int>] {
        if dice.chance(12) { return [0..<1_440] }
        let grain = dice.one(of: [1, 15, 30, 60])
        var bounds: Set<Int> = []
        while bounds.count < 2 * dice.roll(1...3) {
            bounds.insert(dice.roll(0...(1_440 / grain)) * grain)
        }
        var ordered = bounds.sorted()
        if ordered.count % 2 == 1 { ordered.removeLast() }
        var result = stride(from: 0, to: ordered.count, by: 2).map { ordered[$0]..<ordered[$0 + 1] }
        if result.count > 1, dice.chance(30) {
            result[1] = result[0].upperBound..<result[1].upperBound
        }
        return result
    }

    private static func weekMinutes(_ hours: Hours?) -> Int {
        hours.map { $0.week.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count } } } ?? 10_080
    }

    // MARK: - Promises

    private static func limits(_ hours: Hours?, _ dice: inout Dice) -> [Limit] {
        let most = max(1, min(weekMinutes(hours), 4_800) / 20)
        return (0..<3).map { _ in
            if hours != nil, dice.chance(30) { return .workingDays(dice.roll(1...4)) }
            return .minutes(dice.roll(1...most) * 20)
        }
    }

    private static func rungs(_ dice: inout Dice) -> [Rung] {
        let percents = Set((0..<dice.roll(0..<3)).map { _ in dice.roll(1..<20) * 5 }).sorted()
        var result = percents.map { Rung.percent($0) }
        if dice.chance(50) { result.append(.before(minutes: dice.roll(1..<120))) }
        return result + [.percent(100)]
    }

    // MARK: - What happens

    private mutating func addEvents(near times: [Int], _ dice: inout Dice) {
        for _ in 0..<dice.roll(0..<4) {
            let from = dice.one(of: times) + dice.one(of: [0, 0, dice.roll(-600..<2_000)])
            let length = dice.one(of: [0, dice.roll(1..<60), dice.roll(1..<5_000)])
            pauses.append(
                Pause(start: from, end: dice.chance(12) ? nil : from + length))
            if dice.chance(20) {
                // One that touches it.
                pauses.append(Pause(start: from + length, end: from + length + dice.roll(0..<90)))
            }
        }
        for _ in 0..<dice.roll(0..<4) {
            let time = dice.one(of: times + pauses.map(\.start) + pauses.compactMap(\.end))
            changes.append(Change(time: max(start, time), rank: dice.roll(0..<3)))
        }
        if dice.chance(50) { stop = max(start, dice.one(of: times + pauses.map(\.start))) }
        probe = max(start, dice.one(of: times) + dice.roll(0..<3_000))
        if let stop { probe = min(probe, stop) }
    }
}
