import TicketModel

/// The tickets that an intent speaks of, and what those were merged into: all that a merge needs to
/// know besides the intent's own ticket.
package struct RelatedTickets: Sendable {
    /// What an intent that speaks of no other ticket needs.
    package static let none = RelatedTickets()

    private var tickets: [TicketID: Ticket] = [:]

    private init() {}

    /// Looks up what `body` needs on `ticket`.
    ///
    /// - Throws: what `load` throws.
    package init(
        for body: IntentBody, on ticket: Ticket?, load: (TicketID) throws -> Ticket?
    ) rethrows {
        let named = body.changes.compactMap(\.otherTicket)
        guard !named.isEmpty || ticket?.isMerged == true else { return }
        if let ticket { tickets[ticket.id] = ticket }
        for id in named + [ticket?.mergedInto].compactMap({ $0 }) {
            var next: TicketID? = id
            // What is known already has been followed to its end.
            while let id = next, tickets[id] == nil {
                let found = try load(id)
                tickets[id] = found
                next = found?.mergedInto
            }
        }
    }

    subscript(_ id: TicketID) -> Ticket? { tickets[id] }

    /// Whether the first ticket was merged into the second, by whatever way.
    func isMerged(_ id: TicketID, into end: TicketID) -> Bool {
        var seen: Set<TicketID> = []
        var next = tickets[id]?.mergedInto
        while let id = next, seen.insert(id).inserted {
            if id == end { return true }
            next = tickets[id]?.mergedInto
        }
        return false
    }

    /// The ticket in which the case of `id` goes on: itself, unless it was merged. Nil if the way
    /// there is not known here.
    func end(of id: TicketID) -> Ticket? {
        var seen: Set<TicketID> = []
        var next = id
        while let ticket = tickets[next], seen.insert(next).inserted {
            guard let end = ticket.mergedInto else { return ticket }
            next = end
        }
        return nil
    }
}

extension ReplicaReader {
    /// The ticket in which the case of `ticket` goes on, as it is shown here: itself, unless it was
    /// merged. Nil when this replica does not hold that one.
    ///
    /// - Throws: `StoreError`.
    package func end(of ticket: Ticket) throws -> Ticket? {
        var (end, seen) = (ticket, Set([ticket.id]))
        while let next = end.mergedInto, seen.insert(next).inserted {
            guard let found = try visible(next) else { return nil }
            end = found
        }
        return end.isMerged ? nil : end
    }
}
