import Replication
import StoreConformance
import Testing
import Wire

@Suite struct MemoryConformanceTests {
    @Test("the hub's store in memory keeps the contract", arguments: HubStorageConformance.checks)
    func hub(check: Check<any HubStorage>) throws {
        try check.run { InMemoryHubStorage(codec: ProtobufCodec()) }
    }

    @Test("a replica in memory keeps the contract", arguments: ReplicaStorageConformance.checks)
    func replica(check: Check<any ReplicaStorage>) throws {
        try check.run { InMemoryReplicaStorage(codec: ProtobufCodec()) }
    }
}
