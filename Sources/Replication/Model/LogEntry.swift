import Sodium
import TicketModel

/// A group of tickets that a replica may hold, written `store:S042` (replication.md 3.7).
package struct Scope: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The text form, also the topic of its hints.
    package let rawValue: String

    package init(rawValue: String) { self.rawValue = rawValue }

    /// Everything.
    package static let all = Scope(rawValue: "all")
    /// The tickets of a store.
    package static func store(_ store: StoreID) -> Scope { Scope(rawValue: "store:\(store)") }
    /// The tickets of a region.
    package static func region(_ region: RegionID) -> Scope { Scope(rawValue: "region:\(region)") }
    /// The tickets of a person.
    package static func agent(_ staff: StaffID) -> Scope { Scope(rawValue: "agent:\(staff)") }
    /// The queue of a department.
    package static func department(_ department: DepartmentID) -> Scope {
        Scope(rawValue: "department:\(department)")
    }
    /// What only one replica is told: the verdicts on its own intents.
    package static func replica(_ replica: ReplicaID) -> Scope {
        Scope(rawValue: "replica:\(replica)")
    }

    package var description: String { rawValue }
    package static func < (left: Scope, right: Scope) -> Bool { left.rawValue < right.rawValue }
}

extension Ticket {
    /// The scopes that may hold this ticket, without duplicates.
    package var scopes: [Scope] {
        var scopes: [Scope] = [.all]
        if let store { scopes.append(.store(store)) }
        if let region { scopes.append(.region(region)) }
        if let department { scopes.append(.department(department)) }
        if let assignee { scopes.append(.agent(assignee)) }
        return scopes
    }
}

/// Something that supervisors follow: delivered once, in order (replication.md 3.8, issue text).
///
/// Its identity is the operation of the entry that carries it, together with `feed`.
package struct FeedEvent: Hashable, Sendable {
    /// Raw values are wire values.
    package enum Feed: Int, CaseIterable, Sendable {
        case escalations = 1
        case assignments = 2
        /// Limits that come near.
        case warnings = 3

        /// The name on the command line.
        package var name: String { String(describing: self) }
    }

    /// Which feed it belongs to.
    package var feed: Feed
    /// For escalations: the level reached.
    package var level: Int64?
    /// A clock's name when a missed limit caused it; empty when a person did.
    package var clock: String
    /// For assignments: who had it; empty if nobody.
    package var from: String
    /// For assignments: the person or department that has it now.
    package var to: String
    /// What was said; in English where the hub's rules said it.
    package var reason: String
    /// What the hub's rules said, in Chinese; empty where a person said it.
    package var reasonZh: String
    /// Roles that must hear of it.
    package var recipients: [Role]
    /// The promise was broken while the store could not be reached (domain.md B6.3).
    package var isLate: Bool
    /// Of `recipients` those in their quiet hours, and when those end (domain.md T13): the event is
    /// a fact from its entry on, and these roles are to be told then.
    package var quietUntil: [Role: Timestamp]

    package init(
        feed: Feed, level: Int64? = nil, clock: String = "", from: String = "", to: String = "",
        reason: String = "", reasonZh: String = "", recipients: [Role] = [], isLate: Bool = false,
        quietUntil: [Role: Timestamp] = [:]
    ) {
        self.feed = feed
        self.level = level
        self.clock = clock
        self.from = from
        self.to = to
        self.reason = reason
        self.reasonZh = reasonZh
        self.recipients = recipients
        self.isLate = isLate
        self.quietUntil = quietUntil
    }

    /// The reason in the reader's language, as far as it is known in it.
    package func reason(_ language: Language) -> String {
        language == .zh && !reasonZh.isEmpty ? reasonZh : reason
    }
}

/// One line of the hub's log: what became of one intent.
package struct LogEntry: Hashable, Sendable {
    package var sequence: UInt64
    /// Whether a reader may stop here: an intent and what the rules made of it belong together.
    package var isTransactionEnd: Bool
    package var ticket: TicketID
    package var operation: OperationID
    package var dot: Dot
    package var act: Act
    package var actor: StaffID
    /// For whom the actor stood in, where their own right was not enough (domain.md G30).
    package var actedFor: StaffID?
    /// When the hub committed it.
    package var hubTime: Timestamp
    /// When its author says it happened, as far as the hub believes it.
    package var reportedTime: Timestamp
    /// Whether the author's clock was so far ahead that the hub replaced its reading.
    package var isClockSkewed: Bool
    /// For what the hub's rules did: the intent or timer that made them do it.
    package var cause: OperationID?
    package var disposition: Disposition
    package var effects: [Effect]
    package var events: [FeedEvent]
    /// Where it stood in an earlier life of the log; nil unless a replica brought it back after a
    /// restore (replication.md 3.11).
    package var origin: LogOrigin?

    package init(
        sequence: UInt64, isTransactionEnd: Bool, ticket: TicketID, operation: OperationID,
        dot: Dot, act: Act, actor: StaffID, hubTime: Timestamp, reportedTime: Timestamp,
        isClockSkewed: Bool = false, cause: OperationID? = nil, disposition: Disposition,
        effects: [Effect], events: [FeedEvent] = [], origin: LogOrigin? = nil
    ) {
        self.sequence = sequence
        self.isTransactionEnd = isTransactionEnd
        self.ticket = ticket
        self.operation = operation
        self.dot = dot
        self.act = act
        self.actor = actor
        self.hubTime = hubTime
        self.reportedTime = reportedTime
        self.isClockSkewed = isClockSkewed
        self.cause = cause
        self.disposition = disposition
        self.effects = effects
        self.events = events
        self.origin = origin
    }
}

