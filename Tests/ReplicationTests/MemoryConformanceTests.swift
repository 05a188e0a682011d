import Replication
import StoreConformance
import Testing
import Wire

@Suite struct MemoryConformanceTests {
    @Test("the hub's store in memory keeps the contract", arguments: HubStorageConformance.checks)
    func hub(check: Check<any HubStorage>) throws {
        try check.run { InMemoryHubStorage(codec: ProtobufCodec()) }
    }
}
