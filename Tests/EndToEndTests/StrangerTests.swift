import Foundation
import Glibc
import Testing
import Transport

/// Strangers, revoked devices and noise beside an honest store.
@Suite struct StrangerTests {
    static let syncsCount = 20
    static let attackConnectionsCount = 100
    static let memoryGrowthKibibytesMax = 16 * 1_024

    @Test func `strangers, the revoked and noise are not served, honest work goes on`()
        async throws
    {
        let seed = TestSeed.make()
        let hub = try await TestHub()
        let (process, ready) = try await hub.start()
        let honest = try await hub.join("lina", role: "clerk", store: "S001")
        let stranger = try await madeStranger(hub)
        let revoked = try await madeRevoked(hub)
        // What everything allocates the first time is not growth.
        try await refuse(stranger, "unknown_device")
        try await refuse(revoked, "revoked")
        var random = SplitMix(state: seed)
        try RawPeer(ready).attack(Self.attackConnectionsCount, &random)
        try await work(honest, times: 2)

        let before = try memoryKibibytes(of: ready.pid)
        try await withThrowingTaskGroup { group in
            group.addTask { try await work(honest, times: Self.syncsCount) }
            for (bad, code) in [(stranger, "unknown_device"), (revoked, "revoked")] {
                group.addTask { for _ in 0..<Self.syncsCount / 2 { try await refuse(bad, code) } }
            }
            group.addTask { [random] in
                var random = random
                for _ in 0..<Self.syncsCount {
                    try RawPeer(ready).attack(Self.attackConnectionsCount, &random)
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
        let after = try memoryKibibytes(of: ready.pid)
        #expect(
            after <= before + Self.memoryGrowthKibibytesMax,
            "grew from \(before) to \(after) KiB, seed \(seed)")
        #expect(process.isRunning)
        try await checkTickets(hub, [honest, stranger, revoked])
        #expect(try await hub.stop(process).status == 0)
    }

    /// Only what the honest store wrote is at the hub, and the others got nothing.
    private func checkTickets(_ hub: TestHub, _ clients: [TestClient]) async throws {
        let boss = try await hub.join("zhao", role: "supervisor")
        let atHub = try await boss.list().map(\.provisionalNumber).sorted()
        #expect(atHub == (try await clients[0].list()).map(\.provisionalNumber).sorted())
        #expect(atHub.count == Self.syncsCount + 2)
        let stranger = try await clients[1].status()
        #expect(stranger.tickets == 1 && stranger.queued == 1, "\(stranger)")
        let revoked = try await clients[2].status()
        #expect(revoked.tickets == 0 && revoked.queued == 0, "\(revoked)")
        #expect(revoked.drafts == 1, "what was handed over is kept: \(revoked)")
        let waiting =
            try await hub.run(["quarantine", "list", "--json"]).json() as? [[String: Any]]
        #expect(waiting?.map { $0["reason"] as? String } == ["revoked"])
    }

    /// A joined device that shows another key than the one it joined with, and has a ticket.
    private func madeStranger(_ hub: TestHub) async throws -> TestClient {
        let client = try await hub.join("mallory", role: "clerk", store: "S001")
        let key = try CurveKeyPair.generate().secretKey.z85
        var device = try client.deviceFile()
        device["curveSecretKey"] = key
        try client.write(device)
        _ = try await client.log([TicketInput(description: "陌生人")])
        return client
    }

    private func madeRevoked(_ hub: TestHub) async throws -> TestClient {
        let client = try await hub.join("oscar", role: "clerk", store: "S001")
        try await hub.runChecked(["device", "revoke", try await client.status().device])
        _ = try await client.log([TicketInput(description: "已停用")])
        return client
    }

    /// A sync that must be refused with a reason.
    private func refuse(_ client: TestClient, _ code: String) async throws {
        let result = try await client.run(["sync", "--json"])
        #expect(result.status == 3, "\(result)")
        #expect(result.errors.contains("\"\(code)\""), "\(result)")
        #expect(result.output.isEmpty)
    }

    /// Logs a ticket and syncs, again and again; each sync must succeed.
    private func work(_ client: TestClient, times: Int) async throws {
        for index in 0..<times {
            _ = try await client.log([TicketInput(description: "正常工作 \(index)")])
            try await client.runChecked(["sync"])
        }
        #expect(try await client.status().queued == 0)
    }
}
