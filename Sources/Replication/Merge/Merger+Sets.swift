import TicketModel

extension Merger {
    /// Adds an element; a concurrent removal cannot take it away again.
    mutating func add(_ value: FieldValue, to field: FieldID, of ticket: Ticket) -> Step {
        guard policy(field) == .set, !value.isEmpty else {
            return .refused(.invalidValue, name(field))
        }
        let elements = ticket.sets[field] ?? []
        let present = elements.first { $0.value == value }
        if present == nil, elements.count >= elementsCountMax(field) {
            return .refused(.tooLarge, name(field))
        }
        let seen = (present?.stamps ?? []).filter(view.covers).map(\.operation)
        if !seen.isEmpty { effect(.removed(field, value, seen)) }
        effect(.added(field, value, stamp))
        return present == nil ? .done : .noted(.merged, value.text ?? "")
    }

    /// Removes the additions that the writer saw.
    mutating func remove(_ value: FieldValue, from field: FieldID, of ticket: Ticket) -> Step {
        guard policy(field) == .set else { return .refused(.invalidValue, name(field)) }
        guard let element = ticket.sets[field]?.first(where: { $0.value == value }) else {
            return .noted(.merged, value.text ?? "")
        }
        let seen = element.stamps.filter(view.covers).map(\.operation)
        if !seen.isEmpty { effect(.removed(field, value, seen)) }
        return seen.count == element.stamps.count ? .done : .noted(.merged, value.text ?? "")
    }

    private func elementsCountMax(_ field: FieldID) -> Int {
        switch field {
        case .tags: Limits.tagsCountMax
        case .attachments: Limits.attachmentsCountMax
        default: Limits.setElementsCountMax
        }
    }
}
