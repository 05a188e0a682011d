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
            zh: "无法识别时间“\(given)”；可用：\(dates)、12月1日 9:00、今天 18:00、下周一、+2h、2小时后",
            en: "“\(given)” is no time; use \(dates), today 18:00, tomorrow 9:00, +2h, 90m")
    }
}

/// Reads times as people type them, for `--eta` and for when something happened.
///
/// Accepted, with full-width digits and colons too:
/// - `2024-03-10`, `2024-03-10 10:30`, `2024-03-10T10:30:15`, `2024/3/10`, `2024年3月10日 9点`
/// - `3月10日`, `3月10号 9:00`: of the year that brings it nearest to now
/// - `today 18:00`, `今天18:00`, `今日 18:00`, `明天 9:00`, `yesterday`, `后天`, `18:00`, `18点30分`,
///   `明天下午3点`, `晚上8:30`
/// - `周五`, `本周五`, `下周一 9:00`, `上星期三`: weeks begin on Monday
/// - `+2h`, `90m`, `1d12h`, `2小时后`, `半小时后`, `-30m`, `30分钟前`: from now; a day is 24 hours,
///   `m` minutes
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
    private static let halfDayMilliseconds: Int64 = 43_200_000
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
            let time = calendarTime(scanner) ?? monthTime(scanner) ?? weekdayTime(scanner)
                ?? dayTime(scanner) ?? relativeTime(scanner)
        else { throw TimeParsingError(text: text) }
        return time
    }

    /// The instant that `text` names of something that has happened: a time of day alone is of
    /// today or yesterday, whichever is nearer. At five past midnight, `23:58` was just now.
    ///
    /// - Throws: ``TimeParsingError`` if it is in none of the forms or names no existing time.
    package func parsePast(_ text: String) throws(TimeParsingError) -> Timestamp {
        let time = try parse(text)
        let today = zone.civilTime(at: now).at(hour: 0, minute: 0)
        var scanner = TimeScanner(text)
        guard time.millisecondsSince(now) > Self.halfDayMilliseconds,
            scanner.timeOfDay(on: today) != nil, scanner.isAtEnd
        else { return time }
        scanner = TimeScanner(text)
        let yesterday = scanner.timeOfDay(on: today.adding(days: -1))
        return yesterday.map { zone.timestamp(of: $0) } ?? time
    }

    /// A date with or without a time of day and an offset.
    private func calendarTime(_ start: TimeScanner) -> Timestamp? {
        var scanner = start
        guard let year = scanner.number(digitCounts: 4...4) else { return nil }
        if scanner.take("年") { return monthTime(scanner, year: year) }
        let mark = scanner.take("-") ? "-" : "/"
        guard mark == "-" || scanner.take("/"),
            let month = scanner.number(digitCounts: 1...2), scanner.take(mark),
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

    /// `3月10日 9:00`, of the year that is given or brings it nearest to now.
    private func monthTime(_ start: TimeScanner, year: Int? = nil) -> Timestamp? {
        var scanner = start
        guard let month = scanner.number(digitCounts: 1...2), scanner.take("月"),
            let day = scanner.number(digitCounts: 1...2), scanner.take("日") || scanner.take("号")
        else { return nil }
        let today = zone.civilTime(at: now)
        let years = year.map { $0...$0 } ?? (today.year - 1)...(today.year + 1)
        let dates = years.map { CivilTime(year: $0, month: month, day: day) }.filter(\.isValid)
        let nearest = dates.min {
            abs($0.epochDay - today.epochDay) < abs($1.epochDay - today.epochDay)
        }
        return nearest.flatMap { time(of: $0, scanner) }
    }

    /// `下周一 9:00`.
    private func weekdayTime(_ start: TimeScanner) -> Timestamp? {
        var scanner = start
        let weeks = weekNames.first { scanner.take($0.name) }?.weeks ?? 0
        guard scanner.take("周") || scanner.take("星期") || scanner.take("礼拜"),
            let weekday = weekdayNames.first(where: { scanner.take($0.name) })?.day
        else { return nil }
        let today = zone.civilTime(at: now).at(hour: 0, minute: 0)
        // The day 0 was a Thursday.
        let monday = today.epochDay - ((today.epochDay + 3) % 7 + 7) % 7
        return time(of: CivilTime(epochDay: monday + 7 * weeks + weekday), scanner)
    }

    /// A day with the time of day that follows, if one does.
    private func time(of date: CivilTime, _ rest: TimeScanner) -> Timestamp? {
        var scanner = rest
        if scanner.isAtEnd { return edge(of: date) }
        _ = scanner.take(" ")
        guard let civil = scanner.timeOfDay(on: date), scanner.isAtEnd else { return nil }
        return zone.timestamp(of: civil)
    }

    /// A day named by its distance from today, today itself if only a time of day is given.
    private func dayTime(_ start: TimeScanner) -> Timestamp? {
        var scanner = start
        let name = dayNames.first { scanner.take($0.name) }
        let date = zone.civilTime(at: now).adding(days: name?.days ?? 0).at(hour: 0, minute: 0)
        guard name != nil || !scanner.isAtEnd else { return nil }
        return time(of: date, scanner)
    }

    /// A length of time from now, such as `+1d12h`.
    private func relativeTime(_ start: TimeScanner) -> Timestamp? {
        var scanner = start
        let isNegativeSign = scanner.take("-")
        let hasSign = isNegativeSign || scanner.take("+")
        let length =
            scanner.take("半小时") || scanner.take("半个小时")
            ? 30 * 60_000 : scanner.duration(max: Self.relativeMillisecondsMax)
        guard let length else { return nil }
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

/// Weeks with a name, as distances from this one.
private let weekNames: [(name: String, weeks: Int)] = [
    ("下下", 2), ("下个", 1), ("下", 1), ("上个", -1), ("上", -1), ("本", 0), ("这", 0),
]

/// The days of a week that begins on Monday.
private let weekdayNames: [(name: String, day: Int)] = [
    ("一", 0), ("二", 1), ("三", 2), ("四", 3), ("五", 4), ("六", 5), ("日", 6), ("天", 6),
]
