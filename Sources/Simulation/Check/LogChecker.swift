import Replication
import Sodium
import TicketModel

/// The log itself: causal order and order per replica (I4), one content per dot (I9), numbers that
/// are given once and found for ever (I10), whole transactions (I17).
final class LogChecker: Checker {
    /// Of the present life: a copy and its original may both be the first with a dot, in lives of
    /// which the second does not know the first.
    private var hashes: [Dot: Digest] = [:]
    /// What replicas wrote under a dot; copies of one database write several things under one, and
    /// the hub takes the first.
    private var written: [Dot: Set<Digest>] = [:]
    /// Of all lives of the log.
    private var numbers: [String: TicketID] = [:]
    /// The members whose store has shown an official number.
    private var witnesses: [String: Set<Int>] = [:]
    private var counters: [ReplicaID: UInt64] = [:]
    private var backups: [Int: (counters: [ReplicaID: UInt64], hashes: [Dot: Digest])] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtHub(let commit):
            for (index, (entry, _)) in commit.entries.enumerated() {
                count(commit.twins, before: index)
                try check(entry, context)
            }
            count(commit.twins, before: commit.entries.count)
            guard commit.entries.last?.entry.entry.isTransactionEnd != false else {
                throw Violation(
                    "I17 atomicity",
                    "a durable transaction ends inside a group at \(context.record.head)")
            }
        case .committedAtField(let member, let commit):
            for change in commit.appended + commit.replaced {
                written[change.intent.dot, default: []].insert(change.intent.hash)
            }
            try noteNumbers(of: commit.bases, at: context.member(member))
        case .replaced(let member):
            for number in witnesses.keys { witnesses[number]?.remove(member) }
            let view = context.member(member)
            let held = try view.store.read { try $0.baseTickets(after: nil, through: nil) }
            try noteNumbers(of: Set(held), at: view)
        case .backedUp(let number): backups[number] = (counters, hashes)
        case .restored(let number): (counters, hashes) = backups[number] ?? ([:], [:])
        default: return
        }
    }

    /// Dots that carried what was answered before take their place in the order too.
    private func count(_ twins: [(dot: Dot, entriesCount: Int)], before index: Int) {
        for twin in twins where twin.entriesCount == index {
            counters[twin.dot.replica] = twin.dot.counter
        }
    }

    private func check(_ committed: CommittedEntry, _ context: CheckContext) throws {
        let (entry, intent) = (committed.entry, committed.intent)
        try checkNumbers(entry, context)
        guard !committed.isBroughtBack else { return }
        guard entry.dot == intent.dot else {
            throw Violation("I9 dot uniqueness", "entry \(entry.sequence) carries another dot")
        }
        if let known = hashes[intent.dot], known != intent.hash, entry.actor != .hub {
            throw Violation(
                "I9 dot uniqueness",
                "intent \(intent.dot.counter) of \(intent.dot.replica) has two contents")
        }
        hashes[intent.dot] = intent.hash
        guard entry.actor == .hub || written[intent.dot]?.contains(intent.hash) == true else {
            throw Violation(
                "I9 dot uniqueness",
                "intent \(intent.dot.counter) of \(intent.dot.replica) has a content that nobody "
                    + "wrote")
        }
        let before = counters[intent.dot.replica] ?? 0
        guard intent.dot.counter == before + 1 else {
            throw Violation(
                "I4 order",
                "intent \(intent.dot.counter) of \(intent.dot.replica) follows \(before) at "
                    + "\(entry.sequence)")
        }
        counters[intent.dot.replica] = intent.dot.counter
        try checkCauses(of: entry, intent, context)
    }

    private func checkCauses(
        of entry: LogEntry, _ intent: Intent, _ context: CheckContext
    ) throws {
        let present = context.record.lives[context.record.present]
        for dependency in intent.context.dependencies
        // A half of a merge that came back before its survivor: the ticket shows its note.
        where !present.partlyKept.contains(dependency) {
            guard let verdict = context.record.verdict(on: dependency),
                verdict.sequence < entry.sequence
            else {
                throw Violation(
                    "I4 order",
                    "entry \(entry.sequence) was committed before \(dependency), which its author "
                        + "had seen", of: entry.ticket)
            }
        }
        let shared = context.record.shared[intent.context.epoch] ?? intent.context.sequence
        guard min(intent.context.sequence, shared) < entry.sequence else {
            throw Violation(
                "I4 order",
                "the author of entry \(entry.sequence) had seen \(intent.context.sequence)")
        }
    }

    private func checkNumbers(_ entry: LogEntry, _ context: CheckContext) throws {
        for case .created(let provisional, let number, _, _, _) in entry.effects {
            guard let number else {
                throw Violation(
                    "I10 numbers", "entry \(entry.sequence) makes a ticket without a number")
            }
            for text in [provisional, number.text] {
                // Two copies of one machine give the same numbers until they learn of each other.
                if text == provisional, context.hasCopies { continue }
                if let other = numbers[text], other != entry.ticket {
                    throw Violation("I10 numbers", "\(text) was given to two tickets")
                }
                numbers[text] = entry.ticket
            }
        }
    }

    private func noteNumbers(of tickets: Set<TicketID>, at member: MemberView) throws {
        for id in tickets {
            guard let number = try member.store.read({ try $0.base(id)?.number }) else { continue }
            witnesses[number.text, default: []].insert(member.index)
        }
    }

    /// Every number that people may know still leads to its ticket, if the ticket is there.
    ///
    /// That is what replication.md 3.10 promises: a number that was ever shown. One that the hub
    /// gave and no replica had heard of when the hub was put back is known to nobody; it stays a
    /// gap, and the intent that comes again gets another. The same is true of one whose every
    /// witness was put back too, or may not come back.
    func finish(_ context: CheckContext) throws {
        for (number, ticket) in numbers.sorted(by: { $0.key < $1.key }) {
            let witnesses = try (witnesses[number] ?? []).map(context.member)
                .filter { try !context.isRevoked($0) }
            if TicketNumber(number) != nil, witnesses.isEmpty { continue }
            let found = try context.hub?.read { hub in
                (try hub.ticket(numbered: number), try hub.ticket(ticket) != nil)
            }
            guard found?.0 == ticket || found?.1 == false else {
                throw Violation("I10 numbers", "\(number) leads to no ticket any more")
            }
            try context.hub?.read { try checkWay(of: number, from: ticket, in: $0) }
        }
    }
}

