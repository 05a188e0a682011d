/// A field of a ticket, by its number on the wire. Numbers are never reused.
///
/// Numbers below `customBase` are built in; from there on a policy profile declares them
/// (replication.md 3.15: integer field ids, unknown fields carried unchanged).
package struct FieldID: Hashable, Comparable, Sendable {
    /// The number on the wire.
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static func < (left: FieldID, right: FieldID) -> Bool {
        left.rawValue < right.rawValue
    }

    /// The first number that a profile may give to a field of its own.
    package static let customBase: UInt32 = 1_000

    /// Whether a profile declares this field.
    package var isCustom: Bool { rawValue >= Self.customBase }

    package static let status = FieldID(rawValue: 1)
    package static let assignee = FieldID(rawValue: 2)
    package static let store = FieldID(rawValue: 3)
    package static let region = FieldID(rawValue: 4)
    package static let escalation = FieldID(rawValue: 5)
    package static let priority = FieldID(rawValue: 6)
    package static let subject = FieldID(rawValue: 7)
    /// What happened (核心内容).
    package static let description = FieldID(rawValue: 8)
    package static let resolution = FieldID(rawValue: 9)
    /// Who the customer is and how to reach them, or the identifier that stands for them (F2).
    package static let contact = FieldID(rawValue: 10)
    /// Consultation, suggestion or complaint (domain.md A4, manual 003).
    package static let kind = FieldID(rawValue: 11)
    package static let channel = FieldID(rawValue: 12)
    /// What the customer asks for (客户诉求, F2).
    package static let demand = FieldID(rawValue: 13)
    /// The class that routing looks at, for example `product` or `attitude` (RT2).
    package static let category = FieldID(rawValue: 14)
    /// The department that owns the ticket: its queue.
    package static let department = FieldID(rawValue: 15)
    package static let product = FieldID(rawValue: 16)
    package static let orderNumber = FieldID(rawValue: 17)
    /// When it happened, as the customer tells it (F3).
    package static let eventTime = FieldID(rawValue: 18)
    /// Where it happened (F3).
    package static let eventPlace = FieldID(rawValue: 19)
    /// OR-set of words.
    package static let tags = FieldID(rawValue: 20)
    /// OR-set of attachment descriptions.
    package static let attachments = FieldID(rawValue: 21)
    /// When the customer noticed or reported it (反馈时间, F2), as told.
    package static let reportedTime = FieldID(rawValue: 22)
    /// When the purchase was made (F11).
    package static let purchaseDate = FieldID(rawValue: 23)
    /// When the handler expects to be done (progress: done, next, ETA; F13).
    package static let expectedTime = FieldID(rawValue: 24)
    /// The ticket that this one was merged into, in hexadecimal; empty once that was undone
    /// (domain.md G19).
    package static let mergedInto = FieldID(rawValue: 25)
    /// The status that undoing a merge gives back.
    package static let statusBeforeMerge = FieldID(rawValue: 26)
    /// The ticket that this one was split from, in hexadecimal.
    package static let splitFrom = FieldID(rawValue: 27)

    /// How sure the class is: a `ClassStage`.
    package static let classStage = FieldID(rawValue: 28)
    /// How the case is to be solved. Approvals bind to the version that they saw.
    package static let plan = FieldID(rawValue: 29)
    /// What kind of solution the plan is: a `PlanKind` (domain.md H2).
    package static let planKind = FieldID(rawValue: 30)
    /// OR-set of `Approval`s.
    package static let approvals = FieldID(rawValue: 31)
    /// What was decided of a suggestion: a `SuggestionVerdict`.
    package static let verdict = FieldID(rawValue: 32)
    /// What the case waits for: a `PauseReason`; empty while it does not.
    package static let pauseReason = FieldID(rawValue: 33)
    /// The time that the customer was promised, in ISO 8601 (domain.md K25).
    package static let promisedTime = FieldID(rawValue: 34)
    /// OR-set of departments that help the one that leads (domain.md RO7, F12).
    package static let cooperating = FieldID(rawValue: 35)
    /// What the handling has reached, a key of the policy's `steps` (domain.md H4).
    package static let step = FieldID(rawValue: 36)

    /// What only the act of that name writes, so that no clock misses it.
    package static let process: Set<FieldID> = [
        .classStage, .plan, .planKind, .approvals, .verdict, .pauseReason, .promisedTime,
        .cooperating, .step,
    ]

    /// How tickets belong together: kept by the program, typed by nobody.
    package static let links: Set<FieldID> = [.mergedInto, .statusBeforeMerge, .splitFrom]
}

/// The value of a field. Times and dates are texts as the person gave them, in ISO 8601 where the
/// program made them.
package enum FieldValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    /// A value of a newer version, carried and returned unchanged (replication.md 3.15).
    case opaque([UInt8])

    /// The text, or nil for another kind of value.
    package var text: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// The number, or nil for another kind of value.
    package var integer: Int64? {
        if case .integer(let integer) = self { return integer }
        return nil
    }

    /// Whether nothing is said: an empty text.
    package var isEmpty: Bool { self == .text("") }

    /// The size that limits count, in bytes.
    package var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .integer: 8
        case .opaque(let bytes): bytes.count
        }
    }
}
