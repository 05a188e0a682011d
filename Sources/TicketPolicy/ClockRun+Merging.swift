import TicketModel

/// Promises of a ticket that goes on in another one (domain.md T24).
extension ClockRun {
    /// Takes over a promise of a ticket that was merged into this one: the earlier due time counts,
    /// and of one that stands still, what is left of it from now on. Whether this ticket waits is
    /// not for the other to say. What this ticket has kept, or broken already, stays so.
    mutating func adopt(
        _ other: ClockState, into own: ClockState?, priority: Priority
    ) {
        let dueAt = dueFromNow(other)
        guard let own else {
            var adopted = ClockState(
                name: rule.name, phase: .running, startedAt: other.startedAt, dueAt: dueAt,
                cycle: 1)
            adopted.calendar = other.calendar
            adopted.stoodStill = other.stoodStill
            if let pausedAt = other.pausedAt {
                adopted.standStill(for: counting(other).counted(from: pausedAt, to: now))
            }
            if standsStill, dueAt > now {
                adopted.pausedAt = now
                reactions.append(.clock(adopted))
            } else {
                arm(adopted, priority: priority)
            }
            return
        }
        guard own.phase == .running, dueAt < dueFromNow(own) else { return }
        var adopted = own
        if let pausedAt = own.pausedAt, dueAt > now {
            adopted.dueAt = counting(own).due(dueAt, pausedAt: now, resumedAt: pausedAt)
            reactions.append(.clock(adopted))
            return
        }
        adopted.dueAt = dueAt
        adopted.pausedAt = nil
        let fired = rule.ladder.indices.filter {
            let instant = instant(ofRung: $0, state: own, priority: priority)
            return own.pausedAt.map { instant < $0 } ?? (instant <= now)
        }
        arm(adopted, priority: priority, fired: Set(fired), isScheduled: true)
    }

    /// The promise without what a ticket had brought that stands for itself again: none where only
    /// that one was such a ticket, and with the time of this ticket's own class.
    mutating func giveBack(_ state: ClockState, _ change: Change) {
        guard state.isRunning else { return }
        guard change.isConcerned(by: rule) else {
            return cancel(state, at: now, because: ClockState.changedReason)
        }
        let priority = priority(of: change.after)
        guard state.phase == .running, let limit = rule.limit(of: priority) else { return }
        var own = state
        own.dueAt = counting(state).due(limit, from: state.startedAt, stoodStill: state.stoodStill)
        guard own.dueAt > state.dueAt else { return }
        if state.pausedAt != nil {
            reactions.append(.clock(own))
        } else {
            let fired = rule.ladder.indices.filter {
                instant(ofRung: $0, state: state, priority: priority) <= now
            }
            arm(own, priority: priority, fired: Set(fired), isScheduled: true)
        }
    }

    /// When a promise that runs is due, if it stands still no longer than until now.
    func dueFromNow(_ state: ClockState) -> Timestamp {
        guard let pausedAt = state.pausedAt else { return state.dueAt }
        return counting(state).due(
            state.dueAt, pausedAt: min(pausedAt, now), resumedAt: now)
    }
}
