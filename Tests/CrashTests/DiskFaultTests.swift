import HubStore
import Replication
import Testing
import TicketModel

/// Disks that are full or failing: the stores say so, lose nothing that they acknowledged, and work
/// again when the disk does.
@Suite struct DiskFaultTests {
    /// How many faults are tried for each kind in each transaction.
    private static var faultsCount: Int { max(2, TestSetting.statesCount / 500) }

    @Test(arguments: CanonicalTransaction.all)
    func `a call that fails is reported and costs nothing that was acknowledged`(
        transaction: CanonicalTransaction
    ) throws {
        try FaultSurvey.checkFaults(
            in: transaction, countMax: Self.faultsCount, seed: TestSetting.seed)
    }

    @Test(arguments: CanonicalTransaction.all)
    func `a call that fails in a recovery leaves it to the next one`(
        transaction: CanonicalTransaction
    ) throws {
        try FaultSurvey.checkFaultsInRecovery(
            from: transaction, countMax: Self.faultsCount, seed: TestSetting.seed)
    }

    @Test func `a commit that the disk refused leaves no mark of what it would have been`() throws {
        let scratch = try Scratch()
        let directory = try scratch.directory("hub")
        let disk = try RecordedDisk(directory)
        defer { disk.stop() }
        let store = try SQLiteHubStore(path: directory + "/hub.sqlite")
        let epoch = try store.transaction { try $0.epoch() }
        #expect(try store.forgottenHead() == nil)
        disk.fail(RecordedDisk.Fault(kind: .writeFull, nth: 1, isForEver: true))
        #expect(throws: StoreError.self) {
            try store.transaction {
                try $0.beginEpoch(EpochID(rawValue: 9), sharing: 0, isOnlyLog: true)
            }
        }
        disk.fail(nil)
        #expect(try store.read { try $0.epoch() } == epoch)
        #expect(try store.forgottenHead() == nil, "the hub would take itself for put back")
    }
}
