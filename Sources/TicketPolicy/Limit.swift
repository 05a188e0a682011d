import TicketModel

/// A promised length of time, as policy files write it: `30s`, `15m`, `4h`, `2d`.
///
/// Wall-clock time: a day is 24 hours. Working days are another unit with a calendar of their own
/// (domain.md T20) and are not read as this one.
package struct Limit: Hashable, Comparable, Sendable {
    /// More than any promise of the manuals, and far from any overflow.
    package static let dayCountMax: Int64 = 366

    /// The unit that the file used; kept so that people read back what they wrote.
    package enum Unit: String, CaseIterable, Hashable, Sendable {
        case second = "s"
        case minute = "m"
        case hour = "h"
        case day = "d"

        /// The length of one unit.
        package var milliseconds: Int64 {
            switch self {
            case .second: 1_000
            case .minute: 60_000
            case .hour: 3_600_000
            case .day: 86_400_000
            }
        }

        fileprivate var noun: LocalizedText {
            switch self {
            case .second: LocalizedText(zh: "秒", en: "s")
            case .minute: LocalizedText(zh: "分钟", en: "min")
            case .hour: LocalizedText(zh: "小时", en: "h")
            case .day: LocalizedText(zh: "天", en: "d")
            }
        }
    }

    /// How many of `unit`; at least 1.
    package let count: Int64
    /// The unit that was written.
    package let unit: Unit

    /// Reads the written form; nil unless it is a number from 1, in ASCII digits, and one unit,
    /// and at most `dayCountMax` days long.
    package init?(_ text: some StringProtocol) {
        guard let unit = Unit(rawValue: String(text.suffix(1))) else { return nil }
        let digits = text.dropLast()
        guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let count = Int64(digits), count > 0,
            count <= Self.dayCountMax * Unit.day.milliseconds / unit.milliseconds
        else { return nil }
        self.count = count
        self.unit = unit
    }

    /// The length in milliseconds.
    package var milliseconds: Int64 { count * unit.milliseconds }

    /// For people: `4小时`, `4 h`.
    package var text: LocalizedText {
        LocalizedText(zh: "\(count)\(unit.noun.zh)", en: "\(count) \(unit.noun.en)")
    }

    /// Orders by length, whatever the units.
    package static func < (left: Limit, right: Limit) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
