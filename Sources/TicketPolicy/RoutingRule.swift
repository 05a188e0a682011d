import TicketModel

/// Which tickets belong to which department (domain.md A7). The first rule that fits wins.
package struct RoutingRule: Hashable, Sendable {
    /// The rule's name, shown as the reason.
    package var name: String
    /// Per field, the values that fit; all of them must. Empty fits every ticket.
    package var conditions: [FieldID: Set<FieldValue>]
    /// The department that owns what fits.
    package var department: DepartmentID
    /// Departments that help (协作部门, RO7).
    package var cooperating: [DepartmentID]

    /// Whether the rule is about `ticket`.
    package func fits(_ ticket: Ticket) -> Bool { ticket.fits(conditions) }
}

/// Where a ticket belongs and which rule says so.
package struct Routing: Hashable, Sendable {
    /// The department that owns the ticket.
    package var department: DepartmentID
    /// Departments that help.
    package var cooperating: [DepartmentID]
    /// The name of the rule.
    package var rule: String
}

/// What has to change so that a ticket is where a rule sends it; what people decided stays.
package struct RoutingMove: Hashable, Sendable {
    /// The department that leads from now on; nil where the one that leads stays.
    package var department: DepartmentID?
    /// Departments that help from now on (domain.md RO7).
    package var joining: [DepartmentID]
    /// Departments that an earlier rule had named and this one does not.
    package var leaving: [DepartmentID]
    /// The name of the rule, which is the reason.
    package var rule: String

    /// The way to `routing` of a ticket that `former` had routed; nil where nothing is to be done.
    ///
    /// A helper that people took away stays away, and one that they named stays.
    init?(to routing: Routing, on ticket: Ticket, former: Routing?) {
        department = ticket.department == routing.department ? nil : routing.department
        let helping = ticket.cooperatingDepartments
        joining = routing.cooperating.filter {
            !helping.contains($0) && former?.cooperating.contains($0) != true
        }
        leaving = (former?.cooperating ?? []).filter {
            !routing.cooperating.contains($0) && ticket.isHelpedByRules($0)
        }
        rule = routing.rule
        if department == nil, joining.isEmpty, leaving.isEmpty { return nil }
    }
}

extension Ticket {
    /// Whether a department helps because a rule says so and nobody else does.
    fileprivate func isHelpedByRules(_ department: DepartmentID) -> Bool {
        sets[.cooperating]?.first { $0.value == .text(department.rawValue) }?
            .stamps.allSatisfy { $0.actor == .hub } ?? false
    }

    /// Whether several departments work on it (需跨部门对接, domain.md F12, RT4).
    package var needsSeveralDepartments: Bool {
        cooperatingDepartments.contains { $0 != department }
    }
}
