import Replication
import Sodium

/// Many seeds, one after the other.
package struct Campaign {
    /// What the worlds are like.
    package var request: Plan.Request
    /// Of how many seeds one is run twice and compared.
    package var repeatedOneIn: UInt64 = 100

    private let policies = PolicyReader()

    /// A campaign of worlds as `request` wants them.
    package init(request: Plan.Request) { self.request = request }

    /// Runs one seed, and some seeds twice.
    package func run(seed: UInt64) -> SeedReport {
        let plan = Plan.drawn(seed: seed, request)
        var result = SimulatedWorld(plan: plan, policies: policies).run()
        let isRepeated = isRepeated(seed)
        if isRepeated {
            let again = SimulatedWorld(plan: plan, policies: policies).run()
            if again.traceHash != result.traceHash {
                result.violation = Violation(
                    "reproducibility",
                    "two runs of one seed differ: \(result.traceHash) and \(again.traceHash)")
            }
        }
        return SeedReport(
            seed: seed, violation: result.violation, traceHash: result.traceHash,
            isRepeated: isRepeated, metrics: result.metrics)
    }

    /// Spread over the seeds, so that every stretch of them has its share.
    private func isRepeated(_ seed: UInt64) -> Bool {
        SimulatedRandom.hash(seed, .pair, 0) % max(1, repeatedOneIn) == 0
    }
}

/// What one seed came to.
package struct SeedReport: Sendable {
    /// The seed.
    package var seed: UInt64
    /// Nil when nothing was found.
    package var violation: Violation?
    /// The hash of its run.
    package var traceHash: Digest
    /// Whether it was run twice and compared.
    package var isRepeated: Bool
    /// How much happened.
    package var metrics: RunMetrics
}

/// What many seeds came to.
package struct CampaignReport: Sendable {
    /// Seeds that were run.
    package private(set) var seedsCount = 0
    /// Seeds that were run twice and compared.
    package private(set) var repeatedCount = 0
    /// Seeds that found something, with what they found.
    package private(set) var violations: [(seed: UInt64, violation: Violation)] = []
    /// All counts added up.
    package private(set) var metrics = RunMetrics()
    /// Milliseconds of virtual time, each replica's counted.
    package private(set) var storeMilliseconds = 0.0
    /// Milliseconds of virtual time, each world's counted once.
    package private(set) var virtualMilliseconds = 0.0
    private var hashes: [(seed: UInt64, hash: Digest)] = []

    /// Nothing yet.
    package init() {}

    /// Adds a seed.
    package mutating func add(_ report: SeedReport) {
        seedsCount += 1
        if report.isRepeated { repeatedCount += 1 }
        if let violation = report.violation { violations.append((report.seed, violation)) }
        metrics.add(report.metrics)
        virtualMilliseconds += Double(report.metrics.virtualMilliseconds)
        storeMilliseconds +=
            Double(report.metrics.virtualMilliseconds) * Double(report.metrics.replicasCount)
        hashes.append((report.seed, report.traceHash))
    }

    /// One hash for all runs, whatever the order in which they ended.
    package var combinedHash: Digest {
        hashes.sorted { $0.seed < $1.seed }.reduce(.zero) { hash, one in
            hash.chained(with: Array("\(one.seed) \(one.hash)\n".utf8))
        }
    }

    /// Years of virtual time over all replicas.
    package var storeYears: Double { storeMilliseconds / (365.25 * 86_400_000) }

    /// Without a failure in n runs, the share of failing worlds is below this with a confidence of
    /// 95 %.
    package var failureBound: Double { 3 / Double(max(1, seedsCount)) }
}

extension RunMetrics {
    fileprivate mutating func add(_ other: RunMetrics) {
        operationsCount += other.operationsCount
        refusedCount += other.refusedCount
        entriesCount += other.entriesCount
        framesCount += other.framesCount
        hintsCount += other.hintsCount
        turnsCount += other.turnsCount
        eventsCount += other.eventsCount
        deliveriesCount += other.deliveriesCount
        roundsCount += other.roundsCount
        diskErrorsCount += other.diskErrorsCount
        replicasCount += other.replicasCount
        virtualMilliseconds &+= other.virtualMilliseconds
        for (name, count) in other.answers { answers[name, default: 0] += count }
        for (kind, count) in other.faults { faults[kind, default: 0] += count }
    }
}
