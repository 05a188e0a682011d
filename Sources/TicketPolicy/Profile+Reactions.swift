import TicketModel

extension Profile {
    /// What the hub must do after `act` was committed.
    ///
    /// - Parameters:
    ///   - before: the ticket as it was; nil for a create.
    ///   - after: the ticket with the act, and with the `clocks` it had before.
    ///   - now: the hub's time of the commit.
    ///   - actedAt: when the person acted, by their device and bounded by the hub, if that differs
    ///     from `now`: an answer that was given offline in time keeps its promise (domain.md B6.3).
    ///     A breach that the hub has stated stays one (T7).
    ///   - absorbed: the ticket that was merged into `after`, as it was before: its promises go on
    ///     here, each with the earlier of the two due times (T24).
    ///   - isReleasing: whether a ticket that had been merged into `after` stands for itself again.
    /// - Returns: in the order of `Reaction`; empty if there is nothing to do. What the hub's rules
    ///   did themselves, and an escalation by whomever, never escalates (T11).
    package func reactions(
        to act: Act, before: Ticket?, after: Ticket, at now: Timestamp, actedAt: Timestamp? = nil,
        absorbing absorbed: Ticket? = nil, isReleasing: Bool = false
    ) -> [Reaction] {
        guard act != .route, act != .clock else { return [] }
        var change = Change(
            act: act, before: before, after: after, now: now, actedAt: min(actedAt ?? now, now),
            absorbed: absorbed, isReleasing: isReleasing, topRank: priorities.first?.rank)
        let routing = routingReactions(to: change)
        if case .route(let move) = routing.first { change.routedTo = move.department }
        var result = routing + verificationReactions(to: change) + pauseReactions(to: change)
        for rule in clocks {
            var run = ClockRun(profile: self, rule: rule, ticket: after, now: now)
            run.follow(change)
            result += run.reactions
        }
        result += droppedReactions(to: change)
        return result.inOrder()
    }

    /// What the hub must do when a timer fires, late or repeated as it may be.
    ///
    /// The state of the clock decides: one that was met or cancelled, stands still, runs in another
    /// cycle, or whose breach is stated already, asks for nothing. A rung that a later one has
    /// overtaken is silent, and a timer that fires before its instant is scheduled again. A ticket
    /// that was merged into another one escalates no more (T24).
    package func reactions(
        toTimer key: TimerKey, on ticket: Ticket, at now: Timestamp
    ) -> [Reaction] {
        if key.ticket == ticket.id, key.clock == PauseReminder.name {
            return pauseReactions(toTimer: key, on: ticket, at: now)
        }
        guard key.ticket == ticket.id, !ticket.isMerged,
            let state = ticket.clocks[key.clock], state.cycle == key.cycle,
            state.phase == .running, state.pausedAt == nil, key.rung >= 0
        else { return [] }
        guard let rule = clock(named: key.clock) else {
            return droppedReactions(toTimer: key, of: state, at: now)
        }
        var run = ClockRun(profile: self, rule: rule, ticket: ticket, now: now)
        run.fire(rung: key.rung, of: state)
        return run.reactions.inOrder()
    }

    /// The timers that a clock in this state needs from `now` on: what a hub that got the state
    /// back after a restore must schedule and cancel (replication.md 3.11). Rungs that lie behind
    /// had their turn before, except the last one of a clock that still runs.
    package func timers(of clock: ClockState, on ticket: Ticket, at now: Timestamp) -> [Reaction] {
        guard let rule = clocks.first(where: { $0.name == clock.name }) else { return [] }
        return ClockRun(profile: self, rule: rule, ticket: ticket, now: now).timers(of: clock)
    }

    /// What the hub must do so that the running clocks of `ticket` count by the calendars that the
    /// policy has now (domain.md T19).
    ///
    /// - Parameter clock: the only one to move; nil for all.
    /// - Returns: the names of the clocks that move, and of those that stay because their promise
    ///   would be broken by it at once.
    package func rebase(
        _ ticket: Ticket, clock: String? = nil, at now: Timestamp
    ) -> (reactions: [Reaction], moved: [String], kept: [String]) {
        var (reactions, moved, kept): ([Reaction], [String], [String]) = ([], [], [])
        for rule in clocks where clock == nil || rule.name == clock {
            guard let state = ticket.clocks[rule.name], !ticket.isMerged else { continue }
            var run = ClockRun(profile: self, rule: rule, ticket: ticket, now: now)
            guard let isMoved = run.rebase(state) else { continue }
            if isMoved { moved.append(rule.name) } else { kept.append(rule.name) }
            reactions += run.reactions
        }
        return (reactions.inOrder(), moved, kept)
    }

