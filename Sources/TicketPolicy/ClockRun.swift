import TicketModel

/// One clock of one ticket while the hub reacts to one event: collects what must be done.
///
/// The rules, for every clock (domain.md B5, B6):
/// - A milestone of the policy starts it, of a ticket that it concerns: mostly its capture. A
///   reopening starts those again, as a new cycle (T26), and ends what else had run. Work that is
///   told of a case which is over starts nothing.
/// - An act that makes the ticket another one, such as another class, ends the promises that are
///   not made of such a ticket, and begins those that are and whose milestone has been (K8, K10,
///   K14, K24): from then on, so that none is late at once. What was answered is not asked again.
/// - A milestone of the policy meets it; at the limit is still in time. One that starts it as well
///   promises the next one at once (K10).
/// - Past the limit it is breached for ever; who answers then only stops it (T7).
/// - A ticket that is merged into another one promises nothing any more; the other one takes over
///   what still runs, with the earlier due time (T24): of what stands still there, as much time as
///   is left. Undoing that promises anew.
/// - A raised priority gives the new limit from now but no later than the old due time; a lowered
///   one gives the new limit from the start but no earlier (T5: nobody is late at once).
/// - A pause stops the time of a clock that may stand still; what was left is left when it goes on
///   (T2). A limit that had passed before stays passed (T4), and what begins in a pause stands
///   still from the first (T28).
/// - What the customer was told is due then, whatever the class and whoever is waited for; a new
///   promise begins it anew (domain.md K25), and breaks nothing that was not broken.
/// - A clock counts by the version of the calendar that it was started with; only a rebase moves
///   it to another one (T19).
/// - Time counts in the rule's calendar, around the clock without one (T1); `PromisedTime` explains
///   the same rules step by step.
struct ClockRun {
    let profile: Profile
    let rule: ClockRule
    let ticket: Ticket
    let now: Timestamp
    private(set) var reactions: [Reaction] = []

    init(profile: Profile, rule: ClockRule, ticket: Ticket, now: Timestamp) {
        self.profile = profile
        self.rule = rule
        self.ticket = ticket
        self.now = now
    }

    /// Reacts to a committed act.
    mutating func follow(_ change: Change) {
        let state = ticket.clocks[rule.name]
        if change.act == .create {
            // A create that is seen again must not start a second promise.
            if state == nil, isStarted(by: change) { arrive(change) }
        } else if change.isReopening {
            reopen(state, change)
        } else if change.isMerging {
            if let state, state.isRunning {
                cancel(state, at: change.actedAt, because: ClockState.mergedReason)
            }
        } else if change.isUnmerging {
            let wasCancelled =
                state?.phase == .cancelled && state?.reason == ClockState.mergedReason
            // What the customer was told and has passed meanwhile is not promised once more.
            let isOver = rule.isPromised && ticket.promisedTime.map { $0 <= now } ?? true
            if wasCancelled, !change.after.status.isFinished, !isOver {
                restart(state, at: now, priority: priority(of: change.after))
            }
        } else if let other = change.absorbed?.clocks[rule.name], other.isRunning {
            adopt(other, into: state, priority: priority(of: change.after))
        } else if let state, state.isRunning {
            run(state, change)
        } else if isStarted(by: change) || hasBegun(with: change) {
            restart(state, at: change.actedAt, priority: priority(of: change.after))
        }
    }

    /// Whether the ticket gets the promise from now on, though what begins it has happened before:
    /// the ticket tells, or a promise that runs from the same milestones (K10 where K11 ran).
    private func hasBegun(with change: Change) -> Bool {
        guard change.beginsConcern(of: rule) else { return false }
        return !change.happened.isDisjoint(with: rule.startedBy)
            || profile.clocks.contains { other in
                other.name != rule.name && other.startedBy.isSubset(of: rule.startedBy)
                    && ticket.clocks[other.name]?.isRunning == true
            }
    }

    /// Another tag beside the one that a promise is about, which stood before, is nothing new; and
    /// what the act answers itself is not asked for, such as a person where it named one (K19).
    private func isStarted(by change: Change) -> Bool {
        let beginnings = change.beginnings.intersection(rule.startedBy)
        let isOldTag = rule.isOfTag && beginnings == [.tag] && change.wasConcerned(by: rule)
        let answers = change.milestones.intersection(rule.metBy.subtracting(rule.startedBy))
        return !beginnings.isEmpty && !isOldTag && (answers.isEmpty || change.act == .create)
            && !change.after.isMerged && change.isConcerned(by: rule)
            && (!rule.isPromised || change.isNewPromise && !change.after.status.isFinished)
    }

