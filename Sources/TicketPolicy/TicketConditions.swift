import TicketModel

extension Ticket {
    /// Whether it is one of the tickets that a `when` of the policy means: per field, one of the
    /// values stands in it. Of a set, such as the tags, one element is enough; no field fits all.
    ///
    /// - Parameter department: where the rules send it just now, before that is written.
    func fits(
        _ conditions: [FieldID: Set<FieldValue>], department: DepartmentID? = nil
    ) -> Bool {
        conditions.allSatisfy { field, values in
            if field == .department, let department {
                return values.contains(.text(department.rawValue))
            }
            if let value = registers[field]?.value { return values.contains(value) }
            return sets[field]?.contains { values.contains($0.value) } ?? false
        }
    }
}
