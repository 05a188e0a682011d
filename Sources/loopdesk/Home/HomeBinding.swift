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
        let knownName = known.trimmingCharacters(in: .whitespacesAndNewlines)
        guard knownName != name else { return nil }
        if isOfEarlierBuild(knownName, like: name) {
            write()
            return nil
        }
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
        guard let birth = FileBirth(ofFileAt: home.replicaPath) else { return nil }
        return "\(birth.inode) born \(birth.seconds).\(birth.nanoseconds)"
    }

    /// Whether a binding names the file by a time that is not its birth, as earlier builds did:
    /// that one changed with every write to the file, so only the inode says anything.
    private func isOfEarlierBuild(_ known: String, like name: String) -> Bool {
        !known.contains("born") && known.prefix { $0 != " " } == name.prefix { $0 != " " }
    }
}
