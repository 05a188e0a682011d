import TicketModel

/// What the hub did to a ticket: replicas apply it as it stands and decide nothing
/// (architecture.md 3).
package enum Effect: Hashable, Sendable {
    /// The ticket exists, with these facts about its making.
    case created(
        provisionalNumber: String, number: TicketNumber?, capturedAt: Timestamp,
        receivedAt: Timestamp?, createdBy: StaffID)
    /// The field now holds exactly this.
    case wrote(FieldID, Register)
    /// The set gained an addition of this element.
    case added(FieldID, FieldValue, Stamp)
    /// The set lost these additions; an element without additions is gone.
    case removed(FieldID, FieldValue, [OperationID])
    /// A comment, whole: new, edited or redacted.
    case commented(Comment)
    case rated(Rating)
    /// A clock now stands like this.
    case clock(ClockState)
    /// The ticket answers to these numbers too.
    case named([String])
    /// The ticket does not answer to these numbers any more.
    case unnamed([String])
}

extension Ticket {
    /// Applies one effect. Applying the same effect twice changes nothing (I5).
    package mutating func apply(_ effect: Effect) {
        switch effect {
        case .created(let provisional, let number, let captured, let received, let creator):
            provisionalNumber = provisional
            self.number = number
            capturedAt = captured
            receivedAt = received
            createdBy = creator
        case .wrote(let field, let register):
            registers[field] = register
        case .added(let field, let value, let stamp):
            addElement(value, stamp, to: field)
        case .removed(let field, let value, let operations):
            removeElement(value, additions: operations, from: field)
        case .commented(let comment):
            place(comment)
        case .rated(let rating):
            ratings.removeAll { $0.id == rating.id }
            ratings.append(rating)
        case .clock(let clock):
            clocks[clock.name] = clock
        case .named(let numbers):
            formerNumbers = Set(formerNumbers + numbers).sorted()
        case .unnamed(let numbers):
            formerNumbers.removeAll(where: numbers.contains)
        }
    }

    private mutating func addElement(_ value: FieldValue, _ stamp: Stamp, to field: FieldID) {
        var elements = sets[field] ?? []
        if let index = elements.firstIndex(where: { $0.value == value }) {
            elements[index].stamps.removeAll { $0.operation == stamp.operation }
            elements[index].stamps.append(stamp)
        } else {
            elements.append(SetElement(value: value, stamps: [stamp]))
        }
        sets[field] = elements
    }

    private mutating func removeElement(
        _ value: FieldValue, additions: [OperationID], from field: FieldID
    ) {
        guard var elements = sets[field],
            let index = elements.firstIndex(where: { $0.value == value })
        else { return }
        elements[index].stamps.removeAll { additions.contains($0.operation) }
        if elements[index].stamps.isEmpty { elements.remove(at: index) }
        sets[field] = elements.isEmpty ? nil : elements
    }

    /// Puts a comment in its place: in commit order, pending ones last by hybrid time.
    private mutating func place(_ comment: Comment) {
        if let index = comments.firstIndex(where: { $0.id == comment.id }) {
            comments[index] = comment
            return
        }
        let key = { (comment: Comment) in
            (comment.stamp.sequence, comment.stamp.time.rawValue, comment.id.rawValue)
        }
        let index = comments.lastIndex { key($0) < key(comment) }.map { $0 + 1 } ?? 0
        comments.insert(comment, at: index)
    }
}
