import ArgumentParser
import Foundation
import Glibc
import Simulation
import Synchronization
import Terminal

/// Runs many seeds.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs many seeds; ends with 0 only if nothing was violated.")

    @Option(help: "How many seeds.")
    var seeds = 100

    @Option(help: "The first of them.")
    var firstSeed: UInt64 = 1

    @Option(help: "Threads; as many as there are processors if not given.")
    var jobs = min(256, max(1, ProcessInfo.processInfo.activeProcessorCount))

    @Flag(help: "Prints one JSON object.")
    var json = false

    @Option(help: "Failing seeds that are made smaller and shown.")
    var show = 1

    @OptionGroup var options: PlanOptions

    func validate() throws {
        guard seeds > 0 else { throw ValidationError("--seeds is at least 1.") }
        guard (1...256).contains(jobs) else { throw ValidationError("--jobs is from 1 to 256.") }
        guard show >= 0 else { throw ValidationError("--show is not negative.") }
    }

    func run() throws {
        let start = ContinuousClock.now
        let report = campaign()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        if json {
            print(Report.json(report, seconds: seconds))
        } else {
            Report.show(report, seconds: seconds)
            for found in report.violations {
                print("seed \(found.seed)  \(found.violation)")
                let seed = "--seed \(found.seed) --minimise\(options.commandLine)"
                print("  again: loopdesk-sim trace \(seed)")
            }
            for found in report.violations.prefix(show) { showSmaller(found.seed) }
        }
        if !report.violations.isEmpty { throw ExitCode.failure }
    }

    private struct Progress {
        private var taken: UInt64 = 0
        var total = CampaignReport()

        /// The next seed that nobody runs yet, from 0; nil when all are taken.
        mutating func take(of count: UInt64) -> UInt64? {
            guard taken < count else { return nil }
            defer { taken += 1 }
            return taken
        }
    }

    /// On threads of its own: those of a concurrent call of Dispatch are kept back while other
    /// programs are busy.
    private func campaign() -> CampaignReport {
        let shared = Mutex(Progress())
        let isWatched = StandardStream.error.isTerminal
        let (first, count, request) = (firstSeed, UInt64(seeds), options.request)
        let running = DispatchGroup()
        for _ in 0..<jobs {
            running.enter()
            Thread.detachNewThread {
                let campaign = Campaign(request: request)
                while let offset = shared.withLock({ $0.take(of: count) }) {
                    let report = campaign.run(seed: first &+ offset)
                    let (done, found) = shared.withLock {
                        $0.total.add(report)
                        return ($0.total.seedsCount, $0.total.violations.count)
                    }
                    if isWatched, done % 50 == 0 || done == Int(count) {
                        Self.progress("\r\(done) of \(count) seeds, \(found) violations")
                    }
                }
                running.leave()
            }
        }
        running.wait()
        if isWatched { Self.progress("\n") }
        return shared.withLock { $0.total }
    }

    private static func progress(_ text: String) {
        let bytes = Array(text.utf8)
        _ = write(STDERR_FILENO, bytes, bytes.count)
    }

    private func showSmaller(_ seed: UInt64) {
        guard let found = Minimiser().minimised(Plan.drawn(seed: seed, options.request)) else {
            return print("\nseed \(seed) did not fail again")
        }
        print("")
        Report.describe(found.plan, runsCount: found.runsCount)
        print("violated  \(found.result.violation.map { "\($0)" } ?? "nothing")")
    }
}
