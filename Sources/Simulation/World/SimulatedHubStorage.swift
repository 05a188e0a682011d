import Replication
import Sodium
import TicketModel

/// What one durable transaction of the hub wrote, for the checkers.
struct HubCommit {
    var entries: [(entry: CommittedEntry, position: LogPosition)] = []
    /// Dots that carried what was answered before, with the number of entries before them.
    var twins: [(dot: Dot, entriesCount: Int)] = []
    /// Versions of people, with the head at which they were written.
    var staff: [(record: StaffRecord, head: UInt64)] = []
    /// Epochs that ended, with how much of the log the next one shares.
    var epochs: [(new: EpochID, former: EpochID, shared: UInt64)] = []

    /// What was learned of former lives.
    var shared: [(epoch: EpochID, sequence: UInt64)] = []

    var isEmpty: Bool {
        entries.isEmpty && twins.isEmpty && staff.isEmpty && epochs.isEmpty && shared.isEmpty
    }
}

/// The hub's store on a simulated disk: shows every durable entry to the checkers.
final class SimulatedHubStorage: HubStorage {
    let memory: InMemoryHubStorage
    let disk: SimulatedDisk
    private let sabotage: Sabotage?
    private let codec: any ReplicationCodec
    /// Told of each transaction once it is durable.
    var committed: (HubCommit) -> Void = { _ in }

    init(
        memory: InMemoryHubStorage, disk: SimulatedDisk, sabotage: Sabotage?,
        codec: any ReplicationCodec
    ) {
        self.memory = memory
        self.disk = disk
        self.sabotage = sabotage
        self.codec = codec
    }

    func transaction<Value>(_ body: (any HubTransaction) throws -> Value) throws -> Value {
        try disk.beginTransaction()
        var commit = HubCommit()
        let before = sabotage == .lostCommit ? memory.snapshot() : nil
        let value = try memory.transaction { store in
            let observed = ObservedHubTransaction(store, disk, sabotage)
            let value = try body(observed)
            try disk.commit(writesCount: observed.writesCount)
            commit = observed.commit
            return value
        }
        if let before, commit.entries.count > 1 {
            memory.restore(before)
            return value
        }
        if !commit.isEmpty { committed(commit) }
        try disk.committed()
        return value
    }

    func read<Value>(_ body: (any HubReader) throws -> Value) throws -> Value {
        try disk.beginRead()
        switch sabotage {
        case .leakingPage, .splitPage:
            // Pages are read outside of transactions; this transaction is for them and writes
            // nothing.
            return try memory.transaction {
                try body(DefectiveReader($0, disk, sabotage, codec: codec))
            }
        default: return try memory.read(body)
        }
    }
}

/// Serves pages that it must not serve.
private final class DefectiveReader: ObservedHubTransaction {
    private let codec: any ReplicationCodec

    init(
        _ store: any HubTransaction, _ disk: SimulatedDisk, _ sabotage: Sabotage?,
        codec: any ReplicationCodec
    ) {
        self.codec = codec
        super.init(store, disk, sabotage)
    }

    override func page(
        after cursor: UInt64, scopes: Set<Scope>, byteCountMax: Int
    ) throws -> EncodedPage {
        guard sabotage == .splitPage else {
            return try super.page(
                after: cursor, scopes: scopes.union([.all]), byteCountMax: byteCountMax)
        }
        var page = try super.page(after: cursor, scopes: scopes, byteCountMax: byteCountMax)
        guard page.items.count > 1, let last = page.items.popLast() else { return page }
        let sequence = try last.read(with: codec).sequence
        guard sequence > cursor + 1, let end = try position(at: sequence - 1) else { return page }
        page.to = end
        page.hasMore = true
        return page
    }
}

/// Hands everything through, counts writes and keeps what is appended.
private class ObservedHubTransaction: HubTransaction {
    private let store: any HubTransaction
    private let disk: SimulatedDisk
    let sabotage: Sabotage?
    private(set) var writesCount = 0
    private(set) var commit = HubCommit()

    init(_ store: any HubTransaction, _ disk: SimulatedDisk, _ sabotage: Sabotage?) {
        self.store = store
        self.disk = disk
        self.sabotage = sabotage
    }

    private func write() throws {
        try disk.write(writesCount)
        writesCount += 1
    }

