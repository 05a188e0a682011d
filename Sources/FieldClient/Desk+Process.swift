import Replication
import TicketModel
import TicketPolicy

// The verbs of the process between taking a case and closing it (domain.md A7 to A11). Each is one
// intent whose act is the milestone that clocks look for.
extension Desk {
    /// What somebody who looked at a ticket says it is.
    package struct Classification: Hashable, Sendable {
        package var category: String?
        package var kind: String?
        package var priority: Int64?
        /// How sure it is; nil for as sure as the role of who says so makes it.
        package var stage: ClassStage?
        /// Tags to add.
        package var tags: [String]
        /// Departments that help, to add.
        package var cooperating: [String]
        /// Departments that help no more.
        package var leaving: [String]

        package init(
            category: String? = nil, kind: String? = nil, priority: Int64? = nil,
            stage: ClassStage? = nil, tags: [String] = [], cooperating: [String] = [],
            leaving: [String] = []
        ) {
            self.category = category
            self.kind = kind
            self.priority = priority
            self.stage = stage
            self.tags = tags
            self.cooperating = cooperating
            self.leaving = leaving
        }
    }

    /// Gives, confirms or corrects class and priority (domain.md X5, RT10). What an inspector says
    /// is audited by it; what was audited is confirmed by nobody again.
    ///
    /// - Throws: as every verb, and `Failure.nothingToChange`.
    package func classify(
        _ ticket: TicketID, as classification: Classification, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        let roles = try store.read { try RolesOnDevice($0)(actor) }
        let stage = classification.stage ?? (roles.contains(.inspector) ? .audited : .confirmed)
        return try change(ticket, .classify, by: actor) { shown in
            var changes: [Change] = []
            if let kind = classification.kind { changes.append(.write(.kind, .text(kind))) }
            if let category = classification.category {
                changes.append(.write(.category, .text(category)))
            }
            if let priority = classification.priority {
                changes.append(.write(.priority, .integer(priority)))
            }
            if stage.rawValue >= shown.classStage.rawValue {
                changes.append(.write(.classStage, .integer(stage.rawValue)))
            }
            changes += classification.tags.map { .add(.tags, .text($0)) }
            changes += classification.cooperating.map { .add(.cooperating, .text($0)) }
            changes += classification.leaving.map { .remove(.cooperating, .text($0)) }
            guard !changes.isEmpty else { throw Failure.nothingToChange }
            return changes
        }
    }

