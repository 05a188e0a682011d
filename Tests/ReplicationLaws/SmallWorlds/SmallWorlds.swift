import Replication
import TicketModel

/// All worlds of a few replicas and a few intents on one ticket.
///
/// What matters of a world is: which replica made which change, how much of the log it had seen
/// then, in which order the hub committed the changes, and, where time decides something, in which
/// order their authors' clocks stood. Everything else (when exactly a replica pulled, how pushes
/// were cut into batches) leads to one of these worlds. Replicas are numbered in the order in which
/// the hub first hears of them, because swapping two of them makes no other world.
///
/// A world is walked as a path: every prefix of a path is a world too, and shares its work.
package struct SmallWorlds {
    /// How the order among concurrent texts is made.
    package enum Clock: CaseIterable, Sendable {
        /// All clocks stand apart.
        case apart
        /// All clocks show the same: identities decide.
        case equal
    }

    package let alphabet: [Letter]
    package let intentsCountMax: Int
    package let replicasCount: Int
    package let clock: Clock
    let rules = ReferenceRules(custom: LawField.policies)

    package init(
        alphabet: [Letter], intentsCountMax: Int, replicasCount: Int = 3, clock: Clock = .apart
    ) {
        self.alphabet = alphabet
        self.intentsCountMax = intentsCountMax
        self.replicasCount = replicasCount
        self.clock = clock
    }

    /// Walks the worlds whose first letter is one of `first`, and the empty one if that is all of
    /// them; stops at `violationsCountMax` violations.
    package func walk(first: Range<Int>? = nil, violationsCountMax: Int = 1) -> WorldTally {
        var path = WorldPath(self)
        var tally = WorldTally()
        if first == nil { tally.worldsCount += 1 }
        extend(&path, first ?? alphabet.indices, violationsCountMax, &tally)
        return tally
    }

    private func extend(
        _ path: inout WorldPath, _ letters: Range<Int>, _ violationsCountMax: Int,
        _ tally: inout WorldTally
    ) {
        guard path.steps.count < intentsCountMax else { return }
        path.forEachStep(letters) { path, step in
            tally.worldsCount += 1
            let problem = path.take(step)
            if let disposition = path.dispositions.last { tally.answers.count(disposition) }
            if let problem {
                tally.violations.append("\(path.text): \(problem)")
            } else {
                extend(&path, alphabet.indices, violationsCountMax, &tally)
            }
            path.dropLast()
            return tally.violations.count < violationsCountMax
        }
    }
}

/// One intent of a small world.
struct Step {
    var letter: Letter
    var replica: Int
    /// How many intents of the world its author had seen in the log.
    var cursor: Int
    /// The reading of the author's clock.
    var time: UInt64

    var text: String { "r\(replica) saw \(cursor): \(letter.name) at \(time)" }
}
