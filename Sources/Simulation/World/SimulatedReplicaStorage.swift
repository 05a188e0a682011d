import Replication
import Sodium
import TicketModel

/// What one durable transaction of a replica's store wrote, for the checkers.
struct ReplicaCommit {
    /// An answer that was taken over.
    struct Settled {
        var operation: OperationID
        var disposition: Disposition
        var sequence: UInt64
    }

    var state: ReplicaState?
    /// Tickets whose base was stored.
    var bases: Set<TicketID> = []
    /// Tickets whose base or overlay was stored, or that left.
    var touched: Set<TicketID> = []
    /// How many tickets that had left were forgotten.
    var forgottenCount = 0
    var appended: [ChangeRecord] = []
    /// Changes that got another dot, context or state.
    var replaced: [ChangeRecord] = []
    var settled: [Settled] = []
    var drafts: [Draft] = []
    var removedDrafts: [OperationID] = []
    var feedItems: [(feed: FeedEvent.Feed, item: FeedItem)] = []
    var hasIdentity = false

    var isEmpty: Bool {
        state == nil && touched.isEmpty && appended.isEmpty && replaced.isEmpty
            && settled.isEmpty && drafts.isEmpty
            && removedDrafts.isEmpty && feedItems.isEmpty && !hasIdentity
    }
}

/// A replica's store on a simulated disk: shows every durable transaction to the checkers.
final class SimulatedReplicaStorage: ReplicaStorage {
    let memory: InMemoryReplicaStorage
    let disk: SimulatedDisk
    private let sabotage: Sabotage?
    /// Told of each transaction once it is durable.
    var committed: (ReplicaCommit) -> Void = { _ in }

    init(memory: InMemoryReplicaStorage, disk: SimulatedDisk, sabotage: Sabotage?) {
        self.memory = memory
        self.disk = disk
        self.sabotage = sabotage
    }

    func transaction<Value>(
        _ body: (any ReplicaTransaction) throws -> Value
    ) throws -> Value {
        try disk.beginTransaction()
        var commit = ReplicaCommit()
        let value = try memory.transaction { store in
            let observed = ObservedReplicaTransaction(store, disk, sabotage)
            let value = try body(observed)
            try disk.commit(writesCount: observed.writesCount)
            commit = observed.commit
            return value
        }
        if !commit.isEmpty { committed(commit) }
        try disk.committed()
        return value
    }

    func read<Value>(_ body: (any ReplicaReader) throws -> Value) throws -> Value {
        try disk.beginRead()
        return try memory.read(body)
    }
}

/// Hands everything through, counts writes and keeps what was written.
private final class ObservedReplicaTransaction: ReplicaTransaction {
    private let store: any ReplicaTransaction
    private let disk: SimulatedDisk
    private let sabotage: Sabotage?
    private(set) var writesCount = 0
    private(set) var commit = ReplicaCommit()

    init(_ store: any ReplicaTransaction, _ disk: SimulatedDisk, _ sabotage: Sabotage?) {
        self.store = store
        self.disk = disk
        self.sabotage = sabotage
    }

    private func write() throws {
        try disk.write(writesCount)
        writesCount += 1
    }

    // MARK: Reading

    func identity() throws -> ReplicaIdentity? { try store.identity() }
    func state() throws -> ReplicaState { try store.state() }
    func directory() throws -> Directory? { try store.directory() }
    func base(_ id: TicketID) throws -> Ticket? { try store.base(id) }
    func visible(_ id: TicketID) throws -> Ticket? { try store.visible(id) }
    func tickets(numbered text: String, countMax: Int) throws -> [TicketID] {
        try store.tickets(numbered: text, countMax: countMax)
    }
    func leftAt(_ id: TicketID) throws -> UInt64? { try store.leftAt(id) }
    func pending(on ticket: TicketID) throws -> [ChangeRecord] { try store.pending(on: ticket) }
    func change(_ operation: OperationID) throws -> ChangeRecord? { try store.change(operation) }
    func unansweredOperations(countMax: Int) throws -> [OperationID] {
        try store.unansweredOperations(countMax: countMax)
    }
    func intents(after counter: UInt64, countMax: Int, byteCountMax: Int) throws -> [Intent] {
        try store.intents(after: counter, countMax: countMax, byteCountMax: byteCountMax)
    }
    func hash(after counter: UInt64) throws -> Digest? { try store.hash(after: counter) }
    func changes(on ticket: TicketID?, countMax: Int) throws -> [ChangeRecord] {
        try store.changes(on: ticket, countMax: countMax)
    }
    func history(of ticket: TicketID, countMax: Int) throws -> [LogEntry] {
        try store.history(of: ticket, countMax: countMax)
    }
    func drafts() throws -> [Draft] { try store.drafts() }
    func draft(_ operation: OperationID) throws -> Draft? { try store.draft(operation) }
    func feed(
        _ feed: FeedEvent.Feed, after position: UInt64, countMax: Int
    ) throws -> [FeedItem] {
        try store.feed(feed, after: position, countMax: countMax)
    }
    func feedCursor(_ feed: FeedEvent.Feed, consumer: String) throws -> UInt64? {
        try store.feedCursor(feed, consumer: consumer)
    }
    func list(_ query: TicketQuery) throws -> [TicketSummary] { try store.list(query) }
    func count(_ query: TicketQuery) throws -> Int { try store.count(query) }
    func counts() throws -> ReplicaCounts { try store.counts() }
    func queuedCount() throws -> Int { try store.queuedCount() }
    func setting(_ name: String) throws -> String? { try store.setting(name) }
    func feedEnd() throws -> UInt64 { try store.feedEnd() }
    func pendingChanges() throws -> [ChangeRecord] { try store.pendingChanges() }
    func changesSettled(after sequence: UInt64) throws -> [ChangeRecord] {
        try store.changesSettled(after: sequence)
    }
    func witnessed(
        after sequence: UInt64, countMax: Int, byteCountMax: Int
    ) throws -> [(sequence: UInt64, entry: EncodedEntry)] {
        try store.witnessed(after: sequence, countMax: countMax, byteCountMax: byteCountMax)
    }
    func formerEntries(
        after position: UInt64, countMax: Int, byteCountMax: Int
    ) throws -> [FormerEntry] {
        try store.formerEntries(after: position, countMax: countMax, byteCountMax: byteCountMax)
    }
    func baseTickets(after: TicketID?, through: TicketID?) throws -> [TicketID] {
        try store.baseTickets(after: after, through: through)
    }
    func digest(of scope: Scope) throws -> DigestSum { try store.digest(of: scope) }
    func digest(of scope: Scope, in range: ClosedRange<TicketID>) throws -> DigestSum {
        try store.digest(of: scope, in: range)
    }

