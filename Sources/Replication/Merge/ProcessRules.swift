import TicketModel
import TicketPolicy

/// What the process asks for beyond permissions: that its facts come with the act of their name,
/// that approvals are there before what they hold up, and that nobody judges their own work
/// (domain.md A8, G9, G15).
struct ProcessRules {
    let profile: Profile

    /// Why `body` may not be done now, or nil if the process does not speak against it.
    func rejection(of body: IntentBody, by right: Right, on ticket: Ticket?) -> Rejection? {
        for change in body.changes {
            if let field = change.field, let acts = acts(thatBring: field),
                let rejection = rejection(of: change, field, from: acts, in: body, right, ticket)
            {
                return rejection
            }
            if let rejection = rejection(ofAudit: change, in: body, right, ticket) {
                return rejection
            }
            if case .comment(let kind, _, _, _) = change, [.verified, .unsolved].contains(kind),
                body.act != .verify
            {
                return Rejection(code: .invalidValue, detail: "comment")
            }
        }
        guard let ticket else { return nil }
        if body.act == .verdict, let kind = profile.kindsWithVerdict,
            !kind.contains(ticket.text(.kind))
        {
            return Rejection(code: .wrongKind, detail: kind.first ?? "")
        }
        // In one order always: the same refusal names the same reason wherever it is found.
        for act in acts(of: body).sorted(by: { $0.rawValue < $1.rawValue }) {
            if profile.lacksConsent(before: act, on: ticket) {
                return Rejection(code: .approvalMissing, detail: VerificationCap.name)
            }
            if let step = profile.missingApproval(before: act, on: ticket) {
                return Rejection(code: .approvalMissing, detail: step.key)
            }
        }
        let isRating = body.changes.contains { if case .rate = $0 { true } else { false } }
        if isRating, let solution = ticket.registers[.resolution],
            solution.standing.contains(where: { right.isOwn($0.stamp.actor, of: body.actor) })
        {
            return Rejection(code: .ownWork, detail: body.act.name)
        }
        return nil
    }

    /// What alone brings each fact of the process (`FieldID.process`): clocks look for that act
    /// (domain.md T22).
    private static let acts: [FieldID: Set<Act>] = [
        .classStage: [.classify, .create], .plan: [.plan], .planKind: [.plan],
        .approvals: [.approve], .verdict: [.verdict], .pauseReason: [.pause, .resume],
        .promisedTime: [.promise], .cooperating: [.create, .classify, .assign, .meeting],
        .step: [.progress],
    ]

    /// The same of every field; nil for those that no act has for itself.
    private func acts(thatBring field: FieldID) -> Set<Act>? {
        profile.survey.contains(field) ? [.rate] : Self.acts[field]
    }

    /// Why a fact of the process does not stand: without an act that brings it, or as an answer
    /// that is none or does not count.
    private func rejection(
        of change: Change, _ field: FieldID, from acts: Set<Act>, in body: IntentBody,
        _ right: Right, _ ticket: Ticket?
    ) -> Rejection? {
        let isEnd = field == .pauseReason && change.isEnd(ofPauseIn: body)
        guard isEnd || acts.contains(body.act), !field.isCustom || isScore(change) else {
            return Rejection(code: .invalidValue, detail: profile.name(of: field))
        }
        switch field {
        case .approvals: return rejection(ofAnswer: change, in: body, right, ticket)
        case .promisedTime: return rejection(ofPromise: change, in: body)
        default: return nil
        }
    }

    /// What the customer is told is a time to come, as far as the author's clock can be believed,
    /// and one that anybody will live to see: by it a clock runs (domain.md K25).
    private func rejection(ofPromise change: Change, in body: IntentBody) -> Rejection? {
        let toldAt = body.captured.estimate
        guard case .write(_, let value) = change,
            let time = value.text.flatMap({ Timestamp(iso8601: $0) }),
            time >= toldAt.adding(milliseconds: -Limits.promisePastMillisecondsMax),
            time <= toldAt.adding(milliseconds: Limits.promiseAheadMillisecondsMax)
        else { return Rejection(code: .invalidValue, detail: profile.name(of: .promisedTime)) }
        return nil
    }

