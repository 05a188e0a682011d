import Replication
import Sodium
import TicketModel

/// The hub's store on a simulated disk: shows every durable entry to the checkers.
final class SimulatedHubStorage: HubStorage {
    let memory: InMemoryHubStorage
    let disk: SimulatedDisk
    /// Told of the entries of each transaction once they are durable.
    var committed: ([CommittedEntry]) -> Void = { _ in }

    init(memory: InMemoryHubStorage, disk: SimulatedDisk) {
        self.memory = memory
        self.disk = disk
    }

    func transaction<Value>(_ body: (any HubTransaction) throws -> Value) throws -> Value {
        try disk.beginTransaction()
        var entries: [CommittedEntry] = []
        let value = try memory.transaction { store in
            let observed = ObservedHubTransaction(store, disk)
            let value = try body(observed)
            try disk.commit(writesCount: observed.writesCount)
            entries = observed.entries
            return value
        }
        if !entries.isEmpty { committed(entries) }
        try disk.committed()
        return value
    }

    func read<Value>(_ body: (any HubReader) throws -> Value) throws -> Value {
        try disk.beginRead()
        return try memory.read(body)
    }
}

/// Hands everything through, counts writes and keeps what is appended.
private final class ObservedHubTransaction: HubTransaction {
    private let store: any HubTransaction
    private let disk: SimulatedDisk
    private(set) var writesCount = 0
    private(set) var entries: [CommittedEntry] = []

    init(_ store: any HubTransaction, _ disk: SimulatedDisk) {
        self.store = store
        self.disk = disk
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
    func staff() throws -> [StaffRecord] { try store.staff() }
    func staffVersion() throws -> UInt64 { try store.staffVersion() }
    func policy() throws -> PolicyRecord? { try store.policy() }
    func timersDue(at now: Timestamp, countMax: Int) throws -> [TimerRecord] {
        try store.timersDue(at: now, countMax: countMax)
    }
    func nextTimer() throws -> Timestamp? { try store.nextTimer() }
    func hasFired(_ key: TimerKey) throws -> Bool { try store.hasFired(key) }
    func counts() throws -> HubCounts { try store.counts() }

    // MARK: Writing

    func append(_ committed: CommittedEntry) throws -> LogPosition {
        try write()
        let position = try store.append(committed)
        entries.append(committed)
        return position
    }
    func recordTwin(_ intent: Intent, of operation: OperationID) throws {
        try write()
        try store.recordTwin(intent, of: operation)
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
    }
    func save(_ policy: PolicyRecord) throws {
        try write()
        try store.save(policy)
    }
    func allocateNumber(businessDate: Int) throws -> TicketNumber {
        try write()
        return try store.allocateNumber(businessDate: businessDate)
    }
    func allocateReplicaCode() throws -> String {
        try write()
        return try store.allocateReplicaCode()
    }
    func hubReplica() throws -> ReplicaRecord { try store.hubReplica() }
    func schedule(_ timer: TimerRecord) throws {
        try write()
        try store.schedule(timer)
    }
    func cancel(_ key: TimerKey) throws {
        try write()
        try store.cancel(key)
    }
    func markFired(_ key: TimerKey, at now: Timestamp) throws {
        try write()
        try store.markFired(key, at: now)
    }
}
