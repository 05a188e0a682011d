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