    // MARK: Writing

    func save(_ identity: ReplicaIdentity) throws {
        try write()
        try store.save(identity)
        commit.hasIdentity = true
    }
    func save(_ state: ReplicaState) throws {
        try write()
        var state = state
        if sabotage == .rewoundCursor, state.cursor.sequence > 5 { state.cursor = .start }
        try store.save(state)
        commit.state = state
    }
    func save(_ directory: Directory) throws {
        try write()
        try store.save(directory)
    }
    func saveBase(_ ticket: Ticket) throws {
        try write()
        if sabotage == .forgottenBase, ticket.lastSequence % 7 == 0 { return }
        try store.saveBase(ticket)
        commit.bases.insert(ticket.id)
        commit.touched.insert(ticket.id)
    }
    func saveOverlay(_ ticket: Ticket?, of id: TicketID) throws {
        try write()
        let isForgotten = try sabotage == .forgottenOverlay && store.base(id) != nil
        try store.saveOverlay(isForgotten ? nil : ticket, of: id)
        commit.touched.insert(id)
    }
    func markLeft(_ id: TicketID, sequence: UInt64, at now: Timestamp) throws {
        try write()
        try store.markLeft(id, sequence: sequence, at: now)
        commit.touched.insert(id)
    }
    func clampLeft(to sequence: UInt64) throws {
        try write()
        try store.clampLeft(to: sequence)
    }
    func forgetLeft(before time: Timestamp, countMax: Int) throws -> Int {
        try write()
        let count = try store.forgetLeft(before: time, countMax: countMax)
        commit.forgottenCount += count
        return count
    }
    func retireHistory(after sequence: UInt64, of epoch: EpochID) throws {
        try write()
        try store.retireHistory(after: sequence, of: epoch)
    }
    func noteFormerEntries(heldBy head: UInt64) throws {
        try write()
        try store.noteFormerEntries(heldBy: head)
    }
    func forgetFormerEntries(durableThrough sequence: UInt64) throws {
        try write()
        try store.forgetFormerEntries(durableThrough: sequence)
    }
    func doubtFormerEntries() throws {
        try write()
        try store.doubtFormerEntries()
    }
    func replace(_ change: ChangeRecord) throws {
        try write()
        try store.replace(change)
        commit.replaced.append(change)
    }
    func append(_ change: ChangeRecord) throws {
        try write()
        if sabotage == .forgottenWrite, change.intent.dot.counter > 2 { return }
        try store.append(change)
        commit.appended.append(change)
    }
    func acknowledge(through counter: UInt64) throws {
        try write()
        try store.acknowledge(through: counter)
    }
    func settle(
        _ operation: OperationID, _ disposition: Disposition, sequence: UInt64
    ) throws {
        try write()
        let disposition = sabotage == .otherAnswer ? .applied : disposition
        try store.settle(operation, disposition, sequence: sequence)
        commit.settled.append(
            .init(operation: operation, disposition: disposition, sequence: sequence))
    }
    func save(_ draft: Draft) throws {
        try write()
        if sabotage == .lostDraft { return }
        try store.save(draft)
        commit.drafts.append(draft)
    }
    func removeDraft(_ operation: OperationID) throws {
        try write()
        try store.removeDraft(operation)
        commit.removedDrafts.append(operation)
    }
    func appendHistory(_ witnessed: WitnessedEntry) throws {
        try write()
        try store.appendHistory(witnessed)
    }
    func append(_ item: FeedItem, to feed: FeedEvent.Feed) throws {
        try write()
        if sabotage == .lostEvent, item.sequence % 3 == 0 { return }
        try store.append(item, to: feed)
        commit.feedItems.append((feed, item))
    }
    func acknowledgeFeed(
        _ feed: FeedEvent.Feed, consumer: String, through position: UInt64
    ) throws {
        try write()
        try store.acknowledgeFeed(feed, consumer: consumer, through: position)
    }
    func saveSetting(_ name: String, _ value: String?) throws {
        try write()
        try store.saveSetting(name, value)
    }
}