    // MARK: Reading

    func epoch() throws -> EpochID { try store.epoch() }
    func head() throws -> LogPosition { try store.head() }
    func position(at sequence: UInt64) throws -> LogPosition? {
        try store.position(at: sequence)
    }
    func page(
        after cursor: UInt64, scopes: Set<Scope>, byteCountMax: Int
    ) throws -> EncodedPage {
        try store.page(after: cursor, scopes: scopes, byteCountMax: byteCountMax)
    }
    func ticket(_ id: TicketID) throws -> Ticket? { try store.ticket(id) }
    func ticket(numbered number: String) throws -> TicketID? {
        try store.ticket(numbered: number)
    }
    func scopes(of ticket: TicketID, at sequence: UInt64) throws -> [Scope] {
        try store.scopes(of: ticket, at: sequence)
    }
    func replica(_ id: ReplicaID) throws -> ReplicaRecord? { try store.replica(id) }
    func verdict(on operation: OperationID) throws -> Verdict? {
        try store.verdict(on: operation)
    }
    func hash(at dot: Dot) throws -> Digest? { try store.hash(at: dot) }
    func device(_ id: DeviceID) throws -> DeviceRecord? { try store.device(id) }
    func devices() throws -> [DeviceRecord] { try store.devices() }
    func invite(curveKey: [UInt8]) throws -> InviteRecord? {
        try store.invite(curveKey: curveKey)
    }
    func invites() throws -> [InviteRecord] { try store.invites() }
    func staff(_ id: StaffID, at sequence: UInt64) throws -> StaffRecord? {
        try store.staff(id, at: sequence)
    }
    func staff(
        awayAt time: Timestamp, naming substitute: StaffID, at sequence: UInt64, countMax: Int
    ) throws -> [StaffRecord] {
        try store.staff(
            awayAt: time, naming: substitute, at: sequence, countMax: countMax)
    }
    func staff() throws -> [StaffRecord] { try store.staff() }
    func staffVersion() throws -> UInt64 { try store.staffVersion() }
    func policyVersion() throws -> Int { try store.policyVersion() }
    func policy() throws -> PolicyRecord? { try store.policy() }
    func policies(countMax: Int) throws -> [PolicyRecord] {
        try store.policies(countMax: countMax)
    }
    func timersDue(at now: Timestamp, countMax: Int) throws -> [TimerRecord] {
        try store.timersDue(at: now, countMax: countMax)
    }
    func nextTimer() throws -> Timestamp? { try store.nextTimer() }
    func hasFired(_ key: TimerKey) throws -> Bool { try store.hasFired(key) }
    func counts() throws -> HubCounts { try store.counts() }
    func entry(at sequence: UInt64) throws -> EncodedEntry? { try store.entry(at: sequence) }
    func lineage() throws -> [EpochID: UInt64] { try store.lineage() }
    func forks() throws -> [EpochID: UInt64] { try store.forks() }
    func logBase() throws -> UInt64 { try store.logBase() }
    func durableSequence() throws -> UInt64 { try store.durableSequence() }
    func recovery() throws -> RecoveryRecord? { try store.recovery() }
    func origins(of operation: OperationID) throws -> [LogOrigin] {
        try store.origins(of: operation)
    }
    func parkedEntries(on ticket: TicketID) throws -> [ParkedEntry] {
        try store.parkedEntries(on: ticket)
    }
    func parkedEntries(countMax: Int) throws -> [ParkedEntry] {
        try store.parkedEntries(countMax: countMax)
    }
    func parkedCount() throws -> Int { try store.parkedCount() }
    func timers(of ticket: TicketID) throws -> [TimerRecord] { try store.timers(of: ticket) }
    func snapshot(
        after: TicketID?, through: TicketID?, scopes: Set<Scope>, byteCountMax: Int
    ) throws -> SnapshotPiece {
        try store.snapshot(
            after: after, through: through, scopes: scopes, byteCountMax: byteCountMax)
    }
    func digest(of scope: Scope) throws -> DigestSum { try store.digest(of: scope) }
    func digest(of scope: Scope, in range: ClosedRange<TicketID>) throws -> DigestSum {
        try store.digest(of: scope, in: range)
    }
    func quarantined(after operation: OperationID?, countMax: Int) throws -> [QuarantinedIntent] {
        try store.quarantined(after: operation, countMax: countMax)
    }
    func quarantined(_ operation: OperationID) throws -> QuarantinedIntent? {
        try store.quarantined(operation)
    }
    func quarantinedCount() throws -> Int { try store.quarantinedCount() }
    func quarantineSize(of device: DeviceID) throws -> (count: Int, byteCount: Int) {
        try store.quarantineSize(of: device)
    }
    func firstEntry(
        after sequence: UInt64, through end: UInt64, since time: Timestamp
    ) throws -> UInt64? {
        try store.firstEntry(after: sequence, through: end, since: time)
    }

