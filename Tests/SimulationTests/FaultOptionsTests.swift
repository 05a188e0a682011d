import Simulation
import Testing

/// The faults as people choose them.
@Suite struct FaultOptionsTests {
    @Test func `every fault has a name of its own and a unit that its field names`() {
        let fields = FaultOptions.fields
        #expect(Set(fields.map(\.name)).count == fields.count)
        #expect(Set(fields.map(\.path)).count == fields.count)
        for field in fields {
            #expect(
                ["per mille", "percent", "count", "milliseconds"].contains(field.unit),
                "\(field.name)")
            #expect(!field.meaning.isEmpty)
        }
    }

    @Test func `a preset draws only what belongs to it, and everything in some world`() {
        for preset in FaultPreset.allCases {
            var request = Plan.Request()
            request.preset = preset
            var seen: Set<FaultOptions.Group> = []
            // How long a machine stays off is one option for all faults that take its power.
            let fields = FaultOptions.fields.filter {
                preset == .none || $0.unit != "milliseconds"
            }
            for seed in 1...40 as ClosedRange<UInt64> {
                let faults = Plan.drawn(seed: seed, request).faults
                seen.formUnion(
                    fields.filter { faults[keyPath: $0.path] != 0 }.map(\.group))
            }
            switch preset {
            case .none: #expect(seen.isEmpty)
            case .mixed: #expect(seen == Set(FaultOptions.Group.allCases))
            default: #expect(seen.map(\.rawValue) == [preset.rawValue])
            }
        }
    }

    @Test func `what a user fixes holds in every world`() {
        var request = Plan.Request()
        request.fixed = [("partitions", 2), ("frame-loss", 7)]
        request.replicasCount = 5
        request.tempo = .hours
        for seed in 1...10 as ClosedRange<UInt64> {
            let plan = Plan.drawn(seed: seed, request)
            #expect(plan.faults.partitionsCount == 2)
            #expect(plan.faults.frameLossPerMille == 7)
            #expect(plan.world.members.count { $0.copyOf == nil } == 5)
            #expect(plan.world.tempo == .hours)
        }
    }

    @Test func `steps are in the order of time and every fault is said in words`() {
        for seed in 1...20 as ClosedRange<UInt64> {
            let plan = Plan.drawn(seed: seed, Plan.Request())
            #expect(plan.steps.map(\.at) == plan.steps.map(\.at).sorted())
            #expect(Set(plan.steps.map(\.id)).count == plan.steps.count)
            for step in plan.steps { #expect(plan.words(for: step).contains("step \(step.id): ")) }
        }
    }
}
