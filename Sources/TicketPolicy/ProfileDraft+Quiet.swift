import TicketModel
import Yams

// Who is told when: quiet hours of roles, and the clocks that do not wait for them.
extension ProfileDraft {
    /// By role: windows of every day that are quiet, or a calendar outside of whose hours it is.
    func readQuietHours(
        _ node: Node, _ reader: inout ProfileReader
    ) -> [Role: WorkingCalendar] {
        var result: [Role: WorkingCalendar] = [:]
        for (keyNode, value) in reader.entries(node) {
            let role = reader.member(keyNode, of: .role, allowed: roleNames) { Role(rawValue: $0) }
            let hours = readReachable(value, &reader)
            if let role, let hours { result[role] = hours }
        }
        return result
    }

    private func readReachable(
        _ node: Node, _ reader: inout ProfileReader
    ) -> WorkingCalendar? {
        guard node.sequence != nil else {
            let record = reader.record(node, QuietKey.self)
            return record[.calendar].flatMap { readTimeBase($0, &reader).calendar }
        }
        let quiet = readWindows(node, &reader)
        if quiet.isEmpty {
            reader.refuse(
                node, zh: "没有时段的免打扰不起作用", en: "quiet hours without hours change nothing",
                remedy: .init(
                    zh: "请写上时段，如 [22:00-24:00, 00:00-08:00]，或去掉该角色",
                    en: "write windows such as [22:00-24:00, 00:00-08:00], or leave the role out"))
        }
        let open = DayWindow.wholeDay.subtracting(quiet)
        guard !open.isEmpty else {
            reader.refuse(
                node, zh: "该角色永远得不到通知", en: "the role would never be told",
                remedy: .init(zh: "请在一天中留出可通知的时段", en: "leave some of the day open"))
            return nil
        }
        return try? WorkingCalendar(
            name: "quiet_hours", version: 1, zone: zone,
            week: [[DayWindow]](repeating: open, count: 7))
    }

    /// `true` for every class, or the classes.
    func readSafety(_ node: Node, _ reader: inout ProfileReader) -> Set<String> {
        let keys = priorities.map(\.key)
        guard node.sequence != nil else {
            return reader.flag(node) == true ? Set(keys) : []
        }
        return Set(
            reader.members(node, of: .priority, allowed: keys) { keys.contains($0) ? $0 : nil })
    }
}