    // MARK: Writing

    func append(_ committed: CommittedEntry) throws -> LogPosition {
        try write()
        let committed = sabotage?.altered(committed) ?? committed
        let position = try store.append(committed)
        commit.entries.append((committed, position))
        return position
    }
    func recordTwin(_ intent: Intent, of operation: OperationID) throws {
        try write()
        try store.recordTwin(intent, of: operation)
        commit.twins.append((intent.dot, commit.entries.count))
    }
    func save(_ replica: ReplicaRecord) throws {
        try write()
        try store.save(replica)
    }
    func save(_ device: DeviceRecord) throws {
        try write()
        try store.save(device)
    }
    func save(_ invite: InviteRecord) throws {
        try write()
        try store.save(invite)
    }
    func save(_ staff: StaffRecord) throws {
        try write()
        try store.save(staff)
        commit.staff.append((staff, try store.head().sequence))
    }
    func save(_ policy: PolicyRecord) throws {
        try write()
        try store.save(policy)
    }
    func allocateNumber(businessDate: Int) throws -> TicketNumber {
        try write()
        let number = try store.allocateNumber(businessDate: businessDate)
        return sabotage == .sameNumber
            ? TicketNumber(businessDate: businessDate, ordinal: 1) : number
    }
    func allocateReplicaCode() throws -> String {
        try write()
        return try store.allocateReplicaCode()
    }
    func hubReplica() throws -> ReplicaRecord { try store.hubReplica() }
    func schedule(_ timer: TimerRecord) throws {
        try write()
        if sabotage != .forgottenTimer { try store.schedule(timer) }
    }
    func cancel(_ key: TimerKey) throws {
        try write()
        try store.cancel(key)
    }
    func markFired(_ key: TimerKey, at now: Timestamp) throws {
        try write()
        try store.markFired(key, at: now)
    }
    func beginEpoch(_ epoch: EpochID, sharing sequence: UInt64, isOnlyLog: Bool) throws {
        try write()
        let former = try store.epoch()
        try store.beginEpoch(epoch, sharing: sequence, isOnlyLog: isOnlyLog)
        commit.epochs.append((epoch, former, sequence))
    }
    func save(_ recovery: RecoveryRecord?) throws {
        try write()
        try store.save(recovery)
    }
    func raiseShared(of epoch: EpochID, to sequence: UInt64) throws {
        try write()
        try store.raiseShared(of: epoch, to: sequence)
        commit.shared.append((epoch, sequence))
    }
    func raiseDurable(to sequence: UInt64) throws {
        try write()
        try store.raiseDurable(to: sequence)
    }
    func record(_ origin: LogOrigin, of operation: OperationID) throws {
        try write()
        try store.record(origin, of: operation)
    }
    func park(_ entry: ParkedEntry) throws {
        try write()
        try store.park(entry)
    }
    func unpark(_ operation: OperationID) throws {
        try write()
        try store.unpark(operation)
    }
    func reserve(_ number: TicketNumber) throws {
        try write()
        try store.reserve(number)
    }
    func compact(through sequence: UInt64, eventsSince: Timestamp, countMax: Int) throws -> Int {
        try write()
        return try store.compact(
            through: sequence, eventsSince: eventsSince, countMax: countMax)
    }
    func quarantine(_ intent: QuarantinedIntent) throws {
        try write()
        try store.quarantine(intent)
    }
    func removeQuarantined(_ operation: OperationID) throws {
        try write()
        try store.removeQuarantined(operation)
    }
    func attempt<Value>(_ body: () throws -> Value) throws -> Value {
        let before = commit
        do { return try store.attempt(body) } catch {
            commit = before
            throw error
        }
    }
}
