import Simulation
import Testing

/// Every checker must fail when it should: each deliberate defect is found, and by the invariant
/// that it breaks.
@Suite struct SabotageTests {
    /// Worlds in which a defect has the chance to show.
    private static let seedsCount: UInt64 = 30

    @Test(arguments: Sabotage.allCases)
    func `a deliberate defect is found by its name`(sabotage: Sabotage) {
        var request = Plan.Request()
        request.tempo = .minutes
        request.sabotage = sabotage
        var foundCount = 0
        for seed in 1...Self.seedsCount where foundCount < 3 {
            let plan = Plan.drawn(seed: seed, request)
            guard let violation = SimulatedWorld(plan: plan).run().violation else { continue }
            foundCount += 1
            #expect(
                sabotage.invariants.contains(violation.invariant), "seed \(seed): \(violation)")
        }
        #expect(foundCount > 0, "\(sabotage.rawValue) was not found in \(Self.seedsCount) worlds")
    }

    @Test func `a failing plan is made smaller and still fails in the same way`() throws {
        var request = Plan.Request()
        request.replicasCount = 4
        request.tempo = .minutes
        request.sabotage = .lostDraft
        let plan = try #require(
            (1...Self.seedsCount).lazy.map { Plan.drawn(seed: $0, request) }
                .first { SimulatedWorld(plan: $0).run().violation != nil })
        var minimiser = Minimiser()
        minimiser.runsCountMax = 400
        let found = try #require(minimiser.minimised(plan))
        #expect(found.result.violation?.invariant == "I3 no silent loss")
        #expect(found.plan.steps.count <= plan.steps.count / 4, "\(found.plan.steps.count) left")
        #expect(SimulatedWorld(plan: found.plan).run().violation == found.result.violation)
        #expect(found.result.lines.contains { $0.words.contains("refusals") })
    }

    @Test func `a plan that does not fail cannot be made smaller`() {
        var request = Plan.Request()
        request.preset = .none
        #expect(Minimiser().minimised(Plan.drawn(seed: 1, request)) == nil)
    }
}
