import ArgumentParser
import Simulation

/// What worlds are like; everything else comes from the seed.
struct PlanOptions: ParsableArguments {
    @Option(help: "Which faults: a name of list-faults.")
    var faults = FaultPreset.mixed.rawValue

    @Option(help: "Replicas of every world; drawn from the seed if not given.")
    var replicas: Int?

    @Option(help: "minutes, hours or weeks; drawn from the seed if not given.")
    var tempo: String?

    @Option(help: "basic or unified; drawn from the seed if not given.")
    var policy: String?

    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "One value for a fault in all worlds, such as frame-loss=20; may be repeated.",
            valueName: "name=value"))
    var fixed: [String] = []

    @Option(help: "A deliberate defect that must be found: a name of list-faults.")
    var sabotage: String?

    func validate() throws {
        if let sabotage, Sabotage(rawValue: sabotage) == nil {
            throw ValidationError("--sabotage is a name of list-faults, not \(sabotage).")
        }
        guard FaultPreset(rawValue: faults) != nil else {
            let names = FaultPreset.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--faults is one of \(names), not \(faults).")
        }
        if let replicas, !(3...100).contains(replicas) {
            throw ValidationError("--replicas is from 3 to 100.")
        }
        if let tempo, Tempo(rawValue: tempo) == nil {
            let names = Tempo.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--tempo is one of \(names), not \(tempo).")
        }
        if let policy, WorldPolicy(rawValue: policy) == nil {
            let names = WorldPolicy.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--policy is one of \(names), not \(policy).")
        }
        _ = try fixedValues()
    }

    var request: Plan.Request {
        var request = Plan.Request()
        request.preset = FaultPreset(rawValue: faults) ?? .mixed
        request.replicasCount = replicas
        request.tempo = tempo.flatMap(Tempo.init(rawValue:))
        request.policy = policy.flatMap(WorldPolicy.init(rawValue:))
        request.fixed = (try? fixedValues()) ?? []
        request.sabotage = sabotage.flatMap(Sabotage.init(rawValue:))
        return request
    }

    /// The options again, for a command line that repeats a seed.
    var commandLine: String {
        var parts = faults == FaultPreset.mixed.rawValue ? [] : ["--faults \(faults)"]
        if let replicas { parts.append("--replicas \(replicas)") }
        if let tempo { parts.append("--tempo \(tempo)") }
        if let policy { parts.append("--policy \(policy)") }
        parts += fixed.map { "--set \($0)" }
        if let sabotage { parts.append("--sabotage \(sabotage)") }
        return parts.map { " " + $0 }.joined()
    }

    private func fixedValues() throws -> [(name: String, value: Int)] {
        try fixed.map { text in
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let value = Int(parts[1]), value >= 0,
                FaultOptions.fields.contains(where: { $0.name == parts[0] })
            else {
                throw ValidationError(
                    "--set \(text): give a name of list-faults and a number from 0.")
            }
            return (parts[0], value)
        }
    }
}
