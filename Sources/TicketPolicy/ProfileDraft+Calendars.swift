import TicketModel
import Yams

// The section of working calendars.
extension ProfileDraft {
    static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    /// The word for windows that are the whole day.
    static let allDayWord = "all"
    /// Holidays that are written as from and to are not longer than a year.
    private static let rangeDayCountMax = 366

    /// Reads every calendar; one with a problem is left out, its name is known nevertheless.
    mutating func readCalendars(_ node: Node, _ reader: inout ProfileReader) {
        for (keyNode, value) in reader.entries(node) {
            let record = reader.record(value, CalendarKey.self)
            guard let name = reader.key(keyNode) else { continue }
            calendarNames.append(name)
            if let calendar = readCalendar(name, record, &reader) { calendars.append(calendar) }
        }
        calendars.sort { $0.name < $1.name }
    }

    private func readCalendar(
        _ name: String, _ record: Record<CalendarKey>, _ reader: inout ProfileReader
    ) -> WorkingCalendar? {
        let version = record[.version].flatMap {
            reader.integer($0, in: 1...Int64(Int32.max))
        }
        let zone = record[.zone].flatMap { reader.zone($0) }
        let week = record[.week].map { readWeek($0, &reader) }
        var dates: Set<CivilTime> = []
        let holidays = record[.holidays].map { readHolidays($0, &dates, &reader) } ?? [:]
        let extraDays = record[.extraDays].map { readExtraDays($0, &dates, &reader) } ?? [:]
        guard let version, let zone, let week, let weekNode = record[.week] else { return nil }
        do {
            return try WorkingCalendar(
                name: name, version: Int(version), zone: zone, week: week, holidays: holidays,
                extraDays: extraDays)
        } catch .noUsableHours {
            reader.refuse(
                weekNode, zh: "一周中没有工作时段，时限永远不会到期",
                en: "the week has no working hours, so no limit would ever end",
                remedy: .init(
                    zh: "请至少给一天写上时段，如 mon-fri: [09:00-18:00]",
                    en: "give at least one day a window, such as mon-fri: [09:00-18:00]"))
        } catch .tooManyHolidays(let count) {
            reader.refuse(
                record[.holidays] ?? weekNode, zh: "节假日有 \(count) 天，太多",
                en: "\(count) holidays are too many",
                remedy: .init(
                    zh: "请最多保留 \(WorkingCalendar.holidayCountMax) 天，先去掉往年的",
                    en: "keep at most \(WorkingCalendar.holidayCountMax), those of past years go "
                        + "first"))
        } catch {
            // The other reasons were told where they stand: then there are problems already.
        }
        return nil
    }

    private func readWeek(_ node: Node, _ reader: inout ProfileReader) -> [[DayWindow]] {
        var week = [[DayWindow]](repeating: [], count: Self.dayNames.count)
        var given: Set<Int> = []
        for (keyNode, value) in reader.entries(node) {
            let windows = readWindows(value, &reader)
            for day in readDays(keyNode, &reader) {
                guard given.insert(day).inserted else {
                    reader.refuse(
                        keyNode, zh: "\(Self.dayNames[day]) 重复",
                        en: "\(Self.dayNames[day]) is given twice",
                        remedy: .init(
                            zh: "请只留一个，把当天的时段写进同一个列表",
                            en: "keep one, with all its windows in one list"))
                    continue
                }
                week[day] = windows
            }
        }
        return week
    }

    /// `fri`, or `mon-thu` for all of them.
    private func readDays(_ node: Node, _ reader: inout ProfileReader) -> [Int] {
        guard let text = reader.text(node) else { return [] }
        let ends = text.split(separator: "-", omittingEmptySubsequences: false).map {
            Self.dayNames.firstIndex(of: String($0))
        }
        guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
            ends.count == 1 ? first == last : first < last
        else {
            let names = Self.dayNames.joined(separator: ", ")
            reader.refuse(
                node, zh: "\(text) 不是星期几", en: "\(text) is not a day of the week",
                remedy: .init(
                    zh: "请用 \(names)，或写起止，如 mon-fri",
                    en: "use \(names), or from and to such as mon-fri"))
            return []
        }
        return Array(first...last)
    }

    func readWindows(_ node: Node, _ reader: inout ProfileReader) -> [DayWindow] {
        var result: [DayWindow] = []
        for element in reader.list(node) {
            guard let window = readWindow(element, &reader) else { continue }
            if let other = result.first(where: { $0.overlaps(window) }) {
                reader.refuse(
                    element, zh: "\(window.text) 与 \(other.text) 重叠",
                    en: "\(window.text) overlaps \(other.text)",
                    remedy: .init(
                        zh: "请让每个时段在下一个开始前结束；结束时刻不算在内",
                        en: "let each window end before the next one starts; the end itself is not "
                            + "in it"))
            }
            result.append(window)
        }
        return result
    }

