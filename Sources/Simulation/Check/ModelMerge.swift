import Replication
import TicketModel

/// The table of replication.md 3.3, one row a function.
struct ModelMerge {
    let body: IntentBody
    let sight: ModelSight
    let origin: ModelTicket.Origin
    /// The ticket that it comes to, and what it looks like by now.
    let id: TicketID
    var ticket: ModelTicket
    /// All tickets as they were before.
    let cases: ModelCases
    private(set) var notes: [Int: Disposition.Outcome] = [:]

    init(
        _ body: IntentBody, _ sight: ModelSight, _ origin: ModelTicket.Origin,
        on id: TicketID, in cases: ModelCases
    ) {
        self.body = body
        self.sight = sight
        self.origin = origin
        self.id = id
        self.cases = cases
        ticket = cases.tickets[id] ?? ModelTicket()
    }

    /// - Throws: `ModelRefusal`: the whole intent is refused then.
    mutating func mergeAll() throws {
        for (index, change) in body.changes.enumerated() {
            if let note = try merge(change) { notes[index] = note }
        }
    }

    private mutating func merge(_ change: Change) throws -> Disposition.Outcome? {
        switch change {
        case .create(let number):
            ticket.provisional = number
            return nil
        case .write(let field, let value): return try write(value, field)
        case .add(let field, let value): return try add(value, field)
        case .remove(let field, let value): return try remove(value, field)
        case .comment(let kind, _, let text, _):
            ticket.comments[body.operation] = ModelTicket.Words(
                kind: kind, text: text, origin: origin)
            return nil
        case .editComment(let id, let text): return try edit(id, text)
        case .redactComment(let id): return try redact(id)
        case .close: return try close()
        case .rate(let token, let outcome, _, let remark): return rate(token, outcome, remark)
        case .merge(let survivor, let reason): return try mergeTicket(into: survivor, reason)
        case .absorb(let duplicate): return try takeOver(duplicate)
        case .unmerge(let reason): return try undoMerge(reason)
        case .release(let duplicate): return try giveBack(duplicate)
        case .unsupported: throw ModelRefusal(.unsupportedKind)
        }
    }

    // MARK: Registers

    private enum Row {
        case status, authority, max, last, keepBoth, set, unseenRefused
    }

    private func row(of field: FieldID) -> Row {
        switch field.rawValue {
        case 1: .status
        case 2, 3, 4, 15: .authority
        case 5, 6, 28: .max
        case 10, 7, 8, 9, 13, 16, 17, 18, 19, 22, 23: .keepBoth
        case 11, 12, 14, 24, 30, 33, 34, 36, 1_010, 1_011, 1_012: .last
        case 32: .unseenRefused
        case 20, 21, 31, 35: .set
        default: .keepBoth
        }
    }

    private mutating func write(
        _ value: FieldValue, _ field: FieldID
    ) throws -> Disposition.Outcome? {
        let row = row(of: field)
        guard row != .set else { throw ModelRefusal(.invalidValue) }
        let standing = ticket.standing(field)
        guard let current = standing.first else {
            if row == .status, value != .integer(1) { throw ModelRefusal(.illegalTransition) }
            ticket.stand(field, [own(value)])
            return nil
        }
        let unseen = standing.filter { !sight.covers($0.origin) }
        switch row {
        case .status: return try writeStatus(value, standing, unseen)
        case .authority:
            if value == current.value { return confirm(field, standing, keepsSeniors: true) }
            let seniority = unseen.map(\.origin.weight).max() ?? 0
            if seniority >= origin.weight { return .superseded }
        case .max:
            if let note = try writeMax(value, field, standing, unseen) { return note }
        case .last: break
        case .unseenRefused:
            guard unseen.isEmpty else { throw ModelRefusal(.staleValue) }
        case .keepBoth: return try writeKeepingBoth(value, field, unseen)
        case .set: break
        }
        ticket.stand(field, [own(value)])
        return unseen.isEmpty ? nil : .merged
    }

    private func own(_ value: FieldValue) -> ModelTicket.Value {
        ModelTicket.Value(value: value, origin: origin)
    }

    /// Who writes what stands already stands behind it too, in the place of those they saw.
    private mutating func confirm(
        _ field: FieldID, _ standing: [ModelTicket.Value], keepsSeniors: Bool
    ) -> Disposition.Outcome {
        let others = standing.filter {
            !sight.covers($0.origin) || keepsSeniors && $0.origin.weight > origin.weight
        }
        if others.count <= 20 { ticket.stand(field, others + [own(standing[0].value)]) }
        return .merged
    }

    /// From which status a person may go to which (domain.md): rows by number of the status.
    private static let legal: [Int64: Set<Int64>] = [
        1: [2, 3, 4, 5, 7], 2: [1, 3, 4, 5, 7], 3: [1, 2, 4, 5, 7], 4: [1, 2, 3, 5, 7],
        5: [6, 7], 6: [1, 2, 3, 4, 5, 7], 7: [1, 2, 3, 4, 5], 8: [6],
    ]
    /// Which of two concurrent statuses asks for more attention.
    private static let attention: [Int64: Int] = [
        1: 0, 2: 1, 3: 2, 4: 2, 5: 3, 8: 4, 6: 5, 7: 6,
    ]

