import TicketModel

/// Making one ticket of two, and undoing it (domain.md G19, T24, T25).
extension Merger {
    /// How an intent stands to a ticket that may have been merged into another one.
    enum MergeStanding: Equatable {
        /// It is about this ticket.
        case open
        /// Words, files and tags of somebody who had not seen the merge: they belong to the ticket
        /// in which the case goes on.
        case redirected
        case refused
    }

    static func standing(
        of body: IntentBody, towards ticket: Ticket?, seen view: CausalView
    ) -> MergeStanding {
        guard let ticket, ticket.isMerged, let register = ticket.registers[.mergedInto],
            !body.changes.allSatisfy(\.isForMergedTicket)
        else { return .open }
        if view.covers(register.stamp) { return .refused }
        return body.changes.allSatisfy(\.isRedirectable) ? .redirected : .refused
    }

    /// Ends the duplicate: its case goes on in the survivor, or in what that was merged into.
    ///
    /// Nothing needs to have been seen, since it can be undone; of two merges into different
    /// tickets the first stays.
    mutating func merge(
        into survivorID: TicketID, _ reason: String, on ticket: Ticket
    ) -> Step {
        guard survivorID != ticket.id else { return .refused(.invalidValue, "ticket") }
        guard let survivor = related.end(of: survivorID) else {
            return .refused(.unknownTicket, "")
        }
        // The survivor was merged into this one meanwhile.
        guard survivor.id != ticket.id else {
            return .refused(.mergedTicket, ticket.displayNumber)
        }
        if ticket.isMerged {
            let present = related.end(of: ticket.id)
            guard present?.id == survivor.id else {
                return .refused(.mergedTicket, present?.displayNumber ?? "")
            }
            // Why somebody else did the same is worth as much.
            if !reason.isEmpty,
                case .refused(let code, let detail) = say(
                    SystemNote(.mergedInto, survivor.displayNumber, reason: reason))
            {
                return .refused(code, detail)
            }
            return .noted(.merged, survivor.displayNumber)
        }
        if let undone = ticket.registers[.mergedInto], !view.covers(undone.stamp) {
            return .refused(.staleValue, SystemNote.Key.unmerged.rawValue)
        }
        guard survivor.allNumbers.contains(ticket.provisionalNumber) else {
            return .refused(.invalidValue, Rejection.groupDetail)
        }
        let hasUnseen = ticket.comments.contains { !view.covers($0.editStamp ?? $0.stamp) }
        replace(.mergedInto, with: .text(survivor.id.description))
        replace(.statusBeforeMerge, with: .integer(ticket.status.rawValue))
        if ticket.status != .closed {
            replace(.status, with: .integer(TicketStatus.closed.rawValue))
        }
        let step = say(SystemNote(.mergedInto, survivor.displayNumber, reason: reason))
        guard case .done = step, hasUnseen else { return step }
        return .noted(.merged, "comments")
    }

    /// Takes over the numbers of a duplicate; its promises follow by the policy.
    ///
    /// Of a merge that a replica brought back to a restored hub, the duplicate's half may be here
    /// alone, with its numbers: then the survivor does not tell of it yet.
    mutating func absorb(_ id: TicketID, on ticket: Ticket) -> Step {
        guard id != body.ticket else { return .refused(.invalidValue, "ticket") }
        guard let duplicate = related[id] else { return .refused(.unknownTicket, "") }
        // This ticket was merged into the duplicate meanwhile, and the change came here.
        guard id != ticket.id else { return .refused(.mergedTicket, ticket.displayNumber) }
        let isNamed = ticket.allNumbers.contains(duplicate.provisionalNumber)
        if duplicate.isMerged {
            let present = related.end(of: id)
            guard present?.id == ticket.id else {
                return .refused(.mergedTicket, present?.displayNumber ?? "")
            }
            let isHalf = duplicate.mergedInto == ticket.id && !ticket.tells(of: duplicate)
            if isNamed, !isHalf { return .noted(.merged, duplicate.displayNumber) }
        }
        guard ticket.status != .closed || duplicate.status.isFinished else {
            return .refused(.illegalTransition, ticket.status.name)
        }
        let present = Set(ticket.allNumbers)
        let numbers = duplicate.allNumbers.filter { !present.contains($0) }
        guard ticket.formerNumbers.count + numbers.count <= Limits.formerNumbersCountMax else {
            return .refused(.tooLarge, "numbers")
        }
        if !numbers.isEmpty { effect(.named(numbers)) }
        return say(SystemNote(.mergedFrom, duplicate.displayNumber))
    }

