import Sodium
import TicketModel

/// Who a replica is, as the hub enrolled it.
package struct ReplicaIdentity: Hashable, Sendable {
    /// The identity under which it writes now.
    package var replica: ReplicaID
    package var device: DeviceID
    package var store: StoreID?
    package var region: RegionID?
    /// The middle part of its provisional numbers.
    package var replicaCode: String
    /// The most that a person may do on this device.
    package var roles: Set<Role>

    package init(
        replica: ReplicaID, device: DeviceID, store: StoreID?, region: RegionID?,
        replicaCode: String, roles: Set<Role>
    ) {
        self.replica = replica
        self.device = device
        self.store = store
        self.region = region
        self.replicaCode = replicaCode
        self.roles = roles
    }
}

/// Where a replica stands: persisted with every write (replication.md 3.5).
package struct ReplicaState: Hashable, Sendable {
    /// The counter of the last intent written here; 0 before the first.
    package var counter: UInt64
    /// The chain hash after that intent.
    package var hash: Digest
    /// The last hybrid time used; never goes back.
    package var time: HybridTimestamp
    /// The hub's epoch; nil before the first sync.
    package var epoch: EpochID?
    /// How far the log has been applied.
    package var cursor: LogPosition
    /// The largest counter that the hub holds with the same hash.
    package var acknowledged: UInt64
    /// The last ordinal used in a provisional number.
    package var provisionalOrdinal: Int
    /// Hub time minus device time at the last contact; nil before the first.
    package var offsetMilliseconds: Int64?
    /// When a page or an empty answer last confirmed that nothing was missing.
    package var syncedAt: Timestamp?
    /// The hub's proof of the cursor; none before the first page.
    package var cursorProof: [UInt8] = []
    /// Earlier page ends, newest first and exponentially spaced: what this replica shares with a
    /// restored hub is found by them (replication.md 3.11).
    package var locator: [LogPosition] = []
    /// The scopes that the base is held for; nil before the first contact.
    package var scopes: [Scope]?
    /// The snapshot under way; nil when the base is whole.
    package var snapshot: SnapshotProgress?
    /// The end of the log when the last snapshot was complete: entries up to here may speak of
    /// tickets that had left by then. Beyond the cursor it tells which log the base is of.
    package var snapshotThrough = LogPosition.start
    /// The hub's proof of `snapshotThrough`; none before the first snapshot.
    package var snapshotProof: [UInt8] = []
    /// The end of the log when the last snapshot was begun: every ticket that it left out had left
    /// for good as far as entries up to here can tell.
    package var snapshotFrom: UInt64 = 0
    /// What the hub can lose no more.
    package var durableSequence: UInt64 = 0
    /// When this replica and the hub were last found to hold the same.
    package var verifiedAt: Timestamp?
    /// The identity that was given up and that the hub has not been told of yet.
    package var formerReplica: ReplicaID?

    package init() {
        counter = 0
        hash = .zero
        time = HybridTimestamp(rawValue: 0)
        cursor = .start
        acknowledged = 0
        provisionalOrdinal = 0
    }
}

/// How far a snapshot has been taken over.
package struct SnapshotProgress: Hashable, Sendable {
    /// The last ticket that is covered; nil at the start.
    package var after: TicketID?

    package init(after: TicketID? = nil) { self.after = after }
}

/// An entry of a former life of the log, kept until the hub cannot lose it again
/// (replication.md 3.11).
package struct FormerEntry: Hashable, Sendable {
    /// Its place in the order in which such entries are brought back.
    package var position: UInt64
    /// The life that it stood in.
    package var epoch: EpochID
    package var entry: EncodedEntry

    package init(position: UInt64, epoch: EpochID, entry: EncodedEntry) {
        self.position = position
        self.epoch = epoch
        self.entry = entry
    }
}

