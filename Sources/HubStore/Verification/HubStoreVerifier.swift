import Foundation
import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

/// Looks at everything in a hub's store that can contradict something else in it.
///
/// It asks the tables by itself and shares no query with the code that writes them. A backup that
/// it has not passed does not count (reliability.md, Litestream). Memory is bounded by the number
/// of scopes; rows are read one by one.
package struct HubStoreVerifier {
    let sql: SQLConnection
    let codec = ProtobufCodec()
    /// Names of scopes by their numbers in the store.
    let scopeNames: [Int64: Scope]
    var report: HubStoreReport

    /// Verifies the store at `path`, which nobody else may use meanwhile. A store of an older
    /// version is brought to this one first, so hand it a copy.
    ///
    /// - Throws: `StoreError` when the file is no hub's store or cannot be read at all; what is
    ///   wrong inside of it stands in the report.
    package static func verify(_ path: String) throws -> HubStoreReport {
        let database = try StoreDatabase(
            path: path, kind: SQLiteHubStore.kind, mode: .oneShot, createsFile: false)
        defer { removeLeftovers(of: path) }
        let report = try database.read { connection in
            var verifier = try HubStoreVerifier(connection)
            verifier.run()
            return verifier.report
        }
        try database.close()
        return report
    }

    /// What SQLite and the lock leave beside a file that was only read.
    private static func removeLeftovers(of path: String) {
        guard DurableFile.byteCount(path + "-wal") ?? 0 == 0 else { return }
        for suffix in ["-wal", "-shm", ".lock"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }

    private init(_ sql: SQLConnection) throws {
        self.sql = sql
        let rows = try sql.rowsOnce("SELECT id, name FROM scope", []) {
            ($0.integer(0), Scope(rawValue: $0.text(1)))
        }
        scopeNames = Dictionary(rows) { first, _ in first }
        let hub = try sql.first(
            "SELECT epoch, head_sequence, head_hash, log_base, durable_sequence FROM hub"
        ) { row -> HubStoreReport in
            guard let hash = Digest(bytes: row.blob(2)) else {
                throw StoreError(.corrupt, "The head of the log has no hash.")
            }
            return HubStoreReport(
                epoch: try row.id(0), head: LogPosition(sequence: row.sequence(1), hash: hash),
                logBase: row.sequence(3), durableSequence: row.sequence(4))
        }
        guard let hub else { throw StoreError(.corrupt, "The store has no head of its log.") }
        report = hub
    }

    private mutating func run() {
        check([.file]) { try $0.checkFile(&$1[0]) }
        check([.log, .answers, .index]) { try $0.checkLog(&$1) }
        check([.tickets, .scopes, .numbers]) { try $0.checkTickets(&$1) }
        check([.replicas]) { try $0.checkReplicas(&$1[0]) }
        check([.timers]) { try $0.checkTimers(&$1[0]) }
        check([.aside]) { try $0.checkAside(&$1[0]) }
    }

    /// Runs checks that share one way through the rows. Rows that cannot be read are a finding, and
    /// the other checks go on.
    private mutating func check(
        _ kinds: [HubStoreReport.Check.Kind],
        _ body: (inout HubStoreVerifier, inout [HubStoreReport.Check]) throws -> Void
    ) {
        var checks = kinds.map(HubStoreReport.Check.init)
        do { try body(&self, &checks) } catch {
            checks[0].note("The rows cannot be read: \(error)")
        }
        report.checks += checks
    }

    private mutating func checkFile(_ check: inout HubStoreReport.Check) throws {
        check.count = try sql.first("PRAGMA page_count") { Int($0.integer(0)) } ?? 0
        for finding in try sql.rowsOnce("PRAGMA integrity_check", [], read: { $0.text(0) })
        where finding != "ok" {
            check.note(finding)
        }
        if report.durableSequence > report.head.sequence {
            check.note("The log is durable up to \(report.durableSequence), beyond its head.")
        }
        if report.logBase > report.head.sequence {
            check.note("The log begins behind \(report.logBase), beyond its head.")
        }
    }

    private mutating func checkTimers(_ check: inout HubStoreReport.Check) throws {
        for table in ["timer", "fired_timer"] {
            try sql.each("SELECT ticket, clock FROM \(table)") { row in
                check.count += 1
                let ticket: TicketID = try row.id(0)
                if try !exists("SELECT 1 FROM ticket WHERE id = ?1", .id(ticket)) {
                    check.note("A timer \(row.text(1)) belongs to ticket \(ticket), not here.")
                }
            }
        }
        try sql.each(
            "SELECT ticket, clock FROM timer NATURAL JOIN fired_timer"
        ) { row in
            let ticket: TicketID = try row.id(0)
            check.note("A timer \(row.text(1)) of ticket \(ticket) waits to fire again.")
        }
    }

    private mutating func checkAside(_ check: inout HubStoreReport.Check) throws {
        try sql.each("SELECT operation, bytes FROM parked") { row in
            check.count += 1
            let operation: OperationID = try row.id(0)
            if (try? codec.decodeEntry(row.blob(1)))?.operation != operation {
                check.note("The parked entry \(operation) cannot be read.")
            }
        }
        try sql.each("SELECT operation, body FROM quarantine") { row in
            check.count += 1
            let operation: OperationID = try row.id(0)
            if codec.decodeBody(row.blob(1))?.operation != operation {
                check.note("The quarantined work \(operation) cannot be read.")
            }
        }
    }

    // MARK: Shared questions

    func exists(_ query: String, _ values: SQLValue...) throws -> Bool {
        switch values.count {
        case 1: try sql.first(query, values[0]) { _ in true } ?? false
        case 2: try sql.first(query, values[0], values[1]) { _ in true } ?? false
        default: preconditionFailure("no question has \(values.count) values")
        }
    }

    /// The numbers of scopes in their stored form, joined by commas.
    func scopeIDs(_ list: String) -> Set<Int64> {
        Set(list.split(separator: ",").map { Int64($0) ?? -1 })
    }
}
