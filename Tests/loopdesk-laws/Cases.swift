import ArgumentParser
import ReplicationLaws

/// Random cases of every law.
struct Cases: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks random cases of every law.")

    @Option(help: "The number of cases.") var count = 1_000_000
    @Option(help: "The seed of the first case; a new one if not given.") var seed: UInt64?
    @Option(help: "Only laws that contain these words.") var law = ""

    /// Each law is checked in so many parts, which the cores share.
    private static let partsCount = 16

    func run() throws {
        let first = seed ?? .random(in: 0 ... .max / 2)
        let laws = Law.all.filter { law.isEmpty || $0.sentence.contains(law) }
        let sharesSum = laws.reduce(0) { $0 + $1.share }
        let stopwatch = Stopwatch()
        var checkedCount = 0
        var violations: [String] = []
        for law in laws {
            let casesCount = max(1, count * law.share / max(1, sharesSum))
            let lap = Stopwatch()
            let parts = inParallel(0..<Self.partsCount) { part in
                Result {
                    try law.run(
                        casesCount: max(1, casesCount / Self.partsCount),
                        seed: first &+ UInt64(part) << 32)
                }
            }
            let counts = parts.compactMap { try? $0.get() }
            checkedCount += counts.reduce(0, +)
            print("\(counts.reduce(0, +)) cases: \(law.sentence); \(lap.text)")
            for case .failure(let error) in parts { violations.append("\(error)") }
        }
        print(
            "\(checkedCount) cases of \(laws.count) laws, seed \(first); "
                + "\(violations.count) violations; \(stopwatch.text)")
        for violation in violations.prefix(10) { print("  \(violation.prefix(4_000))") }
        if !violations.isEmpty { throw ExitCode.failure }
    }
}
