import HubStore
import ReplicaStore
import Replication

/// A hub's store that tells its world when something has become durable, or has failed.
final class AcknowledgedHubStore: HubStorage {
    let file: SQLiteHubStore
    private unowned let world: CrashWorld

    init(_ file: SQLiteHubStore, _ world: CrashWorld) {
        self.file = file
        self.world = world
    }

    func transaction<Value>(_ body: (any HubTransaction) throws -> Value) throws -> Value {
        let value = try world.watched { try file.transaction(body) }
        try world.onAcknowledgement(.hub, CrashWorld.Machine.hub.fileName)
        return value
    }

    func read<Value>(_ body: (any HubReader) throws -> Value) throws -> Value {
        try world.watched { try file.read(body) }
    }
}

/// A device's store that tells its world when something has become durable, or has failed.
final class AcknowledgedReplicaStore: ReplicaStorage {
    let file: SQLiteReplicaStore
    private unowned let world: CrashWorld
    private let machine: CrashWorld.Machine

    init(_ file: SQLiteReplicaStore, _ world: CrashWorld, _ machine: CrashWorld.Machine) {
        self.file = file
        self.world = world
        self.machine = machine
    }

    func transaction<Value>(
        _ body: (any ReplicaTransaction) throws -> Value
    ) throws -> Value {
        let value = try world.watched { try file.transaction(body) }
        try world.onAcknowledgement(machine, machine.fileName)
        return value
    }

    func read<Value>(_ body: (any ReplicaReader) throws -> Value) throws -> Value {
        try world.watched { try file.read(body) }
    }
}
