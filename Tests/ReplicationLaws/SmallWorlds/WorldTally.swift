import Replication

/// What a walk through worlds came to.
package struct WorldTally: Sendable {
    /// The worlds that were checked.
    package var worldsCount = 0
    /// What the intents were answered, one for each world: its last.
    package var answers = AnswerCounts()
    package var violations: [String] = []

    package init() {}

    package mutating func add(_ other: WorldTally) {
        worldsCount += other.worldsCount
        answers.add(other.answers)
        violations += other.violations
    }
}

/// How often intents got each kind of answer: laws that never meet one prove little about it.
package struct AnswerCounts: Sendable {
    private var outcomes = [Int](repeating: 0, count: Disposition.Outcome.allCases.count + 1)
    private var codes = [Int](repeating: 0, count: RejectionCode.allCases.count + 1)

    package init() {}

    package mutating func count(_ disposition: Disposition) {
        outcomes[disposition.outcome.rawValue] += 1
        if let code = disposition.rejection?.code { codes[code.rawValue] += 1 }
    }

    package mutating func add(_ other: AnswerCounts) {
        for index in outcomes.indices { outcomes[index] += other.outcomes[index] }
        for index in codes.indices { codes[index] += other.codes[index] }
    }

    package func count(of outcome: Disposition.Outcome) -> Int { outcomes[outcome.rawValue] }

    package func count(of code: RejectionCode) -> Int { codes[code.rawValue] }

    /// `applied 3, rejected 2 (stale_close 2)`.
    package var text: String {
        let reasons = RejectionCode.allCases.filter { count(of: $0) > 0 }.map {
            "\($0.name) \(count(of: $0))"
        }
        let parts = Disposition.Outcome.allCases.filter { count(of: $0) > 0 }.map {
            "\($0.name) \(count(of: $0))"
        }
        return parts.joined(separator: ", ")
            + (reasons.isEmpty ? "" : " (" + reasons.joined(separator: ", ") + ")")
    }
}
