import TicketModel

/// How a promise begins, and how it is kept, broken or given up.
extension ClockRun {
    mutating func arrive(_ change: Change) {
        let priority = priority(of: change.after)
        // Nobody can have captured a ticket after the hub received it.
        guard
            let state = started(at: min(ticket.capturedAt, now), cycle: 1, priority: priority)
        else { return }
        if let answeredAt = change.answeredAt(rule.metBy) {
            // Answered before anybody could be told: a fact, but nothing left to escalate (B6.3).
            reactions.append(.clock(stopped(state, at: answeredAt)))
        } else {
            begin(state, priority: priority)
        }
    }

    mutating func restart(_ old: ClockState?, at start: Timestamp, priority: Priority) {
        if let old, old.isRunning { cancelTimers(of: old) }
        let state = started(at: start, cycle: (old?.cycle ?? 0) + 1, priority: priority)
        if let state { begin(state, priority: priority) }
    }

    mutating func begin(_ state: ClockState, priority: Priority) {
        guard standsStill else { return arm(state, priority: priority) }
        var paused = state
        paused.pausedAt = state.startedAt
        reactions.append(.clock(paused))
    }

    /// - Returns: nil where nobody has told the customer a time that can be read.
    func started(at start: Timestamp, cycle: Int, priority: Priority) -> ClockState? {
        let limit = rule.limit(of: priority)
        let dueAt = limit.map { rule.due($0, from: start) } ?? ticket.promisedTime
        guard let dueAt else { return nil }
        var state = ClockState(
            name: rule.name, phase: .running, startedAt: start, dueAt: dueAt, cycle: cycle)
        state.calendar = rule.calendarMark
        return state
    }

    /// The customer was told another time. What was broken before that stays broken, also if its
    /// timer has not fired yet.
    mutating func renew(_ state: ClockState, _ change: Change) {
        if state.phase == .running, state.dueAt < change.actedAt {
            var breached = state
            breached.phase = .breached
            breached.stoppedAt = change.actedAt
            reactions.append(.clock(breached))
            escalate(
                rung: rule.ladder.count - 1, state: state, priority: priority(of: change.before))
        }
        restart(state, at: change.actedAt, priority: priority(of: change.after))
    }

    mutating func meet(_ state: ClockState, at instant: Timestamp, priority: Priority) {
        let stopped = stopped(state, at: instant)
        reactions.append(.clock(stopped))
        cancelTimers(of: state)
        // The deadline passed before its timer fired: what the timer would have done is still due,
        // so that the outcome does not depend on which of the two the hub handled first.
        if state.phase == .running, stopped.phase == .breached {
            escalate(rung: rule.ladder.count - 1, state: state, priority: priority)
        }
    }

    /// `state` answered at `instant`: met if it still ran, or stood still, and the limit had not
    /// passed.
    func stopped(_ state: ClockState, at instant: Timestamp) -> ClockState {
        var result = state
        let stop = min(max(instant, state.startedAt), now)
        if state.phase == .running {
            let end = min(stop, state.pausedAt ?? stop)
            result.phase = end <= state.dueAt ? .met : .breached
        }
        result.pausedAt = nil
        result.stoppedAt = stop
        return result
    }

    /// Ends a promise that means nothing any more. Whether it was broken by then is judged by when
    /// the person acted, as an answer is (domain.md B6.3, T28).
    mutating func cancel(
        _ state: ClockState, at instant: Timestamp, because reason: String = ""
    ) {
        let stop = min(max(instant, state.startedAt), now)
        var cancelled = state
        cancelled.reason = reason
        if state.phase == .running {
            let isBroken = state.pausedAt == nil && state.dueAt < stop
            cancelled.phase = isBroken ? .breached : .cancelled
        }
        // The ticket that takes over must see how much of it was left (T24).
        if reason != ClockState.mergedReason { cancelled.pausedAt = nil }
        cancelled.stoppedAt = stop
        reactions.append(.clock(cancelled))
        cancelTimers(of: state)
    }

    /// The promise is none any more of those that are made of such a ticket. Had its limit passed
    /// by then, it was broken, also if its timer has not fired yet.
    mutating func giveUp(_ state: ClockState, _ change: Change) {
        cancel(state, at: change.actedAt, because: ClockState.changedReason)
        let stop = min(max(change.actedAt, state.startedAt), now)
        if state.phase == .running, state.pausedAt == nil, state.dueAt < stop {
            escalate(
                rung: rule.ladder.count - 1, state: state, priority: priority(of: change.before))
        }
    }
}
