import TicketModel

/// Merges of tickets of two lives of the log (replication.md 3.11, domain.md G19).
extension HubCommitter {
    /// Whether this life has merged `ticket` into `end`, by whatever way.
    func isMerged(_ ticket: TicketID, into end: TicketID) throws -> Bool {
        try successors(of: ticket).contains { $0.id == end }
    }

    /// Where the case of a ticket went, the nearest first; empty for one that stands for itself.
    func successors(of ticket: TicketID) throws -> [Ticket] {
        var result: [Ticket] = []
        var (next, seen) = (try store.ticket(ticket)?.mergedInto, Set([ticket]))
        while let id = next, seen.insert(id).inserted, let found = try store.ticket(id) {
            result.append(found)
            next = found.mergedInto
        }
        return result
    }

    /// Numbers that came to a ticket in one life lead to where another life has taken its case: all
    /// tickets on the way answer to them, also for readers who hold only the last.
    func settleNumbers(
        of ticket: Ticket, _ past: LogEntry, _ effects: [Effect]
    ) throws {
        guard ticket.isMerged, effects.contains(where: \.bringsNumbers) else { return }
        for further in try successors(of: ticket.id) {
            let known = Set(further.allNumbers)
            let missing = ticket.allNumbers.filter { !known.contains($0) }
            let operation = OperationID(
                derivedFrom: past.operation, rule: "numbers \(further.id)", on: ticket.id)
            guard !missing.isEmpty, try store.verdict(on: operation) == nil else { continue }
            try name(further, missing, operation, because: past)
        }
    }
}

extension Effect {
    /// Whether numbers come to a ticket with it, or with it go on from there.
    fileprivate var bringsNumbers: Bool {
        switch self {
        case .created, .named, .wrote(.mergedInto, _): true
        default: false
        }
    }
}

extension Ticket {
    /// Whether other tickets were ever merged into this one.
    var hasAbsorbed: Bool { systemNotes.contains { $0.key == .mergedFrom } }
}
