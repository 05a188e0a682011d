import Foundation
import ReplicationLaws
import Testing

/// Random cases of every law. `LOOPDESK_LAW_CASES` says how many, `LOOPDESK_TEST_SEED` repeats a
/// run; `loopdesk-laws cases` checks a million of them optimised.
@Suite struct LawTests {
    private static let casesCount = number("LOOPDESK_LAW_CASES").map { Int($0) } ?? 3_000
    private static let seed = number("LOOPDESK_TEST_SEED") ?? UInt64.random(in: 0 ... .max / 2)

    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test(arguments: Law.all)
    func `a law holds in random cases`(law: Law) throws {
        let count = try law.run(
            casesCount: max(1, Self.casesCount * law.share / 1_000), seed: Self.seed)
        print("\(count) cases: \(law.sentence), seed \(Self.seed)")
        #expect(count > 0)
    }

    @Test func `the shares of the laws are of a thousand`() {
        #expect(Law.all.reduce(0) { $0 + $1.share } == 1_000)
        #expect(Law.all.count >= 14)
    }
}

/// The same, over and over with new seeds, for as long as the tester wants.
@Suite struct LawSoakTests {
    private static let seconds = ProcessInfo.processInfo.environment["LOOPDESK_SOAK_SECONDS"]
        .flatMap { Double($0) }

    @Test(.enabled(if: seconds != nil, "LOOPDESK_SOAK_SECONDS says for how long"))
    func `the laws hold for a long time`() throws {
        let end = ContinuousClock.now + .seconds(Self.seconds ?? 60)
        var seed = UInt64.random(in: 0 ... .max / 2)
        var count = 0
        while ContinuousClock.now < end {
            for law in Law.all where ContinuousClock.now < end {
                count += try law.run(casesCount: law.share / 4, seed: seed)
            }
            seed &+= 1 << 32
        }
        print("\(count) cases of \(Law.all.count) laws")
        #expect(count > 0)
    }
}

extension Law: CustomTestStringConvertible {
    public var testDescription: String { sentence }
}
