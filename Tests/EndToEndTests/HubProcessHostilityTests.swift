import Foundation
import Glibc
import Testing

/// Peers that speak no protocol at all.
@Suite struct HubProcessHostilityTests {
    static let connectionsCount = 200

    @Test func `raw bytes on both ports cost the hub nothing`() async throws {
        let hub = try await TestHub()
        let (process, ready) = try await hub.start()
        let seed = TestSeed.make()
        var random = SplitMix(state: seed)
        let peer = RawPeer(ready)
        try peer.attack(Self.connectionsCount, &random)
        let before = try memoryKibibytes(of: ready.pid)
        for _ in 0..<4 { try peer.attack(Self.connectionsCount, &random) }
        let after = try memoryKibibytes(of: ready.pid)
        #expect(after < before + 16_384, "grew from \(before) to \(after) KiB, seed \(seed)")
        let status = try await hub.run(["status", "--running", "--json"]).json() as? [String: Any]
        let live = try #require(status?["live"] as? [String: Any], "seed \(seed)")
        #expect(live["sessions"] as? Int == 0)
        let counters = try #require(live["counters"] as? [String: Int])
        #expect(counters["received_frames"] == 1, "only the operator was heard: \(counters)")
        #expect(try await hub.stop(process).status == 0)
    }
}
