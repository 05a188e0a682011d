import FieldClient
import Replication
import TicketModel
import TicketPolicy

/// The verbs of the process between taking a case and closing it, by the unified policy.
extension DeskWork {
    /// Does it to a ticket that seems to wait for it, or to any other: people err.
    ///
    /// - Throws: what `Desk` throws, `PowerCut`.
    func process(
        _ verb: Verb, _ random: inout SimulatedRandom
    ) throws -> [ReplicaWriter.Written] {
        guard let ticket = try pick(for: verb, &random) else { return [] }
        switch verb {
        case .classify, .audit: return [try classify(verb, ticket, &random)]
        case .approve, .consent: return [try answer(verb, ticket, &random)]
        case .verify, .survey: return try ask(verb, ticket, &random)
        default: return [try handle(verb, ticket, &random)]
        }
    }

    /// A ticket that waits for the verb, mostly, where the policy makes tickets wait.
    func pick(for verb: Verb, _ random: inout SimulatedRandom) throws -> TicketID? {
        guard world.plan.world.policy == .unified, random.chance(perMille: 750) else {
            return pick(&random)
        }
        let profile = try desk.profile()
        let waiting = try field.storage.read { store in
            try field.tickets.filter { id in
                try store.visible(id).map { isWaiting($0, for: verb, profile) } ?? false
            }
        }
        return waiting.isEmpty ? pick(&random) : random.pick(waiting)
    }

    private func isWaiting(_ ticket: Ticket, for verb: Verb, _ profile: Profile) -> Bool {
        let isOpen = !ticket.status.isFinished && !ticket.isMerged
        switch verb {
        case .resolve: return isOpen && profile.missingApproval(before: .resolve, on: ticket) == nil
        case .close:
            return ticket.status == .resolved && !profile.lacksConsent(before: .close, on: ticket)
                && profile.missingApproval(before: .close, on: ticket) == nil
        case .reopen: return ticket.status.isFinished && !ticket.isMerged
        case .classify: return isOpen && ticket.classStage == .provisional
        case .audit: return isOpen && ticket.classStage != .audited
        case .plan: return isOpen && ticket.text(.plan).isEmpty
        case .approve: return profile.openApprovals(of: ticket).contains { $0.key != "customer" }
        case .consent: return profile.openApprovals(of: ticket).contains { $0.key == "customer" }
        case .verify, .survey:
            return ticket.status == .resolved
                && profile.missingApproval(before: .verify, on: ticket) == nil
        case .verdict: return ticket.text(.kind) == "suggestion" && ticket.text(.verdict).isEmpty
        case .resume: return ticket.pauseReason != nil
        default: return isOpen
        }
    }

    private func classify(
        _ verb: Verb, _ ticket: TicketID, _ random: inout SimulatedRandom
    ) throws -> ReplicaWriter.Written {
        var classification = Desk.Classification()
        if random.chance(perMille: 600) {
            classification.category = random.pick(["product", "attitude", "process", "inquiry"])
        }
        if random.chance(perMille: 300) {
            classification.priority = Int64(random.number(in: 1...3))
        }
        if random.chance(perMille: 200) {
            classification.kind = random.pick(["complaint", "suggestion", "consultation"])
        }
        if random.chance(perMille: 300) { classification.tags = [random.pick(Self.policyTags)] }
        if random.chance(perMille: 200) {
            classification.cooperating = [random.pick(Self.helpers)]
        }
        if random.chance(perMille: 200) { classification.leaving = [random.pick(Self.helpers)] }
        if verb == .audit { classification.stage = .audited }
        return try desk.classify(ticket, as: classification, by: staff)
    }

    /// Tags that rules and clocks look at.
    static let policyTags = ["描述模糊", "物流破损", "支付流程异常", "产品安全"]
    private static let helpers = ["技术部", "物流部", "财务部"]

