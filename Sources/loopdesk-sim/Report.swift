import Simulation
import Terminal

/// What people and scripts are told.
enum Report {
    /// A plan in words.
    static func describe(_ plan: Plan, runsCount: Int?) {
        let world = plan.world
        print(
            "seed \(plan.seed): \(world.members.count) replicas, tempo \(world.tempo.rawValue), "
                + "policy \(world.policy.rawValue), "
                + "\(clockText(world.lengthMilliseconds)) of work, heartbeat "
                + "\(world.heartbeatMilliseconds) ms")
        if let runsCount { print("made smaller in \(runsCount) runs") }
        let options = FaultOptions.fields.filter { plan.faults[keyPath: $0.path] != 0 }
            .map { "\($0.name)=\(plan.faults[keyPath: $0.path])" }
        print("options: \(options.isEmpty ? "no faults" : options.joined(separator: " "))")
        print("\nSteps:")
        for step in plan.steps { print("  \(plan.words(for: step))") }
        if case .listed(let faults) = plan.frameFaults {
            for fault in faults { print("  \(plan.words(for: fault))") }
        }
    }

    /// The figures of a campaign.
    static func show(_ report: CampaignReport, seconds: Double) {
        let metrics = report.metrics
        print("seeds           \(report.seedsCount), \(report.repeatedCount) of them twice")
        print("violations      \(report.violations.count)")
        print(
            "operations      \(metrics.operationsCount) done, \(metrics.refusedCount) refused at "
                + "once, \(metrics.entriesCount) log entries")
        print(
            "traffic         \(metrics.framesCount) frames, \(metrics.hintsCount) hints, "
                + "\(metrics.deliveriesCount) feed events, \(metrics.eventsCount) trace lines")
        print("store years     \(decimal(report.storeYears, digits: 1))")
        let ratio = report.virtualMilliseconds / 1_000 / max(seconds, 0.001)
        print(
            "time            \(decimal(seconds, digits: 1)) s real, virtual/real "
                + decimal(ratio, digits: 0))
        let answers = metrics.answers.sorted { $0.key < $1.key }
        print(
            "answers         " + answers.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
        let faults = metrics.faults.sorted { $0.key < $1.key }
        print(
            "faults          "
                + (faults.map { "\($0.key) \($0.value)" } + [
                    "disk errors \(metrics.diskErrorsCount)"
                ])
                .joined(separator: ", "))
        print(
            "bound           without a violation, fewer than "
                + "\(decimal(report.failureBound * 100, digits: 4)) % of worlds fail (3/n)")
        print("trace hash      \(report.combinedHash)")
    }

    /// The figures for scripts, one object.
    static func json(_ report: CampaignReport, seconds: Double) -> String {
        let metrics = report.metrics
        let faults = members(metrics.faults)
        let violations = report.violations.map { found in
            JSONValue.object([
                .init("seed", .string(String(found.seed))),
                .init("invariant", .string(found.violation.invariant)),
                .init("finding", .string(found.violation.finding)),
            ])
        }
        return JSONValue.object([
            .init("seeds", .integer(Int64(report.seedsCount))),
            .init("repeated", .integer(Int64(report.repeatedCount))),
            .init("violations", .array(violations)),
            .init("operations", .integer(Int64(metrics.operationsCount))),
            .init("entries", .integer(Int64(metrics.entriesCount))),
            .init("frames", .integer(Int64(metrics.framesCount))),
            .init("storeYears", .number(report.storeYears)),
            .init("virtualSeconds", .number(report.virtualMilliseconds / 1_000)),
            .init("realSeconds", .number(seconds)),
            .init("diskErrors", .integer(Int64(metrics.diskErrorsCount))),
            .init("answers", .object(members(metrics.answers))),
            .init("faults", .object(faults)),
            .init("bound", .number(report.failureBound)),
            .init("traceHash", .string("\(report.combinedHash)")),
        ]).text()
    }

    private static func members(_ counts: [String: Int]) -> [JSONValue.Member] {
        counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer(Int64($0.value))) }
    }

    /// A number with this many digits after the point.
    private static func decimal(_ number: Double, digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let (whole, rest) = Int64((number * scale).rounded())
            .quotientAndRemainder(dividingBy: Int64(scale))
        guard digits > 0 else { return String(whole) }
        let fraction = String(rest.magnitude)
        return "\(whole)." + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
