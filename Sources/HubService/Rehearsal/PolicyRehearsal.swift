import Replication
import TicketModel
import TicketPolicy

/// What two policies would have made of recent tickets, from what people did in the log. Nothing is
/// written.
///
/// People who had been warned otherwise would have acted otherwise, and who was told sooner might
/// have come sooner: it shows what the rules say of what was done, not what would have been done.
package struct PolicyRehearsal: Sendable {
    /// Which tickets are looked at.
    package enum Choice: Hashable, Sendable {
        case ticket(TicketID)
        /// Those that were logged since then.
        case since(Timestamp)
    }

    /// What one of the two policies would have made of all tickets.
    package struct Tally: Hashable, Sendable {
        package var startedCounts: [String: Int] = [:]
        package var brokenCounts: [String: Int] = [:]
        package var warningsCount = 0
    }

    /// A ticket of which the policies would have made something else.
    package struct Difference: Hashable, Sendable {
        package var number: String
        /// Clocks that break more often by the new policy.
        package var broken: [String]
        /// Clocks that break less often by it.
        package var kept: [String]
        /// Where each policy sends it, if not to the same department.
        package var departments: (old: DepartmentID?, new: DepartmentID?)?

        package static func == (left: Difference, right: Difference) -> Bool {
            left.number == right.number && left.broken == right.broken && left.kept == right.kept
                && left.departments?.old == right.departments?.old
                && left.departments?.new == right.departments?.new
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(number) }
    }

    /// More tickets than this are not held at a time.
    package static let ticketsCountMax = 20_000
    private static let pageByteCountMax = 1 << 20

    package private(set) var old = Tally()
    package private(set) var new = Tally()
    package private(set) var ticketsCount = 0
    /// By number.
    package private(set) var differences: [Difference] = []
    /// Whether there were more tickets than can be looked at: the first ones were.
    package private(set) var isCut = false

    /// Goes through the log, which reaches back as far as it was not compacted.
    ///
    /// - Throws: `StoreError`, `CodecError`.
    package init(
        from old: Profile, to new: Profile, of choice: Choice, in reader: any HubReader,
        codec: any ReplicationCodec, until now: Timestamp
    ) throws {
        var tickets: [TicketID: (old: TicketRehearsal, new: TicketRehearsal)] = [:]
        var cursor = try reader.logBase()
        var hasMore = true
        while hasMore {
            let page = try reader.page(
                after: cursor, scopes: [.all], byteCountMax: Self.pageByteCountMax)
            for item in try page.read(with: codec).items {
                guard case .delta(let witnessed) = item else { continue }
                let entry = witnessed.entry
                if tickets[entry.ticket] != nil {
                    tickets[entry.ticket]?.old.follow(entry)
                    tickets[entry.ticket]?.new.follow(entry)
                } else if choice.begins(with: entry) {
                    guard tickets.count < Self.ticketsCountMax else {
                        isCut = true
                        continue
                    }
                    tickets[entry.ticket] = (
                        TicketRehearsal(profile: old, creation: entry),
                        TicketRehearsal(profile: new, creation: entry)
                    )
                }
            }
            hasMore = page.hasMore
            cursor = page.to.sequence
        }
        ticketsCount = tickets.count
        for var pair in tickets.values {
            pair.old.advance(to: now)
            pair.new.advance(to: now)
            self.old.add(pair.old.outcome)
            self.new.add(pair.new.outcome)
            if let difference = Difference(pair.old, pair.new) { differences.append(difference) }
        }
        differences.sort { $0.number < $1.number }
    }
}

extension PolicyRehearsal.Choice {
    /// Whether the entry makes a ticket that is looked at.
    fileprivate func begins(with entry: LogEntry) -> Bool {
        guard entry.disposition.isAccepted,
            case .created(_, _, let capturedAt, _, _) = entry.effects.first
        else { return false }
        return switch self {
        case .ticket(let id): entry.ticket == id
        case .since(let start): capturedAt >= start
        }
    }
}

extension PolicyRehearsal.Tally {
    fileprivate mutating func add(_ outcome: TicketRehearsal.Outcome) {
        startedCounts.merge(outcome.startedCounts, uniquingKeysWith: +)
        brokenCounts.merge(outcome.brokenCounts, uniquingKeysWith: +)
        warningsCount += outcome.warningsCount
    }
}

extension PolicyRehearsal.Difference {
    /// Nil where both policies make the same of it.
    fileprivate init?(_ old: TicketRehearsal, _ new: TicketRehearsal) {
        let (before, after) = (old.outcome.brokenCounts, new.outcome.brokenCounts)
        let clocks = Set(before.keys).union(after.keys).sorted()
        broken = clocks.filter { (before[$0] ?? 0) < (after[$0] ?? 0) }
        kept = clocks.filter { (before[$0] ?? 0) > (after[$0] ?? 0) }
        let (was, now) = (old.outcome.department, new.outcome.department)
        departments = was == now ? nil : (was, now)
        guard !broken.isEmpty || !kept.isEmpty || was != now else { return nil }
        number = new.ticket.displayNumber
    }
}
