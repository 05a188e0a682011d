import Foundation
import TicketModel

/// The open intervals of a calendar as instants, worked out a UTC day at a time and remembered, so
/// that several questions about the same weeks cost little. Without a calendar it is always open.
///
/// UTC days, not days of the zone: those may come out of order where a clock goes back over
/// midnight. Within a slice that the zone does not change its offset, days of the zone are cut
/// from it; where the offset changes, the slice is cut at that second first.
struct OpenHours {
    /// The furthest that an answer is looked for: more than any limit that a checked profile can
    /// have (`Limit.weekCountMax` weeks, one of them more for each holiday), so it ends there only
    /// for what nobody promises.
    static let sliceCountMax = 5_000
    /// The years 1 to 9999.
    static let range: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// An open interval, half-open, of one date of the zone.
    struct Interval: Hashable {
        var start: Int64
        var end: Int64
        /// Days from 1970-01-01 as the wall shows it.
        var day: Int
    }

    let calendar: WorkingCalendar?
    private var slices: [Int: [Interval]] = [:]
    private var offsets: [Int64: Int64] = [:]

    init(_ calendar: WorkingCalendar?) { self.calendar = calendar }

    /// Whether an instant is open.
    mutating func isOpen(at time: Timestamp) throws(CalendarError) -> Bool {
        guard calendar != nil else { return true }
        try check(time)
        let instant = time.milliseconds
        return intervals(ofSlice: Self.slice(instant)).contains {
            $0.start <= instant && instant < $0.end
        }
    }

    /// The first instant from `time` on that is open.
    mutating func nextOpen(from time: Timestamp) throws(CalendarError) -> Timestamp {
        guard calendar != nil else { return time }
        try check(time)
        let instant = time.milliseconds
        let first = Self.slice(instant)
        for slice in first...(first + Self.sliceCountMax) {
            if let interval = intervals(ofSlice: slice).first(where: { instant < $0.end }) {
                return Timestamp(milliseconds: max(instant, interval.start))
            }
        }
        throw .beyondHorizon(from: time)
    }

    /// The first instant by which `length` of working time has passed since `time`; that itself
    /// for none.
    mutating func adding(_ length: Int64, to time: Timestamp) throws(CalendarError) -> Timestamp {
        precondition(length >= 0, "working time is added forwards, not \(length)")
        guard calendar != nil, length > 0 else { return time.adding(milliseconds: length) }
        try check(time)
        let instant = time.milliseconds
        let first = Self.slice(instant)
        var missing = length
        for slice in first...(first + Self.sliceCountMax) {
            for interval in intervals(ofSlice: slice) where instant < interval.end {
                let start = max(instant, interval.start)
                let available = interval.end - start
                if missing <= available { return Timestamp(milliseconds: start + missing) }
                missing -= available
            }
        }
        throw .beyondHorizon(from: time)
    }

    /// The last instant from which on `length` of working time passes until `time`; that itself
    /// for none.
    mutating func subtracting(
        _ length: Int64, from time: Timestamp
    ) throws(CalendarError) -> Timestamp {
        precondition(length >= 0, "working time is subtracted backwards, not \(length)")
        guard calendar != nil, length > 0 else { return time.adding(milliseconds: -length) }
        try check(time)
        let instant = time.milliseconds
        let last = Self.slice(instant)
        var missing = length
        for slice in (last - Self.sliceCountMax...last).reversed() {
            for interval in intervals(ofSlice: slice).reversed() where interval.start < instant {
                let end = min(instant, interval.end)
                let available = end - interval.start
                if missing <= available { return Timestamp(milliseconds: end - missing) }
                missing -= available
            }
        }
        throw .beyondHorizon(from: time)
    }

    /// The working time from `start` to `end`; none if they are the other way round.
    mutating func length(
        from start: Timestamp, to end: Timestamp
    ) throws(CalendarError) -> Int64 {
        guard calendar != nil else { return max(0, end.millisecondsSince(start)) }
        return try pieces(from: start, to: end).reduce(0) { $0 + $1.end - $1.start }
    }

    /// The open intervals between two instants, cut to them; those that touch on one date are one.
    mutating func pieces(
        from start: Timestamp, to end: Timestamp
    ) throws(CalendarError) -> [Interval] {
        guard start < end else { return [] }
        let (from, to) = (start.milliseconds, end.milliseconds)
        guard calendar != nil else { return [Interval(start: from, end: to, day: 0)] }
        try check(start)
        try check(end)
        let slices = Self.slice(from)...Self.slice(to - 1)
        guard slices.count <= Self.sliceCountMax else { throw .beyondHorizon(from: start) }
        var result: [Interval] = []
        for slice in slices {
            for interval in intervals(ofSlice: slice)
            where from < interval.end && interval.start < to {
                let piece = Interval(
                    start: max(from, interval.start), end: min(to, interval.end),
                    day: interval.day)
                if let last = result.last, last.end == piece.start, last.day == piece.day {
                    result[result.count - 1].end = piece.end
                } else {
                    result.append(piece)
                }
            }
        }
        return result
    }

