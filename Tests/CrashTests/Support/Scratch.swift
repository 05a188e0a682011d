import Foundation

/// A directory in memory where there is one, that is gone when its owner is.
final class Scratch: Sendable {
    let path: String

    init() throws {
        let memory = "/dev/shm"
        let place =
            FileManager.default.isWritableFile(atPath: memory)
            ? URL(fileURLWithPath: memory) : FileManager.default.temporaryDirectory
        let url = place.appendingPathComponent("loopdesk-crash-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// An empty directory of this name, in place of what had the name.
    func directory(_ name: String) throws -> String {
        let directory = path + "/" + name
        try? FileManager.default.removeItem(atPath: directory)
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
        return directory
    }
}

/// The world of a test is not as the test needs it.
struct WorldFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// What the tester asks for.
enum TestSetting {
    /// `LOOPDESK_TEST_SEED`, else a new seed for this run; printed with the result.
    static let seed = number("LOOPDESK_TEST_SEED") ?? .random(in: 0 ... .max / 2)

    /// How many crash states to check altogether.
    static var statesCount: Int { number("LOOPDESK_CRASH_STATES").map(Int.init) ?? 1_500 }

    /// For how long the soak tests run; nil when they do not.
    static var soakSeconds: Int? { number("LOOPDESK_SOAK_SECONDS").map(Int.init) }

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }
}

/// A small reproducible source (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator, Sendable {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