/// A position in one life of the log.
package struct LogOrigin: Hashable, Comparable, Sendable {
    package var epoch: EpochID
    package var sequence: UInt64

    package init(epoch: EpochID, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }

    package static func < (left: LogOrigin, right: LogOrigin) -> Bool {
        (left.epoch, left.sequence) < (right.epoch, right.sequence)
    }
}

/// An entry as the bytes that are chained and sent, with the hub's proof that it wrote them.
package struct EncodedEntry: Hashable, Sendable {
    /// A log entry, as it is chained.
    package var bytes: [UInt8]
    /// 16 bytes; empty where no proof was asked for (an older hub, a test).
    package var proof: [UInt8]

    package init(_ bytes: [UInt8], proof: [UInt8] = []) {
        self.bytes = bytes
        self.proof = proof
    }
}

/// An entry that a replica holds, with what it needs to bring it back to a restored hub: the very
/// bytes, whatever a newer version put into them, and their proof.
package struct WitnessedEntry: Hashable, Sendable {
    /// What the bytes say.
    package var entry: LogEntry
    package var encoded: EncodedEntry

    package init(_ entry: LogEntry, _ encoded: EncodedEntry) {
        self.entry = entry
        self.encoded = encoded
    }
}

/// What one replica is shown of one log entry (replication.md 3.7).
package enum PageItem: Hashable, Sendable {
    /// The ticket is in its scopes before and after, or was made by this entry.
    case delta(WitnessedEntry)
    /// The ticket came into its scopes: the whole ticket as it stood after this entry, and the
    /// ticket's earlier entries beyond the durable horizon, for the day the hub is restored.
    case enter(WitnessedEntry, Ticket, history: [WitnessedEntry])
    /// The ticket left its scopes. No content.
    case leave(sequence: UInt64, ticket: TicketID, number: String)
    /// The verdict on an intent of its own, for a ticket it does not hold.
    case verdict(
        sequence: UInt64, ticket: TicketID, operation: OperationID, disposition: Disposition)

    /// The position in the log. A leave and a verdict may share one.
    package var sequence: UInt64 {
        switch self {
        case .delta(let witnessed), .enter(let witnessed, _, _): witnessed.entry.sequence
        case .leave(let sequence, _, _), .verdict(let sequence, _, _, _): sequence
        }
    }
}

/// A position in the hub's log with the hash that proves which log it is.
package struct LogPosition: Hashable, Sendable {
    package var sequence: UInt64
    /// `H(sequence)`: SHA-256 over the previous hash and the entry's bytes; zero at the start.
    package var hash: Digest

    package init(sequence: UInt64, hash: Digest) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Before the first entry.
    package static let start = LogPosition(sequence: 0, hash: .zero)
}

/// A run of the log as one replica may see it (replication.md 3.6).
package struct PageOf<Item: Hashable & Sendable>: Hashable, Sendable {
    package var epoch: EpochID
    /// The cursor that was asked from.
    package var from: UInt64
    /// The cursor after this page, also when nothing matched.
    package var to: LogPosition
    /// The hub's proof that its log had this hash at `to`: 16 bytes, or none.
    package var toProof: [UInt8] = []
    package var items: [Item]
    /// The end of the log when the page was made.
    package var head: UInt64
    /// Whether more follows at once.
    package var hasMore: Bool
    /// What the hub can lose no more: it is in a verified backup (replication.md 3.11).
    package var durableSequence: UInt64 = 0

    package init(
        epoch: EpochID, from: UInt64, to: LogPosition, items: [Item], head: UInt64,
        hasMore: Bool
    ) {
        self.epoch = epoch
        self.from = from
        self.to = to
        self.items = items
        self.head = head
        self.hasMore = hasMore
    }
}
