import TicketModel

/// Promises that stand still while their ticket waits (domain.md T2 to T4, T28).
extension ClockRun {
    /// Whether the promise waits because its ticket does.
    var standsStill: Bool { rule.isPausable && ticket.pauseReason != nil }

    /// A limit that had passed when the pause began stays passed, also if its timer has not fired.
    mutating func pause(_ state: ClockState, at instant: Timestamp) {
        let begin = min(max(instant, state.startedAt), now)
        guard rule.isPausable, state.phase == .running, state.pausedAt == nil,
            begin <= state.dueAt
        else { return }
        var paused = state
        paused.pausedAt = begin
        reactions.append(.clock(paused))
        cancelTimers(of: state)
    }

    mutating func resume(
        _ state: ClockState, at instant: Timestamp, priority: Priority
    ) {
        guard let pausedAt = state.pausedAt else { return }
        var resumed = state
        resumed.pausedAt = nil
        let resumedAt = min(max(instant, pausedAt), now)
        let counting = counting(state)
        resumed.dueAt = counting.due(state.dueAt, pausedAt: pausedAt, resumedAt: resumedAt)
        resumed.standStill(for: counting.counted(from: pausedAt, to: resumedAt))
        let fired = rule.ladder.indices.filter {
            self.instant(ofRung: $0, state: state, priority: priority) <= pausedAt
        }
        // A rung at the very instant of the pause is the limit itself, and still ahead.
        let last = rule.ladder.count - 1
        arm(resumed, priority: priority, fired: Set(fired).subtracting([last]), isScheduled: true)
    }
}

extension ClockState {
    /// Takes a pause that is over into account.
    mutating func standStill(for milliseconds: Int64) {
        let sum = stoodStill.addingReportingOverflow(max(0, milliseconds))
        stoodStill = sum.overflow ? .max : sum.partialValue
    }
}
