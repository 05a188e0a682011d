import Foundation
import Glibc
import Replication
import StoreSupport

/// Backups of a hub's store: each is verified as a whole before it gets its name.
///
/// The numbers given ahead (`.numbers`), the mark of the head (`.head`) and the recovery key are no
/// part of it: they must survive the store that a backup replaces.
package enum HubBackup {
    /// How many numbers of the day a store skips whose file of numbers is gone.
    package static var numbersGap: Int { NumberSidecar.missingFileGap }

    /// Copies the store at `store` to `path` and verifies the copy. A hub may serve the store
    /// meanwhile.
    ///
    /// - Returns: what the copy holds; when it is not sound there is no file at `path`.
    /// - Throws: `StoreError`; there is no new file at `path` then.
    package static func write(of store: String, to path: String) throws -> HubStoreReport {
        let unfinished = path + ".unfinished"
        removeFiles(of: unfinished)
        do {
            let report = try verifiedCopy(of: store, at: unfinished)
            guard report.isSound else {
                removeFiles(of: unfinished)
                return report
            }
            do { try DurableFile.replace(path, with: unfinished) } catch {
                throw StoreError(.notWritable, error.message)
            }
            return report
        } catch {
            removeFiles(of: unfinished)
            throw error
        }
    }

    /// Copies the store at `store` to `copy`, brings the copy to this version's form and verifies
    /// it. The copy stays.
    ///
    /// - Throws: `StoreError`.
    package static func verifiedCopy(
        of store: String, at copy: String
    ) throws -> HubStoreReport {
        try StoreDatabase.copy(of: store, to: copy)
        try SQLiteHubStore(path: copy, createsFile: false).close()
        return try HubStoreVerifier.verify(copy)
    }

    /// Removes a copy and what SQLite left beside it.
    package static func removeFiles(of copy: String) {
        for suffix in ["", "-wal", "-shm", ".lock", ".numbers", ".head"] {
            try? FileManager.default.removeItem(atPath: copy + suffix)
        }
    }
}
