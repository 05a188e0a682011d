import RandomValues
import Replication
import TicketModel

/// Random effects on random tickets: `Ticket.apply` alone.
struct ApplyingEffects {
    private var random: RandomIntents
    private var sequence: UInt64 = 10

    init(seed: UInt64) { random = RandomIntents(seed: seed) }

    /// An effect that is applied twice has happened once (I5).
    mutating func checkRepetition() throws {
        var ticket = ticket()
        for _ in 0..<8 {
            let effect = effect(on: ticket)
            ticket.apply(effect)
            var again = ticket
            again.apply(effect)
            guard again == ticket else { throw LawViolation("\(effect) applied twice") }
        }
    }

    /// All effects of an entry once more, after later ones of the same entry: as when a replica
    /// applies an entry to a ticket that it got with that entry in it.
    mutating func checkRepetitionOfEntry() throws {
        var ticket = ticket()
        let effects = (0..<5).map { index in effect(on: ticket, inPlace: index) }
        effects.forEach { ticket.apply($0) }
        var again = ticket
        effects.forEach { again.apply($0) }
        guard again == ticket else { throw LawViolation("\(effects) applied twice") }
    }

    /// Effects on different places of a ticket may come in any order.
    mutating func checkOrder() throws {
        let ticket = ticket()
        let first = random.number(below: 6)
        let second = (first + 1 + random.number(below: 5)) % 6
        let effects = [effect(on: ticket, inPlace: first), effect(on: ticket, inPlace: second)]
        var one = ticket
        var other = ticket
        effects.forEach { one.apply($0) }
        effects.reversed().forEach { other.apply($0) }
        guard one == other else { throw LawViolation("\(effects) in the other order") }
    }

    /// Comments find their place whatever the order in which they come; so do the elements of a
    /// set, but for their order in it.
    mutating func checkArrival() throws {
        let ticket = ticket()
        let comments = (0..<4).map { _ in Effect.commented(comment()) }
        let tags = (0..<4).map { _ in effect(on: ticket, inPlace: 1) }
        var shuffled = comments
        shuffled.shuffle(using: &random.generator)
        var (one, other) = (ticket, ticket)
        comments.forEach { one.apply($0) }
        shuffled.forEach { other.apply($0) }
        guard one == other else { throw LawViolation("\(comments) came as \(shuffled)") }
        var additions = tags
        additions.shuffle(using: &random.generator)
        tags.forEach { one.apply($0) }
        additions.forEach { other.apply($0) }
        guard one.tags == other.tags, one.stampsOfTags == other.stampsOfTags else {
            throw LawViolation("\(tags) came as \(additions)")
        }
    }

    // MARK: - Random values

    private mutating func stamp() -> Stamp {
        sequence += 1
        let replica = ReplicaID(rawValue: UInt128(random.number(below: 3)))
        return Stamp(
            sequence: random.chance(10) ? Stamp.pendingSequence : sequence,
            dot: Dot(replica: replica, counter: sequence),
            operation: OperationID(rawValue: UInt128(sequence)),
            time: HybridTimestamp(rawValue: UInt64(random.number(below: 9))),
            authority: random.one(of: Authority.allCases), actor: random.one(of: Person.all).staff)
    }

    private mutating func comment() -> Comment {
        let stamp = stamp()
        return Comment(id: stamp.operation, kind: .note, text: "said", stamp: stamp)
    }

    private mutating func ticket() -> Ticket {
        var ticket = Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "N",
            capturedAt: Timestamp(milliseconds: 0), createdBy: Person.agent.staff)
        for _ in 0..<random.number(below: 12) { ticket.apply(effect(on: ticket)) }
        return ticket
    }

    private mutating func effect(on ticket: Ticket) -> Effect {
        effect(on: ticket, inPlace: random.number(below: 6))
    }

    /// - Parameter place: a field, the tags, the comments, the answers, the clocks, the making.
    private mutating func effect(on ticket: Ticket, inPlace place: Int) -> Effect {
        switch place {
        case 0:
            let field = random.one(of: [FieldID.subject, .priority, .status])
            return .wrote(field, Register(value: .integer(Int64(sequence)), stamp: stamp()))
        case 1:
            let tag = FieldValue.text(random.one(of: ["a", "b", "c"]))
            let known = ticket.sets[.tags]?.first { $0.value == tag }?.stamps.map(\.operation) ?? []
            return random.chance(70) || known.isEmpty
                ? .added(.tags, tag, stamp()) : .removed(.tags, tag, Array(known.prefix(2)))
        case 2:
            guard !ticket.comments.isEmpty, random.chance(40) else { return .commented(comment()) }
            var edited = random.one(of: ticket.comments)
            edited.text += " more"
            return .commented(edited)
        case 3:
            let stamp = stamp()
            return .rated(
                Rating(
                    id: stamp.operation, token: "t", outcome: .satisfied, score: nil, remark: "",
                    stamp: stamp))
        case 4:
            return .clock(
                ClockState(
                    name: random.one(of: ["response", "solution"]), phase: .running,
                    startedAt: Timestamp(milliseconds: Int64(sequence)),
                    dueAt: Timestamp(milliseconds: 0), cycle: 1))
        default:
            return .created(
                provisionalNumber: "N\(sequence)", number: nil,
                capturedAt: Timestamp(milliseconds: Int64(sequence)), receivedAt: nil,
                createdBy: Person.clerk.staff)
        }
    }
}

extension Ticket {
    fileprivate var stampsOfTags: [FieldValue: Set<OperationID>] {
        (sets[.tags] ?? []).reduce(into: [:]) { $0[$1.value] = Set($1.stamps.map(\.operation)) }
    }
}
