import FoundationEssentials
import Terminal
import TicketModel

/// How far from now a time that somebody types can be meant: beyond, a digit of the year is wrong
/// (domain.md B6). Some minutes are granted either way, for clocks that are off.
enum TimeBounds {
    /// When something will be done.
    case toCome
    /// When something happened.
    case past
    /// When a customer hopes for an answer.
    case hopedFor

    static let graceMilliseconds: Int64 = 10 * 60 * 1_000
    static let yearMilliseconds: Int64 = 366 * 24 * 3_600 * 1_000

    /// The distances from now, in milliseconds.
    var range: ClosedRange<Int64> {
        switch self {
        case .toCome: -Self.graceMilliseconds...10 * Self.yearMilliseconds
        case .past: -100 * Self.yearMilliseconds...Self.graceMilliseconds
        case .hopedFor: -Self.yearMilliseconds...10 * Self.yearMilliseconds
        }
    }

    private var isEarlyText: LocalizedText {
        self == .toCome
            ? LocalizedText(zh: " 已过去", en: " has passed")
            : LocalizedText(zh: " 过早", en: " is too long ago")
    }

    private var isLateText: LocalizedText {
        self == .past
            ? LocalizedText(zh: " 还没有到", en: " is still to come")
            : LocalizedText(zh: " 过晚", en: " is too far ahead")
    }

    /// - Throws: `CommandFailure` for a time that cannot be meant.
    func check(_ time: Timestamp, at now: Timestamp) throws {
        let distance = time.millisecondsSince(now)
        guard !range.contains(distance) else { return }
        let shown = TimestampText.full(time, zone: .current)
        let isEarly = distance < range.lowerBound
        throw CommandFailure(
            .refused,
            zh: shown + (isEarly ? isEarlyText.zh : isLateText.zh) + "；请检查年份、日期与时刻。",
            en: shown + (isEarly ? isEarlyText.en : isLateText.en)
                + "; check the year, the day and the hour.",
            details: [.init("code", "time_out_of_range")])
    }
}