    /// Who has failed the customer often enough is helped from above (domain.md E5, K30): at the
    /// cap, and again whenever it is reached anew.
    private func verificationReactions(to change: Change) -> [Reaction] {
        let count = change.after.failedVerificationsCount
        let attempts = verificationCap.attempts
        guard let before = change.before,
            count / attempts > before.failedVerificationsCount / attempts
        else { return [] }
        let level = max(change.after.escalationLevel, verificationCap.level)
        return [
            .escalate(
                level: level, clock: VerificationCap.name,
                reason: LocalizedText(
                    zh: "客户第\(count)次表示问题未解决", en: "the customer said \(count) times: not solved"),
                recipients: recipients(ofLevel: level),
                key: TimerKey(
                    ticket: change.after.id, clock: VerificationCap.name, cycle: count / attempts,
                    rung: 0))
        ]
    }

    /// A ticket that nobody routed by hand goes where the rules say. A corrected class moves it
    /// (RT10) only while it waits there: once somebody has it, people decide.
    private func routingReactions(to change: Change) -> [Reaction] {
        guard let routing = route(change.after) else { return [] }
        switch change.act {
        case .create:
            guard change.after.department == nil else { return [] }
        case .edit, .classify, .tag:
            let current = change.after.registers[.department]
            guard change.after.assignee == nil, !change.after.status.isFinished,
                current == nil || current?.stamp.actor == .hub,
                change.before.flatMap(route) != routing
            else { return [] }
        default: return []
        }
        let former = change.before.flatMap(route)
        return RoutingMove(to: routing, on: change.after, former: former).map { [.route($0)] } ?? []
    }
}

/// One committed act with what it changed.
struct Change {
    var act: Act
    var before: Ticket?
    var after: Ticket
    var now: Timestamp
    /// Never after `now`.
    var actedAt: Timestamp
    /// What was merged into the ticket with this act.
    var absorbed: Ticket?
    /// Whether a ticket that had been merged into this one stands for itself again.
    var isReleasing = false
    /// The rank of the most urgent class.
    var topRank: Int64?
    /// Where the rules send the ticket with it.
    var routedTo: DepartmentID?

    /// Whether the act brought a finished ticket back to work. One that was merged into an earlier
    /// reopening did not.
    var isReopening: Bool {
        guard [.reopen, .escalate, .verify, .approve].contains(act), let before else {
            return false
        }
        return before.status.isFinished && !after.status.isFinished
    }

    /// Whether the act ended the ticket because its case goes on in another one.
    var isMerging: Bool { before?.isMerged == false && after.isMerged }

    /// Whether the act undid that.
    var isUnmerging: Bool { before?.isMerged == true && !after.isMerged }

    /// Whether the case waits for somebody outside from now on. A pause that came too late for
    /// somebody's work did not make it wait.
    var isPausing: Bool { act == .pause && after.pauseReason != nil }

    /// Whether the act, whichever it was, ended the waiting (domain.md T4).
    var isResuming: Bool {
        act == .resume || (before?.pauseReason != nil && after.pauseReason == nil)
    }

    /// What the act is towards a promise (domain.md T22).
    var milestones: Set<ClockRule.Milestone> {
        var result = act.milestones
        // Whom the office named meanwhile has it: nothing was given back.
        if act == .refuse, after.assignee != nil { result.remove(.refuse) }
        let isUrgent = after.integer(.priority).map { $0 == topRank } ?? false
        if isUrgent, before?.integer(.priority) != topRank { result.insert(.urgent) }
        result.formUnion(dispatches)
        // Half a class is none (K3), and whichever act made it whole gave it.
        let isClassifying = act == .classify || before?.isClassified != true
        if isClassifying, after.isClassified { result.insert(.classify) }
        if isSatisfying { result.insert(.verified) }
        if !newTags.isEmpty { result.insert(.tag) }
        if act == .progress, let step = after.registers[.step],
            step.stamp != before?.registers[.step]?.stamp, let key = step.value.text
        {
            result.insert(.step(key))
        }
        let known = Set(before?.comments.map(\.id) ?? [])
        for comment in after.comments where !known.contains(comment.id) {
            if comment.isForCustomer { result.insert(.customerNote) }
            if comment.kind == .verified { result.insert(.verified) }
            if comment.kind == .unsolved { result.insert(.unsolved) }
        }
        return result
    }

    /// What promises begin with: of a case that was over and stays so only what its end brings.
    /// What is told late of work on it, or put right in it, promises no more of the same.
    var beginnings: Set<ClockRule.Milestone> {
        var result = milestones
        if !isAgreeing { result.remove(.approve) }
        guard let before, before.status.isFinished, after.status.isFinished else { return result }
        return result.intersection([.resolve, .approve, .verified, .rate, .verdict])
    }

