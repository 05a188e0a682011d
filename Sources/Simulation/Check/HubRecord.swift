import Replication
import Sodium
import TicketModel

/// The hub's log between two restores, as it became durable, written down from outside.
struct LifeRecord {
    /// A ticket as it stood from one position of the log on.
    struct Version {
        var sequence: UInt64
        var ticket: Ticket
        var scopes: Set<Scope>
    }

    /// Position 1 comes first.
    private(set) var entries: [CommittedEntry] = []
    /// The hash of the log at each position.
    private(set) var hashes: [Digest] = []
    private(set) var versions: [TicketID: [Version]] = [:]
    private(set) var verdicts: [OperationID: Verdict] = [:]
    /// Refusals that gave way to an entry which a replica brought back.
    private(set) var overruled: [OperationID: Verdict] = [:]
    /// Operations of which the hub has kept a part, while the rest waits for another ticket.
    private(set) var partlyKept: Set<OperationID> = []
    /// The last counter of each replica that was answered.
    private(set) var watermarks: [ReplicaID: UInt64] = [:]

    var head: UInt64 { UInt64(entries.count) }

    /// The hash at a position; nil beyond the head.
    func hash(at sequence: UInt64) -> Digest? {
        if sequence == 0 { return .zero }
        return sequence <= head ? hashes[Int(sequence) - 1] : nil
    }

    /// Whether a position lies on this log.
    func contains(_ position: LogPosition) -> Bool {
        hash(at: position.sequence) == position.hash
    }

    /// The ticket as it stood at a position.
    func version(of ticket: TicketID, at sequence: UInt64) -> Version? {
        versions[ticket]?.last { $0.sequence <= sequence }
    }

    /// - Throws: `Violation` when the entry cannot come next.
    mutating func append(_ committed: CommittedEntry, at position: LogPosition) throws {
        let entry = committed.entry
        guard entry.sequence == head + 1, position.sequence == entry.sequence else {
            throw Violation("I4 order", "entry \(entry.sequence) follows \(head) in the log")
        }
        let isOverruling =
            committed.isOverruling && entry.disposition.isAccepted
            && verdicts[entry.operation]?.disposition.isAccepted == false
        guard isOverruling || verdicts[entry.operation] == nil else {
            throw Violation(
                "I5 idempotence",
                "\(entry.operation) was answered at \(verdicts[entry.operation]?.sequence ?? 0) "
                    + "and again at \(entry.sequence)")
        }
        if entry.actor == .hub, let cause = entry.cause, verdicts[cause] == nil {
            partlyKept.insert(cause)
        }
        if isOverruling { overruled[entry.operation] = verdicts[entry.operation] }
        entries.append(committed)
        hashes.append(position.hash)
        verdicts[entry.operation] = Verdict(
            operation: entry.operation, disposition: entry.disposition, sequence: entry.sequence)
        if !isOverruling { note(counter: committed.intent.dot) }
        guard let ticket = committed.ticket else { return }
        versions[ticket.id, default: []].append(
            Version(sequence: entry.sequence, ticket: ticket, scopes: Self.scopes(ticket)))
    }

    mutating func note(counter dot: Dot) {
        watermarks[dot.replica] = max(watermarks[dot.replica] ?? 0, dot.counter)
    }

    /// Who may see a ticket, from its fields alone: written down here once more, so that a mistake
    /// in the product's rule is seen.
    private static func scopes(_ ticket: Ticket) -> Set<Scope> {
        var names = ["all"]
        for (field, kind) in [
            (FieldID.store, "store"), (.region, "region"), (.department, "department"),
            (.assignee, "agent"),
        ] {
            if case .text(let name)? = ticket.registers[field]?.value, !name.isEmpty {
                names.append("\(kind):\(name)")
            }
        }
        return Set(names.map(Scope.init(rawValue:)))
    }
}

/// All lives of the hub's log in this world.
final class HubRecord {
    /// The present one comes last.
    private(set) var lives = [LifeRecord()]
    /// How much of the present log each former epoch shares.
    private(set) var shared: [EpochID: UInt64] = [:]
    /// The lives in which each epoch was in force.
    private var homes: [EpochID: [Int]] = [:]
    private var epoch = EpochID(rawValue: 1)
    private var backups: [Int: Backup] = [:]

    /// What comes back with a backup of the hub.
    private struct Backup {
        var life: LifeRecord
        var shared: [EpochID: UInt64]
        var epoch: EpochID
    }

    /// Index of the present life.
    var present: Int { lives.count - 1 }
    var head: UInt64 { lives[present].head }

    func append(_ entries: [(entry: CommittedEntry, position: LogPosition)]) throws {
        for (entry, position) in entries { try lives[present].append(entry, at: position) }
    }

    func note(twin dot: Dot) { lives[present].note(counter: dot) }

    /// Another epoch begins on the present log.
    func begin(_ new: EpochID, after former: EpochID, sharing sequence: UInt64) throws {
        guard homes[new] == nil, new != EpochID(rawValue: 1) else {
            throw Violation("I15 epochs", "epoch \(new) begins a second time")
        }
        for epoch in shared.keys { shared[epoch] = min(shared[epoch] ?? 0, sequence) }
        shared[former] = sequence
        epoch = new
        homes[new] = [present]
    }

    /// A former life shares at least so much: that must be true of one that had this epoch.
    func learn(_ epoch: EpochID, shares sequence: UInt64) throws {
        let known = homes[epoch] ?? (epoch == EpochID(rawValue: 1) ? [0] : [])
        guard
            known.contains(where: {
                lives[$0].hash(at: sequence) == lives[present].hash(at: sequence)
            })
        else {
            throw Violation(
                "I15 epochs", "the log of epoch \(epoch) does not share its first \(sequence)")
        }
        shared[epoch] = max(shared[epoch] ?? 0, sequence)
    }

    func backUp(as number: Int) {
        backups[number] = Backup(life: lives[present], shared: shared, epoch: epoch)
    }

    /// The store is put back to a backup: another life begins where that ended.
    func restore(_ number: Int) {
        guard let backup = backups[number] else {
            preconditionFailure("a hub is restored from a backup that was made, not \(number)")
        }
        lives.append(backup.life)
        shared = backup.shared
        epoch = backup.epoch
        homes[epoch, default: [0]].append(present)
    }

    /// The newest life on whose log a position lies.
    func life(containing position: LogPosition) -> Int? {
        lives.indices.last { lives[$0].contains(position) }
    }

    func verdict(on operation: OperationID) -> Verdict? { lives[present].verdicts[operation] }

    /// Whether a device with these scopes could see the ticket at or after the moment at which
    /// `operation` was committed to it, in any life.
    func isVisible(_ operation: OperationID, of ticket: TicketID, to scopes: Set<Scope>) -> Bool {
        lives.contains { life in
            guard let verdict = life.verdicts[operation] else { return false }
            return life.versions[ticket]?.contains {
                $0.sequence >= verdict.sequence && !$0.scopes.isDisjoint(with: scopes)
            } ?? false
        }
    }
}
