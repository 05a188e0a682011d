import Foundation
import GRDB
import Glibc
import Testing

/// The hub dies without warning while thousands of promises come due (domain.md T8, T29).
@Suite struct TimersUnderKillTests {
    static let ticketsCount = 1_200
    static let batchesCount = 3
    /// What is promised to each ticket; half of it goes by before the warning.
    static let limitSeconds = 16
    /// How often the hub dies at most.
    static let killsCountMax = 200
    /// How often it dies before it is asked what is left.
    static let killsPerLook = 4
    /// How long one life of the hub lasts at most before it is killed.
    static let lifeMillisecondsMax = 500

    @Test func `kill -9 while timers come due lets every rung ring once and in order`()
        async throws
    {
        let seed = TestSeed.make()
        do {
            var day = try await RingingDay(seed: seed)
            try await day.logTickets()
            try await day.dieUntilAllIsQuiet()
            try await day.check()
        } catch {
            throw TestFailure("LOOPDESK_TEST_SEED=\(seed): \(error)")
        }
    }
}

/// A hub on a day on which nobody answers a customer.
private struct RingingDay {
    private let seed: UInt64
    private var random: SplitMix
    private let hub: TestHub
    private let store: TestClient
    private let boss: TestClient
    private var process: RunningProgram
    private let ready: TestHub.Ready
    private var killsCount = 0

    init(seed: UInt64) async throws {
        self.seed = seed
        random = SplitMix(state: seed)
        hub = try await TestHub()
        (process, ready) = try await hub.start()
        let yaml = try await hub.runChecked(["policy", "show"])
        let hasty = yaml.replacingOccurrences(
            of: "{urgent: 1h,", with: "{urgent: \(TimersUnderKillTests.limitSeconds)s,"
        )
        .replacingOccurrences(of: "at: 75%", with: "at: 50%")
        .replacingOccurrences(of: "\nversion: 1\n", with: "\nversion: 2\n")
        try await hub.runChecked(["policy", "load", "-"], input: hasty)
        store = try await hub.join("lina", role: "clerk", store: "S001")
        boss = try await hub.join("zhao", role: "supervisor")
    }

    /// The hub lives while the tickets arrive; some may ring already then.
    func logTickets() async throws {
        let batchCount = TimersUnderKillTests.ticketsCount / TimersUnderKillTests.batchesCount
        for batch in 1...TimersUnderKillTests.batchesCount {
            let tickets = (1...batchCount).map {
                TicketInput(priority: "urgent", description: "紧急 \(batch).\($0)")
            }
            _ = try await store.log(tickets)
            try await reachHub(store)
        }
    }

    /// A hub that has just come back, with hundreds of limits over, may not answer the first time.
    private func reachHub(_ client: TestClient) async throws {
        _ = try await eventually("a sync of \(client.home), seed \(seed)", within: .seconds(180)) {
            let result = try await client.run(["sync"])
            guard [0, 4].contains(result.status) else { throw TestFailure("sync: \(result)") }
            return result.status == 0 ? true : nil
        }
    }

    /// Kills the hub after a random while, again and again, until no timer is left.
    mutating func dieUntilAllIsQuiet() async throws {
        while try await timersCount() > 0, killsCount < TimersUnderKillTests.killsCountMax {
            for _ in 0..<TimersUnderKillTests.killsPerLook {
                let life = Int.random(
                    in: 0...TimersUnderKillTests.lifeMillisecondsMax, using: &random)
                try await Task.sleep(for: .milliseconds(life))
                process.send(signal: SIGKILL)
                #expect(try await process.ended().status == 128 + SIGKILL)
                killsCount += 1
                (process, _) = try await hub.start(listen: ready.sync, feed: ready.feed)
            }
        }
        _ = try await eventually("the last timer", within: .seconds(180)) {
            try await timersCount() == 0 ? true : nil
        }
        #expect(killsCount > 0, "nothing was interrupted, seed \(seed)")
    }

    private func timersCount() async throws -> Int {
        try #require(try await hub.read(["status"])["timers"] as? Int)
    }

