import Foundation

/// A date and time of day as a wall shows it (proleptic Gregorian calendar), in no particular zone.
package struct CivilTime: Hashable, Sendable {
    /// The length of a day on a wall; an hour is skipped or shown twice between instants only.
    package static let dayMilliseconds: Int64 = 86_400_000

    /// 0 is the year before 1.
    package var year: Int
    /// From 1.
    package var month: Int
    /// From 1.
    package var day: Int
    /// From 0, as the minutes, seconds and milliseconds.
    package var hour = 0
    package var minute = 0
    package var second = 0
    package var millisecond = 0

    /// Whether day and time exist; the last second of a leap-second minute does not.
    package var isValid: Bool {
        (1...9999).contains(year) && (1...12).contains(month)
            && (1...Self.dayCount(year: year, month: month)).contains(day)
            && (0...23).contains(hour) && (0...59).contains(minute) && (0...59).contains(second)
            && (0...999).contains(millisecond)
    }

    /// Days from 1970-01-01. Years are counted from March, so that the leap day is their last.
    package var epochDay: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let monthFromMarch = (month + 9) % 12
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        let leapDays =
            shiftedYear.flooredDivision(by: 4) - shiftedYear.flooredDivision(by: 100)
            + shiftedYear.flooredDivision(by: 400)
        return 365 * shiftedYear + leapDays + dayOfYear - daysBeforeEpoch
    }

    /// Milliseconds from 1970-01-01 00:00 on the same wall.
    package var wallMilliseconds: Int64 {
        let seconds = ((epochDay * 24 + hour) * 60 + minute) * 60 + second
        return Int64(seconds) * 1_000 + Int64(millisecond)
    }

    /// What the wall shows `milliseconds` after its 1970-01-01 00:00.
    package init(wallMilliseconds milliseconds: Int64) {
        let (day, rest) = Int(milliseconds).flooredQuotientAndRemainder(by: 86_400_000)
        self.init(epochDay: day)
        hour = rest / 3_600_000
        minute = rest / 60_000 % 60
        second = rest / 1_000 % 60
        millisecond = rest % 1_000
    }

    package init(
        year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0,
        millisecond: Int = 0
    ) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
        self.millisecond = millisecond
    }

    /// Midnight of a day, by peeling off 400-year eras of equal length.
    package init(epochDay: Int) {
        let (era, dayOfEra) = (epochDay + daysBeforeEpoch).flooredQuotientAndRemainder(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        self.init(
            year: 400 * era + yearOfEra + (month <= 2 ? 1 : 0), month: month,
            day: dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    /// The same time of day some days later.
    package func adding(days: Int) -> CivilTime {
        CivilTime(wallMilliseconds: wallMilliseconds + Int64(days) * 86_400_000)
    }

    /// The same day at another time of day.
    package func at(hour: Int, minute: Int, second: Int = 0) -> CivilTime {
        CivilTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    }

    /// The number of days of a month.
    package static func dayCount(year: Int, month: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

/// Days from 0000-03-01, where the years counted from March begin, to 1970-01-01.
private let daysBeforeEpoch = 719_468

extension Int {
    fileprivate func flooredQuotientAndRemainder(by divisor: Int) -> (Int, Int) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }

    fileprivate func flooredDivision(by divisor: Int) -> Int {
        flooredQuotientAndRemainder(by: divisor).0
    }
}

extension TimeZone {
    /// Seconds that the wall of this zone is ahead of UTC.
    ///
    /// Zone data says nothing sensible about instants beyond the calendar's four-digit years; they
    /// are asked about at its ends.
    package func offsetSeconds(at time: Timestamp) -> Int {
        let seconds = min(max(time.milliseconds / 1_000, -62_135_596_800), 253_402_300_799)
        return secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
    }

    /// What the wall of this zone shows.
    package func civilTime(at time: Timestamp) -> CivilTime {
        let offset = Int64(offsetSeconds(at: time)) * 1_000
        return CivilTime(wallMilliseconds: time.adding(milliseconds: offset).milliseconds)
    }

    /// The instant at which the wall of this zone shows `civil`.
    ///
    /// Of a time shown twice the earlier is taken; a time skipped in spring is read with the offset
    /// before the change, which gives the time that a clock not yet adjusted would mean.
    package func timestamp(of civil: CivilTime) -> Timestamp {
        let wall = Timestamp(milliseconds: civil.wallMilliseconds)
        let dayMilliseconds: Int64 = 86_400_000
        let before = offsetSeconds(at: wall.adding(milliseconds: -dayMilliseconds))
        let after = offsetSeconds(at: wall.adding(milliseconds: dayMilliseconds))
        let candidates = [before, after].map { wall.adding(milliseconds: Int64(-$0) * 1_000) }
        return candidates.first { civilTime(at: $0) == civil } ?? candidates[0]
    }
}
