import Replication
import TicketModel

/// A ticket of the reference model: the field policies of replication.md 3.3 written down a second
/// time, in the plainest form, without a line of the product's merge.
struct ModelTicket: Equatable {
    /// Where a value came from.
    struct Origin: Equatable {
        var sequence: UInt64
        var dot: Dot
        var operation: OperationID
        var time: UInt64
        var weight: Int
        var actor: StaffID

        /// By when it was written; one clock reading is given to all that a fast clock wrote.
        func isAfter(_ other: Origin) -> Bool {
            (time, sequence) > (other.time, other.sequence)
        }

        /// The order among concurrent texts.
        func prevails(over other: Origin) -> Bool {
            if weight != other.weight { return weight > other.weight }
            if time != other.time { return time > other.time }
            return operation > other.operation
        }
    }

    struct Value: Equatable {
        var value: FieldValue
        var origin: Origin
    }

    struct Words: Equatable {
        var kind: Comment.Kind
        var text: String
        var earlier: [String] = []
        var origin: Origin
        var editedBy: Origin?
        var isRedacted = false
        var isLate = false
        /// Whether the program says it, of tickets that belong together.
        var isNote: Bool { kind == .system }
    }

    /// What a customer answered to a survey.
    struct Answer: Equatable {
        var remark: String
        /// Nil for what is neither a yes nor a no.
        var isContent: Bool?
        var origin: Origin
    }

    /// The number from the counter.
    var provisional = ""
    /// The number from the hub.
    var official: String?
    /// Numbers of others that lead here.
    var formerNumbers: Set<String> = []
    /// What is shown.
    var values: [FieldID: Value] = [:]
    /// Concurrent texts beside the shown one, and others who wrote the shown value.
    var beside: [FieldID: [Value]] = [:]
    /// For each element of a set the additions that keep it alive.
    var elements: [FieldID: [FieldValue: [Origin]]] = [:]
    var comments: [OperationID: Words] = [:]
    var ratings: [OperationID: Answer] = [:]
    /// Surveys that were answered.
    var tokens: Set<String> = []

    var status: Int64 {
        if case .integer(let status)? = values[.status]?.value { return status }
        return 1
    }

    /// Everybody whose word a field is, the shown one first.
    func standing(_ field: FieldID) -> [Value] {
        values[field].map { [$0] + (beside[field] ?? []) } ?? []
    }

    /// Of all who stand behind a field the preferred one is shown.
    mutating func stand(_ field: FieldID, _ standing: [Value]) {
        let ordered = standing.sorted { $0.origin.prevails(over: $1.origin) }
        let others = ordered.dropFirst().filter {
            $0.value != .text("") || $0.value == ordered[0].value
        }.prefix(20)
        values[field] = ordered[0]
        beside[field] = others.isEmpty ? nil : Array(others)
    }

    func name(_ field: FieldID) -> String {
        if case .text(let name)? = values[field]?.value { return name }
        return ""
    }
}

/// What the author of an intent had seen.
struct ModelSight {
    /// Everything up to here in the log.
    var sequence: UInt64
    var dependencies: Set<OperationID>
    var dot: Dot

    func covers(_ origin: ModelTicket.Origin) -> Bool {
        origin.sequence <= sequence || dependencies.contains(origin.operation)
            || (origin.dot.replica == dot.replica && origin.dot.counter <= dot.counter)
    }
}

/// What the model says an intent comes to.
struct ModelOutcome: Equatable {
    var rejection: RejectionCode?
    /// Of the changes that did not simply apply.
    var notes: [Int: Disposition.Outcome] = [:]
    var isLate = false

    var outcome: Disposition.Outcome {
        if rejection != nil { return .rejected }
        if isLate { return .lateAccepted }
        if notes.values.contains(.superseded) { return .superseded }
        return notes.isEmpty ? .applied : .merged
    }
}

/// A change of the model that is refused.
struct ModelRefusal: Error {
    var code: RejectionCode
    init(_ code: RejectionCode) { self.code = code }
}

extension ModelTicket {
    /// The model of a ticket as the hub has it.
    init(_ ticket: Ticket) {
        provisional = ticket.provisionalNumber
        official = ticket.number?.text
        formerNumbers = Set(ticket.formerNumbers)
        for (field, register) in ticket.registers {
            values[field] = Value(value: register.value, origin: Origin(register.stamp))
            guard !register.alternates.isEmpty else { continue }
            beside[field] = register.alternates.map {
                Value(value: $0.value, origin: Origin($0.stamp))
            }
        }
        for (field, set) in ticket.sets {
            for element in set {
                elements[field, default: [:]][element.value] = element.stamps.map(Origin.init)
            }
        }
        for comment in ticket.comments {
            comments[comment.id] = Words(comment)
        }
        for rating in ticket.ratings {
            ratings[rating.id] = Answer(rating)
            tokens.insert(rating.token)
        }
    }
}

