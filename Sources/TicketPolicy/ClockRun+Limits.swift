import TicketModel

/// Other limits for a promise that runs: of another class, or by another calendar.
extension ClockRun {
    mutating func adjust(_ state: ClockState, from old: Priority, to new: Priority) {
        guard old.rank != new.rank, state.phase == .running, !rule.isPromised else { return }
        if let pausedAt = state.pausedAt {
            let adjusted = rebased(state, from: old, to: new, pausedAt: pausedAt)
            reactions.append(.clock(adjusted))
            return
        }
        if state.dueAt <= now {
            cancelTimers(of: state)
            climb(to: rule.ladder.count - 1, state: state, priority: old)
            return
        }
        let adjusted = rebased(state, from: old, to: new, pausedAt: nil)
        let fired = rule.ladder.indices.filter {
            instant(ofRung: $0, state: state, priority: old) <= now
        }
        arm(adjusted, priority: new, fired: Set(fired), isScheduled: true)
    }

    /// The due time of a clock that stands still is told as if it had gone on at once, so a limit
    /// that begins now is taken back to when the pause began. Pauses that are over have taken their
    /// time, whichever limit counts (T3).
    func rebased(
        _ state: ClockState, from old: Priority, to new: Priority, pausedAt: Timestamp?
    ) -> ClockState {
        var rebased = state
        guard let limit = rule.limit(of: new) else { return state }
        let rule = counting(state)
        if new.rank > old.rank {
            let due = rule.due(limit, from: now)
            let shown = pausedAt.map { rule.due(due, pausedAt: now, resumedAt: $0) } ?? due
            rebased.dueAt = min(state.dueAt, shown)
        } else {
            let due = rule.due(limit, from: state.startedAt, stoodStill: state.stoodStill)
            rebased.dueAt = max(state.dueAt, due)
        }
        return rebased
    }

    /// Moves a running clock to the calendar that the policy has now, because the operator says so
    /// (domain.md T19). What the limit gives from the start is worked out anew; where pauses and
    /// classes have moved the end since, as much time as there was in the old calendar is counted
    /// in the new one. A promise never breaks by this alone: it stays as it is then (T5).
    ///
    /// - Returns: whether the clock counts by the present calendar now; nil if it did already, or
    ///   does not run.
    mutating func rebase(_ state: ClockState) -> Bool? {
        guard state.phase == .running, let mark = state.calendar, mark != rule.calendarMark,
            state.pausedAt != nil || state.dueAt > now
        else { return nil }
        let (old, priority) = (counting(state), priority(of: ticket))
        var moved = state
        moved.calendar = rule.calendarMark
        if let limit = rule.limit(of: priority) {
            let isPlain = state.dueAt == old.due(limit, from: state.startedAt)
            moved.dueAt =
                isPlain
                ? rule.due(limit, from: state.startedAt)
                : rule.due(as: old, state.dueAt, from: state.startedAt)
        }
        guard moved.dueAt > state.pausedAt ?? now else { return false }
        if state.pausedAt != nil {
            reactions.append(.clock(moved))
            return true
        }
        let fired = rule.ladder.indices.filter {
            instant(ofRung: $0, state: state, priority: priority) <= now
        }
        arm(moved, priority: priority, fired: Set(fired), isScheduled: true)
        return true
    }
}
