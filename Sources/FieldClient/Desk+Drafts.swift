import Replication
import TicketModel

extension Desk {
    /// Refused work, oldest first.
    package func drafts() throws -> [Draft] { try store.read { try $0.drafts() } }

    /// Refused work, oldest first, by what is decided upon together.
    ///
    /// - Throws: `StoreError`.
    package func draftStories() throws -> [DraftStory] { DraftStory.all(of: try drafts()) }

    /// The one draft whose identity starts with `prefix`, or the only one of the ticket so named;
    /// of a group the one that says why.
    ///
    /// - Throws: `Failure.noSuchDraft`, `Failure.ambiguousDraft`, `StoreError`.
    package func draft(named reference: String) throws -> Draft {
        try draftStory(named: reference).main
    }

    /// The one story with a draft whose identity starts with `prefix`, or with one of the ticket so
    /// named.
    ///
    /// - Throws: as `draft(named:)`.
    package func draftStory(named reference: String) throws -> DraftStory {
        let wanted = reference.lowercased()
        let found = try draftStories().filter { story in
            story.drafts.contains {
                $0.operation.description.hasPrefix(wanted) || $0.operation.shortName == wanted
                    || $0.number.lowercased() == wanted
            }
        }
        guard let first = found.first else { throw Failure.noSuchDraft(reference) }
        guard found.count == 1 else { throw Failure.ambiguousDraft(reference) }
        return first
    }

    /// What can be done with a story besides discarding it.
    package struct DraftChoices: Hashable, Sendable {
        /// The number of the ticket that the two of a refused merge are already; trying again can
        /// do nothing then.
        package var alreadyOne: String?
        /// Whether there is anything to send as a note.
        package var isNotable: Bool

        package var isRetriable: Bool { alreadyOne == nil }

        package init(alreadyOne: String?, isNotable: Bool) {
            self.alreadyOne = alreadyOne
            self.isNotable = isNotable
        }
    }

    /// What can be done with a story.
    ///
    /// - Throws: `StoreError`.
    package func choices(of story: DraftStory) throws -> DraftChoices {
        try store.read { store in
            DraftChoices(
                alreadyOne: try story.alreadyOne(in: store)?.displayNumber,
                isNotable: story.isTyped)
        }
    }

    /// Tries a draft again, with what is known here by now.
    ///
    /// - Throws: `Failure.alreadyOne`, and as `Desk.write`.
    package func retry(_ draft: Draft, by actor: StaffID) throws -> [ReplicaWriter.Written] {
        try write { writer, store in
            if let one = try DraftStory.of(draft, in: store).alreadyOne(in: store) {
                throw Failure.alreadyOne(one.displayNumber)
            }
            return try DraftDesk(writer: writer).retry(
                draft, actor: actor, moments: { _ in moments() }, in: store)
        }
    }

    /// Sends what was typed in a draft as a note, or as notes if it is one of a group.
    ///
    /// - Throws: `Failure.nothingTyped`, and as `Desk.write`.
    package func sendAsNote(_ draft: Draft, by actor: StaffID) throws -> [ReplicaWriter.Written] {
        try write { writer, store in
            guard try DraftStory.of(draft, in: store).isTyped else { throw Failure.nothingTyped }
            return try DraftDesk(writer: writer).sendAsNote(
                draft, actor: actor, moments: { _ in moments() }, in: store)
        }
    }

    /// Drops a draft; the change log keeps it.
    ///
    /// - Throws: as `Desk.write`.
    package func discard(_ draft: Draft) throws {
        try write { writer, store in try DraftDesk(writer: writer).discard(draft, in: store) }
    }
}

extension OperationID {
    /// Eight digits that tell changes apart for people: the random end, not the time.
    package var shortName: String { String(description.suffix(8)) }
}
