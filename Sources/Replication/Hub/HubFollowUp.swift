import Sodium
import TicketModel
import TicketPolicy

/// What the hub itself writes in one entry, in answer to an act or a timer.
struct HubFollowUp {
    var act: Act
    var changes: [Change] = []
    var effects: [Effect] = []
    var events: [FeedEvent] = []
    /// The rung that is spent with this, whether its timer fired or an act came first.
    var key: TimerKey?
    /// The rule that routes; empty for all else.
    var rule = ""

    /// The identity of what the rules write because of `cause`. What a rung does has the same one
    /// whoever reaches it: a hub that was put back may meet the timer first where it had met the
    /// act first before, and must not tell of one promise under two names.
    func operation(
        _ cause: OperationID, _ ticket: Ticket, _ ruleKey: MessageAuthenticationKey?
    ) -> OperationID {
        // A release is written on several tickets because of one cause.
        OperationID(
            derivedFrom: key.map(OperationID.init(derivedFrom:)) ?? cause,
            rule: act == .merge ? "\(act.name) \(ticket.id)" : act.name, on: ticket.id,
            key: ruleKey)
    }

    /// Gives back to a former duplicate what it answers to.
    init(releasing ticket: TicketID) {
        act = .merge
        changes = [.release(ticket)]
    }

    /// States clocks anew, without anything that somebody did.
    init(restating clocks: [ClockState]) {
        act = .clock
        effects = clocks.map { .clock($0) }
    }

    /// What follows an act. Clock states stand in the act's own entry, and what is told of clocks
    /// is late: a rung that an act reaches was missed while the store could not be reached
    /// (domain.md B6.3).
    ///
    /// The state of the clock that was missed stands with the escalation too: in a later life of
    /// the log the act may be known from a life in which it came in time.
    static func all(after reactions: [Reaction]) -> [HubFollowUp] {
        reactions.compactMap { reaction in
            var followUp = HubFollowUp(reaction, isLate: reaction.isOfClock)
            if case .escalate(_, let clock, _, _, _) = reaction {
                followUp?.effects = reactions.compactMap(\.clockEffect).filter { effect in
                    if case .clock(let state) = effect { state.name == clock } else { false }
                }
            }
            return followUp
        }
    }

    /// What a timer does: one entry, with the states of the clocks.
    static func all(afterTimer reactions: [Reaction], isLate: Bool = false) -> [HubFollowUp] {
        var all = reactions.compactMap { HubFollowUp($0, isLate: isLate) }
        let effects = reactions.compactMap(\.clockEffect)
        if all.isEmpty, !effects.isEmpty { all = [HubFollowUp(restating: [])] }
        if !all.isEmpty { all[0].effects = effects }
        return all
    }

    /// - Returns: nil where nothing is to be written.
    private init?(_ reaction: Reaction, isLate: Bool) {
        switch reaction {
        case .route(let move):
            act = .route
            rule = move.rule
            changes = move.department.map { [.write(.department, .text($0.rawValue))] } ?? []
            changes += move.leaving.map { .remove(.cooperating, .text($0.rawValue)) }
            changes += move.joining.map { .add(.cooperating, .text($0.rawValue)) }
        case .escalate(let level, let clock, let reason, let recipients, let key):
            act = .escalate
            self.key = key
            changes = [.write(.escalation, .integer(level))]
            events = [
                FeedEvent(
                    feed: .escalations, level: level, clock: clock, reason: reason.en,
                    reasonZh: reason.zh, recipients: recipients, isLate: isLate)
            ]
        case .warn(let clock, let reason, let recipients, let key):
            act = .clock
            self.key = key
            events = [
                FeedEvent(
                    feed: .warnings, clock: clock, reason: reason.en, reasonZh: reason.zh,
                    recipients: recipients)
            ]
        case .clock, .schedule, .cancel: return nil
        }
    }
}

extension Reaction {
    /// Whether it tells of a promise; what customers said too often is told when they say it.
    fileprivate var isOfClock: Bool {
        if case .escalate(_, VerificationCap.name, _, _, _) = self { return false }
        return true
    }

    var clockEffect: Effect? {
        if case .clock(let clock) = self { return .clock(clock) }
        return nil
    }
}
