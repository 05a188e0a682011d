import Foundation
import GRDBSQLite

/// The least that SQLite needs to make rows durable: the C library, one prepared statement, no
/// layer above it.
final class SQLiteFloor {
    private var database: OpaquePointer?
    private var insert: OpaquePointer?

    /// Opens a write-ahead-logged, fully synchronous file with a table of the change log's shape.
    init(path: String) throws {
        try check(sqlite3_open(path, &database))
        for sql in [
            "PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL",
            "PRAGMA wal_autocheckpoint=16384",
            """
            CREATE TABLE IF NOT EXISTS change_log(
                replica BLOB NOT NULL, counter INTEGER NOT NULL, ticket BLOB NOT NULL,
                payload BLOB NOT NULL, UNIQUE(replica, counter))
            """, "CREATE INDEX IF NOT EXISTS change_by_ticket ON change_log(ticket)",
        ] {
            try check(sqlite3_exec(database, sql, nil, nil, nil))
        }
        try check(
            sqlite3_prepare_v2(
                database, "INSERT INTO change_log VALUES(?1,?2,?3,?4)", -1, &insert, nil))
    }

    deinit {
        sqlite3_finalize(insert)
        sqlite3_close(database)
    }

    /// Inserts `count` rows of `payloadByteCount` bytes, `perCommit` to a transaction.
    ///
    /// Each call is a replica of its own, so that one file takes many.
    func insertRows(_ count: Int, perCommit: Int, payloadByteCount: Int) throws {
        let replica = (0..<16).map { _ in UInt8.random(in: 0...255) }
        let payload = [UInt8](repeating: 42, count: payloadByteCount)
        for index in 0..<count {
            if index % perCommit == 0 { try execute("BEGIN IMMEDIATE") }
            var ticket = [UInt8](repeating: 0, count: 16)
            withUnsafeBytes(of: UInt64(index).bigEndian) { ticket.replaceSubrange(0..<8, with: $0) }
            try insertRow(replica, index, ticket, payload)
            if index % perCommit == perCommit - 1 || index == count - 1 { try execute("COMMIT") }
        }
    }

    private func insertRow(
        _ replica: [UInt8], _ counter: Int, _ ticket: [UInt8], _ payload: [UInt8]
    ) throws {
        sqlite3_bind_blob(insert, 1, replica, Int32(replica.count), transient)
        sqlite3_bind_int64(insert, 2, Int64(counter))
        sqlite3_bind_blob(insert, 3, ticket, Int32(ticket.count), transient)
        sqlite3_bind_blob(insert, 4, payload, Int32(payload.count), transient)
        guard sqlite3_step(insert) == SQLITE_DONE else { throw failure }
        sqlite3_reset(insert)
    }

    private func execute(_ sql: String) throws {
        try check(sqlite3_exec(database, sql, nil, nil, nil))
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure }
    }

    private var failure: CocoaError {
        CocoaError(
            .fileWriteUnknown, userInfo: ["sqlite": String(cString: sqlite3_errmsg(database))])
    }

    private let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
