import HubStore
import Replication
import StoreConformance
import Testing

@Suite struct HubStoreConformanceTests {
    @Test("the hub's store on SQLite keeps the contract", arguments: HubStorageConformance.checks)
    func contract(check: Check<any HubStorage>) throws {
        let directory = try TemporaryDirectory()
        try check.run { try SQLiteHubStore(path: directory.file("hub.sqlite")) }
    }
}