    /// Gives the duplicate back to itself, with the status that it had.
    mutating func unmerge(_ reason: String, on ticket: Ticket) -> Step {
        guard ticket.isMerged, let register = ticket.registers[.mergedInto] else {
            let number = ticket.systemNotes.last { $0.key == .unmergedFrom }?.number
            if let number, !reason.isEmpty,
                case .refused(let code, let detail) = say(
                    SystemNote(.unmergedFrom, number, reason: reason))
            {
                return .refused(code, detail)
            }
            return .noted(.merged, number ?? "")
        }
        let number = related.end(of: ticket.id)?.displayNumber ?? ""
        guard view.covers(register.stamp) else { return .refused(.staleValue, number) }
        let status = ticket.integer(.statusBeforeMerge) ?? TicketStatus.reopened.rawValue
        replace(.mergedInto, with: .text(""))
        if status != ticket.status.rawValue { replace(.status, with: .integer(status)) }
        return say(
            SystemNote(.unmergedFrom, number, reason: reason), about: register.stamp.operation)
    }

    /// Gives a former duplicate its numbers back.
    mutating func release(_ id: TicketID, on ticket: Ticket) -> Step {
        guard let duplicate = related[id] else { return .refused(.unknownTicket, "") }
        let numbers = duplicate.allNumbers.filter(Set(ticket.formerNumbers).contains)
        // It was released already, or was merged into yet another one, or has taken over this one
        // with the numbers that they share. If it stands for itself and its numbers are still here,
        // its own half of the undoing came back alone (3.11).
        guard !numbers.isEmpty, !duplicate.isMerged || related.isMerged(id, into: ticket.id),
            !related.isMerged(ticket.id, into: id)
        else {
            return .noted(.merged, duplicate.displayNumber)
        }
        effect(.unnamed(numbers))
        return say(
            SystemNote(.unmerged, duplicate.displayNumber),
            about: duplicate.registers[.mergedInto]?.stamp.operation)
    }

    /// Notes what happened.
    ///
    /// - Parameter merge: the merge that was undone, as the duplicate had it: what an undoing had
    ///   seen must be known also where it comes back after a restore.
    private mutating func say(_ note: SystemNote, about merge: OperationID? = nil) -> Step {
        var ticket = ticket
        // A replica may have brought the note back before its author pushed the change again.
        ticket.comments.removeAll { $0.id == body.operation && $0.kind == .system }
        return comment(.system, .staff, note.text, merge, on: ticket)
    }
}

extension Ticket {
    /// Whether its notes tell that the other one was merged into it, and still is.
    fileprivate func tells(of duplicate: Ticket) -> Bool {
        let last = systemNotes.last { note in
            [.mergedFrom, .unmerged].contains(note.key)
                && duplicate.allNumbers.contains(note.number)
        }
        return last?.key == .mergedFrom
    }
}

extension Change {
    /// Whether it is about a merged ticket itself: the merge, or a text that must go.
    fileprivate var isForMergedTicket: Bool {
        switch self {
        case .merge, .unmerge, .release, .redactComment: true
        default: false
        }
    }

    /// Whether it means as much on the ticket in which the case goes on.
    fileprivate var isRedirectable: Bool {
        switch self {
        case .comment, .absorb: true
        case .add(let field, _): field == .tags || field == .attachments
        default: false
        }
    }
}

extension [IntentBody] {
    /// Whether every half of a merge, or of its undoing, has the other half in this group: first
    /// what the surviving ticket takes or gives, then what becomes of the duplicate.
    package var haveBothHalves: Bool {
        indices.allSatisfy { index in
            self[index].changes.allSatisfy { change in
                switch change {
                case .absorb(let duplicate):
                    self[(index + 1)...].contains { other in
                        other.ticket == duplicate
                            && other.changes.contains { $0.isMerge(into: self[index].ticket) }
                    }
                case .merge(let survivor, _):
                    self[..<index].contains { other in
                        other.ticket == survivor
                            && other.changes.contains(.absorb(self[index].ticket))
                    }
                case .release(let duplicate):
                    self[(index + 1)...].contains { other in
                        other.ticket == duplicate && other.changes.contains(where: \.isUnmerge)
                    }
                case .unmerge:
                    self[..<index].contains { $0.changes.contains(.release(self[index].ticket)) }
                default: true
                }
            }
        }
    }
}

extension Change {
    fileprivate func isMerge(into ticket: TicketID) -> Bool {
        if case .merge(ticket, _) = self { return true }
        return false
    }

    fileprivate var isUnmerge: Bool {
        if case .unmerge = self { return true }
        return false
    }
}