    private func answer(
        _ verb: Verb, _ ticket: TicketID, _ random: inout SimulatedRandom
    ) throws -> ReplicaWriter.Written {
        let keys = verb == .consent ? ["customer"] : ["plan", "exchange", "solution"]
        let profile = try desk.profile()
        let open =
            try field.storage.read { try $0.visible(ticket) }
            .map { profile.openApprovals(of: $0).map(\.key).filter(keys.contains) } ?? []
        let key = random.pick(open.isEmpty ? keys : open)
        guard let step = profile.approvalStep(named: key) else {
            preconditionFailure("the unified policy has a step \(key)")
        }
        let isYes = random.chance(perMille: 800)
        return try desk.approve(
            ticket, step: step, isYes ? .approved : .rejected,
            reason: isYes ? "" : text("objection"), by: staff)
    }

    /// What the customer says.
    private func ask(
        _ verb: Verb, _ ticket: TicketID, _ random: inout SimulatedRandom
    ) throws -> [ReplicaWriter.Written] {
        let isYes = random.chance(perMille: 600)
        if verb == .verify {
            return [
                try desk.verify(
                    ticket, isSolved: isYes, remark: text("verification"), expected: "", by: staff)
            ]
        }
        let dimensions = try desk.profile().survey.filter { _ in random.chance(perMille: 500) }
        let rated = try desk.rate(
            ticket, isYes ? .satisfied : random.pick(Rating.Outcome.allCases),
            score: random.number(in: 0...10),
            dimensions: Dictionary(
                dimensions.map { ($0, random.number(in: 0...10)) }
            ) { first, _ in first },
            remark: text("remark"), survey: "survey-\(random.below(2))", by: staff)
        return [rated.rating] + (rated.sentBack.map { [$0] } ?? [])
    }

    private func handle(
        _ verb: Verb, _ ticket: TicketID, _ random: inout SimulatedRandom
    ) throws -> ReplicaWriter.Written {
        switch verb {
        case .plan:
            let kind = random.chance(perMille: 500) ? random.pick(PlanKind.allCases) : nil
            return try desk.plan(ticket, text("plan"), kind: kind, expected: "", by: staff)
        case .verdict:
            return try desk.decide(
                ticket, random.pick(SuggestionVerdict.allCases), reason: text("verdict"),
                by: staff)
        case .step:
            let report = ProgressReport(
                done: text("step"), next: "", expected: nil, expectedText: "",
                step: random.pick(try desk.profile().steps.map(\.key)))
            return try desk.progress(ticket, report, by: staff)
        case .urge: return try desk.urge(ticket, reason: text("urging"), by: staff)
        case .pause:
            return try desk.pause(
                ticket, for: random.pick(PauseReason.allCases), note: text("waiting"), by: staff)
        case .resume: return try desk.resume(ticket, note: "", by: staff)
        case .meeting:
            return try desk.meeting(
                ticket, minutes: text("minutes"), departments: [random.pick(Self.helpers)],
                by: staff)
        case .promise:
            let length = random.milliseconds(in: 60_000...world.plan.world.lengthMilliseconds)
            let time = world.moment(of: field).now.adding(milliseconds: length)
            return try desk.promise(ticket, by: utcText(of: time), remark: "", actor: staff)
        case .contact: return try desk.contact(ticket, text: text("call"), by: staff)
        case .phone: return try phone(ticket, &random)
        default: preconditionFailure("\(verb) is no verb of the process")
        }
    }

    private func phone(
        _ ticket: TicketID, _ random: inout SimulatedRandom
    ) throws -> ReplicaWriter.Written {
        let ago = random.milliseconds(in: 0...600_000)
        let time = world.moment(of: field).now.adding(milliseconds: -ago)
        let call = PhoneCall(
            time: time, timeText: utcText(of: time), callee: "", reason: text("called"))
        return try desk.escalateByPhone(ticket, call, to: nil, by: staff)
    }

    /// To the minute, in ISO 8601.
    private func utcText(of time: Timestamp) -> String {
        let minute = Timestamp(milliseconds: time.milliseconds / 60_000 * 60_000)
        let civil = CivilTime(wallMilliseconds: minute.milliseconds)
        return "\(civil.dateText)T\(civil.clockText):00Z"
    }
}
