import TicketModel

/// Promises of a ticket that the policy does not know: a former one made them (domain.md T6).
///
/// They break no more, and nothing shows them as overdue for ever. One that still has time is left
/// as it is until then, so that a policy that was loaded by mistake takes nothing along.
extension Profile {
    /// Ends, of those, what had been broken before and waits for an answer that no act is any more,
    /// and what has no time left but no timer that says so; and all when the case is over.
    func droppedReactions(to change: Change) -> [Reaction] {
        let isOver = change.act == .close || change.isMerging
        return change.after.clocks.values
            .filter { $0.isRunning && clock(named: $0.name) == nil }
            .filter { state in
                let hasTime = state.pausedAt != nil || state.dueAt > change.now
                return isOver || state.phase == .breached || !hasTime
            }
            .sorted { $0.name < $1.name }
            .map { .clock($0.dropped(at: change.now)) }
    }

    /// What the timer of such a promise does.
    func droppedReactions(
        toTimer key: TimerKey, of state: ClockState, at now: Timestamp
    ) -> [Reaction] {
        state.dueAt > now ? [.schedule(key, at: state.dueAt)] : [.clock(state.dropped(at: now))]
    }
}

extension ClockState {
    /// What was broken stays so (domain.md T7).
    fileprivate func dropped(at now: Timestamp) -> ClockState {
        var ended = self
        if phase == .running { ended.phase = .cancelled }
        ended.reason = Self.changedReason
        ended.pausedAt = nil
        ended.stoppedAt = max(now, startedAt)
        return ended
    }
}
