/// How sure the class of a ticket is (domain.md X5). Raw values are wire values; larger is surer.
package enum ClassStage: Int64, CaseIterable, Hashable, Sendable {
    /// Given by rules, or by the clerk who logged it.
    case provisional = 1
    /// Given by somebody who looked at it.
    case confirmed = 2
    /// Checked again by an inspector (domain.md K26).
    case audited = 3

    /// The name in scripts and `--json`.
    package var name: String { String(describing: self) }
}

/// What kind of solution a plan is (domain.md H2). Raw values are what tickets store.
package enum PlanKind: String, CaseIterable, Hashable, Sendable {
    /// 即时修复
    case immediate
    /// 优化迭代: with a cycle and a date
    case iteration
    /// 外部协调: somebody outside does it
    case external
}

/// What became of a suggestion (domain.md K24). Raw values are what tickets store.
package enum SuggestionVerdict: String, CaseIterable, Hashable, Sendable {
    case adopted
    case notAdopted = "not_adopted"
    case furtherStudy = "further_study"
}

/// What a case waits for (domain.md G20). Raw values are what tickets store.
package enum PauseReason: String, CaseIterable, Hashable, Sendable {
    case customer
    case supplier
}

/// One answer to a plan or a solution: it holds for that version alone (domain.md B6.7).
///
/// Stored as an element of a set, so that answers of two people who did not know of each other both
/// stand, and a no stands against a yes.
package struct Approval: Hashable, Sendable {
    /// The answer.
    package enum Outcome: String, Sendable {
        case approved
        case rejected
    }

    /// The step's name in the policy file.
    package var step: String
    package var outcome: Outcome
    /// The operation that wrote what was answered.
    package var subject: OperationID

    package init(step: String, outcome: Outcome, subject: OperationID) {
        self.step = step
        self.outcome = outcome
        self.subject = subject
    }

    /// As a ticket stores it: `plan approved 018bcfe6…`.
    package var text: String { "\(step) \(outcome.rawValue) \(subject)" }

    /// Reads what a ticket stores; nil if it is none.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty,
            let outcome = Outcome(rawValue: String(parts[1])),
            let subject = OperationID(hexadecimal: String(parts[2]))
        else { return nil }
        self.init(step: String(parts[0]), outcome: outcome, subject: subject)
    }
}

/// An answer to a plan or a solution with who gave it.
package struct GivenApproval: Hashable, Sendable {
    package var approval: Approval
    package var stamp: Stamp
    /// Whether what it answered has been replaced, so that it holds no more.
    package var isOutdated: Bool
}

extension Ticket {
    /// How sure the class is; a new ticket's is provisional.
    package var classStage: ClassStage {
        integer(.classStage).flatMap(ClassStage.init(rawValue:)) ?? .provisional
    }

    /// What the case waits for; nil while it does not. Whoever works on it ends the waiting, also
    /// somebody who did not know of the pause: the status tells.
    package var pauseReason: PauseReason? {
        status == .pending ? PauseReason(rawValue: text(.pauseReason)) : nil
    }

    /// The time that the customer was promised last (domain.md K25); nil while there is none.
    package var promisedTime: Timestamp? { Timestamp(iso8601: text(.promisedTime)) }

    /// All answers to plans and solutions, also to versions that were replaced.
    package var approvals: [Approval] { givenApprovals.map(\.approval) }

    /// All answers with who gave them, in the order of time.
    package var givenApprovals: [GivenApproval] {
        let subjects = Set(
            [FieldID.plan, .resolution].compactMap { registers[$0]?.stamp.operation })
        return (sets[.approvals] ?? []).flatMap { element -> [GivenApproval] in
            guard let approval = element.value.text.flatMap({ Approval($0) }) else { return [] }
            return element.stamps.map { stamp in
                GivenApproval(
                    approval: approval, stamp: stamp,
                    isOutdated: !subjects.contains(approval.subject))
            }
        }.sorted { ($0.stamp.time, $0.stamp.operation) < ($1.stamp.time, $1.stamp.operation) }
    }

    /// The answer to the present version of `field` in one step; nil while nobody has answered. Of
    /// two that did not know of each other the no counts.
    package func approval(_ step: String, of field: FieldID) -> Approval.Outcome? {
        guard let subject = registers[field]?.stamp.operation else { return nil }
        let answers = approvals.filter { $0.step == step && $0.subject == subject }
        if answers.contains(where: { $0.outcome == .rejected }) { return .rejected }
        return answers.isEmpty ? nil : .approved
    }

    /// How often the customer has said that the case is not solved (domain.md E5).
    package var failedVerificationsCount: Int { comments.count { $0.kind == .unsolved } }

    /// Whether the customer agrees to the solution that stands: the last time that they were asked
    /// since, they called it solved or were satisfied (domain.md H6). Remarks beside that (H7) take
    /// nothing back. What a device wrote whose clock is far ahead all has the hub's time: then the
    /// order in which it came tells.
    package var isConsented: Bool {
        guard let solved = registers[.resolution]?.stamp.moment else { return false }
        let words = comments.filter { [.verified, .unsolved].contains($0.kind) }
            .map { (moment: $0.stamp.moment, isYes: $0.kind == .verified) }
        let ratings = ratings.filter { $0.outcome != .furtherRemarks }
            .map { (moment: $0.stamp.moment, isYes: $0.outcome == .satisfied) }
        let last = (words + ratings).filter { $0.moment > solved }
            .max { $0.moment < $1.moment }
        return last?.isYes ?? false
    }

    /// The departments that help, sorted.
    package var cooperatingDepartments: [DepartmentID] {
        (sets[.cooperating] ?? []).compactMap { $0.value.text.flatMap { DepartmentID($0) } }
            .sorted()
    }
}

extension Stamp {
    /// When it was written, and of what was written at one time, in which order it was committed.
    fileprivate var moment: (HybridTimestamp, UInt64) { (time, sequence) }
}