    /// What is promised of a new ticket is promised of one that is opened again; other promises of
    /// the cycle that had ended are over, and may begin with the reopening itself. What the act
    /// answers is answered first: a customer's no is the outcome of asking them (K9, K23). Nobody
    /// is asked once more for what the ticket says by then (K3), or about a tag that stood before
    /// (K4).
    private mutating func reopen(_ state: ClockState?, _ change: Change) {
        let isMet = !change.milestones.isDisjoint(with: rule.metBy)
        if let state, state.isRunning, isMet {
            meet(state, at: change.actedAt, priority: priority(of: change.before))
        }
        let isOpen = !rule.isOfTag && !change.isSettled(rule.metBy)
        if rule.startedBy.contains(.created), isOpen, change.isConcerned(by: rule) {
            restart(state, at: now, priority: priority(of: change.after))
        } else {
            if let state, state.isRunning, !isMet { cancel(state, at: change.actedAt) }
            if isStarted(by: change) {
                restart(state, at: change.actedAt, priority: priority(of: change.after))
            }
        }
    }

    private mutating func run(_ state: ClockState, _ change: Change) {
        if change.act == .close {
            cancel(state, at: change.actedAt)
        } else if !change.milestones.isDisjoint(with: rule.metBy) {
            meet(state, at: change.actedAt, priority: priority(of: change.before))
            if isStarted(by: change) {
                restart(state, at: change.actedAt, priority: priority(of: change.after))
            }
        } else if rule.isPromised, isStarted(by: change) {
            renew(state, change)
        } else if change.endsConcern(of: rule) {
            giveUp(state, change)
        } else if change.isPausing {
            pause(state, at: change.actedAt)
        } else if change.isResuming {
            resume(state, at: change.actedAt, priority: priority(of: change.after))
        } else {
            adjust(state, from: priority(of: change.before), to: priority(of: change.after))
        }
    }

    /// Reacts to the timer of one rung; `state` is running. The policy that set it may have had more
    /// rungs: then it stands for the last one; or fewer: so each sees to the timer of the last one,
    /// without which nobody would be told of the breach (domain.md T6).
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

    private mutating func schedule(_ rung: Int, of state: ClockState, at instant: Timestamp) {
        reactions.append(.schedule(key(state, rung: rung), at: instant))
    }
}

extension ClockRun {
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
}

// MARK: - The life of a clock
extension ClockRun {
    private mutating func arrive(_ change: Change) {
        let priority = priority(of: change.after)
        // Nobody can have captured a ticket after the hub received it.
        guard
            let state = started(at: min(ticket.capturedAt, now), cycle: 1, priority: priority)
        else { return }
        if let answeredAt = change.answeredAt(rule.metBy) {
            // Answered before anybody could be told: a fact, but nothing left to escalate (B6.3).
            reactions.append(.clock(stopped(state, at: answeredAt)))
        } else {
            begin(state, priority: priority)
        }
    }

    private mutating func restart(_ old: ClockState?, at start: Timestamp, priority: Priority) {
        if let old, old.isRunning { cancelTimers(of: old) }
        let state = started(at: start, cycle: (old?.cycle ?? 0) + 1, priority: priority)
        if let state { begin(state, priority: priority) }
    }

    private mutating func begin(_ state: ClockState, priority: Priority) {
        guard standsStill else { return arm(state, priority: priority) }
        var paused = state
        paused.pausedAt = state.startedAt
        reactions.append(.clock(paused))
    }

    /// Whether the promise waits because its ticket does.
    private var standsStill: Bool { rule.isPausable && ticket.pauseReason != nil }

    /// The customer was told another time. What was broken before that stays broken, also if its
    /// timer has not fired yet.
    private mutating func renew(_ state: ClockState, _ change: Change) {
        if state.phase == .running, state.dueAt < change.actedAt {
            var breached = state
            breached.phase = .breached
            breached.stoppedAt = change.actedAt
            reactions.append(.clock(breached))
            escalate(
                rung: rule.ladder.count - 1, state: state, priority: priority(of: change.before))
        }
        restart(state, at: change.actedAt, priority: priority(of: change.after))
    }

