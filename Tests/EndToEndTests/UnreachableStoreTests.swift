import Foundation
import Glibc
import Testing

/// A store without a network, from the first word of the customer to what the supervisor reads
/// afterwards (domain.md B6.1 to B6.4).
@Suite struct UnreachableStoreTests {
    private struct Clock: Decodable {
        let name: String
        let phase: String
    }

    private struct Shown: Decodable {
        let number: String
        let official: Bool
        let department: String?
        let cooperating: [String]
        let classStage: String
        let clocks: [Clock]

        func phase(_ name: String) -> String? { clocks.first { $0.name == name }?.phase }
    }

    private struct Listed: Decodable {
        struct Ticket: Decodable {
            let number: String
            let nextDue: String?
            let nextClock: String
            let paused: Bool
        }
        let tickets: [Ticket]
    }

    private struct Event: Decodable {
        let number: String
        let clock: String
        let reason: String
        let reasonZh: String
        let late: Bool
    }

    private static let complaint = [
        "new", "--no-prompt", "--kind", "complaint", "--channel", "store", "--category", "product",
        "--priority", "urgent", "--demand", "赔偿", "--event-time", "今天", "--event-place", "门店",
        "--product", "电水壶", "--contact", "王女士 13800000002",
        "--field", "scene=插电时漏电",
    ]

    /// The unified policy with a minute and five that are over at once.
    private func hastyPolicy(_ hub: TestHub) async throws {
        let yaml = try await Program.hub.run(["policy", "show", "--home", hub.home]).output
        let hasty = yaml.replacingOccurrences(of: "{urgent: 1m,", with: "{urgent: 1s,")
            .replacingOccurrences(of: "{urgent: 5m,", with: "{urgent: 2s,")
            .replacingOccurrences(of: "\nversion: 1\n", with: "\nversion: 2\n")
        guard hasty != yaml else { throw TestFailure("the policy has no clock of a minute") }
        try await hub.runChecked(["policy", "load", "-"], input: hasty)
    }

    @Test func `an unreachable store counts, routes and calls, and nothing overtaken fires later`()
        async throws
    {
        let hub = try await TestHub(policy: try unifiedPolicy())
        var (process, ready) = try await hub.start()
        try await hastyPolicy(hub)
        let boss = try await hub.join("zhao", role: "supervisor")
        try await hub.runChecked(
            ["staff", "add", "zhao", "--name", "赵敏", "--role", "supervisor"]
                + ["--phone", "139-0000-0001"])
        let store = try await hub.join("lina", role: "clerk", store: "S001")
        #expect(try await hub.stop(process).status == 0)

        // Logged without a network: class, department, countdowns and whom to call.
        let begun = minute()
        let logged = try await store.runChecked(
            Self.complaint + ["--description", "漏电，手被麻了一下", "--lang", "en"])
        #expect(logged.contains("call 赵敏 (supervisor) at 139-0000-0001 now"), "\(logged)")
        let called = try #require(try await numbers(store).first)
        #expect(logged.contains("then log: loopdesk escalate \(called) --by-phone"), "\(logged)")
        let page = try await store.runChecked(["show", called, "--lang", "en"])
        #expect(page.contains("goes to after-sales once the hub has it, with engineering"))
        #expect(page.contains("As this device counts"), "\(page)")
        let listed = try await store.read(Listed.self, ["list"])
        #expect(listed.tickets.map(\.nextClock) == ["supervisor"])
        #expect(listed.tickets.allSatisfy { $0.nextDue != nil && !$0.paused })
        // The call, as of the minute in which the case was taken, however late it is written down.
        try await store.runChecked(
            ["escalate", called, "--by-phone", "--at", begun, "--to", "赵敏", "--reason", "漏电"])
        let kept = try await store.read(Shown.self, ["show", called])
        #expect(kept.phase("supervisor") == "met" && !kept.official)

        // Nobody is called about the second one.
        try await store.runChecked(Self.complaint + ["--description", "爆裂"])
        let silent = try #require(try await numbers(store).first { $0 != called })
        try await secondsPass(4)

        (process, ready) = try await hub.start(listen: ready.sync, feed: ready.feed)
        try await store.runChecked(["sync"])
        let events = try await events(boss)
        let names = try await [called, silent].asyncMap { number in
            try await store.read(Shown.self, ["show", number])
        }
        #expect(names.allSatisfy { $0.official && $0.department == "售后部" })
        #expect(names.allSatisfy { $0.cooperating == ["技术部"] && $0.classStage == "provisional" })
        #expect(names[0].phase("supervisor") == "met", "the call was in time")
        #expect(names[1].phase("supervisor") == "breached")
        func clocks(of number: String) -> [String] {
            events.filter { $0.number == number && !$0.clock.isEmpty }.map(\.clock).sorted()
        }
        #expect(clocks(of: names[0].number) == ["engagement"], "nothing overtaken fires")
        #expect(clocks(of: names[1].number) == ["engagement", "supervisor"])
        for event in events where !event.clock.isEmpty {
            #expect(event.late && event.reason.hasSuffix("already over when it reached the hub"))
            #expect(event.reasonZh.hasSuffix("送达时已超时"))
        }
        let told = try await boss.runChecked(
            ["watch", "escalations", "--once", "--consumer", "zh", "--lang", "zh"])
        #expect(told.contains("送达时已超时") && !told.contains("limit missed"), "\(told)")
        #expect(try await self.events(boss, consumer: "again").count == events.count)
        #expect(try await hub.stop(process).status == 0)
        try checkIntegrity(of: store.replicaPath)
    }

