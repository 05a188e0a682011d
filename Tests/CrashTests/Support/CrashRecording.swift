import FieldClient
import Foundation
import Replication
import StoreSupport
import TicketModel

/// The disks of a world and its memory, to begin from again and again.
struct Fixture: Sendable {
    let scratch: Scratch
    let memory: CrashWorld.Memory

    /// A hub and two devices in step; made once for the seed of this run.
    static func shared(seed: UInt64 = TestSetting.seed) throws -> Fixture {
        try seed == TestSetting.seed ? sharedFixture.get() : populated(seed: seed)
    }

    private static let sharedFixture = Result { try populated(seed: TestSetting.seed) }

    private static func populated(seed: UInt64) throws -> Fixture {
        let scratch = try Scratch()
        let world = try make(in: scratch.directory("base"), .init(random: SplitMix(state: seed)))
        try world.populate()
        for machine in CrashWorld.Machine.allCases { try world.close(machine) }
        return Fixture(scratch: scratch, memory: world.memory)
    }

    /// What `transaction` needs before it. Its machine's disk is left as a program leaves it that
    /// was killed: with everything in the log.
    func prepared(for transaction: CanonicalTransaction) throws -> Fixture {
        let fixture = try copy()
        let world = fixture.world()
        try transaction.prepare(world)
        world.abandon()
        switch transaction.beginning {
        case .asPrepared: break
        case .empty: _ = try fixture.scratch.directory("base/" + transaction.machine.rawValue)
        case .firstVersion: try FirstVersion.make(of: transaction.machine, world)
        }
        return Fixture(scratch: fixture.scratch, memory: world.memory)
    }

    /// The same in a place of its own, to be changed.
    func copy() throws -> Fixture {
        let scratch = try Scratch()
        try FileManager.default.copyItem(
            atPath: self.scratch.path + "/base", toPath: scratch.path + "/base")
        return Fixture(scratch: scratch, memory: memory)
    }

    func world(policies: PolicyReader = PolicyReader()) -> CrashWorld {
        CrashWorld(root: scratch.path + "/base", memory: memory, policies: policies)
    }

    func world(
        for transaction: CanonicalTransaction, policies: PolicyReader = PolicyReader()
    ) -> CrashWorld {
        let world = world(policies: policies)
        world.mode = transaction.modes[0]
        world.tuning.snapshotByteCountMax = transaction.snapshotByteCountMax
        return world
    }

    private static func make(
        in root: String, _ memory: CrashWorld.Memory
    ) throws -> CrashWorld {
        for machine in CrashWorld.Machine.allCases {
            try FileManager.default.createDirectory(
                atPath: root + "/" + machine.rawValue, withIntermediateDirectories: false)
        }
        return CrashWorld(root: root, memory: memory)
    }
}

extension CanonicalTransaction {
    /// Does all rounds in a world, closing the store after each.
    func run(in world: CrashWorld) throws {
        for round in 0..<roundsCount {
            world.mode = modes[round % modes.count]
            try act(world, round)
            try world.close(machine)
        }
    }
}

/// What happened to a disk during a transaction, and what its files held at each acknowledgement.
struct CrashRecording {
    let transaction: CanonicalTransaction
    let disk: RecordedDisk
    /// By file name.
    let histories: [String: History]
    /// The files as they were in the end.
    let finalImage: CrashImage

    init(
        _ transaction: CanonicalTransaction, on fixture: Fixture, lie: RecordedDisk.Lie? = nil
    ) throws {
        let fixture = try fixture.copy()
        let world = fixture.world(for: transaction)
        let disk = try RecordedDisk(world.directory(transaction.machine))
        disk.lie(lie)
        let notes = Notes(transaction, world, disk)
        try notes.begin()
        world.onAcknowledgement = { machine, file in
            if machine == transaction.machine { try notes.take(file) }
        }
        try transaction.run(in: world)
        disk.stop()
        self.transaction = transaction
        self.disk = disk
        histories = notes.histories
        finalImage = try CrashImage(directory: world.directory(transaction.machine))
    }

    /// Writes down what the files hold while the transaction runs.
    private final class Notes {
        let transaction: CanonicalTransaction
        unowned let world: CrashWorld
        let disk: RecordedDisk
        var histories: [String: History] = [:]
        /// Every intent that the hub has answered so far, also where the log is gone.
        private var operations: Set<OperationID> = []

        init(_ transaction: CanonicalTransaction, _ world: CrashWorld, _ disk: RecordedDisk) {
            self.transaction = transaction
            self.world = world
            self.disk = disk
        }

        /// What is there before. A store that opening makes or migrates is as the first
        /// acknowledgement will show it, but for chance.
        func begin() throws {
            let file = transaction.machine.fileName
            if let other = transaction.otherFile {
                histories[other] = History(moments: [.init(eventsCount: 0, snapshot: nil)])
            }
            histories[file] = History(beginsEmpty: transaction.beginning == .empty)
            if transaction.beginning == .asPrepared { try take(file, eventsCount: 0) }
        }

        func take(_ file: String) throws { try take(file, eventsCount: disk.eventsCount) }

        private func take(_ file: String, eventsCount: Int) throws {
            let snapshot =
                transaction.machine == .hub ? try hubSnapshot() : try replicaSnapshot()
            if histories[file]?.moments.isEmpty == true, transaction.beginning != .asPrepared {
                histories[file]?.moments.append(.init(eventsCount: 0, snapshot: snapshot))
            }
            histories[file]?.moments.append(
                .init(eventsCount: eventsCount, snapshot: snapshot))
        }

        /// What the hub's store holds now; the copy of a backup holds the same. Numbers that a
        /// device has heard of count too: the hub may have forgotten them.
        private func hubSnapshot() throws -> Snapshot {
            var snapshot = try Snapshot(path: world.path(.hub))
            try world.hub().store.read { hub in
                operations.formUnion(try hub.operations())
                for operation in operations {
                    snapshot.acknowledged[operation] = try hub.answer(to: operation)
                }
                snapshot.numbers = try hub.numbers()
            }
            if transaction.beginning == .asPrepared {
                snapshot.numbers.formUnion(try world.numbersAtDevices())
            }
            return snapshot
        }

        private func replicaSnapshot() throws -> Snapshot {
            var snapshot = try Snapshot(path: world.path(transaction.machine))
            try world.device(transaction.machine).store.read { replica in
                for change in try replica.changes(on: nil, countMax: 100_000) {
                    snapshot.acknowledged[change.body.operation] = change.intent.bodyBytes
                }
            }
            return snapshot
        }
    }
}
