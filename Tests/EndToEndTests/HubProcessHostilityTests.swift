import Foundation
import Glibc
import Testing

/// Peers that speak no protocol at all.
@Suite struct HubProcessHostilityTests {
    static let connectionsCount = 200

    @Test func `raw bytes on both ports cost the hub nothing`() async throws {
        let hub = try await TestHub()
        let (process, ready) = try await hub.start()
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let ports = [ready.sync, ready.feed].compactMap {
            $0.split(separator: ":").last.flatMap { UInt16($0) }
        }
        try attack(ports, countMax: Self.connectionsCount, &random)
        let before = try memoryKilobytes(of: ready.pid)
        for _ in 0..<4 { try attack(ports, countMax: Self.connectionsCount, &random) }
        let after = try memoryKilobytes(of: ready.pid)
        #expect(after < before + 16_384, "grew from \(before) to \(after) KiB, seed \(seed)")
        let status = try await hub.run(["status", "--running", "--json"]).json() as? [String: Any]
        let live = try #require(status?["live"] as? [String: Any], "seed \(seed)")
        #expect(live["sessions"] as? Int == 0)
        let counters = try #require(live["counters"] as? [String: Int])
        #expect(counters["received_frames"] == 1, "only the operator was heard: \(counters)")
        #expect(try await hub.stop(process).status == 0)
    }

    /// Connects, says something random and hangs up.
    private func attack(
        _ ports: [UInt16], countMax: Int, _ random: inout SplitMix
    ) throws {
        for index in 0..<countMax {
            let descriptor = try connected(to: ports[index % ports.count])
            defer { close(descriptor) }
            // Half of them begin like ZMTP, so that the greeting is parsed.
            var bytes: [UInt8] = index % 2 == 0 ? [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3] : []
            bytes += (0..<Int.random(in: 1...4_096, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
        }
    }

    private func connected(to port: UInt16) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, size)
            }
        }
        guard descriptor >= 0, result == 0 else { throw TestFailure("no connection: \(errno)") }
        return descriptor
    }

    private func memoryKilobytes(of process: pid_t) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let number = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        guard let number else { throw TestFailure("the hub's memory is unknown") }
        return number
    }
}

/// A small reproducible source (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
