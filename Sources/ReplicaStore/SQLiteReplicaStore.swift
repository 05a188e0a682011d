import Replication
import StoreSupport
import TicketModel
import Wire

/// A replica's store on SQLite (replication.md 3.5).
///
/// Several processes may hold one file open: each transaction runs under the writer lock of
/// `StoreDatabase`. An object belongs to one thread at a time.
package final class SQLiteReplicaStore: ReplicaStorage {
    /// Marks the file as a replica's store.
    static let kind = StoreKind(
        name: "replica", applicationID: 0x4C44_5231,
        migrations: [
            PackageResources._001_sql, PackageResources._002_sql, PackageResources._003_sql,
            PackageResources._004_sql, PackageResources._005_sql,
            PackageResources._006_sql, PackageResources._007_sql, PackageResources._008_sql,
        ].map {
            String(decoding: $0, as: UTF8.self)
        },
        missingAdvice: "Run `loopdesk join INVITE` first.")

    private let database: StoreDatabase
    private let codec: any ReplicationCodec = ProtobufCodec()
    /// Whether the digests of all tickets are known to be there.
    private var hasDigests = false

    /// Opens the store at `path`.
    ///
    /// - Parameters:
    ///   - mode: how long the store will be open.
    ///   - createsFile: whether to make one where there is none.
    ///   - lockWaitMilliseconds: how long a writer waits for another process.
    /// - Throws: `StoreError`.
    package init(
        path: String, mode: StoreMode, createsFile: Bool,
        lockWaitMilliseconds: Int = StoreDatabase.lockWaitMillisecondsMax
    ) throws {
        database = try StoreDatabase(
            path: path, kind: Self.kind, mode: mode, createsFile: createsFile,
            lockWaitMilliseconds: lockWaitMilliseconds)
    }

    package func transaction<Value>(
        _ body: (any ReplicaTransaction) throws -> Value
    ) throws -> Value {
        let value = try database.write { connection in
            let session = ReplicaSession(connection, codec)
            if !hasDigests { try session.makeDigestsIfMissing() }
            let value = try body(session)
            try session.flush()
            return value
        }
        hasDigests = true
        return value
    }

    package func read<Value>(_ body: (any ReplicaReader) throws -> Value) throws -> Value {
        try database.read { try body(ReplicaSession($0, codec)) }
    }

    /// What SQLite finds wrong with the file; empty when nothing is.
    ///
    /// - Throws: `StoreError`.
    package func integrityProblems() throws -> [String] {
        try database.read { connection in
            try connection.rowsOnce("PRAGMA integrity_check", []) { $0.text(0) }
                .filter { $0 != "ok" }
        }
    }

    /// Closes the file; a long-lived store copies its log into it first.
    ///
    /// - Throws: `StoreError`.
    package func close() throws { try database.close() }
}
