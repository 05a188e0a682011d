import ClockLaws
import Foundation
import Testing

/// The engine of calendars and clocks beside a walk through every minute. `LOOPDESK_CLOCK_CASES`
/// says how many cases, `LOOPDESK_TEST_SEED` repeats a run; `loopdesk-laws clocks` checks a million
/// of them optimised.
@Suite struct ClockLawTests {
    private static func number(_ name: String) -> UInt64? {
        ProcessInfo.processInfo.environment[name].flatMap { UInt64($0) }
    }

    @Test func `T1 T2 T3 T5 T12 T14 T21: a clock is what a walk through its minutes says`() throws {
        let seed = Self.number("LOOPDESK_TEST_SEED") ?? UInt64.random(in: 0 ... .max / 2)
        let count = Self.number("LOOPDESK_CLOCK_CASES").map { Int($0) } ?? 150
        print("clocks beside a walk through their minutes, seed \(seed)")
        var law = ClockLaw()
        try law.run(casesCount: count, seed: seed)
        print(law.tally.text)
        #expect(law.tally.casesCount >= count)
    }

    @Test func `T1 T2 T3 T4 T5: the hub's clocks are what a walk through their minutes says`()
        throws
    {
        let seed = Self.number("LOOPDESK_TEST_SEED") ?? UInt64.random(in: 0 ... .max / 2)
        let count = Self.number("LOOPDESK_CLOCK_CASES").map { Int($0) } ?? 150
        print("the hub's clocks beside a walk through their minutes, seed \(seed)")
        var law = HubClockLaw()
        try law.run(casesCount: count, seed: seed)
        print(law.tally.text)
        #expect(law.tally.casesCount >= count)
        #expect(law.tally.leftOutCount < 3 * count, "most lives can be told in a policy file")
    }
}