    /// A supervisor hears of every missed limit once, and the hub knows of nothing else.
    func check() async throws {
        try await reachHub(boss)
        let listed = try await boss.read(
            TicketList.self, ["list", "--all", "--limit", "10000"]
        ).tickets
        #expect(listed.count == TimersUnderKillTests.ticketsCount, "seed \(seed)")
        let due = Dictionary(
            uniqueKeysWithValues: try listed.map { ($0.number, try $0.dueMilliseconds) })
        let (missed, warned) = (try await events("escalations"), try await events("warnings"))
        #expect(try await hub.stop(process).status == 0)
        let fired = try firedRungs(of: Set(due.keys))
        print(
            "\(killsCount) kills, \(missed.count) limits of which "
                + "\(missed.count { $0.late }) were told by an act, \(warned.count) warnings, "
                + "seed \(seed)")

        #expect(Set(missed.map(\.number)) == Set(due.keys), "a limit never rang, seed \(seed)")
        #expect(missed.count == due.count, "a limit rang twice, seed \(seed)")
        #expect(
            Set(warned.map(\.number)).count == warned.count, "a warning came twice, seed \(seed)")
        let instants = missed.filter { !$0.late }.compactMap { due[$0.number] }
        #expect(instants == instants.sorted(), "limits rang out of order, seed \(seed)")
        let warnings = Dictionary(warned.map { ($0.number, $0.sequence) }) { first, _ in first }
        for limit in missed {
            let (dueAt, rungs) = (due[limit.number] ?? 0, fired[limit.number] ?? [:])
            #expect(rungs[1].map { $0 >= dueAt } == true, "\(limit) rang early, seed \(seed)")
            if let warning = warnings[limit.number] {
                #expect(warning < limit.sequence, "\(limit) and then a warning, seed \(seed)")
            } else if !limit.late {
                // Only a warning that its limit had overtaken is silent.
                let handledAt = try #require(rungs[0], "\(limit): no warning, seed \(seed)")
                #expect(handledAt >= dueAt, "\(limit): a warning was lost, seed \(seed)")
            }
        }
        try checkIntegrity(of: hub.home + "/hub.sqlite", "seed \(seed)")
    }

    private func events(_ feed: String) async throws -> [RungOutput] {
        let output = try await boss.runChecked(["watch", feed, "--json", "--once"])
        let events = try output.split(separator: "\n").map {
            try JSONDecoder().decode(RungOutput.self, from: Data($0.utf8))
        }
        let sequences = events.map(\.sequence)
        #expect(sequences == sequences.sorted(), "the feed is out of order, seed \(seed)")
        return events
    }

    /// When the hub dealt with each rung, by number and rung.
    private func firedRungs(of numbers: Set<String>) throws -> [String: [Int: Int64]] {
        let queue = try DatabaseQueue(path: hub.home + "/hub.sqlite")
        let rows = try queue.read { database in
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM timer") == 0)
            return try Row.fetchAll(
                database,
                sql: """
                    SELECT number, rung, fired_at FROM fired_timer
                    JOIN ticket_number ON ticket_number.ticket = fired_timer.ticket
                    WHERE clock = 'response' AND cycle = 1
                    """)
        }
        try queue.close()
        var fired: [String: [Int: Int64]] = [:]
        for row in rows where numbers.contains(row["number"]) {
            fired[row["number"], default: [:]][row["rung"]] = row["fired_at"]
        }
        return fired
    }
}

/// What this test needs of an event.
private struct RungOutput: Decodable {
    let sequence: Int
    let number: String
    /// Whether an act told of it because no timer had.
    let late: Bool
}

/// What this test needs of the list.
private struct TicketList: Decodable {
    struct Item: Decodable {
        let number: String
        let capturedAt: String

        /// When the promise ends.
        var dueMilliseconds: Int64 {
            get throws {
                let captured = try Date(
                    capturedAt, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true))
                return Int64((captured.timeIntervalSince1970 * 1_000).rounded())
                    + Int64(TimersUnderKillTests.limitSeconds) * 1_000
            }
        }
    }

    let tickets: [Item]
}
