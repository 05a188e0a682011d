import Replication
import TicketModel

/// Nothing that was typed is silently lost (replication.md 4, I3): it is shown, or kept beside what
/// is shown, or somebody who had seen it replaced it, or its author was told that it was refused.
enum TypedTexts {
    /// What was lost; nil if nothing was.
    static func lost(
        _ ticket: Ticket, _ intents: [ReferenceIntent], _ answers: [Disposition]
    ) -> String? {
        for (intent, answer) in zip(intents, answers) where answer.isAccepted {
            for change in intent.changes where isLost(change, intent, ticket, intents, answers) {
                return "lost \(change) of intent \(intent.index)"
            }
        }
        return nil
    }

    private static func isLost(
        _ change: Change, _ intent: ReferenceIntent, _ ticket: Ticket,
        _ intents: [ReferenceIntent], _ answers: [Disposition]
    ) -> Bool {
        switch change {
        case .write(let field, let value):
            guard MergedTicket.policy(field) == .keepBoth, !value.isEmpty else { return false }
            let register = ticket.registers[field]
            if register?.value == value { return false }
            if register?.alternates.contains(where: { $0.value == value }) == true { return false }
            return !isReplaced(field, intent, intents, answers)
        case .comment(_, _, let text, _):
            guard let comment = ticket.comments.first(where: { $0.id == intent.operation }) else {
                return true
            }
            return !isKept(text, in: comment)
        case .editComment(let id, let text):
            guard let comment = ticket.comments.first(where: { $0.id == id }) else { return true }
            return !isKept(text, in: comment)
        case .rate(_, _, _, let remark):
            return !ticket.ratings.contains { $0.id == intent.operation && $0.remark == remark }
        default: return false
        }
    }

    private static func isKept(_ text: String, in comment: Comment) -> Bool {
        comment.isRedacted || comment.text == text || comment.earlierTexts.contains(text)
    }

    private static func isReplaced(
        _ field: FieldID, _ intent: ReferenceIntent, _ intents: [ReferenceIntent],
        _ answers: [Disposition]
    ) -> Bool {
        zip(intents, answers).contains { later, answer in
            answer.isAccepted && later.seen.contains(intent.index)
                && later.changes.contains { if case .write(field, _) = $0 { true } else { false } }
        }
    }
}
