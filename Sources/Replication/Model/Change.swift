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
    /// Stores an answer of the customer.
    case rate(token: String, Rating.Outcome, score: Int?, remark: String)
    /// A change of a newer version. The hub refuses it by name, never with an error.
    case unsupported(kind: UInt32)

    /// The field it touches, for messages; nil where there is none.
    package var field: FieldID? {
        switch self {
        case .write(let field, _), .add(let field, _), .remove(let field, _): field
        case .close: .status
        default: nil
        }
    }

    /// The text a person typed here, if any: what a draft must show.
    package var typedText: String? {
        switch self {
        case .write(_, .text(let text)), .comment(_, _, let text, _), .editComment(_, let text),
            .rate(_, _, _, let text):
            text.isEmpty ? nil : text
        default: nil
        }
    }
}
