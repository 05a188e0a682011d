import Sodium
import TicketModel

/// Where a replica keeps what it holds (replication.md 3.5).
///
/// Several processes may hold the same replica open: a transaction runs under the writer lock of
/// the file, sees everything committed before it, and is durable when `transaction` returns.
package protocol ReplicaStorage: AnyObject {
    /// Runs `body` in one durable transaction.
    ///
    /// - Throws: what `body` throws, or `StoreError`; in both cases nothing happened.
    func transaction<Value>(_ body: (any ReplicaTransaction) throws -> Value) throws -> Value

    /// Runs `body` on one consistent state.
    ///
    /// - Throws: what `body` throws, or `StoreError`.
    func read<Value>(_ body: (any ReplicaReader) throws -> Value) throws -> Value
}

/// Questions to a replica's store. Everything throws `StoreError`.
package protocol ReplicaReader {
    /// Nil before the device has joined a hub.
    func identity() throws -> ReplicaIdentity?
    func state() throws -> ReplicaState
    /// Nil before the first contact.
    func directory() throws -> Directory?
    /// The ticket as the hub has it.
    func base(_ id: TicketID) throws -> Ticket?
    /// The ticket as its user should see it: with own changes that wait for the hub.
    func visible(_ id: TicketID) throws -> Ticket?
    /// Tickets that carry or carried this number or whose number ends with it, or whose identity
    /// starts with it; at most `countMax`, so that a caller can tell "none", "one" and "several".
    /// Whole numbers win over endings, and endings of official numbers over those of provisional
    /// ones.
    /// A former number that was taken from a ticket leads there no more.
    func tickets(numbered text: String, countMax: Int) throws -> [TicketID]
    /// The last position at which this replica saw a ticket that has left; nil while it is in
    /// scope (replication.md 3.2: the frozen context).
    func leftAt(_ id: TicketID) throws -> UInt64?
    /// Own unsettled intents on a ticket, in order of their counters.
    func pending(on ticket: TicketID) throws -> [ChangeRecord]
    func change(_ operation: OperationID) throws -> ChangeRecord?
    /// Operations that the hub has committed and whose effect has not arrived, oldest first.
    func unansweredOperations(countMax: Int) throws -> [OperationID]
    /// Own intents after `counter`, in order, at most `countMax` and `byteCountMax`, whatever their
    /// state; at least one when there is any. No group is cut: one that comes first comes whole,
    /// whatever the limits, and another one that does not fit is left for later.
    func intents(after counter: UInt64, countMax: Int, byteCountMax: Int) throws -> [Intent]
    /// The chain hash after `counter`; zero for 0, nil when it is not held any more.
    func hash(after counter: UInt64) throws -> Digest?
    /// The change log, newest first, of one ticket or of all.
    func changes(on ticket: TicketID?, countMax: Int) throws -> [ChangeRecord]
    /// What happened to a ticket, oldest first.
    func history(of ticket: TicketID, countMax: Int) throws -> [LogEntry]
    /// Oldest first.
    func drafts() throws -> [Draft]
    func draft(_ operation: OperationID) throws -> Draft?
    /// Events of a feed after a position, oldest first.
    func feed(_ feed: FeedEvent.Feed, after position: UInt64, countMax: Int) throws -> [FeedItem]
    /// The last position of all feeds; 0 when they are empty.
    func feedEnd() throws -> UInt64
    /// The last position that `consumer` has acknowledged; nil while it has acknowledged none.
    func feedCursor(_ feed: FeedEvent.Feed, consumer: String) throws -> UInt64?
    func list(_ query: TicketQuery) throws -> [TicketSummary]
    /// How many tickets `list` would find without its `countMax`.
    func count(_ query: TicketQuery) throws -> Int
    func counts() throws -> ReplicaCounts
    /// How many own intents the hub has not acknowledged.
    func queuedCount() throws -> Int
    /// Remembered defaults of this home, for example who works here.
    func setting(_ name: String) throws -> String?
    /// All own changes that are not settled, in the order in which they were written.
    func pendingChanges() throws -> [ChangeRecord]
    /// All own changes that were settled by an entry after `sequence`, or by one of a life of the
    /// log that is over, in the order in which they were written.
    func changesSettled(after sequence: UInt64) throws -> [ChangeRecord]
    /// Entries of the log that this replica holds after `sequence`, in order, at most `countMax`
    /// and `byteCountMax`; at least one when there is any.
    func witnessed(
        after sequence: UInt64, countMax: Int, byteCountMax: Int
    ) throws -> [(sequence: UInt64, entry: EncodedEntry)]
    /// Entries of former lives of the log that are kept because a restore might need them again, in
    /// the order in which they are brought back, at most `countMax` and `byteCountMax`; at least
    /// one when there is any.
    func formerEntries(
        after position: UInt64, countMax: Int, byteCountMax: Int
    ) throws -> [FormerEntry]
    /// Tickets that the hub has and that have not left, behind `after` and up to `through`.
    func baseTickets(after: TicketID?, through: TicketID?) throws -> [TicketID]
    /// The sum over the bases of all tickets of a scope that have not left, at constant cost.
    func digest(of scope: Scope) throws -> DigestSum
    /// The sum over the bases in a range.
    func digest(of scope: Scope, in range: ClosedRange<TicketID>) throws -> DigestSum
}

