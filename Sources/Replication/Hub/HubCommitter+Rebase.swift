import Sodium
import TicketModel
import TicketPolicy

/// Moving running clocks to a changed calendar, because the operator says so (domain.md T19).
extension HubCommitter {
    /// Lets the clocks of one ticket count by the calendars of the policy in force.
    ///
    /// Its entry is the hub's own, with an identity that follows from the clocks and what they
    /// count by now: a command that is repeated does nothing.
    ///
    /// - Parameter clock: the only one to move; nil for all.
    /// - Returns: how many moved, and how many stay because they would be late at once.
    /// - Throws: `StoreError`; the transaction must then be abandoned.
    package func rebase(
        _ ticket: Ticket, clock: String?
    ) throws -> (movedCount: Int, keptCount: Int) {
        let rebase = profile.rebase(ticket, clock: clock, at: now)
        guard !rebase.moved.isEmpty else { return (0, rebase.kept.count) }
        let reactions = try unspent(rebase.reactions)
        let states = reactions.compactMap { reaction -> ClockState? in
            if case .clock(let state) = reaction { state } else { nil }
        }
        let text = states.map { state in
            let mark = state.calendar ?? .aroundTheClock
            return "rebase \(ticket.id) \(state.name) \(state.cycle) \(mark.name) \(mark.version)"
        }
        let cause = OperationID(
            rawValue: Digest.sha256(Array(text.joined(separator: ";").utf8)).prefix128)
        try settleTimers(reactions)
        try follow(
            [HubFollowUp(restating: states)] + HubFollowUp.all(after: reactions), on: ticket,
            cause: cause)
        return (rebase.moved.count, rebase.kept.count)
    }
}
