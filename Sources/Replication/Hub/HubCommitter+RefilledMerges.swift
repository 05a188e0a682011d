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

    /// What an entry has noted on a ticket stays there: replicas have shown it. So it does when the
    /// same change met another one in this life and had nothing to note, while a merge waits for
    /// its survivor, and when the one life had taken the words to the ticket that goes on and the
    /// other had not.
    func keepNote(of past: LogEntry) throws {
        guard let ticket = try store.ticket(past.ticket) else { return }
        for case .commented(var note) in past.effects
        where note.id == past.operation {
            let operation = derived(from: past.operation, rule: "note", on: past.ticket)
            guard !ticket.comments.contains(where: { $0.id == note.id }),
                try store.verdict(on: operation) == nil
            else { continue }
            note.stamp.sequence = try store.head().sequence + 1
            try add([.commented(note)], to: ticket, operation, because: past)
        }
    }

    /// Numbers that came to a ticket in one life lead to where another life has taken its case: all
    /// tickets on the way answer to them, also for readers who hold only the last.
    func settleNumbers(of ticket: Ticket, _ past: LogEntry, rule: String) throws {
        for further in try successors(of: ticket.id) {
            let known = Set(further.allNumbers)
            let missing = ticket.allNumbers.filter { !known.contains($0) }
            let operation = derived(
                from: past.operation, rule: "\(rule) \(further.id)", on: ticket.id)
            guard !missing.isEmpty, try store.verdict(on: operation) == nil else { continue }
            try add([.named(missing)], to: further, operation, because: past)
        }
    }
}

extension Effect {
    /// Whether numbers come to a ticket with it, or with it go on from there.
    var bringsNumbers: Bool {
        switch self {
        case .created, .named, .wrote(.mergedInto, _): true
        default: false
        }
    }
}

extension Ticket {
    /// The ticket with what it promised when it was merged. Where its half of the merge came back
    /// alone, its clocks have stopped before the survivor could take them over.
    var beforeMerge: Ticket {
        guard isMerged else { return self }
        var result = self
        for (name, clock) in clocks where clock.reason == ClockState.mergedReason {
            var running = clock
            if running.phase == .cancelled { running.phase = .running }
            running.stoppedAt = nil
            running.reason = ""
            result.clocks[name] = running
        }
        return result
    }

    /// Whether other tickets were ever merged into this one.
    var hasAbsorbed: Bool { systemNotes.contains { $0.key == .mergedFrom } }
}
