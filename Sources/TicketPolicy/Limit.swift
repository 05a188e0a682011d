import TicketModel

/// A promised length of time, as policy files write it: `30s`, `15m`, `4h`, `2d`, `3wd`.
///
/// Seconds, minutes and hours are counted while the clock's calendar is open, or around the clock
/// without one. A day is 24 hours and only for clocks without a calendar; a working day is a day of
/// the calendar and only for clocks with one (domain.md T20).
package struct Limit: Hashable, Sendable {
    /// More than any promise of the manuals, and far from any overflow.
    package static let dayCountMax: Int64 = 366
    /// The most weeks of a calendar that a limit may need: what needs more is a mistake in the
    /// calendar.
    package static let weekCountMax: Int64 = 106

    /// The unit that the file used; kept so that people read back what they wrote.
    package enum Unit: String, CaseIterable, Hashable, Sendable {
        case second = "s"
        case minute = "m"
        case hour = "h"
        case day = "d"
        case workingDay = "wd"

        /// The length of one unit; nil for one that only a calendar can tell.
        package var milliseconds: Int64? {
            switch self {
            case .second: 1_000
            case .minute: 60_000
            case .hour: 3_600_000
            case .day: 86_400_000
            case .workingDay: nil
            }
        }

        fileprivate func text(_ count: Int64) -> LocalizedText {
            switch self {
            case .second: LocalizedText(zh: "\(count)秒", en: "\(count) s")
            case .minute: LocalizedText(zh: "\(count)分钟", en: "\(count) min")
            case .hour: LocalizedText(zh: "\(count)小时", en: "\(count) h")
            case .day: LocalizedText(zh: "\(count)天", en: "\(count) d")
            case .workingDay:
                LocalizedText(
                    zh: "\(count)个工作日", en: count == 1 ? "1 working day" : "\(count) working days")
            }
        }
    }

    /// How many of `unit`; at least 1.
    package let count: Int64
    /// The unit that was written.
    package let unit: Unit

    /// Reads the written form; nil unless it is a number from 1, in ASCII digits, and one unit,
    /// and at most `dayCountMax` days or working days long.
    package init?(_ text: some StringProtocol) {
        let letters = text.drop { ("0"..."9").contains($0) }
        let digits = text.prefix(text.count - letters.count)
        guard let unit = Unit(rawValue: String(letters)),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(digits), count > 0
        else { return nil }
        let day: Int64 = 86_400_000
        guard count <= Self.dayCountMax * day / (unit.milliseconds ?? day) else { return nil }
        self.count = count
        self.unit = unit
    }

    /// The length in milliseconds; nil for working days.
    package var milliseconds: Int64? { unit.milliseconds.map { count * $0 } }

    /// As files write it.
    package var written: String { "\(count)\(unit.rawValue)" }

    /// For people: `4小时`, `4 h`, `3 working days`.
    package var text: LocalizedText { unit.text(count) }

    /// Whether it is longer than another limit whenever both start; working days of a calendar are
    /// taken as long as its days are.
    func isAlwaysLonger(than other: Limit, in calendar: WorkingCalendar?) -> Bool {
        if unit == other.unit { return count > other.count }
        return lengths(in: calendar).lowerBound > other.lengths(in: calendar).upperBound
    }

    /// The shortest and the longest counted time that it can come to. Of working days those whose
    /// first one begins at once are the shortest; what is left of the first date comes on top.
    func lengths(in calendar: WorkingCalendar?) -> ClosedRange<Int64> {
        if let milliseconds { return milliseconds...milliseconds }
        guard let day = calendar?.dayMilliseconds else { return 1...Int64.max }
        return count * day.lowerBound...(count + 1) * day.upperBound
    }
}
