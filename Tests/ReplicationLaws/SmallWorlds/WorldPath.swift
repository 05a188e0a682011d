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

    /// The product's hub after all intents.
    var hub: MergedTicket { now.hub }

    /// An intent as it came to the hub; the first is 1.
    func sent(_ place: Int) -> MergedTicket.Sent {
        let step = steps[place - 1]
        return sent(step, place, counter: moments[place].authors[step.replica].counter)
    }

    /// The hub with the last two intents committed the other way round; nil where one of the two
    /// knew of the other.
    func twin() -> MergedTicket? {
        let place = steps.count
        guard place > 1, steps[place - 1].replica != steps[place - 2].replica,
            steps[place - 1].cursor < place - 1
        else { return nil }
        var hub = moments[place - 2].hub
        _ = hub.commit(sent(place))
        _ = hub.commit(sent(place - 1))
        return hub
    }

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

    /// Calls `body` with every intent that may come next, until it returns false.
    mutating func forEachStep(
        _ letters: Range<Int>, _ body: (inout WorldPath, Step) -> Bool
    ) {
        for replica in 0..<min(worlds.replicasCount, replicasUsedCount + 1) {
            for cursor in self.cursor(of: replica)...steps.count {
                for letter in worlds.alphabet[letters] {
                    for time in times(for: letter.contest, of: replica) {
                        let step = Step(
                            letter: letter, replica: replica, cursor: cursor, time: time)
                        guard body(&self, step) else { return }
                    }
                }
            }
        }
    }

    /// Lets one more intent be committed, by the product and by the model.
    ///
    /// - Returns: what is wrong then; nil if nothing is.
    mutating func take(_ step: Step) -> String? {
        let before = now
        var next = before
        next.authors[step.replica].cursor = step.cursor
        next.authors[step.replica].counter += 1
        next.replicasUsedCount = max(before.replicasUsedCount, step.replica + 1)
        let seen = IntentSet(prefix: step.cursor + 1).union(before.authors[step.replica].intents)
        let index = steps.count + 1
        next.authors[step.replica].intents.insert(index)
        steps.append(step)
        let sent = sent(step, index, counter: next.authors[step.replica].counter)
        let outcome = next.hub.commit(sent)
        let intent = ReferenceIntent(
            index: index, operation: sent.operation, author: step.letter.person.staff,
            authority: step.letter.person.authority, time: sent.time,
            changes: step.letter.changes, seen: seen)
        identities.append(sent.operation)
        let answer = next.reference.receive(intent, rules: worlds.rules, identities: identities)
        intents.append(intent)
        answers.append(outcome.disposition)
        moments.append(next)
        return answer.difference(from: outcome.disposition)
            ?? next.hub.ticket.flatMap {
                next.reference.difference(from: $0, identities: identities)
            }
            ?? MergedTicket.differenceOfReplica(before.hub.ticket, outcome, next.hub.ticket)
            ?? next.hub.ticket.flatMap { TypedTexts.lost($0, intents, answers) }
    }

    private func sent(_ step: Step, _ index: Int, counter: UInt64) -> MergedTicket.Sent {
        let isApart = worlds.clock == .apart
        return MergedTicket.Sent(
            operation: OperationID(
                rawValue: 1 << 90 + (isApart ? 0 : UInt128(step.time) << 8) + UInt128(index)),
            dot: Dot(replica: ReplicaID(rawValue: UInt128(step.replica + 1)), counter: counter),
            person: step.letter.person, act: step.letter.act, time: isApart ? step.time : 1,
            changes: step.letter.changes, cursor: UInt64(step.cursor) + 1)
    }

    mutating func dropLast() {
        steps.removeLast()
        moments.removeLast()
        identities.removeLast()
        intents.removeLast()
        answers.removeLast()
    }

    /// What the intents came to, in commit order.
    var dispositions: [Disposition] { answers }

    var text: String { steps.map(\.text).joined(separator: "; ") }
}
