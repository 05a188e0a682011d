import GRDB
import Replication

extension StoreDatabase {
    /// Writes a consistent copy of the whole store to `path`, syncs it and checks it.
    ///
    /// Through SQLite's own backup, on this store's connection and under the writer lock: copying
    /// the files of an open store by other means can give a damaged copy.
    ///
    /// - Throws: `StoreError`, `corrupt` when the copy does not pass the check.
    package func copy(to path: String) throws {
        try Self.located(path) {
            let copy = try DatabaseQueue(path: path)
            try queue.writeWithoutTransaction { database in
                try lock.withLock(timeoutMilliseconds: lockWaitMilliseconds) {
                    try copy.writeWithoutTransaction { try database.backup(to: $0) }
                }
            }
            let findings = try copy.read {
                try String.fetchAll($0, sql: "PRAGMA integrity_check")
            }
            try copy.close()
            guard findings == ["ok"] else {
                throw StoreError(
                    .corrupt, "The copy is damaged: \(findings.first ?? "no answer").")
            }
            try PrivateFile.synchronize(path)
        }
    }
}
