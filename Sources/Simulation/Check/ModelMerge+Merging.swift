import Replication
import TicketModel

/// All tickets of the model, as far as a merge of two of them asks.
struct ModelCases {
    var tickets: [TicketID: ModelTicket]

    /// The ticket in which the case of another one goes on; nil when nobody knows.
    func end(of id: TicketID) -> TicketID? { way(from: id).last { tickets[$0]?.survivor == nil } }

    /// Whether the case of one ticket went to, or through, another one.
    func leads(from id: TicketID, to other: TicketID) -> Bool {
        way(from: id).dropFirst().contains(other)
    }

    private func way(from id: TicketID) -> [TicketID] {
        var way: [TicketID] = []
        var next: TicketID? = id
        while let id = next, let ticket = tickets[id], !way.contains(id) {
            way.append(id)
            next = ticket.survivor
        }
        return way
    }
}

extension ModelTicket {
    /// The ticket that it was merged into.
    var survivor: TicketID? { TicketID(hexadecimal: name(.mergedInto)) }
    /// Every number that leads to it.
    var answersTo: Set<String> { formerNumbers.union([official, provisional].compactMap { $0 }) }
    /// The number that people say.
    var spoken: String { official ?? provisional }

    /// Whether the last note about the other one says that it was merged into this.
    func tells(of other: ModelTicket) -> Bool {
        let notes = comments.values.filter(\.isNote).sorted {
            $0.origin.sequence < $1.origin.sequence
        }
        return notes.map { $0.text.split(separator: ": ", maxSplits: 1).map(String.init) }
            .last {
                $0.count == 2 && ["merged_from", "unmerged"].contains($0[0])
                    && other.answersTo.contains($0[1])
            }?.first == "merged_from"
    }
}

/// Two tickets of one case (domain.md G19, T25).
extension ModelMerge {
    /// What an intent that names a merged ticket comes to: it is about the ticket itself, its words
    /// go to where the case went, or it is refused.
    ///
    /// - Returns: the ticket to write to.
    static func place(
        of body: IntentBody, _ sight: ModelSight, in cases: ModelCases
    ) throws -> TicketID {
        guard let ticket = cases.tickets[body.ticket], ticket.survivor != nil,
            let merge = ticket.values[.mergedInto]
        else { return body.ticket }
        let isOwn = body.changes.allSatisfy { change in
            switch change {
            case .merge, .unmerge, .release, .redactComment: true
            default: false
            }
        }
        if isOwn { return body.ticket }
        let follows = body.changes.allSatisfy { change in
            switch change {
            case .comment, .absorb, .add(.tags, _), .add(.attachments, _): true
            default: false
            }
        }
        guard !sight.covers(merge.origin), follows, let end = cases.end(of: body.ticket) else {
            throw ModelRefusal(.mergedTicket)
        }
        return end
    }

    mutating func mergeTicket(
        into other: TicketID, _ reason: String
    ) throws -> Disposition.Outcome? {
        guard other != id else { throw ModelRefusal(.invalidValue) }
        guard let end = cases.end(of: other), let survivor = cases.tickets[end] else {
            throw ModelRefusal(.unknownTicket)
        }
        guard end != id else { throw ModelRefusal(.mergedTicket) }
        if ticket.survivor != nil {
            guard cases.end(of: id) == end else { throw ModelRefusal(.mergedTicket) }
            if !reason.isEmpty { note("merged_into", survivor.spoken, reason) }
            return .merged
        }
        if let undone = ticket.values[.mergedInto], !sight.covers(undone.origin) {
            throw ModelRefusal(.staleValue)
        }
        guard survivor.answersTo.contains(ticket.provisional) else {
            throw ModelRefusal(.invalidValue)
        }
        let isUnseen = ticket.comments.values.contains { !sight.covers($0.editedBy ?? $0.origin) }
        put(.mergedInto, .text(end.description))
        put(.statusBeforeMerge, .integer(ticket.status))
        if ticket.status != Self.closed { put(.status, .integer(Self.closed)) }
        note("merged_into", survivor.spoken, reason)
        return isUnseen ? .merged : nil
    }

    mutating func takeOver(_ other: TicketID) throws -> Disposition.Outcome? {
        guard other != body.ticket else { throw ModelRefusal(.invalidValue) }
        guard let duplicate = cases.tickets[other] else { throw ModelRefusal(.unknownTicket) }
        guard other != id else { throw ModelRefusal(.mergedTicket) }
        if duplicate.survivor != nil {
            guard cases.end(of: other) == id else { throw ModelRefusal(.mergedTicket) }
            let isHalf = duplicate.survivor == id && !ticket.tells(of: duplicate)
            if ticket.answersTo.contains(duplicate.provisional), !isHalf { return .merged }
        }
        if ticket.status == Self.closed, ![Self.resolved, Self.closed].contains(duplicate.status) {
            throw ModelRefusal(.illegalTransition)
        }
        ticket.formerNumbers.formUnion(duplicate.answersTo.subtracting(ticket.answersTo))
        note("merged_from", duplicate.spoken)
        return nil
    }

    mutating func undoMerge(_ reason: String) throws -> Disposition.Outcome? {
        guard ticket.survivor != nil, let merge = ticket.values[.mergedInto] else {
            let last = ticket.comments.values.filter { $0.text.hasPrefix("unmerged_from: ") }
                .max { $0.origin.sequence < $1.origin.sequence }
            if let last, !reason.isEmpty {
                let line = last.text.split(separator: "\n", omittingEmptySubsequences: false)[0]
                note("unmerged_from", String(line.dropFirst("unmerged_from: ".count)), reason)
            }
            return .merged
        }
        guard sight.covers(merge.origin) else { throw ModelRefusal(.staleValue) }
        let survivor = cases.end(of: id).flatMap { cases.tickets[$0] }
        var status = Self.reopened
        if case .integer(let before)? = ticket.values[.statusBeforeMerge]?.value { status = before }
        put(.mergedInto, .text(""))
        if status != ticket.status { put(.status, .integer(status)) }
        note("unmerged_from", survivor?.spoken ?? "", reason)
        return nil
    }

    mutating func giveBack(_ other: TicketID) throws -> Disposition.Outcome? {
        guard let duplicate = cases.tickets[other] else { throw ModelRefusal(.unknownTicket) }
        let numbers = duplicate.answersTo.intersection(ticket.formerNumbers)
        guard !numbers.isEmpty, duplicate.survivor == nil || cases.leads(from: other, to: id),
            !cases.leads(from: id, to: other)
        else { return .merged }
        ticket.formerNumbers.subtract(numbers)
        note("unmerged", duplicate.spoken)
        return nil
    }

    private static let resolved: Int64 = 5
    private static let reopened: Int64 = 6
    private static let closed: Int64 = 8

    private mutating func put(_ field: FieldID, _ value: FieldValue) {
        ticket.stand(field, [ModelTicket.Value(value: value, origin: origin)])
    }

    private mutating func note(_ key: String, _ number: String, _ reason: String = "") {
        let text = "\(key): \(number)" + (reason.isEmpty ? "" : "\nreason: \(reason)")
        ticket.comments[body.operation] = ModelTicket.Words(
            kind: .system, text: text, origin: origin)
    }
}
