import Testing

/// What came of the crash states of all canonical transactions.
struct CrashReport {
    let seed: UInt64
    private(set) var surveys: [(name: String, survey: CrashSurvey)] = []

    /// Checks about `statesCount` states, evenly over the transactions.
    static func make(statesCount: Int, seed: UInt64) throws -> CrashReport {
        var report = CrashReport(seed: seed)
        let fixture = try Fixture.shared(seed: seed)
        let transactions = CanonicalTransaction.all
        var left = statesCount
        for (index, transaction) in transactions.enumerated() {
            let recording = try CrashRecording(
                transaction, on: try fixture.prepared(for: transaction))
            var survey = try CrashSurvey()
            // What one transaction cannot give, those after it do.
            let share = (left + transactions.count - index - 1) / (transactions.count - index)
            survey.check(recording, statesCount: share, seed: seed &+ UInt64(index))
            left = max(0, left - survey.distinctCount)
            report.surveys.append((transaction.name, survey))
        }
        return report
    }

    var distinctCount: Int { surveys.reduce(0) { $0 + $1.survey.distinctCount } }
    private var madeCount: Int { surveys.reduce(0) { $0 + $1.survey.madeCount } }
    private var problems: [(problem: CrashProblem, where: String)] {
        surveys.flatMap(\.survey.problems)
    }

    /// One line for each transaction, and one for all.
    var text: String {
        let columns = CrashOutcome.allCases
        let lines = surveys.map { name, survey in
            let counts = columns.map { "\(survey.checkedCounts[$0] ?? 0) \($0.rawValue)" }
            return "  \(name): " + counts.joined(separator: ", ")
                + ", \(survey.secondCount) again in the recovery"
        }
        let lost = problems.count { $0.problem.kind == .lost }
        let summary =
            "crash states: \(distinctCount) distinct of \(madeCount) made, \(lost) lost, "
            + "\(problems.count - lost) with other problems, seed \(seed)"
        return ([summary] + lines).joined(separator: "\n")
    }

    func expectNothingLost(_ location: SourceLocation = #_sourceLocation) {
        for (problem, place) in problems.prefix(5) {
            Issue.record(
                "\(place): \(problem.kind.rawValue): \(problem), seed \(seed)",
                sourceLocation: location)
        }
    }
}
