import TicketModel

/// One part of an intent: what is to become of one field, set or list of a ticket.
package enum Change: Hashable, Sendable {
    /// Brings the ticket into being. Only ever the first change of an intent.
    case create(provisionalNumber: String)
    /// Sets a field that holds one value; the field's policy decides what concurrency does.
    case write(FieldID, FieldValue)
    /// Adds an element to a set.
    case add(FieldID, FieldValue)
    /// Removes from a set the additions that the writer has seen.
    case remove(FieldID, FieldValue)
    /// Says something. The intent's identity becomes the comment's.
    case comment(Comment.Kind, Comment.Visibility, text: String, parent: OperationID?)
    /// Replaces the text of the author's own comment; the older text is kept.
    case editComment(OperationID, text: String)
    /// Blanks a comment's text for ever and keeps its skeleton.
    case redactComment(OperationID)
    /// Ends the loop. Refused unless the writer has seen all that matters (replication.md 3.3).
    case close
    /// Ends the ticket because its case goes on in another one (domain.md G19). In one group with
    /// the other one's `absorb`, which comes first.
    case merge(into: TicketID, reason: String)
    /// Takes over what a duplicate answers to and has promised.
    case absorb(TicketID)
    /// Undoes `merge`. In one group with the other ticket's `release`, which comes first.
    case unmerge(reason: String)
    /// Gives back to a former duplicate what it answers to.
    case release(TicketID)
    /// Stores an answer of the customer.
    case rate(token: String, Rating.Outcome, score: Int?, remark: String)
    /// A change of a newer version. The hub refuses it by name, never with an error.
    case unsupported(kind: UInt32)

    /// The field it touches, for messages; nil where there is none.
    package var field: FieldID? {
        switch self {
        case .write(let field, _), .add(let field, _), .remove(let field, _): field
        case .close: .status
        case .merge, .unmerge: .mergedInto
        default: nil
        }
    }

    /// The other ticket that it speaks of; nil for most.
    package var otherTicket: TicketID? {
        switch self {
        case .merge(let ticket, _), .absorb(let ticket), .release(let ticket): ticket
        default: nil
        }
    }

    /// The change with another ticket in the place of one that was never made or goes on there, and
    /// with its number in what the program noted.
    func renamed(_ names: [TicketID: TicketID], _ numbers: [String: String] = [:]) -> Change {
        switch self {
        case .write(.splitFrom, .text(let text)):
            let origin = TicketID(hexadecimal: text).flatMap { names[$0] }
            return .write(.splitFrom, .text(origin?.description ?? text))
        case .comment(.system, let visibility, let text, let parent):
            guard var note = SystemNote(text), let number = numbers[note.number] else {
                return self
            }
            note.number = number
            return .comment(.system, visibility, text: note.text, parent: parent)
        case .merge(let ticket, let reason):
            return .merge(into: names[ticket] ?? ticket, reason: reason)
        case .absorb(let ticket): return .absorb(names[ticket] ?? ticket)
        case .release(let ticket): return .release(names[ticket] ?? ticket)
        default: return self
        }
    }

    /// The text a person typed here, if any: what a draft must show.
    package var typedText: String? {
        switch self {
        case .write(let field, _) where FieldID.links.contains(field): nil
        case .comment(.system, _, let text, _):
            SystemNote(text).flatMap { $0.reason.isEmpty ? nil : $0.reason }
        case .write(_, .text(let text)), .comment(_, _, let text, _), .editComment(_, let text),
            .rate(_, _, _, let text), .merge(_, let text), .unmerge(let text):
            text.isEmpty ? nil : text
        default: nil
        }
    }
}
