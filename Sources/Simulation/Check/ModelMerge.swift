import Replication
import TicketModel

/// The table of replication.md 3.3, one row a function.
struct ModelMerge {
    let body: IntentBody
    let sight: ModelSight
    let origin: ModelTicket.Origin
    var ticket: ModelTicket
    private(set) var notes: [Int: Disposition.Outcome] = [:]

    init(
        _ body: IntentBody, _ sight: ModelSight, _ origin: ModelTicket.Origin,
        _ ticket: ModelTicket
    ) {
        self.body = body
        self.sight = sight
        self.origin = origin
        self.ticket = ticket
    }

    /// - Throws: `ModelRefusal`: the whole intent is refused then.
    mutating func mergeAll() throws {
        for (index, change) in body.changes.enumerated() {
            if let note = try merge(change) { notes[index] = note }
        }
    }

    private mutating func merge(_ change: Change) throws -> Disposition.Outcome? {
        switch change {
        case .create: return nil
        case .write(let field, let value): return try write(value, field)
        case .add(let field, let value): return try add(value, field)
        case .remove(let field, let value): return try remove(value, field)
        case .comment(_, _, let text, _):
            ticket.comments[body.operation] = ModelTicket.Words(text: text, origin: origin)
            return nil
        case .editComment(let id, let text): return try edit(id, text)
        case .redactComment(let id): return try redact(id)
        case .close: return try close()
        case .rate(let token, _, _, let remark): return rate(token, remark)
        case .unsupported: throw ModelRefusal(.unsupportedKind)
        }
    }

    // MARK: Registers

    private enum Row {
        case status, authority, max, last, keepBoth, set
    }

    private func row(of field: FieldID) -> Row {
        switch field.rawValue {
        case 1: .status
        case 2, 3, 4, 15: .authority
        case 5, 6: .max
        case 10, 7, 8, 9, 13, 16, 17, 18, 19, 22, 23: .keepBoth
        case 11, 12, 14, 24: .last
        case 20, 21: .set
        default: .keepBoth
        }
    }

    private mutating func write(
        _ value: FieldValue, _ field: FieldID
    ) throws -> Disposition.Outcome? {
        let row = row(of: field)
        guard row != .set else { throw ModelRefusal(.invalidValue) }
        guard let current = ticket.values[field] else {
            if row == .status, value != .integer(1) { throw ModelRefusal(.illegalTransition) }
            ticket.values[field] = ModelTicket.Value(value: value, origin: origin)
            return nil
        }
        let isSeen = sight.covers(current.origin)
        switch row {
        case .status: return try writeStatus(value, current, isSeen)
        case .authority:
            if value == current.value { return .merged }
            if !isSeen, origin.weight <= current.origin.weight { return .superseded }
        case .max:
            if let note = try writeMax(value, field, current, isSeen) { return note }
        case .last: break
        case .keepBoth: return try writeKeepingBoth(value, field, current, isSeen)
        case .set: break
        }
        replace(field, value)
        return isSeen ? nil : .merged
    }

    private mutating func replace(_ field: FieldID, _ value: FieldValue) {
        ticket.values[field] = ModelTicket.Value(value: value, origin: origin)
        ticket.beside[field] = nil
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
        _ value: FieldValue, _ current: ModelTicket.Value, _ isSeen: Bool
    ) throws -> Disposition.Outcome? {
        guard case .integer(let target) = value, Self.attention[target] != nil, target != 8 else {
            throw ModelRefusal(.invalidValue)
        }
        let source = ticket.status
        if source == target { return .merged }
        if isSeen {
            guard Self.legal[source]?.contains(target) == true else {
                throw ModelRefusal(.illegalTransition)
            }
            replace(.status, value)
            return nil
        }
        guard Self.attention[target] ?? 0 > Self.attention[source] ?? 0 else { return .superseded }
        replace(.status, value)
        return .merged
    }

    private func writeMax(
        _ value: FieldValue, _ field: FieldID, _ current: ModelTicket.Value, _ isSeen: Bool
    ) throws -> Disposition.Outcome? {
        guard case .integer(let new) = value, case .integer(let old) = current.value else {
            throw ModelRefusal(.invalidValue)
        }
        if new == old { return .merged }
        guard new < old else { return nil }
        if !isSeen { return .superseded }
        if field == .escalation, origin.weight < 4 { throw ModelRefusal(.unauthorised) }
        return nil
    }

    private mutating func writeKeepingBoth(
        _ value: FieldValue, _ field: FieldID, _ current: ModelTicket.Value, _ isSeen: Bool
    ) throws -> Disposition.Outcome? {
        let new = ModelTicket.Value(value: value, origin: origin)
        var others = (ticket.beside[field] ?? []).filter { !sight.covers($0.origin) }
        if isSeen {
            ticket.values[field] = new
            ticket.beside[field] = others.isEmpty ? nil : others
            return others.isEmpty ? nil : .merged
        }
        if value == current.value { return .merged }
        guard others.count < 20 else { throw ModelRefusal(.tooLarge) }
        let prevails = origin.prevails(over: current.origin)
        let loser = prevails ? current : new
        if loser.value != .text("") { others.append(loser) }
        if prevails { ticket.values[field] = new }
        ticket.beside[field] = others.isEmpty ? nil : others
        return prevails ? .merged : .superseded
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
        guard var words = ticket.comments[id], !words.isRedacted else {
            throw ModelRefusal(.invalidValue)
        }
        guard words.origin.actor == body.actor else { throw ModelRefusal(.unauthorised) }
        let newest = words.editedBy ?? words.origin
        let prevails =
            sight.covers(newest)
            || (origin.time, origin.operation) > (newest.time, newest.operation)
        if prevails {
            words.earlier.append(words.text)
            words.text = text
            words.editedBy = origin
        } else {
            words.earlier.append(text)
        }
        ticket.comments[id] = words
        return prevails ? nil : .superseded
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

    private mutating func rate(_ token: String, _ remark: String) -> Disposition.Outcome? {
        let isRepeated = ticket.tokens.contains(token)
        ticket.tokens.insert(token)
        ticket.ratings[body.operation] = remark
        return isRepeated ? .merged : nil
    }

    // MARK: Closing

    /// Only in full sight of owner, department, escalation, status and every word.
    private mutating func close() throws -> Disposition.Outcome? {
        guard ticket.values[.status] != nil else { throw ModelRefusal(.staleClose) }
        if ticket.status == 8 { return .merged }
        for field in [FieldID.assignee, .department, .escalation, .status] {
            guard ticket.values[field].map({ sight.covers($0.origin) }) ?? true else {
                throw ModelRefusal(.staleClose)
            }
        }
        guard ticket.comments.values.allSatisfy({ sight.covers($0.editedBy ?? $0.origin) }) else {
            throw ModelRefusal(.staleClose)
        }
        guard ticket.status == 5 else { throw ModelRefusal(.illegalTransition) }
        ticket.values[.status] = ModelTicket.Value(value: .integer(8), origin: origin)
        return nil
    }
}
