import TicketModel

/// What the hub must do after an act was committed or a timer fired (replication.md 3.8).
///
/// A reaction is an instruction, complete in itself; the hub carries it out in the transaction of
/// its cause. Repeating one changes nothing: clocks are states, timers are keyed.
package enum Reaction: Hashable, Sendable {
    /// Put the ticket where the rules say.
    case route(RoutingMove)
    /// Replace the state of a clock by this one.
    case clock(ClockState)
    /// Forget a timer. One that is unknown or has fired stays so.
    case cancel(TimerKey)
    /// Fire a timer at an instant; replaces the instant that the same key had.
    case schedule(TimerKey, at: Timestamp)
    /// A limit is near: tell these roles. At most once per key.
    case warn(clock: String, reason: LocalizedText, recipients: [Role], key: TimerKey)
    /// A limit was missed: raise the ticket to this level and tell these roles. At most once per
    /// key (domain.md T8); `level` is never below the ticket's own.
    case escalate(
        level: Int64, clock: String, reason: LocalizedText, recipients: [Role], key: TimerKey)

    /// Facts before timers before messages, so that whoever is told finds the facts in place.
    fileprivate var order: Int {
        switch self {
        case .route: 0
        case .clock: 1
        case .cancel: 2
        case .schedule: 3
        case .warn: 4
        case .escalate: 5
        }
    }
}

extension [Reaction] {
    /// The guaranteed order: by kind as `Reaction` declares them; within a kind by clock name, then
    /// by rung.
    func inOrder() -> [Reaction] {
        enumerated().sorted { ($0.element.order, $0.offset) < ($1.element.order, $1.offset) }
            .map(\.element)
    }
}
