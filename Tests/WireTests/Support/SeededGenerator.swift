import Foundation

/// SplitMix64: the same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// The seeds of the random tests. A failing test names its own; LOOPDESK_TEST_SEED runs only that
/// one.
enum Seeds {
    static let all: [UInt64] = {
        let text = ProcessInfo.processInfo.environment["LOOPDESK_TEST_SEED"]
        if let seed = text.flatMap({ UInt64($0) }) {
            return [seed]
        }
        return [1, 2, 3, UInt64.random(in: .min ... .max)]
    }()
}
