import RandomValues
import Replication
import TicketModel

/// A long random history of one ticket: `Merger` beside the reference model, intent by intent.
struct RandomMerges {
    /// What one replica has seen, and what it has been told before the hub committed it.
    private struct Author {
        var cursor = 0
        var counter: UInt64 = 0
        var intents = IntentSet()
        /// Intents of others beyond the cursor that the replica could see.
        var tentative: Set<Int> = []
    }

    private let rules = ReferenceRules(custom: LawField.policies)
    private var random: RandomIntents
    private var authors: [Author]
    private(set) var hub = MergedTicket.start()
    private var reference = ReferenceTicket()
    private var intents: [ReferenceIntent] = []
    private var answers: [Disposition] = []
    private var identities = [SmallWorldStart.operation]
    /// As they came to the hub.
    private(set) var sent: [MergedTicket.Sent] = []

    init(seed: UInt64) {
        random = RandomIntents(seed: seed)
        authors = Array(repeating: Author(), count: random.number(below: 4) + 3)
        let create = ReferenceIntent(
            index: 0, operation: SmallWorldStart.operation, author: Person.agent.staff,
            authority: Person.agent.authority, time: 0, changes: SmallWorldStart.changes,
            seen: IntentSet())
        _ = reference.receive(create, rules: rules, identities: identities)
    }

    /// Lets `count` intents be committed and compares after each.
    ///
    /// - Throws: `LawViolation`.
    mutating func run(_ count: Int) throws {
        for _ in 0..<count { try step() }
    }

    mutating func run() throws { try run(random.number(below: 31) + 10) }

    private mutating func step() throws {
        let site = random.number(below: authors.count)
        let index = identities.count
        look(site, index)
        let author = authors[site]
        let comments = hub.ticket?.comments.map { (id: $0.id, author: $0.stamp.actor) } ?? []
        let done = random.intent(on: comments)
        authors[site].counter += 1
        authors[site].intents.insert(index)
        var seen = IntentSet(prefix: author.cursor + 1).union(author.intents)
        for other in author.tentative { seen = seen.union(knowledge(of: other)) }
        // Few instants and few identities in between: ties happen.
        let sent = MergedTicket.Sent(
            operation: OperationID(
                rawValue: 1 << 90 + UInt128(random.number(below: 1_000)) << 16 + UInt128(index)),
            dot: Dot(
                replica: ReplicaID(rawValue: UInt128(site + 1)), counter: author.counter + 1),
            person: done.person, act: done.act, time: UInt64(random.number(below: 8)),
            changes: done.changes, cursor: UInt64(author.cursor) + 1,
            dependencies: Set(
                (0..<index).filter { seen.contains($0) && $0 > author.cursor }
                    .map { identities[$0] }))
        try commit(sent, seen, index)
    }

    /// Some time passes at a replica: it may fetch some of the log, or hear of something that is on
    /// its way to the hub.
    private mutating func look(_ site: Int, _ index: Int) {
        if random.chance(60) {
            authors[site].cursor += random.number(below: index - authors[site].cursor)
        }
        if random.chance(4), index > 1 {
            authors[site].tentative.insert(random.number(below: index))
        }
    }

    /// An intent with everything that its author had seen.
    private func knowledge(of index: Int) -> IntentSet {
        var known = index == 0 ? IntentSet() : intents[index - 1].seen
        known.insert(index)
        return known
    }

    private mutating func commit(
        _ sent: MergedTicket.Sent, _ seen: IntentSet, _ index: Int
    ) throws {
        let before = hub.ticket
        let outcome = hub.commit(sent)
        identities.append(sent.operation)
        let intent = ReferenceIntent(
            index: index, operation: sent.operation, author: sent.person.staff,
            authority: sent.person.authority, time: sent.time, changes: sent.changes, seen: seen)
        let answer = reference.receive(intent, rules: rules, identities: identities)
        intents.append(intent)
        answers.append(outcome.disposition)
        self.sent.append(sent)
        let problem =
            answer.difference(from: outcome.disposition)
            ?? hub.ticket.flatMap { reference.difference(from: $0, identities: identities) }
            ?? MergedTicket.differenceOfReplica(before, outcome, hub.ticket)
            ?? hub.ticket.flatMap { TypedTexts.lost($0, intents, answers) }
        if let problem { throw LawViolation("intent \(index), \(sent.changes): \(problem)") }
    }
}
