/// The oracle: walks through a case one minute after the other and asks of each whether it counts.
///
/// It shares no code with the engine and does nothing cleverly. Times are minutes; the half-open
/// minute `t` is the one that begins at `t`.
final class MinuteWalk {
    /// Further than this nobody looks; such a case is left out.
    static let minutesMax = 100 * 1_440

    /// What a walk found.
    struct Result: Equatable {
        var promised: Int
        var due: Int?
        var rungs: [Int?]
        /// Counted by the probe, and whether it was paused then.
        var countedAtProbe: Int
        var isPausedAtProbe: Bool
        /// By how much the stop was too late, and whether it was.
        var overdue: Int
        var isLate: Bool
    }

    let clock: ClockCase
    private let table: ZoneOffsets.Table?
    @exclusivity(unchecked) private var shownDay = Int.min
    @exclusivity(unchecked) private var shownMinutes: [Bool] = []
    /// Answers to `isOpen`, from `knownFrom` on: 0 unknown, 1 closed, 2 open.
    @exclusivity(unchecked) private var known: [UInt8]
    private let knownFrom: Int
    /// Pauses with the end that somebody knew.
    private let pauses: [(start: Int, end: Int)]

    init(_ clock: ClockCase, offsets: ZoneOffsets) {
        self.clock = clock
        table = clock.hours.map { offsets.table($0.zone) }
        knownFrom = clock.start - Self.minutesMax / 4
        known = Array(repeating: 0, count: table == nil ? 0 : Self.minutesMax)
        // Who stopped a clock in a pause did not know of the pause's end.
        let stop = clock.stop ?? .max
        pauses = clock.pauses.filter { $0.start < stop }.map { pause in
            let end = pause.end ?? .max
            return (pause.start, end > stop ? .max : end)
        }
    }

    // MARK: - Hours

    /// The day that the wall shows in the minute `t`, and the minute of that day.
    func wall(_ t: Int) -> (day: Int, minute: Int) {
        guard let table else { return (0, 0) }
        let shown = t + table.offset(at: t)
        let day = shown >= 0 ? shown / 1_440 : -((1_439 - shown) / 1_440)
        return (day, shown - day * 1_440)
    }

    func isOpen(_ t: Int) -> Bool {
        guard table != nil else { return true }
        let index = t - knownFrom
        guard known.indices.contains(index) else { return isShownOpen(t) }
        if known[index] == 0 { known[index] = isShownOpen(t) ? 2 : 1 }
        return known[index] == 2
    }

    private func isShownOpen(_ t: Int) -> Bool {
        let (day, minute) = wall(t)
        if day != shownDay, let hours = clock.hours {
            shownDay = day
            shownMinutes = Self.minutes(of: day, hours)
        }
        return shownMinutes[minute]
    }

    private static func minutes(of day: Int, _ hours: ClockCase.Hours) -> [Bool] {
        // 1970-01-05 was a Monday.
        var weekday = (day - 4) % 7
        if weekday < 0 { weekday += 7 }
        let extra = hours.extraDays[day]
        let closed = hours.holidays[day] ?? []
        return (0..<1_440).map { minute in
            if let extra { return extra.contains { $0.contains(minute) } }
            if closed.contains(where: { $0.contains(minute) }) { return false }
            return hours.week[weekday].contains { $0.contains(minute) }
        }
    }

    func isPaused(_ t: Int) -> Bool {
        for pause in pauses where pause.start <= t && t < pause.end { return true }
        return false
    }

    private func isPausedForGood(_ t: Int) -> Bool {
        for pause in pauses where pause.start <= t && pause.end == .max { return true }
        return false
    }

    // MARK: - Questions to the calendar

    /// The first minute by which `length` open minutes have passed since `from`.
    func adding(_ length: Int, to from: Int) -> Int? {
        var (t, missing) = (from, length)
        while missing > 0 {
            if isOpen(t) { missing -= 1 }
            t += 1
            if t - from > Self.minutesMax { return nil }
        }
        return t
    }

    /// The last minute from which on `length` open minutes pass until `to`.
    func subtracting(_ length: Int, from to: Int) -> Int? {
        var (t, missing) = (to, length)
        while missing > 0 {
            t -= 1
            if isOpen(t) { missing -= 1 }
            if to - t > Self.minutesMax { return nil }
        }
        return t
    }

    func openMinutes(from: Int, to: Int) -> Int {
        var count = 0
        var t = from
        while t < to {
            if isOpen(t) { count += 1 }
            t += 1
        }
        return count
    }

    /// The minutes that a limit comes to from `from`.
    func budget(_ limit: ClockCase.Limit, from: Int) -> Int? {
        switch limit {
        case .minutes(let count): return count
        case .workingDays(let count):
            let today = wall(from).day
            var days: [Int] = []
            var (t, last) = (from, Int.max - 2 * 1_440)
            // Two days more, for a wall that shows an earlier date again.
            while t < last + 2 * 1_440 {
                if isOpen(t) {
                    let day = wall(t).day
                    if day > today, days.count < count, !days.contains(day) { days.append(day) }
                    if days.count == count, day == days.max() { last = t + 1 }
                }
                t += 1
                if t - from > Self.minutesMax { return nil }
            }
            return openMinutes(from: from, to: last)
        }
    }

    // MARK: - The life of the clock

    /// Nil if it takes too long.
    func walk() -> Result? {
        guard var promised = budget(clock.limits[clock.rank], from: clock.start) else { return nil }
        var rank = clock.rank
        var due: Int?
        var counted: [Int] = []
        var (atProbe, atStop): (Int?, Int?)
        let changes = clock.changes.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }
        .map(\.element)
        let lastEvent = max(clock.probe, clock.stop ?? 0, changes.last?.time ?? 0)
        var t = clock.start
        while due == nil && !isPausedForGood(t) || t <= lastEvent {
            let paused = isPaused(t)
            if due == nil, !paused, counted.count >= promised { due = t }
            for change in changes where change.time == t && t < clock.stop ?? .max {
                guard due == nil, change.rank != rank else { continue }
                let limit = clock.limits[change.rank]
                guard let own = budget(limit, from: change.rank > rank ? t : clock.start) else {
                    return nil
                }
                promised =
                    change.rank > rank ? min(promised, counted.count + own) : max(promised, own)
                rank = change.rank
            }
            if t == clock.probe { atProbe = counted.count }
            if t == clock.stop { atStop = counted.count }
            if !paused, isOpen(t) { counted.append(t) }
            t += 1
            if t - clock.start > Self.minutesMax { return nil }
        }
        guard let length = budget(clock.limits[rank], from: clock.start) else { return nil }
        return Result(
            promised: promised, due: due,
            rungs: rungs(promised, length, counted, due), countedAtProbe: atProbe ?? 0,
            isPausedAtProbe: isPaused(clock.probe), overdue: max(0, (atStop ?? 0) - promised),
            isLate: clock.stop.map { $0 > due ?? .max } ?? false)
    }

    /// The minute in which the first of those begins that are left at a rung; nil if it never did.
    private func rungs(_ promised: Int, _ length: Int, _ counted: [Int], _ due: Int?) -> [Int?] {
        clock.rungs.map { rung in
            let left =
                switch rung {
                case .percent(let percent): length * (100 - percent) / 100
                case .before(let minutes): minutes
                }
            let index = max(0, promised - left)
            return left == 0 ? due : counted.indices.contains(index) ? counted[index] : nil
        }
    }
}