    /// A limit that had passed when the pause began stays passed, also if its timer has not fired.
    private mutating func pause(_ state: ClockState, at instant: Timestamp) {
        let begin = min(max(instant, state.startedAt), now)
        guard rule.isPausable, state.phase == .running, state.pausedAt == nil,
            begin <= state.dueAt
        else { return }
        var paused = state
        paused.pausedAt = begin
        reactions.append(.clock(paused))
        cancelTimers(of: state)
    }

    private mutating func resume(
        _ state: ClockState, at instant: Timestamp, priority: Priority
    ) {
        guard let pausedAt = state.pausedAt else { return }
        var resumed = state
        resumed.pausedAt = nil
        let resumedAt = min(max(instant, pausedAt), now)
        let counting = counting(state)
        resumed.dueAt = counting.due(state.dueAt, pausedAt: pausedAt, resumedAt: resumedAt)
        resumed.standStill(for: counting.counted(from: pausedAt, to: resumedAt))
        let fired = rule.ladder.indices.filter {
            self.instant(ofRung: $0, state: state, priority: priority) <= pausedAt
        }
        // A rung at the very instant of the pause is the limit itself, and still ahead.
        let last = rule.ladder.count - 1
        arm(resumed, priority: priority, fired: Set(fired).subtracting([last]), isScheduled: true)
    }

    private mutating func meet(_ state: ClockState, at instant: Timestamp, priority: Priority) {
        let stopped = stopped(state, at: instant)
        reactions.append(.clock(stopped))
        cancelTimers(of: state)
        // The deadline passed before its timer fired: what the timer would have done is still due,
        // so that the outcome does not depend on which of the two the hub handled first.
        if state.phase == .running, stopped.phase == .breached {
            escalate(rung: rule.ladder.count - 1, state: state, priority: priority)
        }
    }

    /// Ends a promise that means nothing any more. Whether it was broken by then is judged by when
    /// the person acted, as an answer is (domain.md B6.3, T28).
    private mutating func cancel(
        _ state: ClockState, at instant: Timestamp, because reason: String = ""
    ) {
        let stop = min(max(instant, state.startedAt), now)
        var cancelled = state
        cancelled.reason = reason
        if state.phase == .running {
            let isBroken = state.pausedAt == nil && state.dueAt < stop
            cancelled.phase = isBroken ? .breached : .cancelled
        }
        // The ticket that takes over must see how much of it was left (T24).
        if reason != ClockState.mergedReason { cancelled.pausedAt = nil }
        cancelled.stoppedAt = stop
        reactions.append(.clock(cancelled))
        cancelTimers(of: state)
    }

    /// The promise is none any more of those that are made of such a ticket. Had its limit passed
    /// by then, it was broken, also if its timer has not fired yet.
    private mutating func giveUp(_ state: ClockState, _ change: Change) {
        cancel(state, at: change.actedAt, because: ClockState.changedReason)
        let stop = min(max(change.actedAt, state.startedAt), now)
        if state.phase == .running, state.pausedAt == nil, state.dueAt < stop {
            escalate(
                rung: rule.ladder.count - 1, state: state, priority: priority(of: change.before))
        }
    }

    /// Takes over a promise of a ticket that was merged into this one: the earlier due time counts,
    /// and of one that stands still, what is left of it from now on. Whether this ticket waits is
    /// not for the other to say. What this ticket has kept, or broken already, stays so.
    private mutating func adopt(
        _ other: ClockState, into own: ClockState?, priority: Priority
    ) {
        let dueAt = dueFromNow(other)
        guard let own else {
            var adopted = ClockState(
                name: rule.name, phase: .running, startedAt: other.startedAt, dueAt: dueAt,
                cycle: 1)
            adopted.calendar = other.calendar
            adopted.stoodStill = other.stoodStill
            if let pausedAt = other.pausedAt {
                adopted.standStill(for: counting(other).counted(from: pausedAt, to: now))
            }
            if standsStill, dueAt > now {
                adopted.pausedAt = now
                reactions.append(.clock(adopted))
            } else {
                arm(adopted, priority: priority)
            }
            return
        }
        guard own.phase == .running, dueAt < dueFromNow(own) else { return }
        var adopted = own
        if let pausedAt = own.pausedAt, dueAt > now {
            adopted.dueAt = counting(own).due(dueAt, pausedAt: now, resumedAt: pausedAt)
            reactions.append(.clock(adopted))
            return
        }
        adopted.dueAt = dueAt
        adopted.pausedAt = nil
        let fired = rule.ladder.indices.filter {
            let instant = instant(ofRung: $0, state: own, priority: priority)
            return own.pausedAt.map { instant < $0 } ?? (instant <= now)
        }
        arm(adopted, priority: priority, fired: Set(fired), isScheduled: true)
    }

