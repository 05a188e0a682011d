import Replication
import Sodium
import StoreSupport
import TicketModel

extension HubConnection {
    // MARK: Lives of the log

    func lineage() throws -> [EpochID: UInt64] {
        let rows = try sql.rows("SELECT epoch, shared FROM lineage") { row in
            (try row.id(0) as EpochID, row.sequence(1))
        }
        return Dictionary(rows) { first, _ in first }
    }

    func forks() throws -> [EpochID: UInt64] {
        let rows = try sql.rows("SELECT epoch, fork FROM lineage") { row in
            (try row.id(0) as EpochID, row.sequence(1))
        }
        return Dictionary(rows) { first, _ in first }
    }

    func logBase() throws -> UInt64 {
        try sql.first("SELECT log_base FROM hub") { $0.sequence(0) } ?? 0
    }

    func durableSequence() throws -> UInt64 {
        try sql.first("SELECT durable_sequence FROM hub") { $0.sequence(0) } ?? 0
    }

    func recovery() throws -> RecoveryRecord? {
        let record = try sql.first(
            "SELECT recovery_started_at, recovery_ends_at, recovery_fork FROM hub"
        ) { row -> RecoveryRecord? in
            guard let start = row.time(0), let end = row.time(1) else { return nil }
            return RecoveryRecord(startedAt: start, endsAt: end, fork: row.sequence(2))
        }
        return record ?? nil
    }

    func save(_ recovery: RecoveryRecord?) throws {
        try sql.run(
            """
            UPDATE hub SET recovery_started_at = ?1, recovery_ends_at = ?2, recovery_fork = ?3
            """, .time(recovery?.startedAt), .time(recovery?.endsAt),
            recovery.map { .sequence($0.fork) } ?? .null)
    }

    func beginEpoch(_ epoch: EpochID, sharing sequence: UInt64, isOnlyLog: Bool) throws {
        let former = try self.epoch()
        guard try epoch != former && lineage()[epoch] == nil else {
            throw StoreError(.failed, "Epoch \(epoch) was in use before.")
        }
        try sql.run(
            "UPDATE lineage SET shared = min(shared, ?1), fork = min(fork, ?1)",
            .sequence(sequence))
        try sql.run(
            "INSERT INTO lineage (epoch, shared, fork) VALUES (?1, ?2, ?3)", .id(former),
            .sequence(sequence), .sequence(isOnlyLog ? sequence : 0))
        try sql.run(
            "UPDATE hub SET epoch = ?1, durable_sequence = min(durable_sequence, ?2)", .id(epoch),
            .sequence(sequence))
        store.caches.epoch = epoch
    }

    func raiseShared(of epoch: EpochID, to sequence: UInt64) throws {
        try sql.run(
            """
            INSERT INTO lineage (epoch, shared) VALUES (?1, ?2)
            ON CONFLICT (epoch) DO UPDATE SET shared = max(shared, excluded.shared)
            """, .id(epoch), .sequence(sequence))
    }

    func raiseDurable(to sequence: UInt64) throws {
        try sql.run(
            "UPDATE hub SET durable_sequence = max(durable_sequence, ?1)",
            .sequence(min(sequence, try head().sequence)))
    }

    // MARK: What replicas bring back

    func origins(of operation: OperationID) throws -> [LogOrigin] {
        try sql.rows(
            "SELECT epoch, sequence FROM origin WHERE operation = ?1 ORDER BY epoch, sequence",
            .id(operation)
        ) { LogOrigin(epoch: try $0.id(0), sequence: $0.sequence(1)) }
    }

    func record(_ origin: LogOrigin, of operation: OperationID) throws {
        try sql.run(
            "INSERT INTO origin VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING", .id(operation),
            .id(origin.epoch), .sequence(origin.sequence))
    }

    private static let parkedQuery =
        "SELECT operation, ticket, epoch, sequence, bytes, parked_at FROM parked"

    func parkedEntries(on ticket: TicketID) throws -> [ParkedEntry] {
        try sql.rows(
            Self.parkedQuery + " WHERE ticket = ?1 ORDER BY epoch, sequence", .id(ticket),
            read: parked)
    }

    func parkedEntries(countMax: Int) throws -> [ParkedEntry] {
        try sql.rows(
            Self.parkedQuery + " ORDER BY position LIMIT ?1", .integer(max(0, countMax)),
            read: parked)
    }

    private func parked(_ row: SQLRow) throws -> ParkedEntry {
        ParkedEntry(
            operation: try row.id(0), ticket: try row.id(1),
            origin: LogOrigin(epoch: try row.id(2), sequence: row.sequence(3)),
            bytes: row.blob(4), parkedAt: Timestamp(milliseconds: row.integer(5)))
    }

