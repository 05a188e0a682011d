import Foundation
import ReplicaStore
import Replication
import Testing

/// Disks that lie must be found out: a suite that passes on them proves nothing.
@Suite struct CrashControlTests {
    private static let statesCount = 80

    private func survey(
        _ transaction: CanonicalTransaction, _ lie: RecordedDisk.Lie?, seed: UInt64
    ) throws -> CrashSurvey {
        let fixture = try Fixture.shared(seed: seed).prepared(for: transaction)
        let recording = try CrashRecording(transaction, on: fixture, lie: lie)
        var survey = try CrashSurvey()
        survey.check(recording, statesCount: Self.statesCount, seed: seed)
        return survey
    }

    @Test(arguments: [CanonicalTransaction.create, .push, .settle])
    func `a log that is not synced loses acknowledged changes`(
        transaction: CanonicalTransaction
    ) throws {
        let seed = TestSetting.seed
        #expect(try survey(transaction, .swallowsLogSync, seed: seed).count(.lost) > 0, "\(seed)")
    }

    /// Pages of different age make a file that is damaged as often as one that is merely old.
    @Test(arguments: [CanonicalTransaction.create, .push, .checkpoint])
    func `a file that is not synced when the log is copied into it loses acknowledged changes`(
        transaction: CanonicalTransaction
    ) throws {
        let seed = TestSetting.seed
        let survey = try survey(transaction, .swallowsDatabaseSync, seed: seed)
        #expect(!survey.problems.isEmpty, "\(seed)")
    }

    @Test(arguments: [CanonicalTransaction.edit, .fireTimers, .makeReplica])
    func `a connection with synchronous off loses acknowledged changes`(
        transaction: CanonicalTransaction
    ) throws {
        let seed = TestSetting.seed
        #expect(try survey(transaction, .synchronousOff, seed: seed).count(.lost) > 0, "\(seed)")
    }

    @Test func `a backup that is not synced can be gone after it was acknowledged`() throws {
        let seed = TestSetting.seed
        #expect(try survey(.backup, .swallowsOwnSync, seed: seed).count(.lost) > 0, "\(seed)")
    }

    @Test func `work that should be one transaction and is two is found in halves`() throws {
        let halves = CanonicalTransaction(name: "halves", machine: .clerk) { world, _ in
            let store = try world.device(.clerk).store.file
            for name in ["first", "second"] {
                try store.transaction { try $0.saveSetting(name, world.words()) }
            }
            try world.onAcknowledgement(.clerk, CrashWorld.Machine.clerk.fileName)
        }
        let seed = TestSetting.seed
        #expect(try survey(halves, nil, seed: seed).count(.torn) > 0, "\(seed)")
    }

    @Test func `a hub put back together with its reserved numbers gives some of them again`()
        throws
    {
        var transaction = CanonicalTransaction.restore
        transaction.prepare = { world in
            let (numbers, kept) = (world.path(.hub) + ".numbers", world.root + "/numbers")
            try world.copyFiles(from: numbers, to: kept)
            try world.putHubBack()
            try world.copyFiles(from: kept, to: numbers)
        }
        let survey = try survey(transaction, nil, seed: TestSetting.seed)
        #expect(survey.count(.numberGivenTwice) > 0, "\(TestSetting.seed)")
    }

    @Test func `a hub that was put back together with its mark is not found out`() throws {
        var transaction = CanonicalTransaction.restore
        transaction.prepare = { world in
            try world.putHubBack()
            try FileManager.default.removeItem(atPath: world.path(.hub) + ".head")
        }
        let survey = try survey(transaction, nil, seed: TestSetting.seed)
        #expect(survey.count(.mistaken) > 0, "\(TestSetting.seed)")
    }
}