    /// Whether a customer's answer is within the scale.
    private func isScore(_ change: Change) -> Bool {
        guard case .write(_, .integer(let score)) = change else { return false }
        return Rating.scores.contains(Int(clamping: score))
    }

    /// A class is checked again by an inspector, or by somebody who answers for the work: never by
    /// those who gave it (domain.md X5, K26), nor in the name of one who did (G30).
    private func rejection(
        ofAudit change: Change, in body: IntentBody, _ right: Right, _ ticket: Ticket?
    ) -> Rejection? {
        guard case .write(.classStage, .integer(ClassStage.audited.rawValue)) = change,
            ticket?.classStage != .audited
        else { return nil }
        guard right.roles.contains(.inspector) || right.roles.authority >= .manager else {
            return Rejection(code: .unauthorised, detail: ClassStage.audited.name)
        }
        return isOfOneself(.classStage, in: body, right, ticket)
            ? Rejection(code: .ownWork, detail: body.act.name) : nil
    }

    /// An answer is to a step that there is, by somebody whose answer counts. It is never taken
    /// back: a new version of what it answered needs a new one. Who stands in for somebody answers
    /// neither to what that one wrote nor, in that one's name, to what they wrote themselves
    /// (domain.md G30); whose own role is enough needs nobody's name.
    private func rejection(
        ofAnswer change: Change, in body: IntentBody, _ right: Right, _ ticket: Ticket?
    ) -> Rejection? {
        guard case .add(_, let value) = change, let answer = value.text.flatMap({ Approval($0) }),
            let step = profile.approvalStep(named: answer.step)
        else { return Rejection(code: .invalidValue, detail: profile.name(of: .approvals)) }
        if step.roles.isDisjoint(with: right.roles) {
            return Rejection(code: .unauthorised, detail: answer.step)
        }
        return isOfOneself(step.subject, in: body, right, ticket)
            ? Rejection(code: .ownWork, detail: body.act.name) : nil
    }

    /// Whether what is judged in somebody's name is what they, or who stands in for them, wrote.
    private func isOfOneself(
        _ field: FieldID, in body: IntentBody, _ right: Right, _ ticket: Ticket?
    ) -> Bool {
        guard right.represented != nil, let judged = ticket?.registers[field] else { return false }
        return judged.standing.contains { right.isOwn($0.stamp.actor, of: body.actor) }
    }

    /// What an intent does, whatever it calls itself. A customer who says no is always heard:
    /// nothing holds that up.
    private func acts(of body: IntentBody) -> Set<Act> {
        var acts: Set<Act> = body.act == .verify && body.isSentBack ? [] : [body.act]
        for change in body.changes {
            switch change {
            case .write(.status, .integer(TicketStatus.resolved.rawValue)): acts.insert(.resolve)
            case .close: acts.insert(.close)
            case .comment(.verified, _, _, _): acts.insert(.verify)
            default: continue
            }
        }
        return acts
    }
}

extension Change {
    /// Whether it says that nothing is waited for any more, because work goes on.
    fileprivate func isEnd(ofPauseIn body: IntentBody) -> Bool {
        guard case .write(.pauseReason, let value) = self, value.isEmpty else { return false }
        return body.changes.contains(where: \.isGoingOn)
    }

    /// Whether work on the case goes on with it, or ends: it waits for nobody then.
    package var isGoingOn: Bool {
        switch self {
        case .write(.status, .integer(let status)): status != TicketStatus.pending.rawValue
        case .close: true
        default: false
        }
    }
}

extension IntentBody {
    /// Whether somebody says in it that the solution is none: the customer (domain.md E6), or who
    /// reviews it (AP3). The case goes back to work then, whoever may reopen cases otherwise.
    ///
    /// Both come with the act of their name alone: `ProcessRules` has refused anything else before.
    var isSentBack: Bool {
        changes.contains { change in
            switch change {
            case .comment(.unsolved, _, _, _): true
            case .add(.approvals, let value):
                value.text.flatMap { Approval($0) }?.outcome == .rejected
            default: false
            }
        }
    }
}