    func parkedCount() throws -> Int {
        try sql.first("SELECT count(*) FROM parked") { Int($0.integer(0)) } ?? 0
    }

    func park(_ entry: ParkedEntry) throws {
        try sql.run(
            """
            INSERT INTO parked (operation, ticket, epoch, sequence, bytes, parked_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING
            """, .id(entry.operation), .id(entry.ticket), .id(entry.origin.epoch),
            .sequence(entry.origin.sequence), .blob(entry.bytes), .time(entry.parkedAt))
    }

    func unpark(_ operation: OperationID) throws {
        try sql.run("DELETE FROM parked WHERE operation = ?1", .id(operation))
    }

    func reserve(_ number: TicketNumber) throws {
        try store.numbers.reserve(number, mayHaveGiven: mayHaveGivenNumbers)
    }

    func timers(of ticket: TicketID) throws -> [TimerRecord] {
        try sql.rows(
            """
            SELECT clock, cycle, rung, due_at FROM timer WHERE ticket = ?1
            ORDER BY clock, cycle, rung
            """, .id(ticket)
        ) { row in
            TimerRecord(
                key: TimerKey(
                    ticket: ticket, clock: row.text(0), cycle: Int(row.integer(1)),
                    rung: Int(row.integer(2))),
                dueAt: Timestamp(milliseconds: row.integer(3)))
        }
    }

    /// Under a savepoint; what was kept back for the end of the transaction goes back too.
    func attempt<Value>(_ body: () throws -> Value) throws -> Value {
        try sql.run("SAVEPOINT attempt")
        let (before, head) = (store.caches.unwritten, store.caches.head)
        do {
            let value = try body()
            try sql.run("RELEASE attempt")
            return value
        } catch {
            // After some errors SQLite ends the transaction by itself, and with it the savepoint:
            // what followed would be written outside of any transaction.
            do {
                try sql.run("ROLLBACK TO attempt")
                try sql.run("RELEASE attempt")
            } catch let undoing {
                throw StoreError(.undone, "\(error) (\(undoing))")
            }
            store.caches.forget()
            (store.caches.unwritten, store.caches.head) = (before, head)
            throw error
        }
    }

    // MARK: Quarantine

    private static let quarantineQuery =
        "SELECT operation, device, reason, body, received_at FROM quarantine"

    func quarantined(after operation: OperationID?, countMax: Int) throws -> [QuarantinedIntent] {
        let last = try operation.map { operation in
            try sql.first(
                "SELECT position FROM quarantine WHERE operation = ?1", .id(operation)
            ) { $0.integer(0) } ?? .max
        }
        return try sql.rows(
            Self.quarantineQuery + " WHERE position > ?1 ORDER BY position LIMIT ?2",
            .integer(last ?? .min), .integer(max(0, countMax)), read: quarantined)
    }

    func quarantinedCount() throws -> Int {
        try sql.first("SELECT count(*) FROM quarantine") { Int($0.integer(0)) } ?? 0
    }

    func quarantineSize(of device: DeviceID) throws -> (count: Int, byteCount: Int) {
        try sql.first(
            "SELECT count(*), total(length(body)) FROM quarantine WHERE device = ?1",
            .text(device.rawValue)
        ) { (Int($0.integer(0)), Int($0.integer(1))) } ?? (0, 0)
    }

    func quarantined(_ operation: OperationID) throws -> QuarantinedIntent? {
        try sql.first(
            Self.quarantineQuery + " WHERE operation = ?1", .id(operation), read: quarantined)
    }

    private func quarantined(_ row: SQLRow) throws -> QuarantinedIntent {
        guard let reason = QuarantinedIntent.Reason(rawValue: Int(row.integer(2))) else {
            throw damaged("the quarantine")
        }
        return QuarantinedIntent(
            operation: try row.id(0), device: DeviceID(unchecked: row.text(1)), reason: reason,
            bodyBytes: row.blob(3), receivedAt: Timestamp(milliseconds: row.integer(4)))
    }

    func quarantine(_ intent: QuarantinedIntent) throws {
        try sql.run(
            """
            INSERT INTO quarantine (operation, device, reason, body, received_at)
            VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING
            """, .id(intent.operation), .text(intent.device.rawValue),
            .integer(intent.reason.rawValue), .blob(intent.bodyBytes), .time(intent.receivedAt))
    }

    func removeQuarantined(_ operation: OperationID) throws {
        try sql.run("DELETE FROM quarantine WHERE operation = ?1", .id(operation))
    }
}
