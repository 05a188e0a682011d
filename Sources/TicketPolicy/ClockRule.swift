import TicketModel

/// A promised time as the policy declares it; `ClockState` is one run of it on a ticket.
///
/// Limits are wall-clock: calendars are a later addition, which will say per clock what counts.
package struct ClockRule: Hashable, Sendable {
    /// What keeps the promise: an act that somebody did, never a status that resulted
    /// (domain.md T22). Raw values are the words in policy files.
    package enum Milestone: String, CaseIterable, Hashable, Sendable {
        case accept
        case progress
        case resolve
        /// A comment that the customer can read, not written by the hub's own rules.
        case customerNote = "customer_note"
    }

    /// One step of the ladder.
    package struct Rung: Hashable, Sendable {
        /// What happens at this rung.
        package enum Action: Hashable, Sendable {
            /// Tell these roles while there is still time.
            case warn([Role])
            /// The promise is broken: raise the ticket to at least this level.
            case escalate(level: Int64)
        }

        /// 100 is the limit itself.
        package var percent: Int64
        /// Who is told, or how far the ticket is raised.
        package var action: Action
    }

    /// The rung at which the promise counts as broken.
    package static let breachPercent: Int64 = 100

    /// The name in `ClockState` and `TimerKey`.
    package var name: String
    /// What people call the promise.
    package var label: LocalizedText
    /// By the priority's key; every priority of the profile has one.
    package var limits: [String: Limit]
    /// Any one of these keeps the promise; never empty.
    package var metBy: Set<Milestone>
    /// Ascending; the last one is at `breachPercent`.
    package var ladder: [Rung]

    /// The limit of a priority.
    package func limit(of priority: Priority) -> Limit {
        guard let limit = limits[priority.key] else {
            preconditionFailure("a checked profile has a limit of \(name) for \(priority.key)")
        }
        return limit
    }

    /// When `rung` is due if the limit of `limit` runs out at `dueAt`.
    ///
    /// Counted back from the end, so that it stays before the limit when a change of priority
    /// moved the end.
    package func instant(ofRung rung: Int, limit: Limit, dueAt: Timestamp) -> Timestamp {
        let remaining = limit.milliseconds * (Self.breachPercent - ladder[rung].percent) / 100
        return dueAt.adding(milliseconds: -remaining)
    }
}
