import TicketModel
import Yams

// The section of the daily look at the classes of the day before.
extension ProfileDraft {
    func readRecheck(_ node: Node, _ reader: inout ProfileReader) -> Recheck? {
        let record = reader.record(node, RecheckKey.self)
        let roles = record[.roles].map { self.roles($0, &reader) } ?? [.inspector]
        guard let value = record[.by], let text = reader.text(value) else { return nil }
        guard let minute = DayWindow.minute(text[...]), minute < DayWindow.minuteCountMax else {
            reader.refuse(
                value, zh: "\(text) 不是一天中的时刻", en: "\(text) is no time of day",
                remedy: .init(zh: "请写时刻，如 10:00", en: "write one such as 10:00"))
            return nil
        }
        return Recheck(minute: minute, roles: roles)
    }
}
