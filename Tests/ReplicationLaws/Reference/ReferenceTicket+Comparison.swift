import Replication
import TicketModel

extension ReferenceTicket {
    /// Where the product's ticket says something else than this one; nil where it does not.
    ///
    /// - Parameter identities: the operations of the world's intents, by their numbers.
    package func difference(from ticket: Ticket, identities: [OperationID]) -> String? {
        differenceOfFields(ticket, identities) ?? differenceOfSets(ticket)
            ?? differenceOfComments(ticket, identities) ?? differenceOfRatings(ticket, identities)
    }

    private func differenceOfFields(_ ticket: Ticket, _ identities: [OperationID]) -> String? {
        guard ticket.registers.count == fields.count else {
            return "fields \(ticket.registers.keys.sorted()), not \(fields.keys.sorted())"
        }
        for (id, field) in fields {
            guard let register = ticket.registers[id] else { return "no field \(id.rawValue)" }
            let isSame =
                register.value == field.shown.value
                && register.stamp.operation == identities[field.shown.intent]
                && register.alternates.count == field.beside.count
                && field.beside.allSatisfy { kept in
                    register.alternates.contains {
                        $0.value == kept.value && $0.stamp.operation == identities[kept.intent]
                    }
                }
            guard isSame else {
                let kept = register.alternates.map(\.value)
                return "field \(id.rawValue) is \(register.value) beside \(kept), not "
                    + "\(field.shown.value) of intent \(field.shown.intent) beside "
                    + "\(field.beside.map(\.value))"
            }
        }
        return nil
    }

    /// Which additions keep an element alive is the product's own affair; that it lives is not.
    private func differenceOfSets(_ ticket: Ticket) -> String? {
        for (id, additions) in elements {
            let found = ticket.sets[id] ?? []
            guard found.count == additions.count, found.allSatisfy({ additions[$0.value] != nil })
            else { return "set \(id.rawValue) is \(found.map(\.value)), not \(additions.keys)" }
        }
        let isUnknown = ticket.sets.contains { elements[$0.key] == nil && !$0.value.isEmpty }
        return isUnknown ? "sets \(ticket.sets.keys.sorted()), not \(elements.keys.sorted())" : nil
    }

    private func differenceOfComments(_ ticket: Ticket, _ identities: [OperationID]) -> String? {
        guard ticket.comments.count == remarks.count else {
            return "\(ticket.comments.count) comments, not \(remarks.count)"
        }
        for (comment, remark) in zip(ticket.comments, remarks) {
            let isSame =
                comment.id == identities[remark.intent] && comment.text == remark.newest.text
                && comment.stamp.actor == remark.author
                && comment.isRedacted == remark.isRedacted && comment.isLate == remark.isLate
                && comment.earlierTexts.sorted() == remark.older.sorted()
            guard isSame else {
                return "comment \(comment.text) before it \(comment.earlierTexts), not "
                    + "\(remark.newest.text) before it \(remark.older)"
            }
        }
        return nil
    }

    private func differenceOfRatings(_ ticket: Ticket, _ identities: [OperationID]) -> String? {
        let found = ticket.ratings.map(\.id)
        return found == answers.map { identities[$0.intent] }
            ? nil : "ratings \(found), not \(answers)"
    }
}

extension ReferenceAnswer {
    /// Where the product's answer differs from this one; nil where it does not.
    package func difference(from disposition: Disposition) -> String? {
        let isSame =
            disposition.outcome == outcome && disposition.rejection?.code == code
            && disposition.notes.count == parts.count
            && zip(disposition.notes, parts).allSatisfy { note, part in
                note.changeIndex == part.index && note.outcome == part.outcome
                    && (part.prevailing == nil || part.prevailing == note.detail)
            }
        return isSame ? nil : "answered \(disposition), not \(self)"
    }
}

/// The product does not do what the rules say.
package struct LawViolation: Error, CustomStringConvertible, Sendable {
    package let description: String

    package init(_ description: String) { self.description = description }
}
