import Replication
import TicketModel
import TicketPolicy

/// The desk of one replica: every verb that a person has, over any store (architecture.md 3.1).
///
/// A verb is one durable transaction and never waits for the network. Time and random bits come
/// from `moments`, so that a simulator can drive the same desk.
package struct Desk {
    /// Why a verb did nothing, for a message to the person.
    package enum Failure: Error, Sendable {
        /// The home has not joined a hub.
        case notJoined
        /// The home has joined, but has not spoken to its hub yet.
        case noPolicy
        case noSuchTicket(String)
        case ambiguousTicket(String, [TicketCandidate])
        case noSuchDraft(String)
        case ambiguousDraft(String)
        /// Nobody of that name in the directory, and no department either.
        case unknownOwner(String)
        /// Several people are called so; their signs.
        case ambiguousOwner(String, [StaffID])
        case nothingToChange
        /// A ticket cannot be merged into itself.
        case sameTicket(String)
        /// The draft would merge what is one ticket already, of this number.
        case alreadyOne(String)
        /// Nothing in the draft could be a note.
        case nothingTyped
        /// There is no merge to undo.
        case notMerged(String)
        /// The ticket that it was merged into is not on this device.
        case survivorNotHere(String)
        /// There is no plan or no solution yet that this step could answer.
        case nothingToApprove(ApprovalStep)
        case notPaused
        /// The ticket would go to somebody who is away (domain.md G30).
        case away(StaffID, Absence, standIn: StaffRecord?)
    }

    let store: any ReplicaStorage
    let codec: any ReplicationCodec
    let moments: () -> ReplicaWriter.Moment
    private let policies: PolicyReader

    package init(
        store: any ReplicaStorage, codec: any ReplicationCodec,
        policies: PolicyReader = PolicyReader(), moments: @escaping () -> ReplicaWriter.Moment
    ) {
        self.store = store
        self.codec = codec
        self.policies = policies
        self.moments = moments
    }

    /// The policy in force here.
    ///
    /// - Throws: `Failure.noPolicy`, `ProfileError` when the stored policy cannot be read by this
    ///   version, `StoreError`.
    package func profile() throws -> Profile {
        guard let directory = try store.read({ try $0.directory() }) else { throw Failure.noPolicy }
        return try policies.profile(of: directory.policy)
    }

    /// Finds the one ticket that `reference` names, as `find(_:followingMerges:)` does.
    ///
    /// - Throws: as `find(_:followingMerges:)`.
    package func ticket(named reference: String) throws -> Ticket { try find(reference).ticket }

    /// Runs a write with the policy in force.
    ///
    /// - Throws: `Failure`, `ReplicaWriter.Refusal`, `StoreError`, `ProfileError`.
    func write<Value>(
        _ body: (ReplicaWriter, any ReplicaTransaction) throws -> Value
    ) throws -> Value {
        guard try store.read({ try $0.identity() }) != nil else { throw Failure.notJoined }
        let writer = ReplicaWriter(codec: codec, profile: try profile())
        return try store.transaction { try body(writer, $0) }
    }

}

/// What a clerk writes down.
package struct NewTicket: Sendable {
    /// Values by field; what the policy requires must be among them.
    package var fields: [FieldID: FieldValue]
    /// Words to find it by.
    package var tags: [String]
    /// Said at the counter beside the fields; may be empty.
    package var note: String
    /// Who takes it at once; nil leaves it to the routing.
    package var assignee: StaffID?
    /// Whether `assignee` is to have it also if they are away.
    package var isAssignedAlthoughAway = false

    package init(
        fields: [FieldID: FieldValue], tags: [String] = [], note: String = "",
        assignee: StaffID? = nil
    ) {
        self.fields = fields
        self.tags = tags
        self.note = note
        self.assignee = assignee
    }
}

/// What a handler reports (domain.md F13).
package struct ProgressReport: Sendable {
    /// What was done; may be empty.
    package var done: String
    /// What comes next; may be empty.
    package var next: String
    /// When it will be done.
    package var expected: Timestamp?
    /// `expected` as the person gave it, for the record.
    package var expectedText: String
    /// The step of the policy that was reached (domain.md H4).
    package var step: String?

    package init(
        done: String, next: String, expected: Timestamp?, expectedText: String,
        step: String? = nil
    ) {
        self.step = step
        self.done = done
        self.next = next
        self.expected = expected
        self.expectedText = expectedText
    }

    /// The text of the comment: one line for each part that was given.
    var text: String {
        [("step", step ?? ""), ("done", done), ("next", next), ("eta", expectedText)]
            .filter { !$0.1.isEmpty }
            .map { "\($0.0): \($0.1)" }.joined(separator: "\n")
    }
}
