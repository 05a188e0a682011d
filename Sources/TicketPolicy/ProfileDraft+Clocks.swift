import TicketModel
import Yams

// The section of promised times.
extension ProfileDraft {
    /// When the time of a clock counts, as far as it was understood.
    enum TimeBase {
        case aroundTheClock
        case calendar(WorkingCalendar)
        /// A calendar was named, but there is none; that is told already.
        case unknown

        var calendar: WorkingCalendar? {
            if case .calendar(let calendar) = self { return calendar }
            return nil
        }
    }

    func readClocks(_ node: Node, _ reader: inout ProfileReader) -> [ClockRule] {
        var result: [ClockRule] = []
        for (keyNode, value) in reader.entries(node) {
            let record = reader.record(value, ClockKey.self)
            let base = record[.calendar].map { readTimeBase($0, &reader) } ?? .aroundTheClock
            let label = reader.localized(record)
            let isPromised = record[.limits]?.string == Self.promisedWord
            let limits =
                isPromised ? [:] : record[.limits].map { readLimits($0, base, &reader) } ?? [:]
            if isPromised { checkPromised(record, &reader) }
            let metBy = record[.metBy].map { readMilestones($0, &reader) } ?? [.resolve]
            let ladder = record[.ladder].map { readLadder($0, limits, base, &reader) } ?? []
            let startedBy =
                record[.starts].map { readMilestones($0, &reader) }
                ?? [isPromised ? .promise : .created]
            let conditions = record[.when].map { readConditions($0, &reader) } ?? [:]
            let pauses = record[.pauses].flatMap { reader.flag($0) } ?? false
            guard let name = reader.key(keyNode) else { continue }
            if let use = Self.takenNames[name] {
                reader.refuse(
                    keyNode, zh: "\(name) 是\(use.zh)的名称", en: "\(name) is the name of \(use.en)",
                    remedy: .init(zh: "请给时限另取名称", en: "call the clock otherwise"))
            }
            var rule = ClockRule(
                name: name, label: label, limits: limits, isPromised: isPromised,
                calendar: base.calendar, startedBy: startedBy, conditions: conditions,
                isPausable: pauses,
                metBy: metBy, ladder: ladder)
            rule.safetyClasses = record[.safety].map { readSafety($0, &reader) } ?? []
            result.append(rule)
        }
        return result.sorted { $0.name < $1.name }
    }

    /// Names of clocks in messages that are no clocks of a policy.
    private static let takenNames = [
        VerificationCap.name: LocalizedText(
            zh: "验证未通过次数上限", en: "the cap on failed verifications"),
        PauseReminder.name: LocalizedText(zh: "暂停提醒", en: "the reminders of pauses"),
    ]

    /// The word for limits that are no lengths: the time that the customer was told.
    static let promisedWord = "promised"

    /// What the customer was told begins when it is told, and waits for nobody (domain.md K25).
    private func checkPromised(_ record: Record<ClockKey>, _ reader: inout ProfileReader) {
        if let node = record[.starts], node.sequence?.map(\.string) != ["promise"] {
            reader.refuse(
                node, zh: "按对客户的承诺计的时限从承诺时开始",
                en: "a clock of what the customer was told begins with the promise",
                remedy: .init(
                    zh: "请写 [promise]，或去掉 `starts`",
                    en: "write [promise], or leave `starts` out"))
        }
        if let node = record[.pauses], node.string == "true" {
            reader.refuse(
                node, zh: "对客户的承诺不因等待而暂停",
                en: "what the customer was told does not stand still",
                remedy: .init(
                    zh: "请去掉 `pauses`；新的承诺会重新开始计时",
                    en: "leave `pauses` out; a new promise begins the clock anew"))
        }
        if let node = record[.metBy],
            node.sequence?.contains(where: { $0.string == "promise" })
                == true
        {
            reader.refuse(
                node, zh: "新的承诺不等于兑现了前一个承诺",
                en: "a new promise does not keep the one before it",
                remedy: .init(
                    zh: "请去掉 promise：它本来就会重新开始计时",
                    en: "leave promise out: it begins the clock anew by itself"))
        }
    }