extension ReplicaState {
    /// Moves the cursor and remembers where it was: of the older page ends those are kept that lie
    /// at least as far behind the next newer one as that lies behind the cursor.
    package mutating func moveCursor(to position: LogPosition, proof: [UInt8]) {
        if cursor.sequence > 0, position.sequence > cursor.sequence {
            var kept: [LogPosition] = []
            for old in [cursor] + locator {
                guard let newest = kept.last else {
                    kept.append(old)
                    continue
                }
                let isFarEnough =
                    newest.sequence - min(old.sequence, newest.sequence)
                    >= (position.sequence - newest.sequence) / 2
                if isFarEnough, old.sequence < newest.sequence { kept.append(old) }
            }
            locator = Array(kept.prefix(Limits.locatorPositionsCountMax))
        }
        cursor = position
        cursorProof = proof
    }
}

/// One line of a replica's change log: an intent written here and what became of it.
package struct ChangeRecord: Hashable, Sendable {
    /// How far it has come.
    package enum State: Hashable, Sendable {
        /// Saved here, not yet at the hub.
        case queued
        /// The hub has committed it; its effect has not arrived here yet.
        case acknowledged
        /// Answered, and the answer applied here; by which entry, unless that stood in a life of
        /// the log that is over and this life has not told its own yet.
        case settled(Disposition, sequence: UInt64?)
    }

    package var intent: Intent
    package var body: IntentBody
    package var state: State

    package init(intent: Intent, body: IntentBody, state: State) {
        self.intent = intent
        self.body = body
        self.state = state
    }

    /// Whether its effect is not yet part of the base.
    package var isPending: Bool {
        if case .settled = state { return false }
        return true
    }
}

/// What a person wrote and the hub refused: kept until they decide (replication.md 3.5).
package struct Draft: Hashable, Sendable {
    /// The refused intent.
    package var operation: OperationID
    package var ticket: TicketID
    /// Why it was refused.
    package var rejection: Rejection
    package var body: IntentBody
    /// When the refusal arrived here.
    package var refusedAt: Timestamp
    /// The number of the ticket as people know it.
    package var number: String

    package init(
        operation: OperationID, ticket: TicketID, rejection: Rejection, body: IntentBody,
        refusedAt: Timestamp, number: String
    ) {
        self.operation = operation
        self.ticket = ticket
        self.rejection = rejection
        self.body = body
        self.refusedAt = refusedAt
        self.number = number
    }
}

/// One event of a feed as a supervisor's replica holds it.
package struct FeedItem: Hashable, Sendable {
    /// Its place among all events of this replica, from 1: the order of arrival. Consumers follow
    /// it.
    package var position: UInt64 = 0
    /// Which of the events of its entry and feed it is, from 0.
    package var ordinal = 0
    /// Its place in the log when it arrived.
    package var sequence: UInt64
    /// Its identity, the same on every replica and on every delivery.
    package var operation: OperationID
    package var ticket: TicketID
    /// The number to show.
    package var number: String
    package var subject: String
    package var actor: StaffID
    package var hubTime: Timestamp
    package var event: FeedEvent

    package init(
        sequence: UInt64, operation: OperationID, ticket: TicketID, number: String,
        subject: String, actor: StaffID, hubTime: Timestamp, event: FeedEvent
    ) {
        self.sequence = sequence
        self.operation = operation
        self.ticket = ticket
        self.number = number
        self.subject = subject
        self.actor = actor
        self.hubTime = hubTime
        self.event = event
    }
}

/// The people and the policy that a replica works with while it is offline.
package struct Directory: Hashable, Sendable {
    package var staffVersion: UInt64
    package var staff: [StaffRecord]
    package var policy: PolicyRecord

    package init(staffVersion: UInt64, staff: [StaffRecord], policy: PolicyRecord) {
        self.staffVersion = staffVersion
        self.staff = staff
        self.policy = policy
    }
}

