import TicketModel

/// The rungs of a promise, their timers, and what happens on them.
extension ClockRun {
    /// Reacts to the timer of one rung; `state` is running. The policy that set it may have had
    /// more rungs: then it stands for the last one; or fewer: so each sees to the timer of the last
    /// one, without which nobody would be told of the breach (domain.md T6).
    mutating func fire(rung: Int, of state: ClockState) {
        precondition(state.phase == .running, "only a running clock fires, \(state)")
        let (key, priority) = (key(state, rung: rung), priority(of: ticket))
        let last = rule.ladder.count - 1
        let rung = min(rung, last)
        let instants = rule.ladder.indices.map {
            instant(ofRung: $0, state: state, priority: priority)
        }
        if rung < last { schedule(last, of: state, at: instants[last]) }
        guard instants[rung] <= now else {
            reactions.append(.schedule(key, at: instants[rung]))
            return
        }
        if let later = instants.lastIndex(where: { $0 <= now }), later > rung {
            return schedule(later, of: state, at: instants[later])
        }
        if rung == last { cancelTimers(of: state) }
        climb(to: rung, state: state, priority: priority, as: key)
    }

    /// What its timers must be while the clock stands like `state`. The last rung of a clock that
    /// runs has not had its turn, however long ago its instant was: a batch may have put it off.
    func timers(of state: ClockState) -> [Reaction] {
        rule.ladder.indices.map { rung in
            let key = key(state, rung: rung)
            let instant = instant(ofRung: rung, state: state, priority: priority(of: ticket))
            let isAhead = instant > now || rung == rule.ladder.count - 1
            return state.phase == .running && state.pausedAt == nil && isAhead
                ? .schedule(key, at: instant) : .cancel(key)
        }
    }

    /// States the clock, schedules the rungs that lie ahead, and climbs at once to the highest of
    /// those already behind: lower ones are overtaken (B6.3).
    ///
    /// - Parameters:
    ///   - fired: rungs that had their turn in this cycle.
    ///   - isScheduled: whether the other rungs have timers from before.
    mutating func arm(
        _ state: ClockState, priority: Priority, fired: Set<Int> = [], isScheduled: Bool = false
    ) {
        let open = rule.ladder.indices.filter { !fired.contains($0) }
        let behind = open.filter { instant(ofRung: $0, state: state, priority: priority) <= now }
        for rung in open where !behind.contains(rung) {
            let instant = instant(ofRung: rung, state: state, priority: priority)
            reactions.append(.schedule(key(state, rung: rung), at: instant))
        }
        if isScheduled { reactions += behind.map { .cancel(key(state, rung: $0)) } }
        let isBreached = behind.last == rule.ladder.count - 1
        if !isBreached { reactions.append(.clock(state)) }
        if let rung = behind.last { climb(to: rung, state: state, priority: priority) }
    }

    /// - Parameter key: by what it is known that the rung had its turn; the rung's own if nil.
    mutating func climb(
        to rung: Int, state: ClockState, priority: Priority, as key: TimerKey? = nil
    ) {
        switch rule.ladder[rung].action {
        case .warn(let roles):
            reactions.append(
                .warn(
                    clock: rule.name, reason: warning(state, priority), recipients: roles,
                    key: key ?? self.key(state, rung: rung)))
        case .escalate:
            var breached = state
            breached.phase = .breached
            reactions.append(.clock(breached))
            escalate(rung: rung, state: state, priority: priority, as: key)
        }
    }

    mutating func escalate(
        rung: Int, state: ClockState, priority: Priority, as key: TimerKey? = nil
    ) {
        guard case .escalate(let rungLevel) = rule.ladder[rung].action else {
            preconditionFailure("the last rung of \(rule.name) escalates in a checked profile")
        }
        let level = max(ticket.escalationLevel, rungLevel)
        reactions.append(
            .escalate(
                level: level, clock: rule.name, reason: breach(state, priority),
                recipients: profile.recipients(ofLevel: level),
                key: key ?? self.key(state, rung: rung)))
    }

    mutating func schedule(_ rung: Int, of state: ClockState, at instant: Timestamp) {
        reactions.append(.schedule(key(state, rung: rung), at: instant))
    }

    mutating func cancelTimers(of state: ClockState) {
        guard state.phase == .running else { return }
        reactions += rule.ladder.indices.map { .cancel(key(state, rung: $0)) }
    }

    func instant(ofRung rung: Int, state: ClockState, priority: Priority) -> Timestamp {
        counting(state).instant(
            ofRung: rung, limit: rule.limit(of: priority), startedAt: state.startedAt,
            dueAt: state.dueAt)
    }

    func key(_ state: ClockState, rung: Int) -> TimerKey {
        TimerKey(ticket: ticket.id, clock: rule.name, cycle: state.cycle, rung: rung)
    }
}
