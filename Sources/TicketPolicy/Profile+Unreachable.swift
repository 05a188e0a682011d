import TicketModel

// What a store knows of the rules while no hub can be reached (domain.md B6.4).
extension Profile {
    /// The promises of a ticket that the hub has not seen, as whoever holds it counts them, after
    /// an act at `instant`. Only the hub states what was kept or broken, by the same rules.
    package func promises(
        after act: Act, before: Ticket?, _ after: Ticket, at instant: Timestamp
    ) -> [ClockState] {
        reactions(to: act, before: before, after: after, at: instant).compactMap { reaction in
            if case .clock(let state) = reaction { state } else { nil }
        }
    }

    /// Whether the ticket is of the most urgent class.
    package func isUrgent(_ ticket: Ticket) -> Bool {
        ticket.integer(.priority) != nil && ticket.integer(.priority) == priorities.first?.rank
    }

    /// Who must hear of an urgent case at once, the first to be told first: those whom the clocks
    /// tell that begin when a case becomes urgent (domain.md K1, K2), else the first level.
    package var urgentRecipients: [Role] {
        let levels = clocks.filter { $0.startedBy.contains(.urgent) }
            .compactMap { rule -> Int64? in
                if case .escalate(let level)? = rule.ladder.last?.action { level } else { nil }
            }
        var roles: [Role] = []
        for level in levels.isEmpty ? [1] : levels.sorted() {
            roles += recipients(ofLevel: level).filter { !roles.contains($0) }
        }
        return roles
    }
}
