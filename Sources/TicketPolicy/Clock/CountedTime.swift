import TicketModel

/// The time of one clock: the open hours of its calendar without its pauses.
struct CountedTime {
    /// Pauses as the clock sees them: in order, apart from each other, none before the start.
    struct Gap: Hashable {
        var start: Timestamp
        /// Nil if it has no end yet.
        var end: Timestamp?
    }

    var hours: OpenHours
    let gaps: [Gap]

    /// - Parameters:
    ///   - pauses: in any order; those that overlap or touch are one.
    ///   - end: what began then or later did not happen, and what lasted then has no end: nobody
    ///     knew of one. Nil if everything counts.
    init(
        _ calendar: WorkingCalendar?, pauses: [ClockFacts.Pause], from start: Timestamp,
        until end: Timestamp?
    ) {
        hours = OpenHours(calendar)
        var gaps: [Gap] = []
        for pause in pauses.sorted(by: { $0.start < $1.start }) {
            var gap = Gap(start: max(start, pause.start), end: pause.end)
            if let end {
                if pause.start >= end { continue }
                if let last = gap.end, last > end { gap.end = nil }
            }
            if let last = gap.end, last <= gap.start { continue }
            if let last = gaps.last, last.end.map({ gap.start <= $0 }) ?? true {
                gaps[gaps.count - 1].end = Self.later(last.end, gap.end)
            } else {
                gaps.append(gap)
            }
        }
        self.gaps = gaps
    }

    private static func later(_ one: Timestamp?, _ two: Timestamp?) -> Timestamp? {
        guard let one, let two else { return nil }
        return max(one, two)
    }

    /// The counted time between two instants.
    mutating func length(
        from start: Timestamp, to end: Timestamp
    ) throws(CalendarError) -> Int64 {
        try pieces(from: start, to: end).reduce(0) { $0 + $1.end - $1.start }
    }

    /// The intervals between two instants that count.
    mutating func pieces(
        from start: Timestamp, to end: Timestamp
    ) throws(CalendarError) -> [OpenHours.Interval] {
        var result: [OpenHours.Interval] = []
        for (from, to) in runs(from: start) where from < end {
            result += try hours.pieces(from: from, to: min(to ?? end, end))
        }
        return result
    }

    /// When `length` has been counted since `start` and the clock is not paused; nil if it is
    /// paused then and nobody knows for how long.
    ///
    /// A pause that begins just when the time is up comes first: whether a promise is broken is
    /// decided by the state at that instant (domain.md T4).
    mutating func due(
        _ length: Int64, from start: Timestamp
    ) throws(CalendarError) -> Timestamp? {
        try instant(length, from: start) { hours, missing, from throws(CalendarError) in
            try hours.adding(missing, to: from)
        }
    }

    /// When the clock goes on after `length` has been counted since `start`: the last instant that
    /// leaves all the rest. Nil as in `due`.
    mutating func moment(
        _ length: Int64, from start: Timestamp
    ) throws(CalendarError) -> Timestamp? {
        try instant(length, from: start) { hours, missing, from throws(CalendarError) in
            try hours.nextOpen(from: hours.adding(missing, to: from))
        }
    }

    private mutating func instant(
        _ length: Int64, from start: Timestamp,
        _ find: (inout OpenHours, Int64, Timestamp) throws(CalendarError) -> Timestamp
    ) throws(CalendarError) -> Timestamp? {
        var missing = length
        for (from, to) in runs(from: start) {
            guard let to else { return try find(&hours, missing, from) }
            let available = try hours.length(from: from, to: to)
            if missing <= available {
                let instant = try find(&hours, missing, from)
                if instant < to { return instant }
            }
            missing -= min(missing, available)
        }
        return nil
    }

    /// The times between the pauses; the last one has no end unless a pause has none.
    private func runs(from start: Timestamp) -> [(from: Timestamp, to: Timestamp?)] {
        var result: [(from: Timestamp, to: Timestamp?)] = []
        var from = start
        for gap in gaps where gap.end.map({ from < $0 }) ?? true {
            if from < gap.start { result.append((from, gap.start)) }
            guard let end = gap.end else { return result }
            from = max(from, end)
        }
        result.append((from, nil))
        return result
    }
}
