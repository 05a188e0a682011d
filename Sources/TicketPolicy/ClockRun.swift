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
///   is left. Undoing that promises anew, and the other one has its own promises again.
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
    var reactions: [Reaction] = []

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
        } else if change.isReleasing {
            if let state { giveBack(state, change) }
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

    func priority(of ticket: Ticket?) -> Priority {
        profile.priority(rank: ticket?.integer(.priority))
    }

    /// The rule with the calendar that the clock was started by.
    func counting(_ state: ClockState) -> ClockRule {
        rule.counting(by: state.calendar, of: profile)
    }
}