    /// Says how the case is to be solved, and when; an earlier plan and what was said of it are
    /// kept and hold no more.
    ///
    /// - Throws: as every verb.
    package func plan(
        _ ticket: TicketID, _ text: String, kind: PlanKind?, expected: String, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .plan, by: actor) { shown in
            try checkOpen(shown)
            var changes: [Change] = [.write(.plan, .text(text))]
            if let kind { changes.append(.write(.planKind, .text(kind.rawValue))) }
            if !expected.isEmpty { changes.append(.write(.expectedTime, .text(expected))) }
            if shown.status == .reopened { changes.append(.status(.inProgress)) }
            return changes
        }
    }

    /// Approves the plan or the solution that is shown, or turns it down. A solution that is turned
    /// down goes back to work at once.
    ///
    /// - Throws: as every verb, and `Failure.nothingToApprove`.
    package func approve(
        _ ticket: TicketID, step: ApprovalStep, _ outcome: Approval.Outcome, reason: String,
        by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .approve, by: actor) { shown in
            guard let subject = shown.registers[step.subject], !subject.value.isEmpty else {
                throw Failure.nothingToApprove(step)
            }
            let answer = Approval(
                step: step.key, outcome: outcome, subject: subject.stamp.operation)
            var changes: [Change] = [.add(.approvals, .text(answer.text))]
            if !reason.isEmpty { changes.append(.say(.approval, reason)) }
            if outcome == .rejected, step.subject == .resolution, shown.status.isFinished {
                changes += shown.statusStep(towards: .reopened)
            }
            return changes
        }
    }

    /// Records what the customer said when asked whether the case is solved. If it is not, it goes
    /// back to work at once (domain.md E6, H6).
    ///
    /// - Throws: as every verb.
    package func verify(
        _ ticket: TicketID, isSolved: Bool, remark: String, expected: String, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .verify, by: actor) { shown in
            if isSolved {
                // The customer agrees to a solution (H6): without one it would say nothing.
                guard shown.status.isFinished else {
                    throw ReplicaWriter.Refusal(.illegalTransition, shown.status.name)
                }
                return [.say(.verified, remark)]
            }
            return shown.calledUnsolved(remark, expected: expected)
        }
    }

    /// What became of the customer's answer.
    package struct Rated: Sendable {
        /// The answer itself.
        package var rating: ReplicaWriter.Written
        /// The customer's no, with which the case went back to work; nil where it did not.
        package var sentBack: ReplicaWriter.Written?
    }

    /// Records the customer's answer to how the case was handled (domain.md H7, X10).
    ///
    /// Who is not content with a solution has not got one (H6): a resolved case goes back to work
    /// with the answer, as `verify` brings it back, and it counts among the failed attempts (E5).
    /// Both stand or fall together. A closed case stays closed until it is opened again.
    ///
    /// - Parameters:
    ///   - dimensions: the scores of the policy's survey that the customer gave (H8).
    ///   - expected: when it is to be solved instead; only where it goes back to work.
    /// - Throws: as every verb.
    package func rate(
        _ ticket: TicketID, _ outcome: Rating.Outcome, score: Int?,
        dimensions: [FieldID: Int] = [:], remark: String, survey: String, expected: String = "",
        by actor: StaffID
    ) throws -> Rated {
        let answer =
            [.rate(token: survey, outcome, score: score, remark: remark)]
            + dimensions.sorted { $0.key < $1.key }.map {
                Change.write($0.key, .integer(Int64($0.value)))
            }
        return try write { writer, store in
            guard let shown = try store.visible(ticket) else {
                throw Failure.noSuchTicket(ticket.description)
            }
            guard outcome == .unsatisfied, shown.status == .resolved else {
                let rating = try writer.change(
                    ticket, .rate, answer, actor: actor, at: moments(), in: store)
                return Rated(rating: rating, sentBack: nil)
            }
            let no = shown.endingPause(with: shown.calledUnsolved(remark, expected: expected))
            let written = try writer.group(
                [
                    { _ in ReplicaWriter.Member(ticket, .rate, answer) },
                    { _ in ReplicaWriter.Member(ticket, .verify, no) },
                ], actor: actor, moments: { _ in moments() }, in: store)
            return Rated(rating: written[0], sentBack: written[1])
        }
    }

    /// Decides a suggestion, with the reason (domain.md K24).
    ///
    /// - Throws: as every verb.
    package func decide(
        _ ticket: TicketID, _ verdict: SuggestionVerdict, reason: String, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .verdict, by: actor) { _ in
            [.write(.verdict, .text(verdict.rawValue)), .say(.verdict, reason)]
        }
    }

    /// Asks for the case to be hurried (催办).
    ///
    /// - Throws: as every verb.
    package func urge(
        _ ticket: TicketID, reason: String, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .urge, by: actor) { _ in [.say(.urge, reason)] }
    }

    /// Stops what may stop while somebody outside is waited for (domain.md G20).
    ///
    /// - Throws: as every verb.
    package func pause(
        _ ticket: TicketID, for reason: PauseReason, note: String, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .pause, by: actor) { shown in
            var changes: [Change] = [.write(.pauseReason, .text(reason.rawValue))]
            if !note.isEmpty { changes.append(.say(.pause, note)) }
            if shown.status != .pending { changes.append(.status(.pending)) }
            return changes
        }
    }

    /// Goes on after a pause.
    ///
    /// - Throws: as every verb, and `Failure.notPaused`.
    package func resume(
        _ ticket: TicketID, note: String, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .resume, by: actor) { shown in
            guard shown.pauseReason != nil else { throw Failure.notPaused }
            var changes: [Change] = [.write(.pauseReason, .text(""))]
            if !note.isEmpty { changes.append(.say(.pause, note)) }
            if shown.status == .pending { changes.append(.status(.inProgress)) }
            return changes
        }
    }

    /// Keeps the minutes of a meeting, and which departments it made help (domain.md RT8).
    ///
    /// - Throws: as every verb.
    package func meeting(
        _ ticket: TicketID, minutes: String, departments: [String], by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .meeting, by: actor) { _ in
            departments.map { .add(.cooperating, .text($0)) } + [.say(.meeting, minutes)]
        }
    }

    /// Notes which time the customer was promised (domain.md K25).
    ///
    /// - Throws: as every verb.
    package func promise(
        _ ticket: TicketID, by time: String, remark: String, actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .promise, by: actor) { shown in
            try checkOpen(shown)
            return [.write(.promisedTime, .text(time))]
                + (remark.isEmpty
                    ? []
                    : [.comment(.contact, .customer, text: remark, parent: nil)])
        }
    }

    /// Notes that the customer was reached, and what was said (domain.md K4, K23).
    ///
    /// - Throws: as every verb.
    package func contact(
        _ ticket: TicketID, text: String, by actor: StaffID
    ) throws -> ReplicaWriter.Written {
        try change(ticket, .contact, by: actor) { _ in
            [.comment(.contact, .customer, text: text, parent: nil)]
        }
    }
}

extension Ticket {
    /// The customer calls it unsolved: a solution is none then, and work goes on at once.
    fileprivate func calledUnsolved(_ remark: String, expected: String) -> [Change] {
        var changes: [Change] = [.say(.unsolved, remark)]
        if status.isFinished { changes += statusStep(towards: .reopened) }
        if !expected.isEmpty { changes.append(.write(.expectedTime, .text(expected))) }
        return changes
    }
}
