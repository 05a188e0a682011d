import Foundation
import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

/// The hub's store on SQLite.
///
/// Owned by one thread. The official numbers that were handed out ahead live in a sidecar file
/// beside the database and outside its backups, so that a restored database cannot give one twice
/// (replication.md 3.10).
package final class SQLiteHubStore: HubStorage {
    /// Marks the file as a hub's store.
    static let kind = StoreKind(
        name: "hub store", applicationID: 0x4C44_4831,
        migrations: [
            PackageResources._001_sql, PackageResources._002_sql, PackageResources._003_sql,
            PackageResources._004_sql, PackageResources._005_sql,
            PackageResources._006_sql,
        ].map { String(decoding: $0, as: UTF8.self) },
        missingAdvice: "Run `loopdesk-hub init` first.")

    private let database: StoreDatabase
    let codec = ProtobufCodec()
    let numbers: NumberSidecar
    let caches = HubCaches()
    private let mark: HeadMark

    /// Opens the store at `path`.
    ///
    /// - Parameter createsFile: whether to make it when there is none.
    /// - Throws: `StoreError`.
    package init(path: String, createsFile: Bool = true) throws {
        database = try StoreDatabase(
            path: path, kind: Self.kind, mode: .daemon, createsFile: createsFile)
        numbers = NumberSidecar(path: path + ".numbers")
        mark = HeadMark(path: path + ".head")
        try database.write { connection in
            let isNew = try connection.first("SELECT 1 FROM hub") { _ in true } == nil
            guard isNew else { return try HubConnection(connection, self).makeDigestsIfMissing() }
            try connection.run(
                """
                INSERT INTO hub (id, epoch, head_sequence, head_hash, has_digests)
                VALUES (1, ?1, 0, ?2, 1)
                """,
                .blob(EpochID(rawValue: SecureRandom.uint128()).bytes), .blob(Digest.zero.bytes))
        }
    }

    /// Where the log ended by the mark beside the file, when that is not where it ends: the file
    /// was put back to an earlier state; nil when nothing speaks for that (replication.md 3.11 a).
    ///
    /// A mark from before the present life of the log is one that a power failure has turned back:
    /// what it tells has been seen to.
    ///
    /// - Throws: `StoreError`.
    package func forgottenHead() throws -> LogPosition? {
        guard let last = mark.read() else { return nil }
        return try read { hub in
            guard try hub.lineage()[last.epoch] == nil else { return nil }
            let known = try hub.position(at: last.head.sequence)
            let isKnown =
                try last.epoch == hub.epoch()
                && (known == last.head
                    || known == nil && last.head.sequence <= hub.logBase())
            return isKnown ? nil : last.head
        }
    }

    package func transaction<Value>(_ body: (any HubTransaction) throws -> Value) throws -> Value {
        do {
            let (value, head, epoch) = try database.write {
                caches.forgetHead()
                let connection = HubConnection($0, self)
                let value = try body(connection)
                try connection.flush()
                return (value, try connection.head(), try connection.epoch())
            }
            mark.write(head, of: epoch)
            return value
        } catch {
            // What a transaction that is undone had looked up may never have been stored.
            caches.forget()
            throw error
        }
    }

    package func read<Value>(_ body: (any HubReader) throws -> Value) throws -> Value {
        try database.read {
            caches.forgetHead()
            return try body(HubConnection($0, self))
        }
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

    /// Copies the log into the file and closes it.
    ///
    /// - Throws: `StoreError`.
    package func close() throws { try database.close() }
}

/// What need not be read again: numbers of rows that never change, and within one transaction the
/// head and the tickets that it has not written yet.
final class HubCaches {
    var scopeIDs: [Scope: Int64] = [:]
    var scopeNames: [Int64: Scope] = [:]
    var replicaRows: [ReplicaID: Int64] = [:]
    var epoch: EpochID?
    var head: LogPosition?
    var unwritten = Unwritten()

    /// What a transaction has changed and writes at its end.
    struct Unwritten {
        var isHeadNew = false
        var tickets: [TicketID: Ticket] = [:]
    }

    /// Another process may have written since.
    func forgetHead() {
        epoch = nil
        head = nil
    }

    func forget() {
        forgetHead()
        unwritten = Unwritten()
        scopeIDs = [:]
        scopeNames = [:]
        replicaRows = [:]
    }
}
