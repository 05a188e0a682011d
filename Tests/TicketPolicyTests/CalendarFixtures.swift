import Foundation
import TicketModel
import TicketPolicy

/// `2026-10-09 16:00` as the wall of a zone shows it.
func wall(_ text: String, _ zone: String = "Asia/Shanghai") -> Timestamp {
    let parts = text.split(separator: " ")
    let clock = parts.count > 1 ? parts[1].split(separator: ":").compactMap { Int($0) } : [0, 0]
    guard let date = CivilTime(date: parts[0]), clock.count == 2,
        let zone = TimeZone(identifier: zone)
    else { preconditionFailure("\(text) in \(zone) is no time of a test") }
    return zone.timestamp(of: date.at(hour: clock[0], minute: clock[1]))
}

/// The date `2026-10-01`.
func date(_ text: String) -> CivilTime {
    guard let date = CivilTime(date: text) else { preconditionFailure("\(text) is no date") }
    return date
}

/// Windows as files write them.
func windows(_ texts: String...) -> [DayWindow] {
    texts.map { text in
        guard let window = try? DayWindow(text) else { preconditionFailure("\(text) is no window") }
        return window
    }
}

/// A calendar of nine to six without a break from Monday to Friday, unless other windows are given.
func office(
    _ zone: String = "Asia/Shanghai", weekdays: [DayWindow] = windows("09:00-18:00"),
    saturday: [DayWindow] = [], sunday: [DayWindow] = [],
    holidays: [CivilTime: [DayWindow]] = [:], extraDays: [CivilTime: [DayWindow]] = [:]
) throws(CalendarError) -> WorkingCalendar {
    try WorkingCalendar(
        name: "office", version: 7, zone: zone,
        week: Array(repeating: weekdays, count: 5) + [saturday, sunday], holidays: holidays,
        extraDays: extraDays)
}

/// Open at all times.
func alwaysOpen(_ zone: String) throws(CalendarError) -> WorkingCalendar {
    try office(zone, weekdays: [.wholeDay], saturday: [.wholeDay], sunday: [.wholeDay])
}

extension Priority {
    /// A class of tests: `normal` 1, `important` 2, `urgent` 3.
    static func test(_ rank: Int64) -> Priority {
        let key = ["", "normal", "important", "urgent"][Int(rank)]
        let text = LocalizedText(zh: key, en: key)
        return Priority(key: key, rank: rank, label: text, criteria: text)
    }
}

/// A clock with one limit, or one for each class from the least urgent.
func clock(
    _ limits: String..., calendar: WorkingCalendar?, rungs: [ClockRule.Rung.Position] = []
) -> ClockRule {
    let keys = ["normal", "important", "urgent"]
    let written = keys.indices.map { limits[min($0, limits.count - 1)] }
    return ClockRule(
        name: "response", label: LocalizedText(zh: "响应", en: "response"),
        limits: Dictionary(
            uniqueKeysWithValues: zip(keys, written).compactMap { key, text in
                Limit(text).map { (key, $0) }
            }), calendar: calendar, metBy: [.accept],
        ladder: rungs.map { ClockRule.Rung(position: $0, action: .warn([.handler])) }
            + [ClockRule.Rung(position: .percent(100), action: .escalate(level: 1))])
}

/// A pause from and to; open without an end.
func pause(_ start: String, _ end: String? = nil, _ reason: String = "") -> ClockFacts.Pause {
    ClockFacts.Pause(start: wall(start), end: end.map { wall($0) }, reason: reason)
}

/// A change of the class.
func change(_ time: String, to rank: Int64) -> ClockFacts.PriorityChange {
    ClockFacts.PriorityChange(time: wall(time), priority: .test(rank))
}
