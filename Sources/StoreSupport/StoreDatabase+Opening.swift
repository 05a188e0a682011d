import CSQLite
import Foundation
import GRDB
import Glibc
import Replication

extension StoreDatabase {
    /// Opens the file, for reading only if it may not be written.
    ///
    /// A file that may be written and yet cannot be opened meets a fault that may pass, such as too
    /// many open files: a store opened for reading would refuse to write long after it.
    static func open(
        _ path: String, _ mode: StoreMode, _ log: LogLength
    ) throws -> (queue: DatabaseQueue, stamp: Stamp) {
        do {
            return try open(path, mode, log, readOnly: false)
        } catch let error as DatabaseError
            where [.SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode)
            && !mayBeWritten(path)
        {
            return try open(path, mode, log, readOnly: true)
        }
    }

    /// Whether this user may write the file, those that SQLite keeps beside it, and their folder.
    private static func mayBeWritten(_ path: String) -> Bool {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let places = ["", "-wal", "-shm"].map { path + $0 } + [folder]
        return places.allSatisfy { access($0, F_OK) != 0 || access($0, W_OK) == 0 }
    }

    private static func open(
        _ path: String, _ mode: StoreMode, _ log: LogLength, readOnly: Bool
    ) throws -> (queue: DatabaseQueue, stamp: Stamp) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyWaitSeconds)
        configuration.foreignKeysEnabled = false
        configuration.readonly = readOnly
        configuration.label = "loopdesk.store"
        configuration.prepareDatabase { database in
            guard let connection = database.sqliteConnection else { return }
            loopdesk_sqlite_keep_log_on_close(connection)
            sqlite3_wal_autocheckpoint(connection, 0)
            log.observe(connection)
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.writeWithoutTransaction { try setUp($0, mode) }
        return (queue, try queue.read(Stamp.init))
    }

    private static func setUp(_ database: Database, _ mode: StoreMode) throws {
        try database.execute(
            sql: """
                PRAGMA synchronous = FULL;
                PRAGMA cache_size = -\(mode.cacheKibibytesMax);
                PRAGMA secure_delete = FAST;
                """)
        let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
        precondition(synchronous == 2, "a commit would not be durable, it is \(synchronous ?? -1)")
    }

    /// Checks whose file it is and brings it to this program's version.
    func prepare(_ stamp: Stamp, createsFile: Bool) throws {
        if stamp.isCurrent(kind) { return }
        if stamp.isForeign(kind) || (stamp.isEmpty && !createsFile) { throw foreignError() }
        if stamp.version > kind.version { throw newerError(stamp.version) }
        try queue.writeWithoutTransaction { database in
            try lock.withLock(timeoutMilliseconds: lockWaitMilliseconds) {
                if stamp.isEmpty { try database.execute(sql: "PRAGMA journal_mode = WAL") }
                // Another process may have been faster.
                try migrate(database, from: Stamp(database).version)
            }
        }
    }

    private func migrate(_ database: Database, from version: Int) throws {
        guard version < kind.version else { return }
        for (index, script) in kind.migrations.enumerated().dropFirst(version) {
            _ = try Self.transaction(in: database) { connection in
                try connection.runScript(script)
                try connection.runScript(
                    """
                    PRAGMA application_id = \(kind.applicationID);
                    PRAGMA user_version = \(index + 1);
                    """)
            }
        }
    }

    private func foreignError() -> StoreError {
        StoreError(
            .notAStore, "\(path) is not a Loopdesk \(kind.name). \(kind.missingAdvice)")
    }

    private func newerError(_ version: Int) -> StoreError {
        StoreError(
            .newerSchema,
            "\(path) was written by a newer Loopdesk (schema \(version), this program knows "
                + "\(kind.version)). Install that version.")
    }

    /// Whose file it is.
    struct Stamp {
        var applicationID: Int32
        var version: Int
        var isEmpty: Bool

        init(_ database: Database) throws {
            applicationID = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
            version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
            isEmpty =
                try applicationID == 0 && version == 0
                && Int.fetchOne(database, sql: "SELECT 1 FROM sqlite_master LIMIT 1") == nil
        }

        func isCurrent(_ kind: StoreKind) -> Bool {
            applicationID == kind.applicationID && version == kind.version
        }

        func isForeign(_ kind: StoreKind) -> Bool {
            applicationID != kind.applicationID && !isEmpty
        }
    }
}
