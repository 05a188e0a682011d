/// Where a ticket stands in the closed loop.
///
/// Raw values are wire values: never reused, only added to.
package enum TicketStatus: Int64, CaseIterable, Hashable, Sendable {
    case new = 1
    case assigned = 2
    case inProgress = 3
    case pending = 4
    case resolved = 5
    case reopened = 6
    case escalated = 7
    case closed = 8

    /// Which of two concurrent statuses wins: the one that asks for more attention
    /// (replication.md 3.3).
    ///
    /// `closed` stands between `resolved` and `reopened`: a late progress note must not open a
    /// ticket that the customer agreed to close, an escalation or a reopening must.
    package var attentionRank: Int {
        switch self {
        case .new: 0
        case .assigned: 1
        case .inProgress, .pending: 2
        case .resolved: 3
        case .closed: 4
        case .reopened: 5
        case .escalated: 6
        }
    }

    /// Whether a person who saw this status may move the ticket to `target`.
    ///
    /// Closing has its own operation and rule, so `closed` is nobody's target here.
    package func allows(_ target: TicketStatus) -> Bool {
        switch self {
        case .new: [.assigned, .inProgress, .pending, .resolved, .escalated].contains(target)
        case .assigned: [.new, .inProgress, .pending, .resolved, .escalated].contains(target)
        case .inProgress: [.new, .assigned, .pending, .resolved, .escalated].contains(target)
        case .pending: [.new, .assigned, .inProgress, .resolved, .escalated].contains(target)
        case .resolved: [.reopened, .escalated].contains(target)
        case .reopened, .escalated:
            [.new, .assigned, .inProgress, .pending, .resolved].contains(target)
                || (self == .reopened && target == .escalated)
        case .closed: target == .reopened
        }
    }

    /// Whether nobody is expected to work on the ticket now.
    package var isFinished: Bool { self == .resolved || self == .closed }

    /// The name in scripts, files and `--json`.
    package var name: String {
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

    /// The status with this script name; nil if there is none.
    package init?(name: some StringProtocol) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }
}
