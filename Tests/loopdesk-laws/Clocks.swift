import ArgumentParser
import ClockLaws

/// Random clocks beside a walk through every minute.
struct Clocks: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Compares random clocks with a walk through their minutes.")

    @Option(help: "The number of cases.") var count = 1_000_000
    @Option(help: "The seed of the first case; a new one if not given.") var seed: UInt64?

    /// The cases are checked in so many parts, which the cores share.
    private static let partsCount = 16

    func run() throws {
        let first = seed ?? .random(in: 0 ... .max / 2)
        let stopwatch = Stopwatch()
        // One case is one case, so that a seed that was reported repeats just it.
        let partsCount = count < Self.partsCount ? 1 : Self.partsCount
        let casesCount = (count + partsCount - 1) / partsCount
        let parts = inParallel(0..<partsCount) { part in
            var law = ClockLaw()
            let result = Result {
                try law.run(casesCount: casesCount, seed: first &+ UInt64(part) << 32)
            }
            return (tally: law.tally, result: result)
        }
        var tally = ClockLaw.Tally()
        var violations: [String] = []
        for part in parts {
            tally.add(part.tally)
            if case .failure(let error) = part.result { violations.append("\(error)") }
        }
        print(tally.text)
        print("seed \(first); \(violations.count) violations; \(stopwatch.text)")
        for violation in violations { print("  \(violation.prefix(4_000))") }
        if !violations.isEmpty { throw ExitCode.failure }
    }
}