/// What can be written in one transaction. Everything throws `StoreError`.
package protocol ReplicaTransaction: ReplicaReader {
    func save(_ identity: ReplicaIdentity) throws
    func save(_ state: ReplicaState) throws
    func save(_ directory: Directory) throws
    /// Stores the ticket as the hub has it and clears its mark of having left.
    func saveBase(_ ticket: Ticket) throws
    /// Stores what the user should see; nil when that is the base. Lists and search follow.
    func saveOverlay(_ ticket: Ticket?, of id: TicketID) throws
    /// Marks a ticket as moved out of scope after `sequence`. Nothing is deleted.
    func markLeft(_ id: TicketID, sequence: UInt64, at now: Timestamp) throws
    /// Sees to it that no ticket counts as having left after `sequence`: later positions belong to
    /// a life of the log that is over.
    func clampLeft(to sequence: UInt64) throws
    /// Forgets tickets that left before `time` and on which nothing of this replica waits or was
    /// refused, at most `countMax`: their content is not this replica's to keep. A ticket with
    /// entries that a restore might need stays until the next backup.
    ///
    /// - Returns: how many were forgotten.
    func forgetLeft(before time: Timestamp, countMax: Int) throws -> Int
    /// Appends to the change log, as queued.
    func append(_ change: ChangeRecord) throws
    /// Marks every queued intent up to `counter` as acknowledged.
    func acknowledge(through counter: UInt64) throws
    func settle(_ operation: OperationID, _ disposition: Disposition, sequence: UInt64) throws
    func save(_ draft: Draft) throws
    func removeDraft(_ operation: OperationID) throws
    func appendHistory(_ witnessed: WitnessedEntry) throws
    /// Takes the entries after `sequence` out of the history: they belong to a life of the log that
    /// is over. They are kept beside it, behind those of lives before, until the hub cannot lose
    /// them again.
    func retireHistory(after sequence: UInt64, of epoch: EpochID) throws
    /// Notes that a log up to `head` holds everything that was retired so far.
    func noteFormerEntries(heldBy head: UInt64) throws
    /// Forgets retired entries that are held by a log up to a position that is durable.
    func forgetFormerEntries(durableThrough sequence: UInt64) throws
    /// Makes it unknown again whether the hub holds what was retired: it was put back.
    func doubtFormerEntries() throws
    /// Appends an event at the next position. An event that is here already, by operation and
    /// ordinal, changes nothing: each is delivered once, whatever becomes of the log.
    func append(_ item: FeedItem, to feed: FeedEvent.Feed) throws
    /// Moves a consumer's cursor; never back.
    func acknowledgeFeed(_ feed: FeedEvent.Feed, consumer: String, through position: UInt64) throws
    /// Gives an own change another dot, context or state: after a restore of the hub, or of this
    /// replica. Body and operation stay.
    func replace(_ change: ChangeRecord) throws
    func saveSetting(_ name: String, _ value: String?) throws
}
