/// What a person may do (domain.md A1). A person or a device may hold several.
///
/// Raw values are the names in policy files, invites and `--json`.
package enum Role: String, CaseIterable, Hashable, Sendable {
    /// Service agent at a store or a hotline (客服专员, RO1).
    case clerk
    /// Technician or product manager who works on tickets (处理人, RO6).
    case handler
    /// Quality inspector (质检专员, RO2).
    case inspector
    /// Head of a department (部门主管, RO3).
    case departmentHead = "department_head"
    /// Service supervisor (客服主管, RO4).
    case supervisor
    /// Duty manager (值班经理, RO5).
    case dutyManager = "duty_manager"
    /// Management (管理层, RO10).
    case manager

    /// How much this role's word weighs in a concurrent change (replication.md 3.3).
    package var authority: Authority {
        switch self {
        case .handler, .inspector: .agent
        case .clerk: .store
        case .departmentHead, .supervisor, .dutyManager, .manager: .manager
        }
    }
}

/// Whose word prevails when two changes of an owner, a store or a text are concurrent
/// (replication.md 3.3): hub > manager > regional > store > agent.
///
/// Raw values are wire values.
package enum Authority: Int, CaseIterable, Comparable, Sendable {
    case agent = 1
    case store = 2
    case regional = 3
    case manager = 4
    case hub = 5

    package static func < (left: Authority, right: Authority) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Set<Role> {
    /// The weight of a person who holds all these roles; a person without roles weighs least.
    package var authority: Authority { map(\.authority).max() ?? .agent }
}
