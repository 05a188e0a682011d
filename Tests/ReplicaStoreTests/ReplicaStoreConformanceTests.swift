import ReplicaStore
import Replication
import StoreConformance
import StoreSupport
import Testing

@Suite struct ReplicaStoreConformanceTests {
    @Test(
        "a replica on SQLite keeps the contract",
        arguments: ReplicaStorageConformance.checks, [StoreMode.oneShot, .daemon])
    func contract(check: Check<any ReplicaStorage>, mode: StoreMode) throws {
        let directory = try TemporaryDirectory()
        try check.run {
            try SQLiteReplicaStore(
                path: directory.file("replica.sqlite"), mode: mode, createsFile: true)
        }
    }
}
