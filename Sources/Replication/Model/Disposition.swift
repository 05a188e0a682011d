import TicketModel

/// The one final answer that every intent gets (replication.md 3.4, I14).
package struct Disposition: Hashable, Sendable {
    /// What became of the intent as a whole. Raw values are wire values.
    package enum Outcome: Int, CaseIterable, Sendable {
        /// As meant.
        case applied = 1
        /// It met a concurrent change and both live on, or what it asked for was already so.
        case merged = 2
        /// A concurrent change prevailed; this one is kept where it can be seen.
        case superseded = 3
        /// Work done in good faith before its author learned that the ticket had left.
        case lateAccepted = 4
        /// Not done; the client turns it into a draft.
        case rejected = 5
    }

    package var outcome: Outcome
    /// Why, when rejected.
    package var rejection: Rejection?
    /// The parts of the intent that did not simply apply, by index of the change.
    package var notes: [ChangeNote]

    package init(outcome: Outcome, rejection: Rejection? = nil, notes: [ChangeNote] = []) {
        precondition(
            (outcome == .rejected) == (rejection != nil),
            "a disposition has a rejection exactly when it is rejected, got \(outcome)")
        self.outcome = outcome
        self.rejection = rejection
        self.notes = notes
    }

    package static let applied = Disposition(outcome: .applied)

    package static func rejected(_ code: RejectionCode, _ detail: String = "") -> Disposition {
        Disposition(outcome: .rejected, rejection: Rejection(code: code, detail: detail))
    }

    /// Whether the intent changed the ticket or was already satisfied.
    package var isAccepted: Bool { outcome != .rejected }
}

/// What happened to one change of an accepted intent.
package struct ChangeNote: Hashable, Sendable {
    package var changeIndex: Int
    /// Never `applied` and never `rejected`.
    package var outcome: Disposition.Outcome
    /// The field, if the change has one.
    package var field: FieldID?
    /// What prevailed or was met, in a form a person can read: `B07`, `escalated`.
    package var detail: String

    package init(
        changeIndex: Int, outcome: Disposition.Outcome, field: FieldID?, detail: String
    ) {
        self.changeIndex = changeIndex
        self.outcome = outcome
        self.field = field
        self.detail = detail
    }
}

/// Why an intent was refused, and about what.
package struct Rejection: Hashable, Sendable {
    package var code: RejectionCode
    /// What it was about: a status, a field, the person who has the ticket now. May be empty.
    package var detail: String

    package init(code: RejectionCode, detail: String) {
        self.code = code
        self.detail = detail
    }

    /// The detail of `dependencyRejected` for an intent whose group was refused: it stands or falls
    /// with the others of it.
    package static let groupDetail = "group"
    /// What is tried again has been taken over by a supervisor in the meantime.
    package static let takenOverDetail = "taken over"
}

/// The reasons for a refusal. Raw values are wire values: never reused, only added to.
package enum RejectionCode: Int, CaseIterable, Hashable, Sendable {
    /// The status cannot go there from where it is.
    case illegalTransition = 1
    /// Something happened that the person who closed had not seen.
    case staleClose = 2
    /// The person's role does not allow it, or the person is not known.
    case unauthorised = 3
    /// The ticket had moved to somebody else when this was done.
    case leftScope = 4
    case unknownTicket = 5
    /// It belongs to an intent that was refused.
    case dependencyRejected = 6
    /// Made by a newer version, or not readable.
    case unsupportedKind = 7
    case missingField = 8
    case invalidValue = 9
    /// A limit on size or number would be passed.
    case tooLarge = 10
    /// The value was changed by somebody else; the write asked for it to be unchanged.
    case staleValue = 11
    /// Made longer ago than the offline horizon, or on a revoked device; a supervisor decides.
    case quarantined = 12
    /// A ticket with this identity exists already.
    case duplicateTicket = 13
    /// The ticket was merged into another one; the detail is that one's number.
    case mergedTicket = 14
    /// An approval is missing, or a no stands; the detail is the step's name.
    case approvalMissing = 15
    /// Somebody judges their own work (domain.md G15).
    case ownWork = 16
    /// The act is for tickets of another kind; the detail is that kind's key, or empty where the
    /// policy has none.
    case wrongKind = 17

    /// The name in `--json`, in `protocol/` and in scripts.
    package var name: String {
        switch self {
        case .illegalTransition: "illegal_transition"
        case .staleClose: "stale_close"
        case .unauthorised: "unauthorised"
        case .leftScope: "left_scope"
        case .unknownTicket: "unknown_ticket"
        case .dependencyRejected: "dependency_rejected"
        case .unsupportedKind: "unsupported_kind"
        case .missingField: "missing_field"
        case .invalidValue: "invalid_value"
        case .tooLarge: "too_large"
        case .staleValue: "stale_value"
        case .quarantined: "quarantined"
        case .duplicateTicket: "duplicate_ticket"
        case .mergedTicket: "merged_ticket"
        case .approvalMissing: "approval_missing"
        case .ownWork: "own_work"
        case .wrongKind: "wrong_kind"
        }
    }
}

extension Disposition.Outcome {
    /// The name in `--json`, in `protocol/` and in scripts.
    package var name: String {
        switch self {
        case .applied: "applied"
        case .merged: "merged"
        case .superseded: "superseded"
        case .lateAccepted: "late_accepted"
        case .rejected: "rejected"
        }
    }
}
