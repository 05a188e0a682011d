import Replication
import TicketModel
import TicketPolicy

/// The reference model: replays the hub's log of intents, each with what its author had seen, and
/// must agree with the hub on every answer and on every field of every ticket.
final class ModelChecker: Checker {
    /// All that a restore of the hub takes back.
    struct State {
        var tickets: [TicketID: ModelTicket] = [:]
        var refusedCreates: Set<TicketID> = []
        /// Each person's versions, oldest first.
        var staff: [StaffID: [(since: UInt64, record: StaffRecord)]] = [:]
    }

    var state = State()
    private var backups: [Int: State] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtHub(let commit):
            for (record, head) in commit.staff {
                state.staff[record.staff, default: []].append((head, record))
            }
            let entries = commit.entries.map(\.entry)
            var index = 0
            while index < entries.count {
                let refused = refusedGroup(at: index, of: entries, context)
                if !refused.isEmpty {
                    try checkRefused(refused, context)
                    index += refused.count
                    continue
                }
                try replay(entries[index], context)
                try checkRouting(
                    of: entries[index],
                    next: index + 1 < entries.count ? entries[index + 1] : nil, context)
                index += 1
            }
        case .backedUp(let number): backups[number] = state
        case .restored(let number): state = backups[number] ?? State()
        default: return
        }
    }

    private func replay(_ committed: CommittedEntry, _ context: CheckContext) throws {
        let entry = committed.entry
        guard !committed.isBroughtBack else { return takeBack(committed) }
        guard let body = context.codec.decodeBody(committed.intent.bodyBytes) else {
            throw Violation("model", "entry \(entry.sequence) cannot be read")
        }
        var (outcome, target, ticket) = decide(body, committed, context)
        guard outcome.outcome == entry.disposition.outcome,
            outcome.rejection == entry.disposition.rejection?.code
        else {
            throw Violation(
                "model: answer",
                "entry \(entry.sequence), \(body.act.name) by \(body.actor): the hub says "
                    + "\(words(entry.disposition)), the model \(outcome.outcome.name) "
                    + "\(outcome.rejection?.name ?? "")")
        }
        let notes = Dictionary(
            entry.disposition.notes.map { ($0.changeIndex, $0.outcome) }
        ) { first, _ in first }
        guard outcome.rejection != nil || notes == outcome.notes else {
            throw Violation(
                "model: answer",
                "entry \(entry.sequence), \(body.act.name): the hub notes \(notes), the model "
                    + "\(outcome.notes)")
        }
        guard outcome.rejection == nil else {
            if body.isCreate { state.refusedCreates.insert(body.ticket) }
            return
        }
        guard entry.ticket == target else {
            throw Violation(
                "model: state",
                "entry \(entry.sequence) is about \(entry.ticket), the model says \(target)")
        }
        // Which number comes next is the hub's to say.
        if body.isCreate { ticket.official = committed.ticket?.number?.text }
        state.tickets[target] = ticket
        guard let stored = committed.ticket else {
            throw Violation("model: state", "entry \(entry.sequence) stored no ticket")
        }
        if let difference = ticket.difference(from: stored) {
            throw Violation(
                "model: state",
                "after entry \(entry.sequence), \(body.act.name) by \(body.actor): \(difference)")
        }
    }

    /// What a replica brings back is taken as it comes: it was judged in another life of the log.
    private func takeBack(_ committed: CommittedEntry) {
        guard let ticket = committed.ticket else {
            // A refused create has the identity of its ticket.
            let ticket = TicketID(createdBy: committed.entry.operation)
            state.refusedCreates.insert(ticket)
            return
        }
        state.tickets[ticket.id] = ModelTicket(ticket)
    }

    private func words(_ disposition: Disposition) -> String {
        let rejection = disposition.rejection.map { "\($0.code.name) \($0.detail)" }
        return "\(disposition.outcome.name) \(rejection ?? "")"
    }

    // MARK: Deciding

    func decide(
        _ body: IntentBody, _ committed: CommittedEntry, _ context: CheckContext
    ) -> (outcome: ModelOutcome, target: TicketID, ticket: ModelTicket) {
        let before = state.tickets[body.ticket]
        do {
            let isHub = body.actor == .hub
            let intent = committed.intent
            let sight = ModelSight(
                sequence: linear(intent.context, before: committed.entry.sequence, context),
                dependencies: Set(intent.context.dependencies), dot: intent.dot)
            var outcome = ModelOutcome()
            if !isHub {
                outcome.isLate = try admit(
                    body, intent, at: committed.entry.hubTime, sight, before, context)
            }
            if before != nil, body.isCreate { throw ModelRefusal(.duplicateTicket) }
            let roles = roles(of: body, intent, sight, context)
            let origin = origin(
                of: body, committed, weight: isHub ? 5 : Self.weight(roles))
            let cases = ModelCases(tickets: state.tickets)
            let target = try ModelMerge.place(of: body, sight, in: cases)
            var merge = ModelMerge(body, sight, origin, on: target, in: cases)
            try merge.mergeAll()
            outcome.notes = merge.notes
            if target != body.ticket {
                for index in body.changes.indices where outcome.notes[index] == nil {
                    outcome.notes[index] = .merged
                }
            }
            if outcome.isLate { merge.ticket.comments[body.operation]?.isLate = true }
            if body.isCreate, !isHub, !canSee(merge.ticket, member(of: intent, context)) {
                throw ModelRefusal(.unauthorised)
            }
            return (outcome, target, merge.ticket)
        } catch let refusal as ModelRefusal {
            let outcome = ModelOutcome(rejection: refusal.code)
            return (outcome, body.ticket, before ?? ModelTicket())
        } catch {
            preconditionFailure("the model throws refusals only: \(error)")
        }
    }

    /// How much of this log the author had seen: of a former life only what this one shares.
    private func linear(
        _ seen: CausalContext, before sequence: UInt64, _ context: CheckContext
    ) -> UInt64 {
        min(seen.sequence, sequence - 1, context.record.shared[seen.epoch] ?? .max)
    }

    private func member(of intent: Intent, _ context: CheckContext) -> MemberView? {
        context.author(intent.dot.replica)
    }

    /// What the person was as far as the author knew, and no more than the device allows.
    private func roles(
        of body: IntentBody, _ intent: Intent, _ sight: ModelSight, _ context: CheckContext
    ) -> Set<Role> {
        let versions = state.staff[body.actor] ?? []
        let record = (versions.last { $0.since <= sight.sequence } ?? versions.first)?.record
        guard let record, record.isActive else { return [] }
        return record.roles.intersection(member(of: intent, context)?.roles ?? [])
    }

    private static func weight(_ roles: Set<Role>) -> Int {
        if roles.contains(where: { ![.handler, .inspector, .clerk].contains($0) }) { return 4 }
        return roles.contains(.clerk) ? 2 : 1
    }

    private func origin(
        of body: IntentBody, _ committed: CommittedEntry, weight: Int
    ) -> ModelTicket.Origin {
        // A clock more than five minutes ahead of the hub wins no ties with its reading.
        let hubTime = committed.entry.hubTime.milliseconds
        let wall = Int64(body.time.rawValue >> 16)
        let isAhead = wall > hubTime + 5 * 60 * 1_000
        return ModelTicket.Origin(
            sequence: committed.entry.sequence, dot: committed.intent.dot,
            operation: body.operation,
            time: isAhead ? UInt64(max(0, hubTime)) << 16 : body.time.rawValue, weight: weight,
            actor: body.actor)
    }

    /// Who may write here at all, and whether it is late work of a former owner.
    private func admit(
        _ body: IntentBody, _ intent: Intent, at now: Timestamp, _ sight: ModelSight,
        _ before: ModelTicket?, _ context: CheckContext
    ) throws -> Bool {
        let roles = roles(of: body, intent, sight, context)
        guard let member = member(of: intent, context), let profile = context.profile,
            isActive(body.actor, sight)
        else { throw ModelRefusal(.unauthorised) }
        if isBeyondHorizon(body, at: now, sight, context) { throw ModelRefusal(.quarantined) }
        guard let before else {
            guard !body.isCreate else {
                try checkActs(body, sight, nil, roles, profile, context)
                return false
            }
            throw ModelRefusal(
                state.refusedCreates.contains(body.ticket) ? .dependencyRejected : .unknownTicket)
        }
        var isLate = false
        if !canSee(before, member) {
            let seen =
                context.record.lives[context.record.present]
                .version(of: body.ticket, at: sight.sequence)?.scopes ?? []
            guard !seen.isDisjoint(with: member.scopes) else { throw ModelRefusal(.unauthorised) }
            guard body.changes.allSatisfy(isLateWork) else { throw ModelRefusal(.leftScope) }
            isLate = true
        }
        try checkActs(body, sight, before, roles, profile, context)
        return isLate
    }

    private func isActive(_ person: StaffID, _ sight: ModelSight) -> Bool {
        let versions = state.staff[person] ?? []
        return (versions.last { $0.since <= sight.sequence } ?? versions.first)?.record.isActive
            ?? false
    }

    /// Work of more than 30 days ago is for a supervisor (replication.md 3.8). A clock alone does
    /// not make it so (3.13): what its author had seen of the log must be as old, or nothing.
    private func isBeyondHorizon(
        _ body: IntentBody, at now: Timestamp, _ sight: ModelSight, _ context: CheckContext
    ) -> Bool {
        let horizon = now.adding(milliseconds: -30 * 24 * 3_600 * 1_000)
        guard body.captured.estimate < horizon else { return false }
        guard sight.sequence > 0 else { return true }
        let entries = context.record.lives[context.record.present].entries
        return entries[Int(sight.sequence) - 1].entry.hubTime < horizon
    }

    private func isLateWork(_ change: Change) -> Bool {
        switch change {
        case .comment: true
        case .add(let field, _): field == .tags || field == .attachments
        default: false
        }
    }

    private func canSee(_ ticket: ModelTicket, _ member: MemberView?) -> Bool {
        guard let member else { return false }
        var scopes: Set<Scope> = [.all]
        for (field, kind) in [
            (FieldID.store, "store"), (.region, "region"), (.department, "department"),
            (.assignee, "agent"),
        ] where !ticket.name(field).isEmpty {
            scopes.insert(Scope(rawValue: "\(kind):\(ticket.name(field))"))
        }
        return !scopes.isDisjoint(with: member.scopes)
    }

    /// The permissions that an intent needs, by what it does and not only by what it calls itself.
    private func checkActs(
        _ body: IntentBody, _ sight: ModelSight, _ ticket: ModelTicket?, _ roles: Set<Role>,
        _ profile: Profile, _ context: CheckContext
    ) throws {
        var acts = [body.act]
        guard profile.allows(body.act, roles: roles) else { throw ModelRefusal(.unauthorised) }
        if context.policy == .unified {
            try ModelProcess(body: body, roles: roles, ticket: ticket).check()
        }
        // Whoever wrote a solution that stands does not rate it (domain.md G15).
        let isRating = body.changes.contains { if case .rate = $0 { true } else { false } }
        if isRating,
            ticket?.standing(.resolution).contains(where: { $0.origin.actor == body.actor }) == true
        {
            throw ModelRefusal(.ownWork)
        }
        for change in body.changes {
            switch change {
            case .write(.assignee, let value):
                let isOwn = isOwnClaim(value, body, sight, ticket)
                if !body.isCreate, !isOwn { acts.append(.assign) }
            case .write(.department, _), .write(.store, _), .write(.region, _):
                if !body.isCreate { acts.append(.assign) }
            case .write(.escalation, _): acts.append(.escalate)
            case .write(.status, .integer(5)): acts.append(.resolve)
            case .write(.status, .integer(6)): if !body.bringsNo { acts.append(.reopen) }
            case .close: acts.append(.close)
            case .rate: acts.append(.rate)
            case .merge, .absorb, .unmerge, .release: acts.append(.merge)
            default: continue
            }
        }
        guard acts.allSatisfy({ profile.allows($0, roles: roles) }) else {
            throw ModelRefusal(.unauthorised)
        }
    }

    private func isOwnClaim(
        _ value: FieldValue, _ body: IntentBody, _ sight: ModelSight, _ ticket: ModelTicket?
    ) -> Bool {
        let isTaking = body.act == .accept && value == .text(body.actor.rawValue)
        guard isTaking || body.act == .refuse && value == .text("") else { return false }
        guard let owner = ticket?.values[.assignee] else { return true }
        return !sight.covers(owner.origin) || owner.value == .text("")
            || owner.value == .text(body.actor.rawValue)
    }

    // MARK: Routing

    /// A ticket that nobody sent anywhere goes where the policy says, in the same transaction.
    private func checkRouting(
        of committed: CommittedEntry, next: CommittedEntry?, _ context: CheckContext
    ) throws {
        guard !committed.isBroughtBack else { return }
        let entry = committed.entry
        guard entry.act == .create, entry.disposition.isAccepted, let ticket = committed.ticket,
            (ticket.registers[.department]?.value ?? .text("")) == .text("")
        else { return }
        let expected = department(of: ticket, context.policy)
        guard let next, next.entry.cause == entry.operation, next.entry.act != .clock,
            next.ticket?.registers[.department]?.value == .text(expected)
        else {
            throw Violation(
                "model: routing", "entry \(entry.sequence) was not routed to \(expected)")
        }
    }

    private func department(of ticket: Ticket, _ policy: WorldPolicy) -> String {
        let tags = Set((ticket.sets[.tags] ?? []).map(\.value))
        if policy == .unified, tags.contains(.text("物流破损")) { return "客服部" }
        if policy == .unified, tags.contains(.text("支付流程异常")) { return "技术部" }
        let category = ticket.registers[.category]?.value
        if category == .text("product") { return "售后部" }
        let isSuggestion = ticket.registers[.kind]?.value == .text("suggestion")
        guard policy == .unified, isSuggestion else { return "客服部" }
        if category == .text("process") { return "运营部" }
        return [.text("inquiry"), .text("service")].contains(category) ? "产品部" : "客服部"
    }
}