/// Which tickets to list. Unset conditions hold for every ticket.
package struct TicketQuery: Hashable, Sendable {
    /// The ways to order a list.
    package enum Order: String, CaseIterable, Hashable, Sendable {
        /// By the promise that runs out first; tickets without one last.
        case due
        /// Newest change first.
        case updated
        /// Newest ticket first.
        case created
    }

    package var assignee: StaffID?
    /// Only tickets of one of these; nil for those of anybody. With `assignee` both hold.
    package var assignees: Set<StaffID>?
    package var isUnassigned = false
    package var department: DepartmentID?
    package var store: StoreID?
    package var statuses: Set<TicketStatus> = []
    package var priorityMin: Int64?
    package var tag: String?
    /// Only tickets whose next promise was due before this instant.
    package var dueBefore: Timestamp?
    /// Only tickets that were captured then.
    package var capturedIn: Range<Timestamp>?
    /// Only tickets that the hub got then; none that it has not got yet.
    package var receivedIn: Range<Timestamp>?
    /// Words to find in any text of the ticket.
    package var text: String?
    /// Only tickets with own changes that the hub has not answered yet.
    package var isUnsent = false
    /// Also tickets that have moved out of this replica's scopes.
    package var includesLeft = false
    package var order: Order = .due
    package var offset = 0
    package var countMax = 50

    package init() {}
}

/// One line of a list, read from columns without decoding the ticket.
package struct TicketSummary: Hashable, Sendable {
    package var id: TicketID
    package var number: String
    package var provisionalNumber: String
    package var status: TicketStatus
    package var priority: Int64
    package var escalationLevel: Int64
    package var assignee: StaffID?
    package var department: DepartmentID?
    package var store: StoreID?
    package var subject: String
    package var dueAt: Timestamp?
    package var dueClock: String
    /// Since when that promise runs; nil without one.
    package var dueStartedAt: Timestamp?
    /// What the case waits for; nil while it does not.
    package var pauseReason: PauseReason?
    package var capturedAt: Timestamp
    package var updatedAt: Timestamp
    /// Own changes that the hub has not answered yet.
    package var unsentCount: Int
    /// Has moved out of this replica's scopes.
    package var hasLeft: Bool

    package init(
        id: TicketID, number: String, provisionalNumber: String, status: TicketStatus,
        priority: Int64, escalationLevel: Int64, assignee: StaffID?, department: DepartmentID?,
        store: StoreID?, subject: String, dueAt: Timestamp?, dueClock: String,
        dueStartedAt: Timestamp?, pauseReason: PauseReason?, capturedAt: Timestamp,
        updatedAt: Timestamp, unsentCount: Int, hasLeft: Bool
    ) {
        self.id = id
        self.number = number
        self.provisionalNumber = provisionalNumber
        self.status = status
        self.priority = priority
        self.escalationLevel = escalationLevel
        self.assignee = assignee
        self.department = department
        self.store = store
        self.subject = subject
        self.dueAt = dueAt
        self.dueClock = dueClock
        self.dueStartedAt = dueStartedAt
        self.pauseReason = pauseReason
        self.capturedAt = capturedAt
        self.updatedAt = updatedAt
        self.unsentCount = unsentCount
        self.hasLeft = hasLeft
    }
}

/// Sizes for `status`.
package struct ReplicaCounts: Hashable, Sendable {
    package var tickets: Int
    package var openTickets: Int
    package var queued: Int
    package var acknowledged: Int
    package var drafts: Int
    /// When the oldest intent that waits for the hub was made.
    package var oldestQueuedAt: Timestamp?

    package init(
        tickets: Int, openTickets: Int, queued: Int, acknowledged: Int, drafts: Int,
        oldestQueuedAt: Timestamp?
    ) {
        self.tickets = tickets
        self.openTickets = openTickets
        self.queued = queued
        self.acknowledged = acknowledged
        self.drafts = drafts
        self.oldestQueuedAt = oldestQueuedAt
    }
}
