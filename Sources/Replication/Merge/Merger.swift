import TicketModel

/// Decides what one intent does to one ticket: the field policies of replication.md 3.3.
///
/// Pure: the same intent, position and ticket always give the same result, at the hub when it
/// commits and on a replica when it foretells the outcome in its overlay.
package struct Merger {
    /// What a merge came to.
    package struct Result: Sendable {
        package var disposition: Disposition
        /// Empty when the intent was rejected.
        package var effects: [Effect]
        /// The ticket with the effects applied; nil only when a rejected intent met no ticket.
        package var ticket: Ticket?
    }

    let body: IntentBody
    let view: CausalView
    /// The stamp that new values get.
    let stamp: Stamp
    /// The hub's time of the commit; nil when a replica foretells it.
    let receivedAt: Timestamp?
    /// The policy of each field, from the profile.
    let policy: (FieldID) -> MergePolicy
    /// What a refusal calls a field.
    let name: (FieldID) -> String
    /// The other tickets that the intent speaks of.
    let related: RelatedTickets
    /// The ticket with the effects so far applied.
    private(set) var ticket: Ticket
    private var effects: [Effect]
    private var notes: [ChangeNote] = []

    /// Merges `body`, seen from `view`, into `ticket`.
    ///
    /// All changes of an intent stand or fall together: one refusal refuses the intent, so that a
    /// person gets one draft with everything they typed. What is written to a ticket in sight of
    /// its merge is refused.
    package static func merge(
        _ body: IntentBody, seen view: CausalView, stamp: Stamp, into ticket: Ticket?,
        receivedAt: Timestamp?, policy: @escaping (FieldID) -> MergePolicy,
        name: @escaping (FieldID) -> String = { "field_\($0.rawValue)" },
        related: RelatedTickets = .none
    ) -> Result {
        if let ticket, standing(of: body, towards: ticket, seen: view) == .refused {
            let number = related.end(of: ticket.id)?.displayNumber ?? ""
            return Result(
                disposition: .rejected(.mergedTicket, number), effects: [], ticket: ticket)
        }
        var merger: Merger
        switch start(of: body, on: ticket) {
        case .refused(let code, let detail):
            return Result(disposition: .rejected(code, detail), effects: [], ticket: nil)
        case .ready(let ticket, let effects):
            merger = Merger(
                body: body, view: view, stamp: stamp, receivedAt: receivedAt, policy: policy,
                name: name, related: related, ticket: ticket, effects: effects)
        }
        // The change that made the ticket, if one did, is done.
        for (index, change) in body.changes.enumerated().dropFirst(merger.effects.count) {
            switch merger.merge(change) {
            case .done: break
            case .noted(let outcome, let detail):
                merger.notes.append(
                    ChangeNote(
                        changeIndex: index, outcome: outcome, field: change.field, detail: detail))
            case .refused(let code, let detail):
                return Result(
                    disposition: .rejected(code, detail), effects: [], ticket: ticket)
            }
        }
        return merger.result()
    }

    /// What one change came to.
    enum Step {
        case done
        /// Accepted, but not simply as meant.
        case noted(Disposition.Outcome, String)
        case refused(RejectionCode, String)
    }

    private func result() -> Result {
        let outcomes = notes.map(\.outcome)
        let outcome: Disposition.Outcome =
            outcomes.contains(.superseded)
            ? .superseded : outcomes.contains(.merged) ? .merged : .applied
        return Result(
            disposition: Disposition(outcome: outcome, notes: notes), effects: effects,
            ticket: ticket)
    }

    /// What the changes of an intent start from.
    private enum Start {
        /// The ticket that they change, and the effect that made it where the first change did.
        case ready(Ticket, [Effect])
        case refused(RejectionCode, String)
    }

    /// A ticket that nothing has made yet is made by the first change or not at all.
    private static func start(of body: IntentBody, on ticket: Ticket?) -> Start {
        if let ticket { return .ready(ticket, []) }
        guard case .create(let provisionalNumber) = body.changes.first else {
            return .refused(.unknownTicket, "")
        }
        guard body.ticket == TicketID(createdBy: body.operation) else {
            return .refused(.invalidValue, "ticket")
        }
        var created = Ticket(
            id: body.ticket, provisionalNumber: provisionalNumber,
            capturedAt: body.captured.estimate, createdBy: body.actor)
        let effect = Effect.created(
            provisionalNumber: provisionalNumber, number: nil,
            capturedAt: body.captured.estimate, receivedAt: nil, createdBy: body.actor)
        created.apply(effect)
        return .ready(created, [effect])
    }

    private mutating func merge(_ change: Change) -> Step {
        switch change {
        case .create: return .refused(.duplicateTicket, "")
        case .write(let field, let value): return write(value, to: field, of: ticket)
        case .add(let field, let value): return add(value, to: field, of: ticket)
        case .remove(let field, let value): return remove(value, from: field, of: ticket)
        case .comment(let kind, let visibility, let text, let parent):
            return comment(kind, visibility, text, parent, on: ticket)
        case .editComment(let id, let text): return editComment(id, text, on: ticket)
        case .redactComment(let id): return redactComment(id, on: ticket)
        case .close: return close(ticket)
        case .merge(let survivor, let reason): return merge(into: survivor, reason, on: ticket)
        case .absorb(let duplicate): return absorb(duplicate, on: ticket)
        case .unmerge(let reason): return unmerge(reason, on: ticket)
        case .release(let duplicate): return release(duplicate, on: ticket)
        case .rate(let token, let outcome, let score, let remark):
            return rate(token, outcome, score, remark, on: ticket)
        case .unsupported(let kind): return .refused(.unsupportedKind, String(kind))
        }
    }

    /// Records an effect and applies it, so that later changes of the same intent see it.
    mutating func effect(_ effect: Effect) {
        ticket.apply(effect)
        effects.append(effect)
    }
}

/// What the author of an intent had seen, in the terms of the log it is committed to
/// (replication.md 3.2).
package struct CausalView: Sendable {
    /// Every commit up to here was seen: `lin(context)`. 0 when nothing is known to be seen.
    package var sequence: UInt64
    package var dependencies: Set<OperationID>
    /// The intent's own dot: its own earlier changes and all before it on its replica were seen.
    package var dot: Dot

    package init(sequence: UInt64, dependencies: Set<OperationID>, dot: Dot) {
        self.sequence = sequence
        self.dependencies = dependencies
        self.dot = dot
    }

    /// Whether the author had seen the change that `stamp` marks. Constant time, whatever the
    /// length of the history and the number of replicas.
    package func covers(_ stamp: Stamp) -> Bool {
        stamp.sequence <= sequence && !stamp.isPending
            || dependencies.contains(stamp.operation)
            || stamp.dot.replica == dot.replica && stamp.dot.counter <= dot.counter
    }
}
