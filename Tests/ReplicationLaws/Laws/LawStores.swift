import Foundation
import HubStore
import ReplicaStore
import Replication
import StoreSupport

/// Stores on files of a directory that goes when they do.
enum LawStores {
    static func withReplica<Value>(
        _ body: (any ReplicaStorage) throws -> Value
    ) throws -> Value {
        try inDirectory { path in
            let store = try SQLiteReplicaStore(
                path: path + "/replica.sqlite", mode: .oneShot, createsFile: true)
            let value = try body(store)
            try store.close()
            return value
        }
    }

    static func withHub<Value>(_ body: (any HubStorage) throws -> Value) throws -> Value {
        try inDirectory { path in
            let store = try SQLiteHubStore(path: path + "/hub.sqlite")
            let value = try body(store)
            try store.close()
            return value
        }
    }

    private static func inDirectory<Value>(_ body: (String) throws -> Value) throws -> Value {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("loopdesk-laws-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory.path)
    }
}