    func readTimeBase(_ node: Node, _ reader: inout ProfileReader) -> TimeBase {
        guard !calendarNames.isEmpty else {
            reader.refuse(
                node, zh: "规则中没有日历", en: "the profile has no calendar",
                remedy: .init(
                    zh: "请在 `calendars:` 下加上，或去掉 `calendar`，不分昼夜计时",
                    en: "add it under `calendars:`, or leave `calendar` out to count around the "
                        + "clock"))
            return .unknown
        }
        let name = reader.member(node, of: .calendar, allowed: calendarNames) { name in
            calendarNames.contains(name) ? name : nil
        }
        let calendar = name.flatMap { name in calendars.first { $0.name == name } }
        return calendar.map(TimeBase.calendar) ?? .unknown
    }

    private func readMilestones(
        _ node: Node, _ reader: inout ProfileReader
    ) -> Set<ClockRule.Milestone> {
        let known =
            ClockRule.Milestone.words.map { ($0.word, $0.milestone) }
            + steps.map { (ClockRule.Milestone.stepPrefix + $0.key, .step($0.key)) }
        let milestones = reader.members(node, of: .milestone, allowed: known.map(\.0)) { word in
            known.first { $0.0 == word }?.1
        }
        return Set(milestones)
    }
}

// MARK: - Limits
extension ProfileDraft {
    private func readLimits(
        _ node: Node, _ base: TimeBase, _ reader: inout ProfileReader
    ) -> [String: Limit] {
        let record = reader.entries(node, forEach: priorities.map(\.key))
        var result: [String: Limit] = [:]
        // From the least urgent class up.
        for priority in priorities.reversed() {
            guard let value = record[priority.key], let limit = readLimit(value, &reader),
                check(limit, value, base, &reader)
            else { continue }
            if let shorter = result.values.first(where: {
                limit.isAlwaysLonger(than: $0, in: base.calendar)
            }) {
                reader.refuse(
                    value, zh: "\(priority.key) 的时限比较不紧急的级别更长",
                    en: "\(priority.key) has more time than a less urgent class",
                    remedy: .init(
                        zh: "请最多承诺\(shorter.text.zh)",
                        en: "promise at most \(shorter.text.en)"))
            }
            result[priority.key] = limit
        }
        return result
    }

    func readLimit(_ node: Node, _ reader: inout ProfileReader) -> Limit? {
        guard let text = reader.text(node) else { return nil }
        guard let limit = Limit(text) else {
            reader.refuse(
                node, zh: "\(text) 不是时限", en: "\(text) is not a limit",
                remedy: .init(
                    zh: "请写从 1 起的数字加 s、m、h、d 或 wd，如 30s、4h 或 3wd，"
                        + "最多 \(Limit.dayCountMax)d",
                    en: "write a number from 1 and s, m, h, d or wd, such as 30s, 4h or 3wd, "
                        + "at most \(Limit.dayCountMax)d"))
            return nil
        }
        return limit
    }

    /// Whether the unit of a limit means something where it is counted, and it ends in time.
    func check(
        _ limit: Limit, _ node: Node, _ base: TimeBase, _ reader: inout ProfileReader
    ) -> Bool {
        switch (base, limit.unit) {
        case (.aroundTheClock, .workingDay):
            reader.refuse(
                node, zh: "\(limit.written) 按工作日计，但这里没有写日历",
                en: "\(limit.written) counts working days, but the clock has no calendar",
                remedy: .init(
                    zh: "请加上 `calendar: NAME`，或写 \(limit.count)d，每天按 24 小时计",
                    en: "add `calendar: NAME` to the clock, or write \(limit.count)d for days of "
                        + "24 hours"))
            return false
        case (.calendar, .day):
            reader.refuse(
                node, zh: "\(limit.written) 会是 \(limit.count * 24) 个工作小时",
                en: "\(limit.written) would be \(limit.count * 24) working hours",
                remedy: .init(
                    zh: "工作日请写 \(limit.count)wd，否则写 \(limit.count * 24)h",
                    en: "write \(limit.count)wd for working days, or \(limit.count * 24)h"))
            return false
        case (.calendar(let calendar), _):
            let weekLength = calendar.weekMilliseconds
            guard limit.lengths(in: calendar).lowerBound > Limit.weekCountMax * weekLength else {
                return true
            }
            reader.refuse(
                node,
                zh: "\(limit.written) 按日历 \(calendar.name) 超过 \(Limit.weekCountMax) 周",
                en: "\(limit.written) takes more than \(Limit.weekCountMax) weeks of calendar "
                    + calendar.name,
                remedy: .init(
                    zh: "请给日历增加时段，或写更短的时限",
                    en: "give the calendar more hours, or write a shorter limit"))
            return false
        case (.aroundTheClock, _), (.unknown, _): return true
        }
    }
}
