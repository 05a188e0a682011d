import TicketModel

extension Merger {
    /// Appends a comment; nothing that happens elsewhere can be in its way.
    mutating func comment(
        _ kind: Comment.Kind, _ visibility: Comment.Visibility, _ text: String,
        _ parent: OperationID?, on ticket: Ticket
    ) -> Step {
        guard ticket.comments.count < Limits.commentsCountMax,
            !ticket.comments.contains(where: { $0.id == body.operation })
        else { return .refused(.tooLarge, "comments") }
        var comment = Comment(
            id: body.operation, kind: kind, visibility: visibility, text: text, stamp: stamp,
            parent: parent)
        comment.receivedAt = receivedAt
        effect(.commented(comment))
        return .done
    }

    /// Gives the author's own comment a new text and keeps the older one.
    mutating func editComment(_ id: OperationID, _ text: String, on ticket: Ticket) -> Step {
        guard var comment = ticket.comments.first(where: { $0.id == id }), !comment.isRedacted,
            comment.kind != .system
        else { return .refused(.invalidValue, "comment") }
        guard comment.stamp.actor == body.actor else { return .refused(.unauthorised, "comment") }
        guard comment.earlierTexts.count < Limits.commentVersionsCountMax else {
            return .refused(.tooLarge, "comment")
        }
        let newest = comment.editStamp ?? comment.stamp
        let isSeen = view.covers(newest)
        let prevails =
            isSeen
            || (stamp.time.rawValue, stamp.operation.rawValue)
                > (newest.time.rawValue, newest.operation.rawValue)
        if prevails {
            comment.earlierTexts.append(comment.text)
            comment.text = text
            comment.editStamp = stamp
        } else {
            comment.earlierTexts.append(text)
        }
        effect(.commented(comment))
        if isSeen { return .done }
        return .noted(
            prevails ? .merged : .superseded, String(comment.text.unicodeScalars.prefix(80)))
    }

    /// Blanks a comment for ever; its author or a manager may.
    mutating func redactComment(_ id: OperationID, on ticket: Ticket) -> Step {
        guard var comment = ticket.comments.first(where: { $0.id == id }) else {
            return .refused(.invalidValue, "comment")
        }
        guard comment.stamp.actor == body.actor || stamp.authority >= .manager else {
            return .refused(.unauthorised, "comment")
        }
        if comment.isRedacted { return .noted(.merged, "") }
        comment.text = ""
        comment.earlierTexts = []
        comment.isRedacted = true
        comment.editStamp = stamp
        effect(.commented(comment))
        return .done
    }

    /// Stores the customer's answer; every answer is kept.
    mutating func rate(
        _ token: String, _ outcome: Rating.Outcome, _ score: Int?, _ remark: String,
        on ticket: Ticket
    ) -> Step {
        guard ticket.ratings.count < Limits.ratingsCountMax else {
            return .refused(.tooLarge, "ratings")
        }
        let isRepeated = ticket.ratings.contains { $0.token == token }
        effect(
            .rated(
                Rating(
                    id: body.operation, token: token, outcome: outcome, score: score,
                    remark: remark, stamp: stamp)))
        return isRepeated ? .noted(.merged, token) : .done
    }

    /// Closes for good, only in full sight of everything that matters: irreversible acts never
    /// merge (replication.md 3.3).
    ///
    /// Besides status, comments and escalation the owner must have been seen: a ticket that was
    /// given to somebody else meanwhile is no longer the closer's to end. Where the hub's rules put
    /// it is no such decision: they route what comes, so a case that was handled offline from the
    /// first to the last can be closed there too.
    mutating func close(_ ticket: Ticket) -> Step {
        guard ticket.registers[.status] != nil else { return .refused(.staleClose, "status") }
        if ticket.status == .closed { return .noted(.merged, TicketStatus.closed.name) }
        for (field, name) in Self.fieldsThatCloseMustSee {
            let unseen = (ticket.registers[field]?.standing ?? []).map(\.stamp).filter {
                !view.covers($0) && !(field == .department && $0.actor == .hub)
            }
            if !unseen.isEmpty { return .refused(.staleClose, name) }
        }
        if !ticket.comments.allSatisfy({ view.covers($0.editStamp ?? $0.stamp) }) {
            return .refused(.staleClose, "comments")
        }
        guard ticket.status == .resolved else {
            return .refused(.illegalTransition, ticket.status.name)
        }
        replace(.status, with: .integer(TicketStatus.closed.rawValue))
        return .done
    }

    private static let fieldsThatCloseMustSee: [(FieldID, String)] = [
        (.assignee, "assignee"), (.department, "department"), (.escalation, "escalation"),
        (.status, "status"),
    ]
}
