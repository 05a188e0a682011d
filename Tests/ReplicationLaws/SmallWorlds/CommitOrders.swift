import Replication
import TicketModel

/// Pairs of neighbouring intents that did not know of each other, committed in both orders, in
/// every small world: what must not depend on the order of commits does not (replication.md 3.3).
///
/// Any two commit orders of one world are connected by such swaps. What follows the pair is
/// committed in both worlds, unless its author had seen exactly one of the two: a replica sees the
/// log from its start, so that author cannot exist in the other world.
package struct CommitOrders {
    /// Letters on which the order must have no say at all: comments and their edits, tags, numbers,
    /// texts that are kept beside each other, answers of customers.
    ///
    /// Escalations come in two halves, because a larger number that is lowered again does not bring
    /// back a smaller one that it had overtaken: the smaller one was answered as superseded.
    package static func alphabets(comment: OperationID) -> [[Letter]] {
        let names: Set = [
            "priority 3", "priority 1", "subject a by ann", "subject b by ann",
            "subject a by zhao", "subject  by lina", "tag", "untag", "comment", "edit x", "edit y",
            "redact", "rate", "escalation 1",
        ]
        return ["escalation 2", "escalation 0"].map { escalation in
            Letter.alphabet(comment: comment).filter {
                names.contains($0.name) || $0.name == escalation
            }
        }
    }

    let alphabet: [Letter]
    let intentsCountMax: Int
    let replicasCount: Int

    package init(alphabet: [Letter], intentsCountMax: Int, replicasCount: Int = 3) {
        self.alphabet = alphabet
        self.intentsCountMax = intentsCountMax
        self.replicasCount = replicasCount
    }

    /// Walks all worlds; counts those that were compared with a twin.
    package func walk(first: Range<Int>? = nil, violationsCountMax: Int = 1) -> WorldTally {
        var tally = WorldTally()
        var path = WorldPath(
            SmallWorlds(
                alphabet: alphabet, intentsCountMax: intentsCountMax,
                replicasCount: replicasCount))
        extend(&path, first ?? alphabet.indices, [], violationsCountMax, &tally)
        return tally
    }

    /// The same world with the intents `place` and `place + 1` committed the other way round.
    private struct Twin {
        var place: Int
        var hub: MergedTicket
    }

    private func extend(
        _ path: inout WorldPath, _ letters: Range<Int>, _ twins: [Twin],
        _ violationsCountMax: Int, _ tally: inout WorldTally
    ) {
        guard path.steps.count < intentsCountMax else { return }
        path.forEachStep(letters) { path, step in
            _ = path.take(step)
            let place = path.steps.count
            // Whoever saw one of the two only has no place in the twin.
            var next = twins.filter { $0.place != step.cursor }
            for index in next.indices { _ = next[index].hub.commit(path.sent(place)) }
            if let twin = path.twin() { next.append(Twin(place: place - 1, hub: twin)) }
            for twin in next {
                tally.worldsCount += 1
                guard let problem = Self.difference(path.hub.ticket, twin.hub.ticket) else {
                    continue
                }
                tally.violations.append(
                    "\(path.text), with \(twin.place) and \(twin.place + 1) swapped: \(problem)")
            }
            if tally.violations.count < violationsCountMax {
                extend(&path, alphabet.indices, next, violationsCountMax, &tally)
            }
            path.dropLast()
            return tally.violations.count < violationsCountMax
        }
    }

    /// What the order of two commits may not decide.
    static func difference(_ one: Ticket?, _ other: Ticket?) -> String? {
        guard let one, let other else { return "there is no ticket" }
        for field in [FieldID.escalation, .priority]
        where one.integer(field) != other.integer(field) {
            return "field \(field.rawValue) is \(one.integer(field) ?? 0) or "
                + "\(other.integer(field) ?? 0)"
        }
        let (texts, otherTexts) = (texts(one), texts(other))
        if texts != otherTexts { return "texts \(texts) or \(otherTexts)" }
        if !one.text(.subject).isEmpty, !other.text(.subject).isEmpty,
            one.text(.subject) != other.text(.subject)
        {
            return "shown is \(one.text(.subject)) or \(other.text(.subject))"
        }
        if one.tags != other.tags { return "tags \(one.tags) or \(other.tags)" }
        let (comments, others) = (comments(one), comments(other))
        if comments != others { return "comments \(comments) or \(others)" }
        return Set(one.ratings.map(\.id)) == Set(other.ratings.map(\.id)) ? nil : "ratings"
    }

    /// The subject and all that stands beside it. An emptied subject says nothing and is not kept
    /// beside another, so it comes and goes.
    private static func texts(_ ticket: Ticket) -> Set<String> {
        guard let register = ticket.registers[.subject] else { return [] }
        let values = [register.value] + register.alternates.map(\.value)
        return Set(values.compactMap(\.text)).subtracting([""])
    }

    /// All versions of each comment. Which one is shown is told by their times only where one did
    /// not know of the other, so that three versions have no order of their own.
    private static func comments(_ ticket: Ticket) -> [OperationID: [String]] {
        ticket.comments.reduce(into: [:]) { result, comment in
            result[comment.id] = ([comment.text] + comment.earlierTexts).sorted()
        }
    }
}
