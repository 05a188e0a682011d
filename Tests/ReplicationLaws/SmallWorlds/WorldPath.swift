import Replication
import TicketModel

/// The intents of a small world in commit order, with the product's and the model's ticket after
/// each of them.
struct WorldPath {
    /// What is known of one replica.
    private struct Author {
        /// How much of the log it has seen.
        var cursor = 0
        var intents = IntentSet()
        var counter: UInt64 = 0
    }

    /// What one more intent is made from; kept for each intent, so that it can be taken back.
    private struct Moment {
        var hub: MergedTicket
        var reference: ReferenceTicket
        var authors: [Author]
        var replicasUsedCount: Int
    }

    let worlds: SmallWorlds
    private(set) var steps: [Step] = []
    private var moments: [Moment]
    private var intents: [ReferenceIntent] = []
    private var answers: [Disposition] = []
    /// Of the intents, the create first.
    private var identities: [OperationID]

    init(_ worlds: SmallWorlds) {
        self.worlds = worlds
        var reference = ReferenceTicket()
        let create = ReferenceIntent(
            index: 0, operation: SmallWorldStart.operation, author: Person.agent.staff,
            authority: Person.agent.authority, time: 0, changes: SmallWorldStart.changes,
            seen: IntentSet())
        _ = reference.receive(
            create, rules: worlds.rules, identities: [SmallWorldStart.operation])
        identities = [SmallWorldStart.operation]
        moments = [
            Moment(
                hub: .start(), reference: reference,
                authors: Array(repeating: Author(), count: worlds.replicasCount),
                replicasUsedCount: 0)
        ]
    }

    private var now: Moment { moments[moments.count - 1] }

    var replicasUsedCount: Int { now.replicasUsedCount }

    func cursor(of replica: Int) -> Int { now.authors[replica].cursor }

    /// The readings that an author's clock may have: one between every two of the contest so far,
    /// never before an earlier one of the same replica.
    func times(for contest: Letter.Contest?, of replica: Int) -> [UInt64] {
        guard let contest else { return [1] }
        let rivals = steps.filter { $0.letter.contest == contest }
        let earliest = rivals.filter { $0.replica == replica }.map(\.time).max() ?? 0
        var found: [UInt64] = []
        var last = earliest
        for time in rivals.map(\.time).sorted() where time > earliest {
            found.append(last + (time - last) / 2)
            last = time
        }
        return found + [last + 1 << 32]
    }

    /// Lets one more intent be committed, by the product and by the model.
    ///
    /// - Returns: what is wrong then; nil if nothing is.
    mutating func take(_ step: Step) -> String? {
        let index = steps.count + 1
        let before = now
        var next = before
        next.authors[step.replica].cursor = step.cursor
        next.authors[step.replica].counter += 1
        next.replicasUsedCount = max(before.replicasUsedCount, step.replica + 1)
        let isApart = worlds.clock == .apart
        let operation = OperationID(
            rawValue: 1 << 90 + (isApart ? 0 : UInt128(step.time) << 8) + UInt128(index))
        let time = isApart ? step.time : 1
        let seen = IntentSet(prefix: step.cursor + 1).union(before.authors[step.replica].intents)
        next.authors[step.replica].intents.insert(index)
        let outcome = next.hub.commit(
            MergedTicket.Sent(
                operation: operation,
                dot: Dot(
                    replica: ReplicaID(rawValue: UInt128(step.replica + 1)),
                    counter: next.authors[step.replica].counter),
                person: step.letter.person, act: step.letter.act, time: time,
                changes: step.letter.changes, cursor: UInt64(step.cursor) + 1))
        let intent = ReferenceIntent(
            index: index, operation: operation, author: step.letter.person.staff,
            authority: step.letter.person.authority, time: time, changes: step.letter.changes,
            seen: seen)
        identities.append(operation)
        let answer = next.reference.receive(intent, rules: worlds.rules, identities: identities)
        steps.append(step)
        intents.append(intent)
        answers.append(outcome.disposition)
        moments.append(next)
        return answer.difference(from: outcome.disposition)
            ?? next.hub.ticket.flatMap {
                next.reference.difference(from: $0, identities: identities)
            }
            ?? Self.differenceOfReplicas(before.hub.ticket, outcome, next.hub.ticket)
            ?? next.hub.ticket.flatMap { TypedTexts.lost($0, intents, answers) }
    }

    mutating func dropLast() {
        steps.removeLast()
        moments.removeLast()
        identities.removeLast()
        intents.removeLast()
        answers.removeLast()
    }

    var text: String { steps.map(\.text).joined(separator: "; ") }

    /// A replica applies what the hub did to what it had, and again when it comes a second time.
    private static func differenceOfReplicas(
        _ before: Ticket?, _ outcome: MergedTicket.Outcome, _ after: Ticket?
    ) -> String? {
        guard var replica = before, let after else { return "there is no ticket" }
        if !outcome.disposition.isAccepted {
            return outcome.effects.isEmpty && replica == after
                ? nil : "a refused intent had effects"
        }
        for effect in outcome.effects { replica.apply(effect) }
        guard replica == after else { return "a replica has another ticket than the hub" }
        for effect in outcome.effects { replica.apply(effect) }
        return replica == after ? nil : "effects that are applied twice change the ticket"
    }
}