    private mutating func writeStatus(
        _ value: FieldValue, _ standing: [ModelTicket.Value], _ unseen: [ModelTicket.Value]
    ) throws -> Disposition.Outcome? {
        guard case .integer(let target) = value, Self.attention[target] != nil, target != 8 else {
            throw ModelRefusal(.invalidValue)
        }
        let source = ticket.status
        if source == target { return confirm(.status, standing, keepsSeniors: false) }
        if unseen.isEmpty {
            guard Self.legal[source]?.contains(target) == true else {
                throw ModelRefusal(.illegalTransition)
            }
            ticket.stand(.status, [own(value)])
            return nil
        }
        guard Self.attention[target] ?? 0 > Self.attention[source] ?? 0 else { return .superseded }
        ticket.stand(.status, [own(value)])
        return .merged
    }

    private mutating func writeMax(
        _ value: FieldValue, _ field: FieldID, _ standing: [ModelTicket.Value],
        _ unseen: [ModelTicket.Value]
    ) throws -> Disposition.Outcome? {
        guard case .integer(let new) = value, case .integer(let old) = standing[0].value else {
            throw ModelRefusal(.invalidValue)
        }
        if new == old { return confirm(field, standing, keepsSeniors: false) }
        guard new < old else { return nil }
        let mayLower = field != .escalation || origin.weight >= 4
        guard !unseen.isEmpty else {
            if !mayLower { throw ModelRefusal(.unauthorised) }
            return nil
        }
        // Those whom the writer saw have been answered; the others stand behind the number.
        if mayLower { ticket.stand(field, unseen) }
        return .superseded
    }

    private mutating func writeKeepingBoth(
        _ value: FieldValue, _ field: FieldID, _ unseen: [ModelTicket.Value]
    ) throws -> Disposition.Outcome? {
        guard unseen.count <= 20 else { throw ModelRefusal(.tooLarge) }
        ticket.stand(field, unseen + [own(value)])
        if unseen.isEmpty { return nil }
        return ticket.values[field]?.value == value ? .merged : .superseded
    }

    // MARK: Sets

    private mutating func add(
        _ value: FieldValue, _ field: FieldID
    ) throws -> Disposition.Outcome? {
        guard row(of: field) == .set else { throw ModelRefusal(.invalidValue) }
        let all = (ticket.elements[field] ?? [:]).filter { !$0.value.isEmpty }
        let present = all[value]
        if present == nil, all.count >= (field == .tags ? 20 : 50) {
            throw ModelRefusal(.tooLarge)
        }
        let unseen = (present ?? []).filter { !sight.covers($0) }
        ticket.elements[field, default: [:]][value] = unseen + [origin]
        return present == nil ? nil : .merged
    }

    private mutating func remove(
        _ value: FieldValue, _ field: FieldID
    ) throws -> Disposition.Outcome? {
        guard row(of: field) == .set else { throw ModelRefusal(.invalidValue) }
        guard let present = ticket.elements[field]?[value], !present.isEmpty else { return .merged }
        let unseen = present.filter { !sight.covers($0) }
        ticket.elements[field]?[value] = unseen.isEmpty ? nil : unseen
        return unseen.isEmpty ? nil : .merged
    }

    // MARK: Words

    private mutating func edit(_ id: OperationID, _ text: String) throws -> Disposition.Outcome? {
        guard var words = ticket.comments[id], !words.isRedacted, !words.isNote else {
            throw ModelRefusal(.invalidValue)
        }
        guard words.origin.actor == body.actor else { throw ModelRefusal(.unauthorised) }
        let newest = words.editedBy ?? words.origin
        let isSeen = sight.covers(newest)
        let prevails =
            isSeen
            || (origin.time, origin.operation) > (newest.time, newest.operation)
        if prevails {
            words.earlier.append(words.text)
            words.text = text
            words.editedBy = origin
        } else {
            words.earlier.append(text)
        }
        ticket.comments[id] = words
        if isSeen { return nil }
        return prevails ? .merged : .superseded
    }

    private mutating func redact(_ id: OperationID) throws -> Disposition.Outcome? {
        guard var words = ticket.comments[id] else { throw ModelRefusal(.invalidValue) }
        guard words.origin.actor == body.actor || origin.weight >= 4 else {
            throw ModelRefusal(.unauthorised)
        }
        if words.isRedacted { return .merged }
        words.text = ""
        words.earlier = []
        words.isRedacted = true
        words.editedBy = origin
        ticket.comments[id] = words
        return nil
    }

    private mutating func rate(
        _ token: String, _ outcome: Rating.Outcome, _ remark: String
    ) -> Disposition.Outcome? {
        let isRepeated = ticket.tokens.contains(token)
        ticket.tokens.insert(token)
        ticket.ratings[body.operation] = ModelTicket.Answer(
            remark: remark, isContent: ModelTicket.Answer.isContent(outcome), origin: origin)
        return isRepeated ? .merged : nil
    }

    // MARK: Closing

    /// Only in full sight of owner, department, escalation, status and every word; but for where
    /// the rules put it.
    private mutating func close() throws -> Disposition.Outcome? {
        guard ticket.values[.status] != nil else { throw ModelRefusal(.staleClose) }
        if ticket.status == 8 { return .merged }
        for field in [FieldID.assignee, .department, .escalation, .status] {
            let isSeen = ticket.standing(field).allSatisfy { value in
                sight.covers(value.origin) || field == .department && value.origin.actor == .hub
            }
            guard isSeen else { throw ModelRefusal(.staleClose) }
        }
        guard ticket.comments.values.allSatisfy({ sight.covers($0.editedBy ?? $0.origin) }) else {
            throw ModelRefusal(.staleClose)
        }
        guard ticket.status == 5 else { throw ModelRefusal(.illegalTransition) }
        ticket.stand(.status, [own(.integer(8))])
        return nil
    }
}
