import TicketModel

/// What a person may do with what was refused (replication.md 3.5): try again, send it as a note,
/// or discard it.
///
/// A refused create and everything that was written on top of it are one draft: they are tried
/// again together, as a new ticket.
package struct DraftDesk {
    let writer: ReplicaWriter

    package init(writer: ReplicaWriter) { self.writer = writer }

    /// Tries a draft again with what this replica has seen by now, and removes it.
    ///
    /// - Throws: `ReplicaWriter.Refusal` when it would be refused again, `StoreError`.
    package func retry(
        _ draft: Draft, actor: StaffID, moments: (Int) -> ReplicaWriter.Moment,
        in store: any ReplicaTransaction
    ) throws -> [ReplicaWriter.Written] {
        guard draft.body.isCreate else {
            let written = try writer.change(
                draft.ticket, draft.body.act, draft.body.changes, actor: actor, at: moments(0),
                retryOf: draft.operation, in: store)
            try store.removeDraft(draft.operation)
            return [written]
        }
        var written = [
            try writer.create(
                Array(draft.body.changes.dropFirst()), actor: actor, at: moments(0), in: store)
        ]
        try store.removeDraft(draft.operation)
        let dependents = try store.drafts().filter { $0.ticket == draft.ticket }
        for (index, dependent) in dependents.enumerated() {
            written.append(
                try writer.change(
                    written[0].ticket.id, dependent.body.act, dependent.body.changes, actor: actor,
                    at: moments(index + 1), retryOf: dependent.operation, in: store))
            try store.removeDraft(dependent.operation)
        }
        return written
    }

    /// Sends everything that was typed in a draft as a note on its ticket, and removes the draft.
    ///
    /// - Throws: `ReplicaWriter.Refusal` when nothing was typed or the ticket is unknown.
    package func sendAsNote(
        _ draft: Draft, actor: StaffID, at moment: ReplicaWriter.Moment,
        in store: any ReplicaTransaction
    ) throws -> ReplicaWriter.Written {
        let texts = draft.body.changes.compactMap(\.typedText)
        guard !texts.isEmpty else { throw ReplicaWriter.Refusal(.missingField, "text") }
        let note = Change.comment(
            .note, .staff, text: texts.joined(separator: "\n"), parent: nil)
        let written = try writer.change(
            draft.ticket, .note, [note], actor: actor, at: moment, retryOf: draft.operation,
            in: store)
        try store.removeDraft(draft.operation)
        return written
    }

    /// Drops a draft. The change log keeps what it said and how it was answered.
    package func discard(_ draft: Draft, in store: any ReplicaTransaction) throws {
        try store.removeDraft(draft.operation)
    }
}
