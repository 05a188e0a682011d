import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// Forgetting the log: only what is backed up and old, and a slice at a time
/// (replication.md 3.14).
@Suite struct LogCompactionTests {
    private static let day: Int64 = 24 * 3_600 * 1_000
    private let world: HubWorld
    private var device: TestDevice

    init() throws {
        world = try HubWorld()
        device = try world.greetedDevice()
    }

    private mutating func work(_ count: Int = 1) throws {
        for _ in 0..<count {
            let body = TestDevice.complaint(at: world.now)
            _ = try #require(world.ask(.push(device.push([body])), from: device)?.ack)
        }
    }

    private func head() throws -> UInt64 { try world.memory.read { try $0.head().sequence } }

    private func confirmBackup() throws {
        let (epoch, head) = try world.memory.read { (try $0.epoch(), try $0.head()) }
        _ = try world.administrator.perform(
            .confirmBackup(
                BackupRequest(
                    epoch: epoch.description, sequence: head.sequence,
                    hash: head.hash.description)), at: world.now)
    }

    private func compact(keepDays: Int = 90) throws -> CompactionView {
        let reply = try world.administrator.perform(.compact(keepDays: keepDays), at: world.now)
        guard case .compacted(let view) = reply else { throw Unexpected("compacting", nil) }
        return view
    }

    @Test mutating func `without a backup nothing is forgotten, and the reason is told`() throws {
        try work(3)
        world.now = world.now.adding(milliseconds: 400 * Self.day)
        let view = try compact()
        #expect(view.count == 0 && view.logBase == 0 && !view.hasMore)
        #expect(view.reason?.en.contains("loopdesk-hub backup") == true)
        #expect(throws: HubAdministrator.Refusal.self) { _ = try compact(keepDays: -1) }
    }

    @Test mutating func `what is old and in a backup goes, the rest stays`() throws {
        try work(3)
        try confirmBackup()
        let backedUp = try head()
        try work(2)
        #expect(try compact().count == 0, "everything is young")
        world.now = world.now.adding(milliseconds: 91 * Self.day)
        let view = try compact()
        #expect(view.logBase == backedUp && view.durableSequence == backedUp)
        #expect(view.reason?.en.contains("in no backup") == true)
        try confirmBackup()
        #expect(try compact(keepDays: 92).count == 0)
        #expect(try compact().logBase == head())
        guard case .status(let status) = try world.administrator.perform(.status, at: world.now)
        else { throw Unexpected("asking", nil) }
        #expect(status.logBase == status.head && status.durableSequence == status.head)
    }

    @Test mutating func `it stops before the first young entry, whatever stands behind it`() throws
    {
        try work(2)
        let old = try head()
        world.now = world.now.adding(milliseconds: 100 * Self.day)
        try work()
        // What a replica brought back carries the time of its first commit.
        world.now = world.now.adding(milliseconds: -100 * Self.day)
        try work()
        world.now = world.now.adding(milliseconds: 100 * Self.day)
        try confirmBackup()
        #expect(try compact().logBase == old)
    }

    @Test mutating func `a slice is as long as it may be, and the next goes on`() throws {
        try work(6)
        try confirmBackup()
        world.now = world.now.adding(milliseconds: 91 * Self.day)
        var tuning = HubLoop.Tuning()
        tuning.compactionEntriesCountMax = 4
        let loop = HubLoop(
            store: world.memory, codec: ProtobufCodec(),
            configuration: .init(
                feedEndpoint: "", software: "test", recoveryKey: .generate(), seed: 1,
                tuning: tuning))
        var counts: [Int] = []
        while true {
            let (count, hasMore) = try loop.compactLog(at: world.now)
            counts.append(count)
            if !hasMore { break }
        }
        let total = Int(try head())
        #expect(counts.reduce(0, +) == total && counts.dropLast().allSatisfy { $0 == 4 })
        #expect(try loop.compactLog(at: world.now) == (0, false))
    }

    @Test mutating func `a hub that recovers forgets nothing`() throws {
        try work(3)
        try confirmBackup()
        world.now = world.now.adding(milliseconds: 91 * Self.day)
        try world.memory.transaction {
            try LogLife.begin(sharing: $0.head().sequence, seed: 1, at: world.now, in: $0)
        }
        #expect(try compact().reason?.en.contains("recovering") == true)
        guard case .recovery(let view) = try world.administrator.perform(.recovery, at: world.now)
        else { throw Unexpected("asking", nil) }
        #expect(view.isRecovering && view.devices.map(\.label) == ["till"])
        _ = try world.administrator.perform(.endRecovery, at: world.now)
        #expect(try compact().count > 0)
        #expect(throws: HubAdministrator.Refusal.self) {
            try world.administrator.perform(.endRecovery, at: world.now)
        }
    }

    @Test mutating func `a backup of another log makes nothing durable`() throws {
        try work()
        let (epoch, head) = try world.memory.read { (try $0.epoch(), try $0.head()) }
        for request in [
            BackupRequest(
                epoch: EpochID(rawValue: 7).description, sequence: head.sequence,
                hash: head.hash.description),
            BackupRequest(
                epoch: epoch.description, sequence: head.sequence - 1,
                hash: head.hash.description),
            BackupRequest(epoch: epoch.description, sequence: head.sequence + 5, hash: "00"),
        ] {
            let reply = world.administrator.answer(.confirmBackup(request), at: world.now)
            guard case .refused = reply else { throw Unexpected("confirming", nil) }
        }
        #expect(try world.memory.read { try $0.durableSequence() } == 0)
    }
}
