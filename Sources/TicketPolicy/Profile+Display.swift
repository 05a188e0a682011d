import FoundationEssentials
import TicketModel

extension Profile {
    /// A value as people read it: labels of closed lists, names of statuses and classes; the
    /// value itself where the profile has no word for it.
    package func display(
        _ value: FieldValue, of field: FieldID, _ language: Language
    ) -> String {
        switch value {
        case .text(let text): choice(text, of: field)?.label[language] ?? text
        case .integer(let number): display(number, of: field)?[language] ?? String(number)
        case .opaque(let bytes): unreadable(byteCount: bytes.count)[language]
        }
    }

    /// An instant for people, as walls show it: where `calendar` counts, else in the policy's zone.
    func wallText(of time: Timestamp, in calendar: WorkingCalendar? = nil) -> String {
        let zone = calendar?.timeZone ?? WorkingCalendar.timeZone(named: zone) ?? .gmt
        let civil = zone.civilTime(at: time)
        return civil.dateText + " " + civil.clockText
    }

    private func choice(_ key: String, of field: FieldID) -> Choice? {
        guard case .choice(let choices) = type(of: field) else { return nil }
        return choices.first { $0.key == key }
    }

    private func display(_ number: Int64, of field: FieldID) -> LocalizedText? {
        switch field {
        case .status: TicketStatus(rawValue: number)?.label
        case .priority: priorities.first { $0.rank == number }?.label
        case .escalation: escalationLabel(number)
        case .classStage: ClassStage(rawValue: number)?.label
        default: nil
        }
    }

    private func escalationLabel(_ level: Int64) -> LocalizedText? {
        if level == 0 { return LocalizedText(zh: "未升级", en: "none") }
        guard let match = escalationLevels.first(where: { $0.level == level }) else { return nil }
        return LocalizedText(
            zh: "\(level)级(\(match.label.zh))", en: "level \(level) (\(match.label.en))")
    }

    private func unreadable(byteCount: Int) -> LocalizedText {
        LocalizedText(
            zh: "(新版本的值,\(byteCount)字节)", en: "(value of a newer version, \(byteCount) bytes)")
    }
}

extension ClassStage {
    /// What people call it; `name` is for scripts.
    package var label: LocalizedText {
        switch self {
        case .provisional: LocalizedText(zh: "初步分类", en: "provisional")
        case .confirmed: LocalizedText(zh: "已确认", en: "confirmed")
        case .audited: LocalizedText(zh: "已复核", en: "audited")
        }
    }
}

extension TicketStatus {
    /// What people call the status; `name` is for scripts.
    package var label: LocalizedText {
        switch self {
        case .new: LocalizedText(zh: "新建", en: "new")
        case .assigned: LocalizedText(zh: "已分派", en: "assigned")
        case .inProgress: LocalizedText(zh: "处理中", en: "in progress")
        case .pending: LocalizedText(zh: "等待中", en: "pending")
        case .resolved: LocalizedText(zh: "已解决", en: "resolved")
        case .reopened: LocalizedText(zh: "重新处理", en: "reopened")
        case .escalated: LocalizedText(zh: "已升级", en: "escalated")
        case .closed: LocalizedText(zh: "处理完成", en: "closed")
        }
    }
}
