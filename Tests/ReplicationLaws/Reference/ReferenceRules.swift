import Replication
import TicketModel

/// The table of replication.md 3.3, second column: which field follows which policy.
package struct ReferenceRules: Sendable {
    private let custom: [FieldID: MergePolicy]

    /// - Parameter custom: what the profile declares of its own fields.
    package init(custom: [FieldID: MergePolicy]) { self.custom = custom }

    func policy(_ field: FieldID) -> MergePolicy {
        switch field.rawValue {
        case 1: .status
        case 2, 3, 4, 15: .authority
        case 5, 6, 28: .max
        case 20, 21, 31, 35: .set
        case 11, 12, 14, 24, 30, 33, 34, 36: .last
        case 32: .compareAndSet
        default: custom[field] ?? .keepBoth
        }
    }

    func elementsCountMax(_ field: FieldID) -> Int {
        switch field.rawValue {
        case 20: 20
        case 21: 50
        default: 200
        }
    }
}

/// The statuses by their numbers on the wire, with the order of attention and the legal steps.
enum ReferenceStatus: Int64 {
    case new = 1
    case assigned
    case inProgress
    case pending
    case resolved
    case reopened
    case escalated
    case closed

    init?(_ value: FieldValue) {
        guard case .integer(let raw) = value else { return nil }
        self.init(rawValue: raw)
    }

    /// "escalated > reopened > resolved > pending/in_progress > assigned > new", and `closed`
    /// between resolved and reopened (ARCHITECTURE.md, "Decisions").
    var rank: Int {
        switch self {
        case .escalated: 60
        case .reopened: 50
        case .closed: 40
        case .resolved: 30
        case .pending, .inProgress: 20
        case .assigned: 10
        case .new: 0
        }
    }

    /// Whether the loop may go from here to `target` in one step, for somebody who sees it.
    func leads(to target: ReferenceStatus) -> Bool {
        switch self {
        case .closed: target == .reopened
        case .resolved: target == .reopened || target == .escalated
        // Work goes on in any order, ends by resolving and may be escalated.
        case .new, .assigned, .inProgress, .pending, .reopened, .escalated:
            target != self && target != .reopened && target != .closed
        }
    }

    var name: String {
        switch self {
        case .new: "new"
        case .assigned: "assigned"
        case .inProgress: "in_progress"
        case .pending: "pending"
        case .resolved: "resolved"
        case .reopened: "reopened"
        case .escalated: "escalated"
        case .closed: "closed"
        }
    }
}
