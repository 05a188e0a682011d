import Sodium
import TicketModel

/// Where the hub keeps the authoritative ticket set (replication.md 3.4).
///
/// Owned by one thread at a time. A transaction that throws leaves nothing behind; one that returns
/// is durable before `transaction` returns, so whoever answers a peer afterwards may say
/// "committed". Reads inside a transaction see its own writes.
package protocol HubStorage: AnyObject {
    /// Runs `body` in one durable transaction.
    ///
    /// - Throws: what `body` throws, or `StoreError`; in both cases nothing happened.
    func transaction<Value>(_ body: (any HubTransaction) throws -> Value) throws -> Value

    /// Runs `body` on one consistent state.
    ///
    /// - Throws: what `body` throws, or `StoreError`.
    func read<Value>(_ body: (any HubReader) throws -> Value) throws -> Value
}

/// Questions to the hub's store. Everything throws `StoreError`.
package protocol HubReader: HubRecoveryReader {
    /// The epoch of the log.
    func epoch() throws -> EpochID
    /// The end of the log.
    func head() throws -> LogPosition
    /// The hash of the log at `sequence`; nil beyond the head, and below the log base where it is
    /// not kept any more.
    func position(at sequence: UInt64) throws -> LogPosition?
    /// The entries after `cursor` that `scopes` may see, in order, cut by `PageAssembly` before the
    /// transaction that `byteCountMax` has no room for; at least one when there is any, and never
    /// more than a frame takes. Costs by what is shown, never by the length of the log
    /// (cht-core#2281, replication.md 5); nothing is behind a cursor beyond the head.
    ///
    /// The page's `to` is the head when nothing more matches. Below the log base only entries with
    /// events are left: all are shown as deltas, to those who may see the ticket after them, as in
    /// the log itself: whom a ticket left is not told by what.
    /// An entering ticket brings its earlier entries beyond the durable sequence, the newest first
    /// as far as `Limits.enterHistoryByteCountMax` reaches.
    func page(after cursor: UInt64, scopes: Set<Scope>, byteCountMax: Int) throws -> EncodedPage
    /// The entry at a position; nil beyond the head and where it was compacted away.
    func entry(at sequence: UInt64) throws -> EncodedEntry?
    func ticket(_ id: TicketID) throws -> Ticket?
    /// The ticket that carries or carried this number, official, provisional or former; of several
    /// the one to which it was given, then the one that carried it first. A ticket that an entry
    /// has
    /// `unnamed` carries it no more; what was merged into another ticket carries its numbers still.
    func ticket(numbered number: String) throws -> TicketID?
    /// The scopes of a ticket as they stood at `sequence`; empty if it did not exist yet.
    func scopes(of ticket: TicketID, at sequence: UInt64) throws -> [Scope]
    func replica(_ id: ReplicaID) throws -> ReplicaRecord?
    func verdict(on operation: OperationID) throws -> Verdict?
    /// The chain hash recorded for a dot; nil if the dot was never answered.
    func hash(at dot: Dot) throws -> Digest?
    func device(_ id: DeviceID) throws -> DeviceRecord?
    /// All devices, in order of enrolment.
    func devices() throws -> [DeviceRecord]
    func invite(curveKey: [UInt8]) throws -> InviteRecord?
    /// All invites, newest first.
    func invites() throws -> [InviteRecord]
    /// The person as they stood at `sequence`; nil if unknown then. Someone who was added later
    /// counts as known from the start: an invite may reach a store before its first sync.
    func staff(_ id: StaffID, at sequence: UInt64) throws -> StaffRecord?
    /// The people who, as they stood at `sequence`, are away at `time` and have named `substitute`,
    /// by identity, at most `countMax` (domain.md G30). As in `staff(_:at:)` somebody who was added
    /// later counts as known from the start.
    func staff(
        awayAt time: Timestamp, naming substitute: StaffID, at sequence: UInt64, countMax: Int
    ) throws -> [StaffRecord]
    /// Everybody as they stand now, by identity.
    func staff() throws -> [StaffRecord]
    /// Counts every change of staff; what a client compares to know that its directory is old.
    func staffVersion() throws -> UInt64
    /// The version of the policy in force; 0 while there is none.
    func policyVersion() throws -> Int
    /// The policy in force; nil in a store that was never given one.
    func policy() throws -> PolicyRecord?
    /// The policies that were ever in force here, newest first, at most `countMax`: running clocks
    /// count by calendars of earlier ones (domain.md T19).
    func policies(countMax: Int) throws -> [PolicyRecord]
    /// Timers that are due at `now`, earliest first, at most `countMax`.
    func timersDue(at now: Timestamp, countMax: Int) throws -> [TimerRecord]
    /// The instant of the earliest timer; nil when none waits.
    func nextTimer() throws -> Timestamp?
    /// Whether this key has fired already (domain.md T8).
    func hasFired(_ key: TimerKey) throws -> Bool
    /// Sizes for `status`: tickets, open tickets, entries, replicas, timers.
    func counts() throws -> HubCounts
}

/// Sizes of a hub's store.
package struct HubCounts: Hashable, Sendable {
    package var tickets: Int
    package var openTickets: Int
    package var entries: Int
    package var replicas: Int
    package var timers: Int

    package init(tickets: Int, openTickets: Int, entries: Int, replicas: Int, timers: Int) {
        self.tickets = tickets
        self.openTickets = openTickets
        self.entries = entries
        self.replicas = replicas
        self.timers = timers
    }
}

/// What can be written in one transaction. Everything throws `StoreError`.
package protocol HubTransaction: HubReader, HubRecoveryTransaction {
    /// Appends the entry whose sequence must be head + 1, stores the ticket, the intent's answer
    /// under its dot and its operation, the scope index and, for an entering ticket, its state.
    /// An operation is answered once, unless the entry overrules a refusal.
    ///
    /// - Returns: the new head.
    func append(_ committed: CommittedEntry) throws -> LogPosition
    /// Records that `dot` carried an operation that was answered before under another dot
    /// (replication.md 3.4: a re-dotted twin).
    func recordTwin(_ intent: Intent, of operation: OperationID) throws
    func save(_ replica: ReplicaRecord) throws
    func save(_ device: DeviceRecord) throws
    func save(_ invite: InviteRecord) throws
    /// Adds a version of the person that is in force from the present head on: an intent whose
    /// author had seen the whole log is judged by it, also while nothing else is committed.
    func save(_ staff: StaffRecord) throws
    func save(_ policy: PolicyRecord) throws
    /// The next official number of the day, never given before, also not by a store that this one
    /// was restored from (replication.md 3.10).
    func allocateNumber(businessDate: Int) throws -> TicketNumber
    /// The next unused two-character replica code.
    func allocateReplicaCode() throws -> String
    /// The next counter of the hub's own replica in this epoch.
    func hubReplica() throws -> ReplicaRecord
    /// Puts a timer into the queue, replacing one with the same key that has not fired.
    func schedule(_ timer: TimerRecord) throws
    func cancel(_ key: TimerKey) throws
    /// Takes a timer out of the queue for ever.
    func markFired(_ key: TimerKey, at now: Timestamp) throws
}
