import Replication
import StoreConformance
import StoreSupport
import Testing

@Suite struct FileLockTests {
    @Test func `only one holder at a time, and the next when it is done`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("store.lock")
        let (first, second) = (FileLock(path: path), FileLock(path: path))
        try first.withLock(timeoutMilliseconds: 1_000) {
            let refusal = #expect(throws: StoreError.self) {
                try second.withLock(timeoutMilliseconds: 20) {}
            }
            #expect(refusal?.code == .busy)
        }
        let value = try second.withLock(timeoutMilliseconds: 1_000) { "held" }
        #expect(value == "held")
    }
}
