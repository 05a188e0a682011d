import Foundation
import Glibc

/// A peer that speaks no protocol at all.
struct RawPeer {
    /// The ports of a hub on the loopback interface.
    let ports: [UInt16]

    init(_ ready: TestHub.Ready) {
        ports = [ready.sync, ready.feed].compactMap {
            $0.split(separator: ":").last.flatMap { UInt16($0) }
        }
    }

    /// Connects `connectionsCount` times, says something random each time and hangs up.
    func attack(_ connectionsCount: Int, _ random: inout SplitMix) throws {
        for index in 0..<connectionsCount {
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
}

/// How much memory a process has in use, in KiB.
func memoryKibibytes(of process: pid_t) throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    let number = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    guard let number else { throw TestFailure("the memory of \(process) is unknown") }
    return number
}
