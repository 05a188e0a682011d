import TicketModel

/// What a person may do with what was refused (replication.md 3.5): try again, send it as a note,
/// or discard it.
///
/// What was refused together is one story: the members of a group, and a refused create with
/// everything that was written on top of it, are tried again together.
package struct DraftDesk {
    let writer: ReplicaWriter

    package init(writer: ReplicaWriter) { self.writer = writer }

    /// Tries a draft again, with all that belongs to it and with what this replica has seen by now,
    /// and removes it. What was refused because its ticket had been merged into another one is
    /// tried on that one.
    ///
    /// - Throws: `ReplicaWriter.Refusal` when it would be refused again, `StoreError`.
    package func retry(
        _ draft: Draft, actor: StaffID, moments: (Int) -> ReplicaWriter.Moment,
        in store: any ReplicaTransaction
    ) throws -> [ReplicaWriter.Written] {
        var written: [ReplicaWriter.Written] = []
        var names = NewNames()
        for story in try belonging(to: draft, in: store) {
            try names.tickets.merge(survivors(of: story, in: store)) { old, _ in old }
            let (start, known) = (written.count, names)
            let members = story.drafts.map { draft in
                { (earlier: [ReplicaWriter.Written]) in
                    var names = known
                    names.note(story.drafts, written: earlier)
                    return member(retrying: draft, names)
                }
            }
            written += try write(
                members, actor: actor,
                moments: { story.drafts[$0].done(at: moments(start + $0)) }, in: store)
            names.note(story.drafts, written: Array(written[start...]))
            for draft in story.drafts { try store.removeDraft(draft.operation) }
        }
        return written
    }

    /// Sends everything that was typed in a draft, and in what was refused with it, as notes on
    /// their tickets, and removes all of it.
    ///
    /// - Returns: the notes; the first is on the ticket of `draft` if anything was typed there.
    /// - Throws: `ReplicaWriter.Refusal` when nothing was typed or no ticket is known.
    package func sendAsNote(
        _ draft: Draft, actor: StaffID, moments: (Int) -> ReplicaWriter.Moment,
        in store: any ReplicaTransaction
    ) throws -> [ReplicaWriter.Written] {
        let story = try DraftStory.of(draft, in: store)
        let ordered = [draft] + story.drafts.filter { $0.operation != draft.operation }
        let typed = ordered.map { ($0, $0.body.changes.compactMap(\.typedText)) }
            .filter { !$0.1.isEmpty }
        guard !typed.isEmpty else { throw ReplicaWriter.Refusal(.missingField, "text") }
        // What was typed for a ticket that was never made goes to one of the same story.
        let known = try typed.map(\.0.ticket).filter { try store.visible($0) != nil }
        let goesOn = try survivors(of: story, in: store)
        let members = typed.map { draft, texts in
            let ticket = known.contains(draft.ticket) ? draft.ticket : known.first ?? draft.ticket
            return ReplicaWriter.Member(
                goesOn[ticket] ?? ticket, .note,
                [.comment(.note, .staff, text: texts.joined(separator: "\n"), parent: nil)],
                retryOf: draft.operation)
        }
        let written = try write(
            members.map { member in { _ in member } }, actor: actor, moments: moments, in: store)
        try discard(draft, in: store)
        return written
    }

    /// Drops a draft and what was refused with it. The change log keeps what was said and how it
    /// was answered.
    ///
    /// - Throws: `StoreError`.
    package func discard(_ draft: Draft, in store: any ReplicaTransaction) throws {
        for draft in try DraftStory.of(draft, in: store).drafts {
            try store.removeDraft(draft.operation)
        }
    }

    /// The story of `draft`, and those of everything that was written on tickets that it would have
    /// made: in the order in which they are to be written again.
    private func belonging(
        to draft: Draft, in store: any ReplicaReader
    ) throws -> [DraftStory] {
        var result = [try DraftStory.of(draft, in: store)]
        var rest = DraftStory.all(of: try store.drafts()).filter { $0 != result[0] }
        while true {
            let unborn = Set(result.flatMap(\.drafts).filter(\.body.isCreate).map(\.ticket))
            let found = rest.filter { $0.drafts.contains { unborn.contains($0.ticket) } }
            if found.isEmpty { return result }
            rest.removeAll(where: found.contains)
            result += found
        }
    }

    /// Where the cases of a story's tickets go on, if it was refused because one of them had been
    /// merged.
    private func survivors(
        of story: DraftStory, in store: any ReplicaReader
    ) throws -> [TicketID: TicketID] {
        guard let refused = story.drafts.first(where: { $0.rejection.code == .mergedTicket })
        else { return [:] }
        let named = story.drafts.flatMap { [$0.ticket] + $0.body.changes.compactMap(\.otherTicket) }
        var result: [TicketID: TicketID] = [:]
        for id in named {
            guard let ticket = try store.visible(id), ticket.isMerged else { continue }
            guard let end = try store.end(of: ticket) else {
                throw ReplicaWriter.Refusal(.mergedTicket, refused.rejection.detail)
            }
            result[id] = end.id
        }
        return result
    }

    private func member(
        retrying draft: Draft, _ names: NewNames
    ) -> ReplicaWriter.Member {
        let body = draft.body
        let changes = body.changes.map { $0.renamed(names.tickets, names.numbers) }
        guard !body.isCreate else {
            return ReplicaWriter.Member(
                nil, .create, Array(changes.dropFirst()), retryOf: draft.operation)
        }
        return ReplicaWriter.Member(
            names.tickets[draft.ticket] ?? draft.ticket, body.act, changes,
            retryOf: draft.operation)
    }

    private func write(
        _ members: [([ReplicaWriter.Written]) -> ReplicaWriter.Member], actor: StaffID,
        moments: (Int) -> ReplicaWriter.Moment, in store: any ReplicaTransaction
    ) throws -> [ReplicaWriter.Written] {
        guard members.count > 1 else {
            return try members.map {
                try writer.write($0([]), actor: actor, at: moments(0), in: store)
            }
        }
        return try writer.group(members, actor: actor, moments: moments, in: store)
    }
}

extension Draft {
    /// The moment of trying again, with the time at which it was done where trying again does not
    /// change that: a customer came when they came, and a call was made when it was made.
    fileprivate func done(at moment: ReplicaWriter.Moment) -> ReplicaWriter.Moment {
        let written = Timestamp(milliseconds: Int64(truncatingIfNeeded: operation.rawValue >> 80))
        let wasDoneBefore = body.captured.wall < written
        guard body.isCreate || wasDoneBefore else { return moment }
        var moment = moment
        moment.doneAt = body.captured.wall
        return moment
    }
}

/// What is called otherwise when refused work is written again: a ticket that was never made is
/// made anew, and what was merged goes on elsewhere.
private struct NewNames {
    var tickets: [TicketID: TicketID] = [:]
    /// Numbers that lead nowhere, with those of the tickets made in their place.
    var numbers: [String: String] = [:]

    /// Notes what was made anew: `written` are the first of `drafts`.
    mutating func note(_ drafts: [Draft], written: [ReplicaWriter.Written]) {
        for (draft, new) in zip(drafts, written) where draft.body.isCreate {
            tickets[draft.ticket] = new.ticket.id
            guard case .create(let number) = draft.body.changes.first else { continue }
            numbers[number] = new.ticket.provisionalNumber
        }
    }
}
