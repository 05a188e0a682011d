import CSQLite
import Foundation
import GRDB
import Replication

/// One SQLite file, opened the way every store of ours needs it.
///
/// - One connection per process, behind a serial queue. A pool's initialiser would write outside
///   the lock (it creates and drops a table when the log is empty) and reset `synchronous`.
/// - Write-ahead log, `synchronous=FULL`: what `write` returns from is on the disk.
/// - One writer between processes: each write transaction and each checkpoint runs under the
///   exclusive `FileLock` beside the file; neither commits nor closing checkpoint by themselves
///   (transport.md, "Decided"). Reading takes no lock and never checkpoints.
/// - No memory map.
///
/// ```swift
/// let database = try StoreDatabase(path: path, kind: kind, mode: .oneShot, createsFile: false)
/// try database.write { try $0.run("UPDATE counter SET value = ?", .integer(7)) }
/// ```
package final class StoreDatabase {
    /// How long a writer waits for another process.
    package static let lockWaitMillisecondsMax = 10_000
    /// How long SQLite waits for a foreign program that ignores the lock.
    static let busyWaitSeconds = 5.0

    /// The database file.
    package let path: String
    let kind: StoreKind
    let mode: StoreMode
    let lock: FileLock
    let lockWaitMilliseconds: Int
    let queue: DatabaseQueue
    let log = LogLength()
    /// Whether the file is known to be a store of ours: nothing else is written to.
    private var isPrepared = false
    /// SQLite crashes when a closed connection is told to copy its log.
    private var isClosed = false

    /// Opens the file, and creates or migrates it when that is called for.
    ///
    /// Opening a file of the current version only reads. A file that may not be written is opened
    /// for reading.
    ///
    /// - Parameters:
    ///   - createsFile: whether to make a store where there is none.
    ///   - lockWaitMilliseconds: how long a writer waits for another process.
    /// - Throws: `StoreError` (`notAStore`, `newerSchema`, `notWritable`, `corrupt`, `busy`).
    package init(
        path: String, kind: StoreKind, mode: StoreMode, createsFile: Bool,
        lockWaitMilliseconds: Int = StoreDatabase.lockWaitMillisecondsMax
    ) throws {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.lockWaitMilliseconds = lockWaitMilliseconds
        lock = FileLock(path: path + ".lock")
        if !createsFile, !FileManager.default.fileExists(atPath: path) {
            throw StoreError(
                .notAStore, "There is no \(kind.name) at \(path). \(kind.missingAdvice)")
        }
        let opened = try Self.located(path) { [log] in try Self.open(path, mode, log) }
        queue = opened.queue
        try Self.located(path) { try prepare(opened.stamp, createsFile: createsFile) }
        isPrepared = true
        if mode == .daemon { try? checkpoint() }
    }

    deinit { try? close() }

    /// Runs `body` in one durable transaction under the writer lock.
    ///
    /// - Throws: what `body` throws, or `StoreError`; in both cases nothing happened.
    package func write<Value>(_ body: (SQLConnection) throws -> Value) throws -> Value {
        try Self.located(path) {
            try queue.writeWithoutTransaction { database in
                try lock.withLock(timeoutMilliseconds: lockWaitMilliseconds) {
                    let value = try Self.transaction(in: database, body)
                    emptyLogIfLong(database)
                    return value
                }
            }
        }
    }

    /// Runs `body` on one consistent state.
    ///
    /// - Throws: what `body` throws, or `StoreError`.
    package func read<Value>(_ body: (SQLConnection) throws -> Value) throws -> Value {
        try Self.located(path) {
            try queue.read { try body(SQLConnection(database: $0)) }
        }
    }

    /// Copies the log into the file and empties it, under the writer lock.
    ///
    /// - Throws: `StoreError`.
    package func checkpoint() throws {
        guard !isClosed else { throw StoreError(.failed, "\(path) is closed already.") }
        try Self.located(path) {
            try queue.writeWithoutTransaction { database in
                try lock.withLock(timeoutMilliseconds: lockWaitMilliseconds) {
                    _ = try database.checkpoint(.truncate)
                }
            }
        }
    }

    /// Closes the connection. A store of a long life leaves an empty log behind; any other leaves
    /// the log to the next one. Closing again does nothing.
    ///
    /// - Throws: `StoreError`.
    package func close() throws {
        guard !isClosed else { return }
        if mode == .daemon, isPrepared { try? checkpoint() }
        try Self.located(path) { try queue.close() }
        isClosed = true
    }

    static func transaction<Value>(
        in database: Database, _ body: (SQLConnection) throws -> Value
    ) throws -> Value {
        var value: Value?
        try database.inTransaction(.immediate) {
            value = try body(SQLConnection(database: database))
            return .commit
        }
        guard let value else { throw StoreError(.failed, "The transaction was rolled back.") }
        return value
    }

    /// What was committed is durable already: a checkpoint that fails is tried again later.
    private func emptyLogIfLong(_ database: Database) {
        guard log.pagesCount >= mode.logPageCountMax else { return }
        _ = try? database.checkpoint(.passive)
    }

    /// Translates errors, and says which file they are about.
    static func located<Value>(_ path: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            let translated = StoreError(error)
            throw StoreError(translated.code, "\(path): \(translated.message)")
        }
    }
}
