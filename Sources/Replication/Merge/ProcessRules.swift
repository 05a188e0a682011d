import TicketModel
import TicketPolicy

/// What the process asks for beyond permissions: that its facts come with the act of their name,
/// that approvals are there before what they hold up, and that nobody judges their own work
/// (domain.md A8, G9, G15).
struct ProcessRules {
    let profile: Profile

    /// Why `body` may not be done now, or nil if the process does not speak against it.
    func rejection(of body: IntentBody, by roles: Set<Role>, on ticket: Ticket?) -> Rejection? {
        for change in body.changes {
            if let field = change.field, FieldID.process.contains(field),
                !isInPlace(change, field, in: body, roles)
            {
                return Rejection(code: .invalidValue, detail: profile.name(of: field))
            }
            if case .comment(let kind, _, _, _) = change, [.verified, .unsolved].contains(kind),
                body.act != .verify
            {
                return Rejection(code: .invalidValue, detail: "comment")
            }
        }
        guard let ticket else { return nil }
        for act in acts(of: body) {
            if let step = profile.missingApproval(before: act, on: ticket) {
                return Rejection(code: .approvalMissing, detail: step.key)
            }
        }
        let isRating = body.changes.contains { if case .rate = $0 { true } else { false } }
        if isRating, ticket.registers[.resolution]?.stamp.actor == body.actor {
            return Rejection(code: .ownWork, detail: body.act.name)
        }
        return nil
    }

    /// Whether a fact of the process comes with the act that clocks look for (domain.md T22).
    private func isInPlace(
        _ change: Change, _ field: FieldID, in body: IntentBody, _ roles: Set<Role>
    ) -> Bool {
        let acts: Set<Act>
        switch field {
        case .classStage: acts = [.classify, .create]
        case .plan, .planKind: acts = [.plan]
        case .approvals: return body.act == .approve && isAnswer(change, roles)
        case .verdict: acts = [.verdict]
        case .pauseReason: acts = [.pause, .resume]
        case .promisedTime: acts = [.promise]
        case .cooperating: acts = [.create, .classify, .assign, .meeting]
        default: return true
        }
        return acts.contains(body.act)
    }

    /// An answer to a step that there is, by somebody whose answer counts. It is never taken back:
    /// a new version of what it answered needs a new one.
    private func isAnswer(_ change: Change, _ roles: Set<Role>) -> Bool {
        guard case .add(_, let value) = change, let answer = value.text.flatMap({ Approval($0) }),
            let step = profile.approvalStep(named: answer.step)
        else { return false }
        return !step.roles.isDisjoint(with: roles)
    }

    /// What an intent does, whatever it calls itself.
    private func acts(of body: IntentBody) -> Set<Act> {
        var acts: Set<Act> = [body.act]
        for change in body.changes {
            switch change {
            case .write(.status, .integer(TicketStatus.resolved.rawValue)): acts.insert(.resolve)
            case .close: acts.insert(.close)
            default: continue
            }
        }
        return acts
    }
}
