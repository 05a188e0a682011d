import Foundation

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
