import Foundation
import TicketModel

/// A text that is no time we understand.
package struct TimeParsingError: Error, Hashable, Sendable {
    /// The text as it was given.
    package let text: String

    /// What was given and what is accepted, for the person.
    package func message(in language: Language) -> String {
        let dates = "2024-03-10, 2024-03-10 10:30, 18:00, 2024-03-10T10:30:00+08:00"
        let given = printable(text)
        return language.choose(
            zh: "无法识别时间“\(given)”；可用：\(dates)、今天 18:00、明天 9:00、+2h、90m、2小时后",
            en: "“\(given)” is no time; use \(dates), today 18:00, tomorrow 9:00, +2h, 90m")
    }
}

/// Reads times as people type them, for `--eta` and for when something happened.
///
/// Accepted, with full-width digits and colons too:
/// - `2024-03-10`, `2024-03-10 10:30`, `2024-03-10T10:30:15`
/// - `today 18:00`, `今天18:00`, `今日 18:00`, `明天 9:00`, `yesterday`, `后天`, `18:00`, `18点30分`
/// - `+2h`, `90m`, `1d12h`, `2小时后`, `-30m`, `30分钟前`: from now; a day is 24 hours, `m` minutes
/// - ISO 8601 with an offset or `Z`: `2024-03-10T10:30:00+08:00`
package struct TimeParser: Sendable {
    /// The time of day that a date without one means.
    package enum DayEdge: Hashable, Sendable {
        /// 00:00, for when something happened.
        case start
        /// 23:59, for what is promised by that day.
        case end
    }

    /// The longest way from now that a relative time may go: 10 years.
    static let relativeMillisecondsMax: Int64 = 3_650 * 86_400_000
    /// No text of an understood time is longer.
    static let characterCountMax = 64

    let now: Timestamp
    let zone: TimeZone
    let dayEdge: DayEdge

    /// `now` and `zone` give the meaning to what is relative and to what names no offset.
    package init(now: Timestamp, zone: TimeZone, dayEdge: DayEdge = .start) {
        self.now = now
        self.zone = zone
        self.dayEdge = dayEdge
    }

    /// The instant that `text` names.
    ///
    /// - Throws: ``TimeParsingError`` if it is in none of the forms or names no existing time.
    package func parse(_ text: String) throws(TimeParsingError) -> Timestamp {
        let scanner = TimeScanner(text)
        guard scanner.characters.count <= Self.characterCountMax,
            let time = calendarTime(scanner) ?? dayTime(scanner) ?? relativeTime(scanner)
        else { throw TimeParsingError(text: text) }
        return time
    }

    /// A date with or without a time of day and an offset.
    private func calendarTime(_ start: TimeScanner) -> Timestamp? {
        var scanner = start
        guard let year = scanner.number(digitCounts: 4...4), scanner.take("-"),
            let month = scanner.number(digitCounts: 1...2), scanner.take("-"),
            let day = scanner.number(digitCounts: 1...2)
        else { return nil }
        let date = CivilTime(year: year, month: month, day: day)
        guard date.isValid else { return nil }
        if scanner.isAtEnd { return edge(of: date) }
        guard scanner.take("t") || scanner.take(" "), let civil = scanner.timeOfDay(on: date)
        else { return nil }
        if scanner.isAtEnd { return zone.timestamp(of: civil) }
        guard let offset = scanner.offsetSeconds(), scanner.isAtEnd else { return nil }
        return Timestamp(milliseconds: civil.wallMilliseconds - Int64(offset) * 1_000)
    }

    /// A day named by its distance from today, today itself if only a time of day is given.
    private func dayTime(_ start: TimeScanner) -> Timestamp? {
        var scanner = start
        let name = dayNames.first { scanner.take($0.name) }
        let date = zone.civilTime(at: now).adding(days: name?.days ?? 0).at(hour: 0, minute: 0)
        if name != nil, scanner.isAtEnd { return edge(of: date) }
        _ = scanner.take(" ")
        guard let civil = scanner.timeOfDay(on: date), scanner.isAtEnd else { return nil }
        return zone.timestamp(of: civil)
    }

    /// A length of time from now, such as `+1d12h`.
    private func relativeTime(_ start: TimeScanner) -> Timestamp? {
        var scanner = start
        let isNegativeSign = scanner.take("-")
        let hasSign = isNegativeSign || scanner.take("+")
        guard let length = scanner.duration(max: Self.relativeMillisecondsMax) else { return nil }
        var isPast = isNegativeSign
        if !hasSign {
            _ = scanner.take(" ")
            isPast = scanner.take("ago") || scanner.take("以前") || scanner.take("前")
            if !isPast { _ = scanner.take("以后") || scanner.take("后") }
        }
        guard scanner.isAtEnd else { return nil }
        return now.adding(milliseconds: isPast ? -length : length)
    }

    private func edge(of date: CivilTime) -> Timestamp {
        let civil = dayEdge == .start ? date : date.at(hour: 23, minute: 59)
        return zone.timestamp(of: civil)
    }
}

/// Days with a name, as distances from today.
private let dayNames: [(name: String, days: Int)] = [
    ("today", 0), ("tomorrow", 1), ("yesterday", -1), ("今天", 0), ("今日", 0), ("明天", 1),
    ("明日", 1), ("后天", 2), ("昨天", -1), ("昨日", -1), ("前天", -2),
]
