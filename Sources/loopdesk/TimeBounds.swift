import FoundationEssentials
import Terminal
import TicketModel

/// How far from now a time that somebody types can be meant: beyond, a digit of the year is wrong
/// (domain.md B6). A day is granted either way, for clocks that are off and “today 18:00” at seven.
enum TimeBounds {
    /// When something will be done.
    case toCome
    /// When something happened.
    case past
    /// When a customer hopes for an answer.
    case hopedFor

    static let dayMilliseconds: Int64 = 24 * 3_600 * 1_000
    static let yearMilliseconds: Int64 = 366 * dayMilliseconds

    /// The distances from now, in milliseconds.
    var range: ClosedRange<Int64> {
        switch self {
        case .toCome: -Self.dayMilliseconds...10 * Self.yearMilliseconds
        case .past: -100 * Self.yearMilliseconds...Self.dayMilliseconds
        case .hopedFor: -Self.yearMilliseconds...10 * Self.yearMilliseconds
        }
    }

    /// - Throws: `CommandFailure` for a time that cannot be meant.
    func check(_ time: Timestamp, at now: Timestamp) throws {
        let distance = time.millisecondsSince(now)
        guard !range.contains(distance) else { return }
        let shown = TimestampText.full(time, zone: .current)
        let isEarly = distance < range.lowerBound
        throw CommandFailure(
            .refused,
            zh: isEarly ? "\(shown) 过早；请检查年份与日期。" : "\(shown) 过晚；请检查年份与日期。",
            en: isEarly
                ? "\(shown) is too long ago; check the year and the day."
                : "\(shown) is too far ahead; check the year and the day.",
            details: [.init("code", "time_out_of_range")])
    }
}
