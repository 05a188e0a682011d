import FieldClient
import Foundation
import Replication
import Sodium
import StoreSupport
import Terminal
import TicketModel

/// Ties a replica to its database file, so that a copy is found out before its first write
/// (replication.md 3.12).
///
/// A file of its own beside the database names the database's inode and time of birth: a home that
/// was copied, or put back from a backup, has another. An image of a whole disk has not; the hub
/// finds that one out by the chain of changes.
struct HomeBinding {
    let home: FieldHome

    private var path: String { home.path + "/binding" }

    /// Ties the home to the database that is there now.
    func write() {
        guard let name else { return }
        // A home that may only be read is not written to, and is not in danger either.
        try? PrivateFile.write(Array((name + "\n").utf8), to: path, mode: 0o600)
    }

    /// Gives the replica another identity when its database is not the one that this home was tied
    /// to.
    ///
    /// - Returns: what to tell the person; nil when all is as it was.
    /// - Throws: `StoreError`.
    func check(_ store: any ReplicaStorage) throws -> NoticeText? {
        guard let name else { return nil }
        guard let known = try? String(contentsOfFile: path, encoding: .utf8) else {
            write()
            return nil
        }
        guard known.trimmingCharacters(in: .whitespacesAndNewlines) != name else { return nil }
        let count: Int
        do {
            count = try store.transaction { store in
                try Reidentification.perform(
                    as: ReplicaID(rawValue: SecureRandom.uint128()), in: store)
            }
        } catch let error as StoreError where error.code == .notWritable { return nil }
        write()
        return NoticeText(.reidentified(waitingCount: count))
    }

    /// The database's inode and time of birth; nil when it cannot be looked at.
    private var name: String? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: home.replicaPath)
        guard let inode = attributes?[.systemFileNumber] as? NSNumber else { return nil }
        let birth = (attributes?[.creationDate] as? Date)?.timeIntervalSince1970 ?? 0
        return "\(inode) \(Int64((birth * 1_000).rounded(.down)))"
    }
}
