import TicketModel

extension PageItem {
    /// What a replica with `viewer` scopes is shown of an entry; nothing when it concerns none of
    /// them (replication.md 3.7).
    ///
    /// - Parameters:
    ///   - before: the ticket's scopes before the entry; empty for a new ticket and for a refusal.
    ///   - after: the ticket's scopes after the entry; empty for a refusal.
    ///   - verdictScope: the private scope of the author, when the author may not see the ticket.
    ///   - ticket: the ticket after the entry, asked for only when it comes into view.
    /// - Throws: what `ticket` throws.
    package static func items(
        of entry: LogEntry, before: [Scope], after: [Scope], verdictScope: Scope?,
        number: String, viewer: Set<Scope>, ticket: () throws -> Ticket
    ) rethrows -> [PageItem] {
        let isInAfter = after.contains(where: viewer.contains)
        let isInBefore = before.contains(where: viewer.contains)
        if isInAfter, isInBefore || before.isEmpty { return [.delta(entry)] }
        if isInAfter { return [.enter(entry, try ticket())] }
        var items: [PageItem] = []
        if isInBefore {
            items.append(.leave(sequence: entry.sequence, ticket: entry.ticket, number: number))
        }
        if let verdictScope, viewer.contains(verdictScope) {
            items.append(
                .verdict(
                    sequence: entry.sequence, ticket: entry.ticket, operation: entry.operation,
                    disposition: entry.disposition))
        }
        return items
    }
}