    private func readWindow(_ node: Node, _ reader: inout ProfileReader) -> DayWindow? {
        guard let text = reader.text(node) else { return nil }
        do {
            return try DayWindow(text)
        } catch {
            switch error {
            case .form:
                reader.refuse(
                    node, zh: "\(text) 不是一天中的时段", en: "\(text) is not a window of a day",
                    remedy: .init(
                        zh: "请写起止，如 09:00-12:00；一天的结束写 24:00",
                        en: "write from and to such as 09:00-12:00, with 24:00 for the end of the "
                            + "day"))
            case .order:
                reader.refuse(
                    node, zh: "时段 \(text) 的结束不晚于开始",
                    en: "the window \(text) does not end after its start",
                    remedy: .init(
                        zh: "请先写较早的时间；夜班写成两个时段，第二个写在次日",
                        en: "write the earlier time first; a night shift is two windows, the "
                            + "second one on the next day"))
            }
            return nil
        }
    }

    private func readHolidays(
        _ node: Node, _ dates: inout Set<CivilTime>, _ reader: inout ProfileReader
    ) -> [CivilTime: [DayWindow]] {
        var result: [CivilTime: [DayWindow]] = [:]
        for (keyNode, value) in reader.entries(node) {
            let isWhole = value.string == Self.allDayWord
            let closed = isWhole ? [.wholeDay] : readWindows(value, &reader)
            if !isWhole, value.sequence?.isEmpty == true {
                reader.refuse(
                    value, zh: "没有时段的节假日不起作用",
                    en: "a holiday without hours changes nothing",
                    remedy: .init(
                        zh: "请写 `all`，或写不上班的时段",
                        en: "write `all`, or the windows that are closed"))
            }
            for date in readDates(keyNode, &dates, &reader) { result[date] = closed }
        }
        return result
    }

    private func readExtraDays(
        _ node: Node, _ dates: inout Set<CivilTime>, _ reader: inout ProfileReader
    ) -> [CivilTime: [DayWindow]] {
        var result: [CivilTime: [DayWindow]] = [:]
        for (keyNode, value) in reader.entries(node) {
            let windows = readWindows(value, &reader)
            if value.sequence?.isEmpty == true {
                reader.refuse(
                    value, zh: "没有时段的补班日不是工作日",
                    en: "an extra day without hours is no working day",
                    remedy: .init(
                        zh: "请写上时段，或改为节假日", en: "write its windows, or make it a holiday"))
            }
            for date in readDates(keyNode, &dates, &reader) { result[date] = windows }
        }
        return result
    }

    /// `2026-10-01`, or `2026-10-01..2026-10-07` for all of them. None may be given twice,
    /// whichever list it is in.
    private func readDates(
        _ node: Node, _ dates: inout Set<CivilTime>, _ reader: inout ProfileReader
    ) -> [CivilTime] {
        guard let text = reader.text(node) else { return [] }
        let ends = text.split(separator: "..", omittingEmptySubsequences: false).map {
            CivilTime(date: $0)
        }
        guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil,
            0..<Self.rangeDayCountMax ~= last.epochDay - first.epochDay
        else {
            reader.refuse(
                node, zh: "\(text) 不是日期", en: "\(text) is not a date",
                remedy: .init(
                    zh: "请写存在的日期，如 2026-10-01，或一年以内的起止，如 2026-10-01..2026-10-07",
                    en: "write a day that exists such as 2026-10-01, or from and to within a year "
                        + "such as 2026-10-01..2026-10-07"))
            return []
        }
        let all = (first.epochDay...last.epochDay).map(CivilTime.init(epochDay:))
        for date in all where !dates.insert(date).inserted {
            reader.refuse(
                node, zh: "\(date.dateText) 重复", en: "\(date.dateText) is given twice",
                remedy: .init(
                    zh: "请只写一次：休息写在 `holidays` 下，补班写在 `extra_days` 下",
                    en: "keep it once: closed hours under `holidays`, a make-up day under "
                        + "`extra_days`"))
        }
        return all
    }
}

extension WorkingCalendar {
    /// Reads a file with one calendar, `NAME: {version, zone, week, holidays, extra_days}`, as it
    /// stands under `calendars` of a policy file.
    ///
    /// - Throws: `ProfileError` with everything that is wrong.
    package init(yaml: String, file: String) throws(ProfileError) {
        var reader = ProfileReader(file: file)
        var draft = ProfileDraft()
        if let root = reader.root(yaml) {
            draft.readCalendars(root, &reader)
            if draft.calendarNames.count > 1 {
                let count = draft.calendarNames.count
                reader.refuse(
                    root, zh: "这里有 \(count) 个日历", en: "there are \(count) calendars here",
                    remedy: .init(zh: "请只留一个", en: "keep one"))
            }
        }
        guard reader.problems.isEmpty, let calendar = draft.calendars.first else {
            throw ProfileError(problems: reader.inOrder)
        }
        self = calendar
    }
}

extension ProfileReader {
    /// The IANA name of a zone.
    mutating func zone(_ node: Node) -> String? {
        guard let zone = text(node) else { return nil }
        guard WorkingCalendar.timeZone(named: zone) != nil else {
            refuse(
                node, zh: "\(zone) 不是 IANA 时区", en: "\(zone) is not an IANA time zone",
                remedy: .init(
                    zh: "请写时区名称，如 Asia/Shanghai", en: "write a name such as Asia/Shanghai"))
            return nil
        }
        return zone
    }
}