    /// When the last working hour of the working day number `count` after the date of `time` ends;
    /// see `WorkingCalendar.adding(workingDays:to:)`.
    mutating func end(
        ofWorkingDay count: Int64, after time: Timestamp
    ) throws(CalendarError) -> Timestamp {
        precondition(count > 0, "working days are counted from 1, not \(count)")
        try check(time)
        guard calendar != nil else {
            preconditionFailure("a checked profile has a calendar where it counts working days")
        }
        let instant = time.milliseconds
        let wall = instant + offset(at: instant)
        let today = Self.slice(wall)
        var missing = count
        for day in today + 1...today + Self.sliceCountMax {
            guard let end = closing(ofDay: day) else { continue }
            missing -= 1
            if missing == 0 { return Timestamp(milliseconds: end) }
        }
        throw .beyondHorizon(from: time)
    }

    /// When a date of the zone closes; nil if it never opens.
    private mutating func closing(ofDay day: Int) -> Int64? {
        guard calendar?.windows(ofDay: day).isEmpty == false else { return nil }
        var result: Int64?
        // The widest zones are less than a day away from UTC.
        for slice in day - 1...day + 1 {
            for interval in intervals(ofSlice: slice) where interval.day == day {
                result = max(result ?? interval.end, interval.end)
            }
        }
        return result
    }
}

// MARK: - Slices
extension OpenHours {
    private static let sliceMilliseconds = CivilTime.dayMilliseconds

    private func check(_ time: Timestamp) throws(CalendarError) {
        guard Self.range.contains(time.milliseconds) else { throw .outOfRange(time) }
    }

    private static func slice(_ instant: Int64) -> Int {
        let (quotient, remainder) = instant.quotientAndRemainder(dividingBy: sliceMilliseconds)
        return Int(remainder < 0 ? quotient - 1 : quotient)
    }

    private mutating func intervals(ofSlice slice: Int) -> [Interval] {
        if let known = slices[slice] { return known }
        guard let calendar else { preconditionFailure("without a calendar there are no slices") }
        var result: [Interval] = []
        for (start, end, offset) in segments(ofSlice: slice) {
            for day in Self.slice(start + offset)...Self.slice(end + offset - 1) {
                let midnight = Int64(day) * Self.sliceMilliseconds - offset
                for window in calendar.windows(ofDay: day) {
                    let opening = max(start, midnight + Int64(window.start) * 60_000)
                    let closing = min(end, midnight + Int64(window.end) * 60_000)
                    guard opening < closing else { continue }
                    result.append(Interval(start: opening, end: closing, day: day))
                }
            }
        }
        slices[slice] = result
        return result
    }

    /// The parts of a UTC day with one offset each.
    ///
    /// An offset that changes and changes back within one UTC day would not be seen; no zone has
    /// done that.
    private mutating func segments(
        ofSlice slice: Int
    ) -> [(start: Int64, end: Int64, offset: Int64)] {
        var start = Int64(slice) * Self.sliceMilliseconds
        let end = start + Self.sliceMilliseconds
        var result: [(start: Int64, end: Int64, offset: Int64)] = []
        while start < end {
            let offset = offset(at: start)
            let change = self.offset(at: end) == offset ? end : firstChange(from: start, to: end)
            result.append((start, change, offset))
            start = change
        }
        return result
    }

    /// The first second behind `start` with another offset, if the one at `end` is another.
    private func firstChange(from start: Int64, to end: Int64) -> Int64 {
        let offset = computedOffset(at: start)
        var (before, after) = (start, end)
        while after - before > 1_000 {
            let middle = before + (after - before) / 2_000 * 1_000
            if computedOffset(at: middle) == offset { before = middle } else { after = middle }
        }
        return after
    }

    /// Milliseconds that the wall is ahead of UTC.
    private mutating func offset(at instant: Int64) -> Int64 {
        if let known = offsets[instant] { return known }
        let offset = computedOffset(at: instant)
        offsets[instant] = offset
        return offset
    }

    private func computedOffset(at instant: Int64) -> Int64 {
        let seconds = calendar?.timeZone.offsetSeconds(at: Timestamp(milliseconds: instant)) ?? 0
        return Int64(seconds) * 1_000
    }
}
