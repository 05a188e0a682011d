import TicketModel
import Yams

// The section of reminders that a case waits.
extension ProfileDraft {
    func readPauseReminder(
        _ node: Node, _ reader: inout ProfileReader
    ) -> PauseReminder? {
        let record = reader.record(node, PauseReminderKey.self)
        let base = record[.calendar].map { readTimeBase($0, &reader) } ?? .aroundTheClock
        let times =
            record[.times].map { reader.integer($0, in: 1...PauseReminder.timesMax) } ?? 1
        let roles = record[.warn].map { self.roles($0, &reader) } ?? [.handler]
        guard let value = record[.after], let after = readLimit(value, &reader),
            check(after, value, base, &reader), let times
        else { return nil }
        return PauseReminder(
            after: after, times: Int(times), calendar: base.calendar, roles: roles)
    }
}