    /// When a promise that runs is due, if it stands still no longer than until now.
    private func dueFromNow(_ state: ClockState) -> Timestamp {
        guard let pausedAt = state.pausedAt else { return state.dueAt }
        return counting(state).due(
            state.dueAt, pausedAt: min(pausedAt, now), resumedAt: now)
    }

    private mutating func adjust(_ state: ClockState, from old: Priority, to new: Priority) {
        guard old.rank != new.rank, state.phase == .running, !rule.isPromised else { return }
        if let pausedAt = state.pausedAt {
            let adjusted = rebased(state, from: old, to: new, pausedAt: pausedAt)
            reactions.append(.clock(adjusted))
            return
        }
        if state.dueAt <= now {
            cancelTimers(of: state)
            climb(to: rule.ladder.count - 1, state: state, priority: old)
            return
        }
        let adjusted = rebased(state, from: old, to: new, pausedAt: nil)
        let fired = rule.ladder.indices.filter {
            instant(ofRung: $0, state: state, priority: old) <= now
        }
        arm(adjusted, priority: new, fired: Set(fired), isScheduled: true)
    }
}

// MARK: - Another calendar
extension ClockRun {
    /// Moves a running clock to the calendar that the policy has now, because the operator says so
    /// (domain.md T19). What the limit gives from the start is worked out anew; where pauses and
    /// classes have moved the end since, as much time as there was in the old calendar is counted
    /// in the new one. A promise never breaks by this alone: it stays as it is then (T5).
    ///
    /// - Returns: whether the clock counts by the present calendar now; nil if it did already, or
    ///   does not run.
    mutating func rebase(_ state: ClockState) -> Bool? {
        guard state.phase == .running, let mark = state.calendar, mark != rule.calendarMark,
            state.pausedAt != nil || state.dueAt > now
        else { return nil }
        let (old, priority) = (counting(state), priority(of: ticket))
        var moved = state
        moved.calendar = rule.calendarMark
        if let limit = rule.limit(of: priority) {
            let isPlain = state.dueAt == old.due(limit, from: state.startedAt)
            moved.dueAt =
                isPlain
                ? rule.due(limit, from: state.startedAt)
                : rule.due(as: old, state.dueAt, from: state.startedAt)
        }
        guard moved.dueAt > state.pausedAt ?? now else { return false }
        if state.pausedAt != nil {
            reactions.append(.clock(moved))
            return true
        }
        let fired = rule.ladder.indices.filter {
            instant(ofRung: $0, state: state, priority: priority) <= now
        }
        arm(moved, priority: priority, fired: Set(fired), isScheduled: true)
        return true
    }
}

