import TicketModel

/// Reads the pieces of a time from left to right.
///
/// Case, white space at the ends and full-width forms are levelled first; runs of white space count
/// as one blank.
struct TimeScanner {
    let characters: [Character]
    private var index = 0

    init(_ text: String) {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace)
        characters = words.joined(separator: " ").map(Self.halfWidth)
    }

    var isAtEnd: Bool { index == characters.count }

    /// Full-width ASCII forms stand at a fixed distance from their narrow twins.
    private static func halfWidth(_ character: Character) -> Character {
        guard let scalar = character.unicodeScalars.first,
            ("\u{FF01}"..."\u{FF5E}").contains(scalar),
            let narrow = Unicode.Scalar(scalar.value - 0xFEE0)
        else { return character }
        return Character(narrow)
    }

    /// Steps over `word` if it comes next.
    mutating func take(_ word: String) -> Bool {
        guard characters[index...].starts(with: word) else { return false }
        index += word.count
        return true
    }

    /// Reads decimal digits if as many as allowed come next; otherwise stays where it is.
    mutating func number(digitCounts: ClosedRange<Int>) -> Int? {
        let digits = characters[index...].prefix { $0.isASCII && $0.isNumber }
        guard digitCounts.contains(digits.count), let value = Int(String(digits)) else {
            return nil
        }
        index += digits.count
        return value
    }

    /// Reads `9:00`, `10:30:15`, `10:30:15.250`, `18点`, `18点30分`, `下午3点`.
    mutating func timeOfDay(on date: CivilTime) -> CivilTime? {
        var civil = date
        let isAfternoon = ["下午", "晚上", "傍晚"].contains { take($0) }
        let isNoon = !isAfternoon && take("中午")
        if !isAfternoon, !isNoon { _ = ["上午", "早上", "凌晨"].contains { take($0) } }
        guard let hour = number(digitCounts: 1...2) else { return nil }
        // Noon is from eleven to one.
        let isSecondHalf = isAfternoon && hour < 12 || isNoon && hour < 3
        civil.hour = isSecondHalf ? hour + 12 : hour
        if take("点") || take("时") {
            if !isAtEnd, take("半") {
                civil.minute = 30
            } else if let minute = number(digitCounts: 1...2) {
                civil.minute = minute
                _ = take("分")
            }
            return civil.isValid ? civil : nil
        }
        guard take(":"), let minute = number(digitCounts: 2...2) else { return nil }
        civil.minute = minute
        guard take(":") else { return civil.isValid ? civil : nil }
        guard let second = number(digitCounts: 2...2) else { return nil }
        civil.second = second
        if take(".") {
            guard let millisecond = fractionMilliseconds() else { return nil }
            civil.millisecond = millisecond
        }
        return civil.isValid ? civil : nil
    }

    /// Reads one to nine digits after the point; what is finer than a millisecond is dropped.
    private mutating func fractionMilliseconds() -> Int? {
        let start = index
        guard number(digitCounts: 1...9) != nil else { return nil }
        return Int((String(characters[start..<index]) + "00").prefix(3))
    }

    /// Reads `Z`, `+08:00`, `-0330` or `+08` as seconds ahead of UTC, at most 18 hours.
    mutating func offsetSeconds() -> Int? {
        _ = take(" ")
        if take("z") { return 0 }
        let isWest = take("-")
        guard isWest || take("+"), let hours = offsetPart() else { return nil }
        _ = take(":")
        let minutes = isAtEnd ? 0 : offsetPart()
        guard let minutes, minutes < 60, hours <= 18 else { return nil }
        return (isWest ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }

    /// Two digits, whatever follows them.
    private mutating func offsetPart() -> Int? {
        let digits = characters[index...].prefix(2)
        guard digits.count == 2, digits.allSatisfy({ $0.isASCII && $0.isNumber }) else {
            return nil
        }
        index += 2
        return Int(String(digits))
    }

    /// Reads lengths with units, each at most once and not above `max` milliseconds in sum.
    mutating func duration(max: Int64) -> Int64? {
        var total: Int64 = 0
        var unused = durationUnits
        repeat {
            _ = take(" ")
            guard let count = number(digitCounts: 1...6) else { return nil }
            _ = take(" ")
            guard let found = unused.first(where: { unit in unit.names.contains { take($0) } })
            else { return nil }
            // Largest first, so `30m1h` is taken for the slip that it is.
            unused.removeAll { $0.milliseconds >= found.milliseconds }
            total += Int64(count) * found.milliseconds
        } while isDurationNext
        return total <= max ? total : nil
    }

    private var isDurationNext: Bool {
        let rest = characters[index...].drop { $0 == " " }
        return rest.first.map { $0.isASCII && $0.isNumber } ?? false
    }
}

/// Units of relative times; longer names first, because a short one may be their beginning.
private let durationUnits: [(names: [String], milliseconds: Int64)] = [
    (["weeks", "week", "w", "周", "星期"], 604_800_000),
    (["days", "day", "d", "天", "日"], 86_400_000),
    (["hours", "hour", "hrs", "hr", "h", "个小时", "小时", "时"], 3_600_000),
    (["minutes", "minute", "mins", "min", "m", "分钟", "分"], 60_000),
    (["seconds", "second", "secs", "sec", "s", "秒钟", "秒"], 1_000),
]
