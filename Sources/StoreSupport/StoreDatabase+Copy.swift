import Foundation
import GRDB
import Glibc
import Replication

extension StoreDatabase {
    /// Writes a consistent copy of the store at `path` to `target` and syncs it. Whoever serves the
    /// store meanwhile, in this process or another, is not held up.
    ///
    /// Through SQLite's own backup, on a connection of its own that only reads: copying the files
    /// of an open store by other means can give a damaged copy. Only its owner may read the copy,
    /// and it is not checked.
    ///
    /// - Throws: `StoreError`; what is left at `target` then is of no use.
    package static func copy(of path: String, to target: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw StoreError(.notAStore, "There is no store at \(path).")
        }
        let log = LogLength()
        try located(path) {
            let source = try open(path, .oneShot, log).queue
            try located(target) {
                let copy = try DatabaseQueue(path: target)
                try source.writeWithoutTransaction { database in
                    try copy.writeWithoutTransaction { try database.backup(to: $0) }
                }
                try copy.close()
                chmod(target, 0o600)
                do throws(FileFailure) { try PrivateFile.synchronize(target) } catch {
                    throw StoreError(.notWritable, error.message)
                }
            }
            try source.close()
        }
        withExtendedLifetime(log) {}
    }

    /// The names of the files that belong to the database at `path`: the file itself, its log, and
    /// the index of the log.
    package static func files(of path: String) -> [String] {
        ["", "-wal", "-shm"].map { path + $0 }
    }
}
