import ArgumentParser
import Simulation

/// Shows one run in words.
struct TraceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trace", abstract: "Shows one run in words.",
        discussion: """
            With --minimise a failing seed is made smaller first: what is left is needed for the \
            failure.
            """)

    @Option(help: "The seed.")
    var seed: UInt64

    @Flag(help: "Takes away whatever the failure does not need.")
    var minimise = false

    @Option(help: "Runs that making it smaller may take.")
    var runs = 3_000

    @Flag(help: "Only the steps, not everything that followed from them.")
    var steps = false

    @Flag(help: "The lines that are hashed beside the words: to find where two runs part.")
    var hashed = false

    @OptionGroup var options: PlanOptions

    func validate() throws {
        guard runs > 0 else { throw ValidationError("--runs is at least 1.") }
    }

    func run() throws {
        let plan = Plan.drawn(seed: seed, options.request)
        var minimiser = Minimiser()
        minimiser.runsCountMax = runs
        if minimise {
            guard let found = minimiser.minimised(plan) else {
                print("Seed \(seed) finds nothing: there is nothing to minimise.")
                return
            }
            return try show(found.plan, found.result, runsCount: found.runsCount)
        }
        try show(plan, SimulatedWorld(plan: plan, keepsLines: true).run(), runsCount: nil)
    }

    private func show(_ plan: Plan, _ result: RunResult, runsCount: Int?) throws {
        Report.describe(plan, runsCount: runsCount)
        if !steps {
            print("\nWhat happened:")
            for line in result.lines {
                let end = hashed ? "  [\(line.hashed)]" : ""
                print("\(clockText(line.at))  \(line.host)  \(line.words)\(end)")
            }
        }
        if !result.story.isEmpty {
            print("\nThe log of the tickets, life by life:")
            result.story.forEach { print($0) }
        }
        print("\ntrace hash  \(result.traceHash)")
        guard let violation = result.violation else { return print("nothing was violated") }
        print("violated    \(violation)")
        throw ExitCode.failure
    }
}