    @Test func `a call just ahead of this clock was now, and one still to come is refused`()
        async throws
    {
        let hub = try await TestHub(policy: try unifiedPolicy())
        let (process, _) = try await hub.start()
        let store = try await hub.join("lina", role: "clerk", store: "S001")
        #expect(try await hub.stop(process).status == 0)
        try await store.runChecked(Self.complaint + ["--description", "漏电"])
        let number = try #require(try await numbers(store).first)
        let call = ["escalate", number, "--by-phone", "--lang", "en", "--at"]
        let refused = try await store.run(call + ["明天 9:00"])
        #expect(refused.status == 3 && refused.errors.contains("is still to come"), "\(refused)")
        let old = try await store.run(call + ["25h ago"])
        #expect(old.status == 2 && old.errors.contains("within the last 24 hours"), "\(old)")
        let before = minute()
        let logged = try await store.runChecked(call + ["+5m"])
        let after = minute()
        #expect([before, after].contains { logged.contains($0.suffix(5)) }, "\(logged)")
    }

    private func numbers(_ client: TestClient) async throws -> [String] {
        try await client.list().map(\.provisionalNumber).sorted()
    }

    private func events(
        _ client: TestClient, consumer: String = "test"
    ) async throws -> [Event] {
        let output = try await client.runChecked(
            ["watch", "escalations", "--once", "--json", "--consumer", consumer])
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try output.split(separator: "\n").map {
            try decoder.decode(Event.self, from: Data($0.utf8))
        }
    }

    /// The present minute with its day, as people write it where the programs run.
    private func minute() -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: Program.zoneName)
        format.dateFormat = "yyyy-MM-dd HH:mm"
        return format.string(from: .now)
    }

    private func secondsPass(_ count: Double) async throws {
        let start = Date.now
        _ = try await eventually("the limits to pass") {
            Date.now > start.addingTimeInterval(count) ? true : nil
        }
    }

    private func unifiedPolicy() throws -> String {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try String(
            contentsOf: folder.appendingPathComponent(
                "Sources/TicketPolicy/Profiles/unified.yaml"), encoding: .utf8)
    }
}

extension Array {
    fileprivate func asyncMap<Value>(
        _ transform: (Element) async throws -> Value
    ) async throws -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await transform(element)) }
        return values
    }
}
