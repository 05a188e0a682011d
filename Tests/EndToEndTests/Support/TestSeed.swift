import Foundation

/// Where the random tests begin.
enum TestSeed {
    /// `LOOPDESK_TEST_SEED`, else a new one for each call; a test shows it with its failures.
    static func make() -> UInt64 {
        let given = ProcessInfo.processInfo.environment["LOOPDESK_TEST_SEED"]
        return given.flatMap { UInt64($0) } ?? .random(in: 0 ... .max)
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