    /// Who was made responsible with it.
    private var dispatches: Set<ClockRule.Milestone> {
        var result: Set<ClockRule.Milestone> = []
        let department = routedTo ?? after.department
        if let department, department != before?.department { result.insert(.routed) }
        if let assignee = after.assignee, assignee != before?.assignee { result.insert(.assigned) }
        let isNew = act == .create && !result.isEmpty
        if isNew || routedTo != nil { result.insert(.dispatch) }
        return result
    }

    /// Whether what stands has got its yes with it. A second yes, one to a version that was
    /// replaced, one against a no, and one to a solution that is none any more bring it no further.
    private var isAgreeing: Bool {
        guard act == .approve else { return false }
        let known = Set(before?.givenApprovals.map(\.stamp.operation) ?? [])
        return after.givenApprovals.contains { answer in
            guard !known.contains(answer.stamp.operation),
                let field = after.field(answeredBy: answer.approval)
            else { return false }
            let step = answer.approval.step
            return after.approval(step, of: field) == .approved
                && before?.approval(step, of: field) != .approved
                && (field == .plan || after.status == .resolved)
        }
    }

    /// Whether the customer who was called back is content: that is their yes as well
    /// (domain.md H6).
    private var isSatisfying: Bool {
        let known = Set(before?.ratings.map(\.id) ?? [])
        return after.ratings.contains { $0.outcome == .satisfied && !known.contains($0.id) }
    }

    private var newTags: Set<FieldValue> {
        let tags = after.sets[.tags]?.map(\.value) ?? []
        return Set(tags).subtracting(before?.sets[.tags]?.map(\.value) ?? [])
    }

    /// Whether tickets such as this one now is get a promise.
    func isConcerned(by rule: ClockRule) -> Bool { rule.concerns(after, routedTo: routedTo) }

    /// Whether the ticket as it was before got it.
    func wasConcerned(by rule: ClockRule) -> Bool { before.map { rule.concerns($0) } ?? false }

    /// Whether the customer was told a time with it; one that lost against another promise was
    /// not (domain.md K25).
    var isNewPromise: Bool {
        let operation = after.registers[.promisedTime]?.stamp.operation
        return operation != nil && operation != before?.registers[.promisedTime]?.stamp.operation
    }

    /// Whether the ticket says by itself what a promise asks for: nobody will do that once more.
    func isSettled(_ metBy: Set<ClockRule.Milestone>) -> Bool {
        metBy.contains(.classify) && after.isClassified
            || metBy.contains(.assigned) && after.assignee != nil
    }

    /// When a ticket that arrives was already answered at the store (domain.md T28): the earliest
    /// milestone that it carries; nil if it carries none.
    func answeredAt(_ metBy: Set<ClockRule.Milestone>) -> Timestamp? {
        var instants = after.comments.filter { !$0.milestones.isDisjoint(with: metBy) }
            .map(\.stamp.time.time)
        if metBy.contains(.resolve), after.status.isFinished { instants.append(after.capturedAt) }
        if isSettled(metBy) { instants.append(after.capturedAt) }
        return instants.min()
    }
}

extension Ticket {
    /// Whether whoever logged it has said what it is (domain.md K3).
    var isClassified: Bool {
        registers[.category] != nil && registers[.priority] != nil
    }

    /// What stands and was answered; nil where a version was that is no more.
    fileprivate func field(answeredBy approval: Approval) -> FieldID? {
        [.plan, .resolution].first { registers[$0]?.stamp.operation == approval.subject }
    }
}

extension Act {
    /// What an act is towards a promise whatever it changed.
    fileprivate var milestones: Set<ClockRule.Milestone> {
        switch self {
        case .create: [.created]
        case .assign: [.dispatch]
        case .accept: [.accept]
        case .refuse: [.refuse]
        case .contact: [.contact]
        case .attach: [.attach]
        case .approve: [.approve]
        case .plan: [.plan]
        case .progress: [.progress]
        case .meeting: [.meeting]
        case .promise: [.promise]
        case .resolve: [.resolve]
        case .rate: [.rate]
        case .verdict: [.verdict]
        case .escalate: [.escalate]
        default: []
        }
    }
}

extension Comment {
    /// An automatic message is no answer (domain.md T22).
    fileprivate var isForCustomer: Bool {
        visibility == .customer && kind != .system && stamp.actor != .hub
    }

    fileprivate var milestones: Set<ClockRule.Milestone> {
        var result: Set<ClockRule.Milestone> = isForCustomer ? [.customerNote] : []
        if kind == .progress { result.insert(.progress) }
        if kind == .solution { result.insert(.resolve) }
        return result
    }
}
