import Foundation
import TicketModel

/// When somebody works, as a policy file declares it: windows of a week in an IANA zone, holidays
/// that take hours away, and extra days (调休, make-up working days) with windows of their own.
///
/// An instant is open when the wall of the zone shows a time within a window of that date. This is
/// the whole definition, also where daylight saving skips a time or shows one twice: what is shown
/// twice counts twice, what is skipped does not count (domain.md T21).
///
/// ```swift
/// let due = try calendar.adding(milliseconds: 4 * 3_600_000, to: start)
/// ```
package struct WorkingCalendar: Hashable, Sendable {
    /// The most dates with a holiday; sixteen years of Chinese holidays.
    package static let holidayCountMax = 512

    /// The name in the policy file.
    package let name: String
    /// Raised with every change; explanations name it (domain.md T19).
    package let version: Int
    /// The IANA name.
    package let zone: String
    /// What is known about the windows of the days, by days from 1970-01-01, where the week does
    /// not say it.
    let exceptions: [Int: Exception]
    /// From Monday.
    let week: [[DayWindow]]
    let timeZone: TimeZone

    /// A date that is not like its day of the week.
    struct Exception: Hashable, Sendable {
        var kind: Kind
        /// What is open on that date, in order.
        var windows: [DayWindow]

        enum Kind: String, Hashable, Sendable {
            case holiday
            case extraDay = "extra_day"
        }
    }

    /// A calendar of checked data.
    ///
    /// - Parameters:
    ///   - week: the windows of seven days, from Monday.
    ///   - holidays: per date what is closed, of whatever the week has on that day.
    ///   - extraDays: per date all that is open, whatever the week has on that day.
    /// - Throws: `CalendarError` if it cannot be used: unknown zone, overlapping windows, one date
    ///   in both lists, no windows in the week, too many holidays.
    package init(
        name: String, version: Int, zone: String, week: [[DayWindow]],
        holidays: [CivilTime: [DayWindow]] = [:], extraDays: [CivilTime: [DayWindow]] = [:]
    ) throws(CalendarError) {
        precondition(week.count == 7, "a week has seven days, not \(week.count)")
        guard let timeZone = Self.timeZone(named: zone) else { throw .unknownZone(zone) }
        guard holidays.count <= Self.holidayCountMax else {
            throw .tooManyHolidays(count: holidays.count)
        }
        guard week.contains(where: { !$0.isEmpty }) else { throw .noUsableHours }
        for windows in week + Array(extraDays.values) {
            if let (one, two) = Self.overlap(in: windows) { throw .overlappingWindows(one, two) }
        }
        self.name = name
        self.version = version
        self.zone = zone
        self.timeZone = timeZone
        self.week = week.map { $0.sorted() }
        var exceptions: [Int: Exception] = [:]
        for (date, closed) in holidays {
            let windows = self.week[Self.weekday(date.epochDay)].flatMap { $0.subtracting(closed) }
            exceptions[date.epochDay] = Exception(kind: .holiday, windows: windows)
        }
        for (date, windows) in extraDays {
            guard exceptions[date.epochDay] == nil else { throw .dateTwice(date) }
            exceptions[date.epochDay] = Exception(kind: .extraDay, windows: windows.sorted())
        }
        self.exceptions = exceptions
    }

    /// The zone of an IANA name; nil for abbreviations and offsets, which follow no law.
    package static func timeZone(named name: String) -> TimeZone? {
        guard name == "UTC" || TimeZone.knownTimeZoneIdentifiers.contains(name) else { return nil }
        return TimeZone(identifier: name)
    }

    /// The first two windows of a day that share a minute; nil if none do.
    package static func overlap(in windows: [DayWindow]) -> (DayWindow, DayWindow)? {
        let ordered = windows.sorted()
        return zip(ordered, ordered.dropFirst()).first { $0.overlaps($1) }
    }
}

// MARK: - Days
extension WorkingCalendar {
    /// From 0 for Monday; 1970-01-01 was a Thursday.
    static func weekday(_ epochDay: Int) -> Int { ((epochDay % 7) + 7 + 3) % 7 }

    /// The windows of a date, in order.
    func windows(ofDay epochDay: Int) -> [DayWindow] {
        exceptions[epochDay]?.windows ?? week[Self.weekday(epochDay)]
    }

    /// The working time of a week without holidays.
    package var weekMilliseconds: Int64 {
        week.reduce(0) { $0 + Self.milliseconds(of: $1) }
    }

    /// The shortest and the longest working time of a day that has any, as walls show it.
    package var dayMilliseconds: ClosedRange<Int64> {
        let lengths = (week + exceptions.values.map(\.windows)).map(Self.milliseconds(of:))
            .filter { $0 > 0 }
        guard let shortest = lengths.min(), let longest = lengths.max() else {
            preconditionFailure("\(name) has working hours, or it would have been refused")
        }
        return shortest...longest
    }

    private static func milliseconds(of windows: [DayWindow]) -> Int64 {
        Int64(windows.reduce(0) { $0 + $1.minuteCount }) * 60_000
    }
}

extension CivilTime {
    /// `2026-10-01`, as policy files write it; nil unless it is a date in just this form.
    package init?(date text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.utf8.count) == [4, 2, 2],
            text.utf8.allSatisfy({ $0 == 0x2D || (0x30...0x39).contains($0) }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
        guard isValid else { return nil }
    }

    /// `2026-10-01`.
    package var dateText: String {
        let padded = { (number: Int, count: Int) in
            String(repeating: "0", count: max(0, count - "\(number)".utf8.count)) + "\(number)"
        }
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
    }

    /// `10:30`, with seconds where there are any.
    package var clockText: String {
        let padded = { (number: Int) in (number < 10 ? "0" : "") + "\(number)" }
        let minutes = padded(hour) + ":" + padded(minute)
        return second == 0 ? minutes : minutes + ":" + padded(second)
    }
}
