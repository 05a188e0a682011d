import Foundation
import Glibc
import Testing

/// `watch` under kill -9: each escalation arrives, in order, and twice only across a kill.
@Suite struct WatchTests {
    static let eventsCount = 1_000
    static let batchesCount = 10
    static let killsCountMax = 40
    /// A watch lives at most this long before it is killed.
    static let lifeMillisecondsMax = 1_000

    @Test func `no escalation is lost or late in line when watch is killed again and again`()
        async throws
    {
        let seed = TestSeed.make()
        do { try await follow(SplitMix(state: seed)) } catch {
            throw TestFailure("LOOPDESK_TEST_SEED=\(seed): \(error)")
        }
    }

    private func follow(_ random: SplitMix) async throws {
        var random = random
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        try await hub.loadHastyPolicy()
        let store = try await hub.join("lina", role: "clerk", store: "S001")
        let boss = try await hub.join("zhao", role: "supervisor")

        async let logging: Void = logUrgentTickets(store)
        let watched = try await watch(
            boss, ["watch", "escalations", "--json"], batchCountMax: 100, &random)
        try await logging
        #expect(watched.killsCount > 0, "nothing was interrupted")

        let file = boss.directory.file("taken")
        let executed = try await execute(boss, into: file, &random)
        #expect(executed == watched.events)

        let once = ["watch", "escalations", "--json", "--once", "--consumer", "fresh"]
        let fresh = try EventOutput.lines(await boss.runChecked(once))
        #expect(fresh == watched.events)
        #expect(try await boss.runChecked(once).isEmpty, "they were delivered")
        #expect(Set(fresh.map(\.number)).count == Self.eventsCount)
        #expect(try await hub.stop(process).status == 0)
        for path in [hub.home + "/hub.sqlite", boss.replicaPath] { try checkIntegrity(of: path) }
    }

    @Test func `--new skips what was there at the first start, and nothing ever after`()
        async throws
    {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let store = try await hub.join("lina", role: "clerk", store: "S001")
        let boss = try await hub.join("zhao", role: "supervisor")
        let watch = ["watch", "escalations", "escalations", "--new", "--json", "--once"]
        #expect(try await boss.runChecked(watch).isEmpty)
        let number = try #require(
            try await store.log([TicketInput(priority: "urgent", description: "漏电")]).first?.number)
        try await store.runChecked(["escalate", number, "--reason", "漏电"])
        try await store.runChecked(["sync"])
        try await boss.runChecked(["sync"])
        let events = try EventOutput.lines(await boss.runChecked(watch))
        #expect(events.count == 1, "told after the first start, once: \(events)")
        let late = try await boss.runChecked(watch + ["--consumer", "late"])
        #expect(late.isEmpty, "a new reader skips what is there")
        #expect(try await hub.stop(process).status == 0)
    }

    private func logUrgentTickets(_ store: TestClient) async throws {
        for batch in 1...Self.batchesCount {
            let tickets = (1...Self.eventsCount / Self.batchesCount).map {
                TicketInput(priority: "urgent", description: "紧急 \(batch).\($0)")
            }
            _ = try await store.log(tickets)
            try await store.runChecked(["sync"])
        }
    }

    /// Runs the command, kills it again and again, and at last lets it finish.
    private func watch(
        _ boss: TestClient, _ command: [String], batchCountMax: Int, _ random: inout SplitMix
    ) async throws -> (events: [EventOutput], killsCount: Int) {
        var delivery = Delivery(repetitionCountMax: batchCountMax)
        for killsCount in 0..<Self.killsCountMax {
            let process = try boss.start(command)
            try await Task.sleep(
                for: .milliseconds(Int.random(in: 0...Self.lifeMillisecondsMax, using: &random)))
            process.send(signal: SIGKILL)
            let result = try await process.ended()
            #expect(result.status == 128 + SIGKILL, "\(result)")
            delivery.add(try EventOutput.lines(result.output))
            if delivery.events.count >= Self.eventsCount { return (delivery.events, killsCount) }
        }
        let process = try boss.start(command)
        let output = try await eventually("the last escalation", within: .seconds(180)) {
            let lines = try EventOutput.lines(process.output)
            let missing = Self.eventsCount - delivery.events.count
            return lines.count >= missing ? lines : nil
        }
        process.send(signal: SIGTERM)
        let result = try await process.ended()
        #expect(result.status == 0, "\(result)")
        delivery.add(output)
        return (delivery.events, Self.killsCountMax)
    }

    /// The same for a command that is run for each event and writes it to a file.
    private func execute(
        _ boss: TestClient, into file: String, _ random: inout SplitMix
    ) async throws -> [EventOutput] {
        let command = [
            "watch", "escalations", "--consumer", "hook", "--exec", "cat >> '\(file)'",
        ]
        for _ in 0..<Self.killsCountMax {
            let process = try boss.start(command)
            try await Task.sleep(
                for: .milliseconds(Int.random(in: 0...Self.lifeMillisecondsMax, using: &random)))
            process.send(signal: SIGKILL)
            #expect(try await process.ended().status == 128 + SIGKILL)
            if try Set(taken(file)).count >= Self.eventsCount { break }
        }
        try await boss.runChecked(command + ["--once"])
        return oncePerKill(try taken(file))
    }

    /// What the commands have written so far.
    private func taken(_ file: String) throws -> [EventOutput] {
        guard FileManager.default.fileExists(atPath: file) else { return [] }
        return try EventOutput.lines(String(contentsOfFile: file, encoding: .utf8))
    }

    /// Each event once; a repetition may only be of the event before it, once for each kill.
    private func oncePerKill(_ lines: [EventOutput]) -> [EventOutput] {
        var events: [EventOutput] = []
        for line in lines where line != events.last { events.append(line) }
        #expect(lines.count - events.count <= Self.killsCountMax)
        #expect(isInOrder(events))
        return events
    }
}

/// What was delivered over several lives of a watch.
private struct Delivery {
    /// How many events may come again after a kill: those printed together.
    let repetitionCountMax: Int
    var events: [EventOutput] = []

    /// Adds what one life printed; it goes on where the last one was, or repeats its last batch.
    mutating func add(_ printed: [EventOutput]) {
        #expect(isInOrder(printed))
        guard let first = printed.first else { return }
        let repeated = events.firstIndex(of: first).map { events[$0...] } ?? []
        #expect(repeated.count <= repetitionCountMax)
        #expect(
            zip(repeated, printed).allSatisfy { $0 == $1 }, "a repetition is the same in all")
        if let last = events.last, repeated.isEmpty { #expect(last.sequence < first.sequence) }
        events += printed.dropFirst(repeated.count)
    }
}

/// Whether the log's order is kept and nothing comes twice.
private func isInOrder(_ events: [EventOutput]) -> Bool {
    zip(events, events.dropFirst()).allSatisfy { $0.sequence < $1.sequence }
        && Set(events.map(\.id)).count == events.count
}
