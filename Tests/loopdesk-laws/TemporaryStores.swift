import Foundation
import HubStore
import ReplicaStore
import Replication
import ReplicationLaws
import StoreSupport

extension LawStores {
    /// Stores on files of a directory that goes when they do.
    static let temporary = LawStores(
        withReplica: { body in
            try inDirectory { path in
                let store = try SQLiteReplicaStore(
                    path: path + "/replica.sqlite", mode: .oneShot, createsFile: true)
                let count = try body(store)
                try store.close()
                return count
            }
        },
        withHub: { body in
            try inDirectory { path in
                let store = try SQLiteHubStore(path: path + "/hub.sqlite")
                let count = try body(store)
                try store.close()
                return count
            }
        })

    private static func inDirectory(_ body: (String) throws -> Int) throws -> Int {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("loopdesk-laws-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory.path)
    }
}
