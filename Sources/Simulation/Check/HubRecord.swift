import Replication
import TicketModel

/// The hub's log as it became durable, written down from outside.
final class HubRecord {
    /// A ticket as it stood from one position of the log on.
    struct Version {
        var sequence: UInt64
        var ticket: Ticket
        var scopes: Set<Scope>
    }

    /// Position 1 comes first.
    private(set) var entries: [CommittedEntry] = []
    private(set) var versions: [TicketID: [Version]] = [:]
    private(set) var verdicts: [OperationID: Verdict] = [:]
    /// The last counter of each replica that was answered.
    private(set) var watermarks: [ReplicaID: UInt64] = [:]

    var head: UInt64 { UInt64(entries.count) }

    func append(_ committed: [CommittedEntry]) throws {
        for one in committed {
            guard one.entry.sequence == head + 1 else {
                throw Violation(
                    "I4 order",
                    "entry \(one.entry.sequence) follows \(head) in the log")
            }
            entries.append(one)
            let entry = one.entry
            guard verdicts[entry.operation] == nil else {
                throw Violation(
                    "I5 idempotence",
                    "\(entry.operation) was answered at \(verdicts[entry.operation]?.sequence ?? 0)"
                        + " and again at \(entry.sequence)")
            }
            verdicts[entry.operation] = Verdict(
                operation: entry.operation, disposition: entry.disposition,
                sequence: entry.sequence)
            watermarks[one.intent.dot.replica] = one.intent.dot.counter
            if let ticket = one.ticket {
                versions[ticket.id, default: []].append(
                    Version(sequence: entry.sequence, ticket: ticket, scopes: Self.scopes(ticket)))
            }
        }
    }

    /// The entries of a stretch of the log.
    ///
    /// - Throws: `Violation` when it is not a stretch of this log.
    func entries(after from: UInt64, through to: UInt64) throws -> ArraySlice<CommittedEntry> {
        guard from <= to, to <= head else {
            throw Violation(
                "I6 monotonic reads", "a cursor went from \(from) to \(to); the log ends at \(head)"
            )
        }
        return entries[Int(from)..<Int(to)]
    }

    /// The ticket as it stood at a position.
    func version(of ticket: TicketID, at sequence: UInt64) -> Version? {
        versions[ticket]?.last { $0.sequence <= sequence }
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
