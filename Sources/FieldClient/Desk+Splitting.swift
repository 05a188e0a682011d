import Replication
import TicketModel
import TicketPolicy

extension Desk {
    /// What became of a ticket of which a part is a case of its own.
    package struct Split: Sendable {
        /// The new ticket.
        package var part: ReplicaWriter.Written
        /// The ticket that it was split from, which names it.
        package var original: ReplicaWriter.Written
    }

    /// Makes a part of a ticket a ticket of its own, in one group with a note of it on the original
    /// (domain.md G19).
    ///
    /// What describes the customer and the purchase comes from the original where `part` does not
    /// say otherwise; subject, description, owner, tags, scores of a survey and what was written do
    /// not. The part makes its own promises, from now on. It is undone by merging it into the
    /// original.
    ///
    /// - Parameter part: its note says why; it must describe the part.
    /// - Throws: as every verb, and `Failure.away`; `ReplicaWriter.Refusal` with `missingField`
    ///   without a description.
    package func split(
        _ original: TicketID, into part: NewTicket, by actor: StaffID
    ) throws -> Split {
        let scores = Set(try profile().survey)
        return try write { writer, store in
            guard let shown = try store.visible(original) else {
                throw Failure.noSuchTicket(original.description)
            }
            guard !shown.isMerged else {
                throw ReplicaWriter.Refusal(
                    .mergedTicket, try store.end(of: shown)?.displayNumber ?? "")
            }
            let first = moments()
            if let assignee = part.assignee, !part.isAssignedAlthoughAway {
                try checkPresence(of: assignee, for: actor, at: first.now, in: store)
            }
            let changes = try part.changes(
                splitFrom: shown, without: scores, identity: store.identity(), actor)
            let written = try writer.group(
                [
                    { _ in ReplicaWriter.Member(nil, .create, changes) },
                    { earlier in
                        let number = earlier[0].ticket.displayNumber
                        return ReplicaWriter.Member(
                            original, .note,
                            [.noted(SystemNote(.splitInto, number, reason: part.note))])
                    },
                ], actor: actor, moments: { $0 == 0 ? first : moments() }, in: store)
            return Split(part: written[0], original: written[1])
        }
    }
}

extension NewTicket {
    fileprivate func changes(
        splitFrom original: Ticket, without scores: Set<FieldID>, identity: ReplicaIdentity?,
        _ actor: StaffID
    ) throws -> [Change] {
        // What the customer gave for how the case was handled is no part of it (domain.md H8).
        let shared = original.fieldsOfParts.filter { !scores.contains($0.key) }
        var fields = self.fields.merging(shared) { own, _ in own }
        // Another category is routed anew; the same one belongs to the same department.
        if self.fields[.category] == nil, self.fields[.department] == nil, assignee == nil,
            let department = original.department
        {
            fields[.department] = .text(department.rawValue)
        }
        // A handler's own device belongs to no store: the part is theirs, as what they log.
        let assignee = self.assignee ?? (identity?.roles == [.handler] ? actor : nil)
        if let assignee { fields[.assignee] = .text(assignee.rawValue) }
        let status: TicketStatus = assignee == nil ? .new : .assigned
        fields[.status] = .integer(TicketStatus.new.rawValue)
        fields[.splitFrom] = .text(original.id.description)
        var changes = fields.sorted { $0.key < $1.key }.map { Change.write($0.key, $0.value) }
        if status != .new { changes.append(.write(.status, .integer(status.rawValue))) }
        changes += Set(tags).sorted().map { .add(.tags, .text($0)) }
        changes.append(.noted(SystemNote(.splitFrom, original.displayNumber, reason: note)))
        return changes
    }
}

extension Ticket {
    /// What a part of this case has in common with it.
    fileprivate var fieldsOfParts: [FieldID: FieldValue] {
        registers.filter { !Self.ownFields.contains($0.key) && !$0.value.value.isEmpty }
            .mapValues(\.value)
    }

    /// What is about this very ticket, or about the work on it.
    private static let ownFields: Set<FieldID> = FieldID.links.union(FieldID.process).union([
        .subject, .description, .status, .escalation, .assignee, .department, .resolution,
        .expectedTime,
    ])
}

extension Change {
    fileprivate static func noted(_ note: SystemNote) -> Change {
        .comment(.system, .staff, text: note.text, parent: nil)
    }
}
