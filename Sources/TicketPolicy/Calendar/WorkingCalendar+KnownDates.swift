import Foundation
import TicketModel

/// How far the dates of a calendar reach: next year's holidays are announced late, and a calendar
/// that lacks them makes promises that are due on a holiday (domain.md T18).
extension WorkingCalendar {
    /// The number of holidays and of extra days, and the last date that any of them is known for.
    package var knownDates: (holidayCount: Int, extraDayCount: Int, last: CivilTime?) {
        let extraDayCount = exceptions.values.count { $0.kind == .extraDay }
        return (
            exceptions.count - extraDayCount, extraDayCount,
            exceptions.keys.max().map(CivilTime.init(epochDay:))
        )
    }

    /// The end of the last year that it has dates of, in its zone; nil for one without dates, which
    /// is a plain week by intent.
    package var knownUntil: Timestamp? {
        guard let last = knownDates.last else { return nil }
        let newYear = CivilTime(year: last.year + 1, month: 1, day: 1)
        guard newYear.isValid else { return nil }
        return (WorkingCalendar.timeZone(named: zone) ?? .gmt).timestamp(of: newYear)
    }

    /// Which dates are missing, what that does, and what to do.
    package var renewal: LocalizedText {
        let year = knownDates.last?.year ?? 0
        return LocalizedText(
            zh: "日历 \(name) 版本 \(version) 没有 \(year) 年之后的节假日：\(year + 1) 年的节假日会按工作日计时。"
                + "请加入 \(year + 1) 年的日期，提高日历版本，再运行 loopdesk-hub policy load",
            en: "Calendar \(name) version \(version) has no holidays after \(year): those of "
                + "\(year + 1) count as working days. Add the dates of \(year + 1), raise the "
                + "calendar's version, and run loopdesk-hub policy load")
    }
}

extension Profile {
    /// How long before its dates end a calendar is called out: 60 days, when the next year's are
    /// announced in China.
    package static let calendarNoticeMilliseconds: Int64 = 60 * 24 * 3_600 * 1_000

    /// The calendars whose dates have ended at `now` or end soon.
    package func calendarsToRenew(at now: Timestamp) -> [WorkingCalendar] {
        let soon = now.adding(milliseconds: Self.calendarNoticeMilliseconds)
        return calendars.filter { $0.knownUntil.map { $0 <= soon } ?? false }
    }
}

extension PromisedTime {
    /// Whether it is due when the dates of its calendar have ended: holidays may be missing.
    package var isBeyondKnownDates: Bool {
        guard let dueAt, let end = rule.calendar?.knownUntil else { return false }
        return dueAt >= end
    }
}
