import TicketModel

/// When whoever has a case is reminded that it waits for somebody outside (domain.md G20): what is
/// paused has no clock that runs, and would be forgotten.
package struct PauseReminder: Hashable, Sendable {
    /// What messages and timers call it where others name the clock.
    package static let name = "pause_reminder"
    /// What people call it.
    package static let label = LocalizedText(zh: "暂停提醒", en: "reminder of a pause")
    /// More reminders than anybody reads.
    package static let timesMax: Int64 = 30

    /// How long after the beginning of the pause, and after each reminder.
    package var after: Limit
    /// How often within one pause; at least 1.
    package var times: Int
    /// When that time counts; around the clock if nil.
    package var calendar: WorkingCalendar?
    /// Who is reminded.
    package var roles: [Role]

    package init(after: Limit, times: Int, calendar: WorkingCalendar?, roles: [Role]) {
        self.after = after
        self.times = times
        self.calendar = calendar
        self.roles = roles
    }

    /// When the reminder number `rung`, from 0, of a pause is due. Beyond all calendars it is
    /// counted around the clock.
    func instant(_ rung: Int, since start: Timestamp) -> Timestamp {
        var hours = OpenHours(calendar)
        var time = start
        for _ in 0...rung {
            let length = (try? hours.length(of: after, from: time)) ?? after.milliseconds ?? 0
            time =
                (try? hours.adding(length, to: time)) ?? time.adding(milliseconds: length)
        }
        return time
    }
}

// MARK: - Reactions
extension Profile {
    /// The pause that a ticket is in, by when it began: nil while it goes on, or is over.
    private func pauseStart(of ticket: Ticket?) -> Timestamp? {
        guard let ticket, ticket.pauseReason != nil, !ticket.status.isFinished, !ticket.isMerged
        else { return nil }
        return ticket.registers[.pauseReason]?.stamp.time.time
    }

    /// The keys of all reminders of one pause. The cycle is when the pause began: so each pause has
    /// keys of its own, the same ones after a restore.
    private func keys(of start: Timestamp, on ticket: Ticket) -> [TimerKey] {
        (0..<(pauseReminder?.times ?? 0)).map { rung in
            TimerKey(
                ticket: ticket.id, clock: PauseReminder.name, cycle: Int(start.milliseconds),
                rung: rung)
        }
    }

    /// A pause begins its reminders, and its end overtakes those that have not come.
    func pauseReactions(to change: Change) -> [Reaction] {
        let (old, new) = (pauseStart(of: change.before), pauseStart(of: change.after))
        guard old != new else { return [] }
        let ended = old.map { keys(of: $0, on: change.after).map(Reaction.cancel) } ?? []
        return ended + pauseTimers(of: change.after, at: change.now)
    }

    /// The reminders of the pause that a ticket is in that lie ahead of `now`: also what a hub must
    /// schedule that got the pause back after a restore.
    package func pauseTimers(of ticket: Ticket, at now: Timestamp) -> [Reaction] {
        guard let reminder = pauseReminder, let start = pauseStart(of: ticket) else { return [] }
        return keys(of: start, on: ticket).compactMap { key in
            let instant = reminder.instant(key.rung, since: start)
            return instant > now ? .schedule(key, at: instant) : nil
        }
    }

    /// Reminds, unless the pause is over or a later reminder has come due meanwhile.
    func pauseReactions(
        toTimer key: TimerKey, on ticket: Ticket, at now: Timestamp
    ) -> [Reaction] {
        guard let reminder = pauseReminder, let start = pauseStart(of: ticket),
            Int(start.milliseconds) == key.cycle, key.rung < reminder.times
        else { return [] }
        let instant = reminder.instant(key.rung, since: start)
        guard instant <= now else { return [.schedule(key, at: instant)] }
        if key.rung + 1 < reminder.times, reminder.instant(key.rung + 1, since: start) <= now {
            return []
        }
        let reason = FieldValue.text(ticket.text(.pauseReason))
        let since = wallText(of: start)
        return [
            .warn(
                clock: PauseReminder.name,
                reason: LocalizedText(
                    zh: "自\(since)起\(display(reason, of: .pauseReason, .zh))",
                    en: "waits for the \(display(reason, of: .pauseReason, .en)) since \(since)"),
                recipients: reminder.roles, key: key)
        ]
    }
}