// MARK: - Ladder and timers
extension ClockRun {
    /// States the clock, schedules the rungs that lie ahead, and climbs at once to the highest of
    /// those already behind: lower ones are overtaken (B6.3).
    ///
    /// - Parameters:
    ///   - fired: rungs that had their turn in this cycle.
    ///   - isScheduled: whether the other rungs have timers from before.
    private mutating func arm(
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
    private mutating func climb(
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

    private mutating func escalate(
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

    private mutating func cancelTimers(of state: ClockState) {
        guard state.phase == .running else { return }
        reactions += rule.ladder.indices.map { .cancel(key(state, rung: $0)) }
    }
}

// MARK: - Values
extension ClockRun {
    /// - Returns: nil where nobody has told the customer a time that can be read.
    private func started(at start: Timestamp, cycle: Int, priority: Priority) -> ClockState? {
        let limit = rule.limit(of: priority)
        let dueAt = limit.map { rule.due($0, from: start) } ?? ticket.promisedTime
        guard let dueAt else { return nil }
        var state = ClockState(
            name: rule.name, phase: .running, startedAt: start, dueAt: dueAt, cycle: cycle)
        state.calendar = rule.calendarMark
        return state
    }

    /// The due time of a clock that stands still is told as if it had gone on at once, so a limit
    /// that begins now is taken back to when the pause began. Pauses that are over have taken their
    /// time, whichever limit counts (T3).
    private func rebased(
        _ state: ClockState, from old: Priority, to new: Priority, pausedAt: Timestamp?
    ) -> ClockState {
        var rebased = state
        guard let limit = rule.limit(of: new) else { return state }
        let rule = counting(state)
        if new.rank > old.rank {
            let due = rule.due(limit, from: now)
            let shown = pausedAt.map { rule.due(due, pausedAt: now, resumedAt: $0) } ?? due
            rebased.dueAt = min(state.dueAt, shown)
        } else {
            let due = rule.due(limit, from: state.startedAt, stoodStill: state.stoodStill)
            rebased.dueAt = max(state.dueAt, due)
        }
        return rebased
    }

    /// `state` answered at `instant`: met if it still ran, or stood still, and the limit had not
    /// passed.
    private func stopped(_ state: ClockState, at instant: Timestamp) -> ClockState {
        var result = state
        let stop = min(max(instant, state.startedAt), now)
        if state.phase == .running {
            let end = min(stop, state.pausedAt ?? stop)
            result.phase = end <= state.dueAt ? .met : .breached
        }
        result.pausedAt = nil
        result.stoppedAt = stop
        return result
    }

    /// The rule with the calendar that the clock was started by.
    private func counting(_ state: ClockState) -> ClockRule {
        rule.counting(by: state.calendar, of: profile)
    }

    private func instant(ofRung rung: Int, state: ClockState, priority: Priority) -> Timestamp {
        counting(state).instant(
            ofRung: rung, limit: rule.limit(of: priority), startedAt: state.startedAt,
            dueAt: state.dueAt)
    }

    private func key(_ state: ClockState, rung: Int) -> TimerKey {
        TimerKey(ticket: ticket.id, clock: rule.name, cycle: state.cycle, rung: rung)
    }

    private func priority(of ticket: Ticket?) -> Priority {
        profile.priority(rank: ticket?.integer(.priority))
    }

    private func warning(_ state: ClockState, _ priority: Priority) -> LocalizedText {
        guard let limit = rule.limit(of: priority)?.text else {
            let time = profile.wallText(of: state.dueAt, in: rule.calendar)
            return LocalizedText(
                zh: "\(rule.label.zh)时限将至:承诺\(time)", en: "\(rule.label.en) is due soon: \(time)")
        }
        return LocalizedText(
            zh: "\(rule.label.zh)时限将至:\(priority.label.zh),限\(limit.zh)",
            en: "\(rule.label.en) is due soon: \(priority.label.en), within \(limit.en)")
    }

    /// Tells apart a breach that nobody at the hub could have prevented (domain.md B6.3).
    private func breach(_ state: ClockState, _ priority: Priority) -> LocalizedText {
        let due = profile.wallText(of: state.dueAt, in: rule.calendar)
        let limit = rule.limit(of: priority)?.text
        let what = LocalizedText(
            zh: limit.map { "\(priority.label.zh),限\($0.zh)" } ?? "承诺\(due)",
            en: limit.map { "\(priority.label.en), within \($0.en)" } ?? due)
        let wasReachable = ticket.receivedAt.map { $0 < state.dueAt } ?? true
        return LocalizedText(
            zh: "\(rule.label.zh)超时:\(what.zh)" + (wasReachable ? "" : ",送达时已超时"),
            en: "\(rule.label.en) limit missed: \(what.en)"
                + (wasReachable ? "" : ", already over when it reached the hub"))
    }
}

extension ClockState {
    /// Takes a pause that is over into account.
    fileprivate mutating func standStill(for milliseconds: Int64) {
        let sum = stoodStill.addingReportingOverflow(max(0, milliseconds))
        stoodStill = sum.overflow ? .max : sum.partialValue
    }
}
