import TicketModel

/// Opening hours within one day, from the first minute to the one before `end`: `09:00-12:00`.
///
/// Half-open, so that windows which touch leave no minute out and count none twice, and a day that
/// is open throughout ends at 24:00 (domain.md T14).
package struct DayWindow: Hashable, Comparable, Sendable {
    /// The whole day.
    package static let wholeDay = DayWindow(start: 0, end: minuteCountMax)
    /// The minutes of a day on a wall.
    package static let minuteCountMax = 1_440

    /// The first minute of the window, from midnight.
    package let start: Int
    /// The first minute behind it; at most `minuteCountMax`.
    package let end: Int

    /// A window in minutes from midnight.
    package init(start: Int, end: Int) {
        precondition(
            0 <= start && start < end && end <= Self.minuteCountMax,
            "a window lies within a day and is not empty, not \(start)-\(end)")
        self.start = start
        self.end = end
    }

    /// Why a text is no window.
    package enum Mistake: Hashable, Sendable, Error {
        /// It is not written `09:00-12:00`.
        case form
        /// It ends before it starts, or when it starts.
        case order
    }

    /// Reads `09:00-12:00`.
    ///
    /// - Throws: `Mistake`.
    package init(_ text: String) throws(Mistake) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let start = Self.minute(parts[0]), let end = Self.minute(parts[1]),
            start < Self.minuteCountMax
        else { throw .form }
        guard start < end else { throw .order }
        self.init(start: start, end: end)
    }

    /// The minutes from midnight that `10:30` and `24:00` say.
    static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
            text.utf8.allSatisfy({ $0 == 0x3A || (0x30...0x39).contains($0) }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60
        else { return nil }
        let result = hour * 60 + minute
        return result <= minuteCountMax ? result : nil
    }

    /// As files write it.
    package var text: String { Self.clock(start) + "-" + Self.clock(end) }

    private static func clock(_ minute: Int) -> String {
        let (hour, rest) = minute.quotientAndRemainder(dividingBy: 60)
        return (hour < 10 ? "0" : "") + "\(hour):" + (rest < 10 ? "0" : "") + "\(rest)"
    }

    /// Whether both share a minute.
    package func overlaps(_ other: DayWindow) -> Bool { start < other.end && other.start < end }

    /// The length in minutes.
    package var minuteCount: Int { end - start }

    /// What is left of this window without `others`.
    func subtracting(_ others: [DayWindow]) -> [DayWindow] {
        others.reduce([self]) { left, other in
            left.flatMap { window -> [DayWindow] in
                guard window.overlaps(other) else { return [window] }
                return [(window.start, other.start), (other.end, window.end)]
                    .filter { $0.0 < $0.1 }.map { DayWindow(start: $0.0, end: $0.1) }
            }
        }
    }

    /// By the start, then by the end.
    package static func < (left: DayWindow, right: DayWindow) -> Bool {
        (left.start, left.end) < (right.start, right.end)
    }
}
