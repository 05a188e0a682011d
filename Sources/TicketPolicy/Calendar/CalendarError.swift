import TicketModel

/// Why a calendar cannot be, or cannot tell a time.
package enum CalendarError: Error, Hashable, Sendable {
    /// No zone of this IANA name is known.
    case unknownZone(String)
    /// Windows of one day overlap.
    case overlappingWindows(DayWindow, DayWindow)
    /// A date is both a holiday and an extra working day.
    case dateTwice(CivilTime)
    /// The week has no window: a limit would never run out (domain.md T15).
    case noUsableHours
    /// More holidays than a calendar may have.
    case tooManyHolidays(count: Int)
    /// An instant outside of the years that calendars know.
    case outOfRange(Timestamp)
    /// So much working time lies further away than anybody promises.
    case beyondHorizon(from: Timestamp)

    /// The reason, for people.
    package var text: LocalizedText {
        switch self {
        case .unknownZone(let zone):
            LocalizedText(zh: "未知时区 \(zone)", en: "\(zone) is not an IANA time zone")
        case .overlappingWindows(let one, let two):
            LocalizedText(
                zh: "时段 \(one.text) 与 \(two.text) 重叠",
                en: "the windows \(one.text) and \(two.text) overlap")
        case .dateTwice(let date):
            LocalizedText(
                zh: "日期 \(date.dateText) 出现两次", en: "\(date.dateText) is given twice")
        case .noUsableHours:
            LocalizedText(zh: "一周中没有工作时段", en: "the week has no working hours")
        case .tooManyHolidays(let count):
            LocalizedText(
                zh: "节假日 \(count) 天，最多 \(WorkingCalendar.holidayCountMax) 天",
                en: "\(count) holidays, at most \(WorkingCalendar.holidayCountMax)")
        case .outOfRange:
            LocalizedText(
                zh: "时间超出公元1年至9999年", en: "the time is not within the years 1 to 9999")
        case .beyondHorizon:
            LocalizedText(
                zh: "工作时间超出\(OpenHours.sliceCountMax)天",
                en: "so much working time takes more than \(OpenHours.sliceCountMax) days")
        }
    }
}
