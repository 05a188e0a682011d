import Replication
import Sodium
import TicketModel

/// The log itself: causal order and order per replica (I4), one content per dot (I9), numbers that
/// are given once and found for ever (I10), whole transactions (I17).
final class LogChecker: Checker {
    private var hashes: [Dot: Digest] = [:]
    private var counters: [ReplicaID: UInt64] = [:]
    private var numbers: [String: TicketID] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtHub(let entries):
            for entry in entries { try check(entry, context) }
            guard entries.last?.entry.isTransactionEnd == true else {
                throw Violation(
                    "I17 atomicity",
                    "a durable transaction ends inside a group at \(context.record.head)")
            }
        case .committedAtField(_, let commit):
            for change in commit.appended { try note(change.intent) }
        default: return
        }
    }

    private func note(_ intent: Intent) throws {
        if let known = hashes[intent.dot], known != intent.hash {
            throw Violation(
                "I9 dot uniqueness",
                "intent \(intent.dot.counter) of \(intent.dot.replica) has two contents")
        }
        hashes[intent.dot] = intent.hash
    }

    private func check(_ committed: CommittedEntry, _ context: CheckContext) throws {
        let (entry, intent) = (committed.entry, committed.intent)
        guard entry.dot == intent.dot else {
            throw Violation("I9 dot uniqueness", "entry \(entry.sequence) carries another dot")
        }
        try note(intent)
        let before = counters[intent.dot.replica] ?? 0
        guard intent.dot.counter == before + 1 else {
            throw Violation(
                "I4 order",
                "intent \(intent.dot.counter) of \(intent.dot.replica) follows \(before) at "
                    + "\(entry.sequence)")
        }
        counters[intent.dot.replica] = intent.dot.counter
        for dependency in intent.context.dependencies {
            guard let verdict = context.record.verdicts[dependency],
                verdict.sequence < entry.sequence
            else {
                throw Violation(
                    "I4 order",
                    "entry \(entry.sequence) was committed before \(dependency), which its author "
                        + "had seen")
            }
        }
        guard intent.context.sequence < entry.sequence else {
            throw Violation(
                "I4 order",
                "the author of entry \(entry.sequence) had seen \(intent.context.sequence)")
        }
        try checkNumbers(entry)
    }

    private func checkNumbers(_ entry: LogEntry) throws {
        for case .created(let provisional, let number, _, _, _) in entry.effects {
            guard let number else {
                throw Violation(
                    "I10 numbers", "entry \(entry.sequence) makes a ticket without a number")
            }
            for text in [provisional, number.text] {
                if let other = numbers[text], other != entry.ticket {
                    throw Violation("I10 numbers", "\(text) was given to two tickets")
                }
                numbers[text] = entry.ticket
            }
        }
    }

    func finish(_ context: CheckContext) throws {
        for (number, ticket) in numbers.sorted(by: { $0.key < $1.key }) {
            let found = try context.hub?.read { try $0.ticket(numbered: number) }
            guard found == ticket else {
                throw Violation("I10 numbers", "\(number) leads to no ticket any more")
            }
        }
    }
}
