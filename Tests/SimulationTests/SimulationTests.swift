import Foundation
import Simulation
import Testing

/// Worlds where everything goes wrong, each from its seed: a sample for every build.
///
/// A failure prints its seed; `loopdesk-sim trace --seed N --minimise` shows it in words.
@Suite struct SimulationTests {
    /// The seed of the first world; `LOOPDESK_TEST_SEED` chooses others. A build runs the same
    /// worlds each time, so that it fails for what it changed; others are for `make simulate`.
    private static var firstSeed: UInt64 {
        ProcessInfo.processInfo.environment["LOOPDESK_TEST_SEED"].flatMap { UInt64($0) } ?? 1
    }

    @Test(arguments: FaultPreset.allCases)
    func `a sample of worlds violates nothing`(preset: FaultPreset) {
        var request = Plan.Request()
        request.preset = preset
        let campaign = Campaign(request: request)
        let first = Self.firstSeed
        var report = CampaignReport()
        for seed in first..<(first + (preset == .mixed ? 30 : 5)) {
            report.add(campaign.run(seed: seed))
        }
        for found in report.violations {
            record(found.violation, "seed \(found.seed), faults \(preset.rawValue)")
        }
        #expect(report.metrics.operationsCount > 0, "seed \(first)")
        #expect(
            report.metrics.faults.isEmpty == (preset == .none),
            "seed \(first): \(report.metrics.faults)")
    }

    /// Each once ended in a violation whose cause is mended.
    @Test(arguments: [
        24, 293, 367, 556, 1_941, 3_545, 3_893, 4_109, 4_247, 4_912, 8_627, 11_487, 12_496, 14_303,
        15_962, 16_281, 16_884, 17_048, 18_668, 20_059, 20_078, 20_963, 204_888,
        5_987_694_069_621_480_905,
    ])
    func `worlds that once violated something do not any more`(seed: UInt64) {
        let report = Campaign(request: Plan.Request()).run(seed: seed)
        if let violation = report.violation { record(violation, "seed \(seed)") }
    }

    @Test func `two dozen replicas get in step`() {
        var request = Plan.Request()
        request.replicasCount = 24
        let seed = Self.firstSeed
        let report = Campaign(request: request).run(seed: seed)
        if let violation = report.violation { record(violation, "seed \(seed)") }
        #expect(report.metrics.replicasCount >= 24, "copies come on top")
    }

    @Test func `the same seed does the same things, byte for byte`() {
        let first = Self.firstSeed
        for seed in first..<(first + 6) {
            let plan = Plan.drawn(seed: seed, Plan.Request())
            #expect(plan == Plan.drawn(seed: seed, Plan.Request()), "seed \(seed)")
            let (one, two) = (SimulatedWorld(plan: plan).run(), SimulatedWorld(plan: plan).run())
            #expect(one.traceHash == two.traceHash, "seed \(seed)")
            #expect(one.metrics == two.metrics, "seed \(seed)")
        }
        let other = SimulatedWorld(plan: Plan.drawn(seed: first + 7, Plan.Request())).run()
        let one = SimulatedWorld(plan: Plan.drawn(seed: first, Plan.Request())).run()
        #expect(one.traceHash != other.traceHash, "seeds \(first) and \(first + 7)")
    }

    @Test func `keeping the trace in words does not change the run`() {
        let seed = Self.firstSeed
        let plan = Plan.drawn(seed: seed, Plan.Request())
        let spoken = SimulatedWorld(plan: plan, keepsLines: true).run()
        #expect(spoken.traceHash == SimulatedWorld(plan: plan).run().traceHash, "seed \(seed)")
        #expect(!spoken.lines.isEmpty)
    }

    @Test func `with the faults of its frames as a list a run repeats itself`() {
        let first = Self.firstSeed
        for seed in first..<(first + 4) {
            var plan = Plan.drawn(seed: seed, Plan.Request())
            let drawn = SimulatedWorld(plan: plan).run()
            plan.frameFaults = .listed(drawn.frameFaults)
            let listed = SimulatedWorld(plan: plan).run()
            #expect(listed.traceHash == drawn.traceHash, "seed \(seed)")
            #expect(listed.frameFaults == drawn.frameFaults, "seed \(seed)")
        }
    }
}

private func record(_ violation: Violation, _ place: String) {
    Issue.record("\(place): \(violation)")
}

/// Long runs; `make soak` sets `LOOPDESK_SOAK_SECONDS`.
@Suite struct SimulationSoakTests {
    private static let seconds = ProcessInfo.processInfo.environment["LOOPDESK_SOAK_SECONDS"]
        .flatMap { Double($0) }

    @Test(.enabled(if: seconds != nil))
    func `worlds without end violate nothing`() {
        let end = ContinuousClock.now + .seconds(Self.seconds ?? 0)
        let campaign = Campaign(request: Plan.Request())
        var report = CampaignReport()
        var seed = UInt64.random(in: 0 ... .max / 2)
        while ContinuousClock.now < end, report.violations.count < 5 {
            let found = campaign.run(seed: seed)
            report.add(found)
            if let violation = found.violation {
                Issue.record("seed \(seed): \(violation)")
            }
            seed += 1
        }
        print("soak: \(report.seedsCount) seeds, \(report.storeYears) store years")
    }
}