// MARK: - Comparing with the product

extension ModelTicket {
    /// The first thing in which the hub's ticket is another; nil when it is the same.
    func difference(from ticket: Ticket) -> String? {
        guard provisional == ticket.provisionalNumber, official == ticket.number?.text,
            formerNumbers == Set(ticket.formerNumbers)
        else {
            return "the hub finds it as \(ticket.allNumbers), the model as \(answersTo.sorted())"
        }
        let fields = Set(values.keys).union(ticket.registers.keys)
        for field in fields.sorted() {
            let (mine, theirs) = (values[field], ticket.registers[field])
            guard mine?.value == theirs?.value, mine?.origin == theirs.map({ Origin($0.stamp) })
            else {
                return "field \(field.rawValue): the hub has \(describe(theirs)), the model "
                    + "\(mine.map { "\($0.value) of \($0.origin.sequence)" } ?? "nothing")"
            }
            let besides = (theirs?.alternates ?? []).map {
                Value(value: $0.value, origin: Origin($0.stamp))
            }
            guard beside[field] ?? [] == besides else {
                return "field \(field.rawValue): the hub keeps \(besides.count) texts beside, the "
                    + "model \(beside[field]?.count ?? 0)"
            }
        }
        return setDifference(from: ticket) ?? commentDifference(from: ticket)
    }

    private func describe(_ register: Register?) -> String {
        register.map { "\($0.value) of \($0.stamp.sequence)" } ?? "nothing"
    }

    private func setDifference(from ticket: Ticket) -> String? {
        for field in Set(elements.keys).union(ticket.sets.keys).sorted() {
            var theirs: [FieldValue: [Origin]] = [:]
            for element in ticket.sets[field] ?? [] {
                theirs[element.value] = element.stamps.map(Origin.init)
            }
            let mine = (elements[field] ?? [:]).filter { !$0.value.isEmpty }
            guard mine == theirs else {
                return "set \(field.rawValue): the hub has \(theirs.keys.count) elements, the "
                    + "model \(mine.keys.count), or other additions"
            }
        }
        return nil
    }

    private func commentDifference(from ticket: Ticket) -> String? {
        guard ticket.comments.count == comments.count else {
            return "the hub has \(ticket.comments.count) comments, the model \(comments.count)"
        }
        for comment in ticket.comments {
            let theirs = Words(comment)
            guard comments[comment.id] == theirs else {
                return "comment \(comment.id) reads \(theirs) at the hub and "
                    + "\(String(describing: comments[comment.id])) in the model"
            }
        }
        let order = ticket.comments.map(\.stamp.sequence)
        guard order == order.sorted() else { return "the comments are not in commit order" }
        let answers = Dictionary(ticket.ratings.map { ($0.id, Answer($0)) }) { first, _ in first }
        return answers == ratings ? nil : "the ratings differ"
    }
}

extension ModelTicket.Origin {
    fileprivate init(_ stamp: Stamp) {
        self.init(
            sequence: stamp.sequence, dot: stamp.dot, operation: stamp.operation,
            time: stamp.time.rawValue, weight: stamp.authority.rawValue, actor: stamp.actor)
    }
}

extension ModelTicket.Words {
    fileprivate init(_ comment: Comment) {
        self.init(
            kind: comment.kind, text: comment.text, earlier: comment.earlierTexts,
            origin: ModelTicket.Origin(comment.stamp),
            editedBy: comment.editStamp.map(ModelTicket.Origin.init),
            isRedacted: comment.isRedacted, isLate: comment.isLate)
    }
}

extension ModelTicket.Answer {
    fileprivate init(_ rating: Rating) {
        self.init(
            remark: rating.remark, isContent: Self.isContent(rating.outcome),
            origin: ModelTicket.Origin(rating.stamp))
    }

    /// What a customer has to add (有其他补充意见) says neither yes nor no.
    static func isContent(_ outcome: Rating.Outcome) -> Bool? {
        switch outcome {
        case .satisfied: true
        case .unsatisfied: false
        case .furtherRemarks: nil
        }
    }
}