extension LogChecker {
    /// What was merged leads on to one ticket that stands for itself and answers to its number.
    private func checkWay(
        of number: String, from ticket: TicketID, in hub: any HubReader
    ) throws {
        var (id, seen) = (ticket, Set<TicketID>())
        while let found = try hub.ticket(id) {
            guard seen.insert(id).inserted else {
                throw Violation("I10 numbers", "\(number) leads in a circle of merged tickets")
            }
            let next = TicketID(hexadecimal: found.registers[.mergedInto]?.value.text ?? "")
            guard id == ticket || found.allNumbers.contains(number) else {
                throw Violation(
                    "I10 numbers",
                    "ticket \(ticket) was merged into \(id), which does not answer to \(number)",
                    of: ticket, id)
            }
            guard let next else { return }
            guard found.registers[.status]?.value == .integer(8) else {
                throw Violation("I10 numbers", "the merged ticket \(id) is open")
            }
            id = next
        }
        // Its own ticket may be gone with all copies.
        guard id == ticket else {
            throw Violation("I10 numbers", "\(number) leads to \(id), which is not here")
        }
    }
}

extension CommittedEntry {
    /// Whether a replica brought it back after a restore: then its place in the order of its
    /// author belongs to another life of the log.
    var isBroughtBack: Bool { intent.bodyBytes.isEmpty }
}
