import FieldClient
import HubService
import Replication

/// Makes a failing plan smaller until nothing can be taken away without losing the failure: delta
/// debugging (Zeller, Hildebrandt 2002) over the steps and the faults of single frames.
///
/// A smaller plan counts as the same failure when it violates the same invariant.
package struct Minimiser {
    /// Runs that may be spent.
    package var runsCountMax = 3_000
    private let policies = PolicyReader()

    /// With the usual number of runs.
    package init() {}

    /// What was found.
    package struct Outcome: Sendable {
        /// The smallest plan that still fails.
        package var plan: Plan
        /// Its run, with the trace in words.
        package var result: RunResult
        /// Runs that were spent.
        package var runsCount: Int
    }

    /// Makes the failure of `plan` smaller; nil when the plan does not fail.
    package func minimised(_ plan: Plan) -> Outcome? {
        let first = SimulatedWorld(plan: plan, policies: policies).run()
        guard let violation = first.violation else { return nil }
        var search = Search(
            invariant: violation.invariant, runsCountMax: runsCountMax, policies: policies,
            best: plan)
        var listed = plan
        listed.frameFaults = .listed(first.frameFaults)
        // With its faults as a list a run must repeat itself; if not, the steps alone are reduced.
        _ = search.accepts(listed)
        search.simplifyWorld()
        search.removeFaults()
        search.removeSteps()
        search.simplifyWorld()
        let result = SimulatedWorld(plan: search.best, keepsLines: true, policies: policies).run()
        return Outcome(plan: search.best, result: result, runsCount: search.runsCount)
    }

    /// The search for a smaller plan.
    private struct Search {
        let invariant: String
        let runsCountMax: Int
        let policies: PolicyReader
        var best: Plan
        private(set) var runsCount = 0

        init(invariant: String, runsCountMax: Int, policies: PolicyReader, best: Plan) {
            self.invariant = invariant
            self.runsCountMax = runsCountMax
            self.policies = policies
            self.best = best
        }

        /// Keeps `candidate` if it fails in the same way.
        mutating func accepts(_ candidate: Plan) -> Bool {
            guard runsCount < runsCountMax else { return false }
            runsCount += 1
            let result = SimulatedWorld(plan: candidate, policies: policies).run()
            guard result.violation?.invariant == invariant else { return false }
            best = candidate
            return true
        }

        /// Everything as it ships, where the failure does not need it otherwise.
        mutating func simplifyWorld() {
            var candidate = best
            candidate.world.hubTuning = HubLoop.Tuning()
            if candidate != best { _ = accepts(candidate) }
            for index in best.world.members.indices {
                candidate = best
                var tuning = SyncLoop.Tuning()
                tuning.silenceMillisecondsMax =
                    best.world.members[index].tuning.silenceMillisecondsMax
                candidate.world.members[index].tuning = tuning
                candidate.world.members[index].delayMillisecondsMax = 2
                if candidate != best { _ = accepts(candidate) }
            }
            candidate = best
            candidate.faults.skewMillisecondsMax = 0
            if candidate != best { _ = accepts(candidate) }
            candidate = best
            candidate.world.lengthMilliseconds = (best.steps.last?.at ?? 0) + 1_000
            if candidate != best { _ = accepts(candidate) }
        }

        mutating func removeFaults() {
            if case .listed(let faults) = best.frameFaults {
                var candidate = best
                candidate.frameFaults = .listed([])
                if !accepts(candidate) {
                    reduce(faults) { $0.frameFaults = .listed($1) }
                }
            }
        }

        mutating func removeSteps() {
            reduce(best.steps) { $0.steps = $1 }
            if case .listed(let faults) = best.frameFaults {
                reduce(faults) { $0.frameFaults = .listed($1) }
            }
        }

        /// Takes away ever smaller parts of a list, as long as the failure stays.
        private mutating func reduce<Element>(
            _ whole: [Element], _ put: (inout Plan, [Element]) -> Void
        ) {
            var current = whole
            var partCount = 2
            while !current.isEmpty, runsCount < runsCountMax {
                let size = max(1, current.count / partCount)
                var start = 0
                var isReduced = false
                while start < current.count {
                    var rest = current
                    rest.removeSubrange(start..<min(current.count, start + size))
                    var candidate = best
                    put(&candidate, rest)
                    if accepts(candidate) {
                        current = rest
                        isReduced = true
                    } else {
                        start += size
                    }
                }
                if size == 1, !isReduced { return }
                partCount = size == 1 ? current.count : min(current.count, partCount * 2)
            }
        }
    }
}
