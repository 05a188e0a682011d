import Foundation
import Glibc
import Testing

/// Hub and clients die without warning while they sync; nothing is lost, nothing is doubled.
@Suite struct ConvergenceUnderKillTests {
    /// How many times something is killed.
    static let momentsCount = 50
    /// A process dies at most this long after the sync has begun, or later if this machine takes
    /// longer for one.
    static let delayMillisecondsMax = 150

    @Test func `kill -9 at any moment of a sync loses and doubles nothing`() async throws {
        let seed = TestSeed.make()
        do {
            var day = try await KillDay(seed: seed)
            for moment in 1...Self.momentsCount { try await day.go(through: moment) }
            try await day.end()
            try await day.checkTheHub()
        } catch {
            throw TestFailure("LOOPDESK_TEST_SEED=\(seed): \(error)")
        }
    }
}

/// Two stores and a hub on a day on which everything crashes.
private struct KillDay {
    /// After how many moments the length of a sync is measured again.
    private static let measuringPeriod = 10

    private let seed: UInt64
    private var random: SplitMix
    private let hub: TestHub
    private var hubProcess: RunningProgram
    private let ready: TestHub.Ready
    private let stores: [TestClient]
    /// By store: the numbers that the clerks were given.
    private var numbers: [[String]] = [[], []]
    private var notes: [String] = []
    private var interruptionsCount = 0
    /// What the last undisturbed sync took from its start to its end.
    private var syncDuration = Duration.zero

    init(seed: UInt64) async throws {
        self.seed = seed
        random = SplitMix(state: seed)
        hub = try await TestHub()
        (hubProcess, ready) = try await hub.start()
        stores = [
            try await hub.join("lina", role: "clerk", store: "S001"),
            try await hub.join("wangqiang", role: "clerk", store: "S002"),
        ]
    }

    /// One store writes something and syncs, and one of the two processes dies.
    mutating func go(through moment: Int) async throws {
        let index = Int.random(in: 0..<stores.count, using: &random)
        if moment % Self.measuringPeriod == 1 {
            try await write(at: index, "before \(moment)")
            try await measure(stores[index])
        }
        try await write(at: index, "\(moment)")
        let span = max(
            syncDuration, .milliseconds(ConvergenceUnderKillTests.delayMillisecondsMax))
        let delay = span * Double.random(in: 0...1.2, using: &random)
        let hubDies = Bool.random(using: &random)
        let sync = try stores[index].start(["sync"])
        try await Task.sleep(for: delay)
        if hubDies {
            hubProcess.send(signal: SIGKILL)
            #expect(try await hubProcess.ended().status == 128 + SIGKILL)
        } else {
            sync.send(signal: SIGKILL)
        }
        let result = try await sync.ended()
        let allowed = hubDies ? [0, 4] : [0, 128 + SIGKILL]
        #expect(allowed.contains(result.status), "moment \(moment), seed \(seed): \(result)")
        if result.status != 0 { interruptionsCount += 1 }
        if hubDies { (hubProcess, _) = try await hub.start(listen: ready.sync, feed: ready.feed) }
    }

    /// Lets one sync through and notes how long it takes here and now.
    private mutating func measure(_ store: TestClient) async throws {
        let start = ContinuousClock.now
        try await store.runChecked(["sync"])
        syncDuration = .now - start
    }

    /// Some new tickets, and a note on an earlier one.
    private mutating func write(at index: Int, _ moment: String) async throws {
        let store = stores[index]
        let tickets = (1...Int.random(in: 1...3, using: &random)).map { ordinal in
            TicketInput(
                description: String(
                    repeating: "断", count: Int.random(in: 1...5_000, using: &random)),
                note: "written with \(moment).\(ordinal)")
        }
        let earlier = numbers[index].randomElement(using: &random)
        numbers[index] += try await store.log(tickets).map(\.provisionalNumber)
        notes += tickets.compactMap(\.note)
        guard let earlier else { return }
        let note = "written later, \(moment)"
        try await store.runChecked(["note", earlier, note])
        notes.append(note)
    }

    /// Both stores come in step and the hub stops; every process has ended then.
    func end() async throws {
        #expect(interruptionsCount > 0, "no sync was interrupted, seed \(seed)")
        for store in stores {
            try await store.runChecked(["sync"])
            let status = try await store.status()
            #expect(status.queued == 0 && status.unanswered == 0, "seed \(seed): \(status)")
            #expect(status.drafts == 0, "seed \(seed): \(status)")
        }
    }

    /// A replica that never saw the crashes holds what the clerks wrote, once.
    func checkTheHub() async throws {
        let boss = try await hub.join("zhao", role: "supervisor")
        let found = try await boss.list()
        let written = numbers.flatMap(\.self).sorted()
        #expect(found.map(\.provisionalNumber).sorted() == written, "seed \(seed)")
        #expect(Set(found.map(\.number)).count == found.count, "a number twice, seed \(seed)")
        var foundNotes: [String] = []
        for ticket in found {
            let shown = try await boss.read(TicketOutput.self, ["show", ticket.number])
            #expect(shown.official, "\(shown.number), seed \(seed)")
            foundNotes += shown.comments.map(\.text)
        }
        #expect(foundNotes.sorted() == notes.sorted(), "seed \(seed)")
        #expect(try await hub.stop(hubProcess).status == 0)
        for path in [hub.home + "/hub.sqlite"] + (stores + [boss]).map(\.replicaPath) {
            try checkIntegrity(of: path, "\(path), seed \(seed)")
        }
    }
}
