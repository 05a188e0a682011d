import TicketModel

/// One cycle of a clock, worked out from everything that happened to it: when it is due, when its
/// rungs are reached, and why, step by step.
///
/// The clock counts the time in which its calendar is open and it is not paused. The limit says how
/// much of that there is; the promise is due when all of it has been counted. Of the rules:
/// - Pauses count in the clock's own calendar, from the list of intervals (domain.md T2, T3). A
///   night in a pause costs nothing, and overdue time stands still in one (T4).
/// - Working days are turned into the working time until their last one closes, counted from the
///   start, or from the change that brought the limit (`WorkingCalendar.adding(workingDays:to:)`).
/// - A raised class gives the new limit from the change, no later than before; a lowered one the
///   new limit from the start, no earlier than before; what is due already stays so (T5, T7).
/// - What the customer was told is due then (domain.md K25): no pause and no class moves it.
/// - Rungs are counted back from the end (T12): with half an hour left means half a working hour.
///
/// ```swift
/// let promise = try PromisedTime(rule: rule, facts: facts)
/// print(promise.steps.map { $0.text(in: zone, .en) })
/// ```
package struct PromisedTime: Hashable, Sendable {
    /// How a cycle ended.
    package enum Outcome: String, Hashable, Sendable {
        /// Stopped by the time that was promised; at that time is in time.
        case met
        /// Stopped later.
        case breached
    }

    /// The promise.
    package let rule: ClockRule
    /// What happened.
    package let facts: ClockFacts
    /// The class at the end.
    package private(set) var priority: Priority
    /// The counted time that is promised in all.
    package private(set) var promisedMilliseconds: Int64
    /// When that has passed; nil while a pause without an end keeps it open.
    package private(set) var dueAt: Timestamp?
    /// When each rung of the ladder is reached, the last one when it is due; nil as for `dueAt`.
    package private(set) var rungs: [Timestamp?]
    /// Nil while nobody has stopped it.
    package private(set) var outcome: Outcome?
    /// Everything that led there, in order.
    package private(set) var steps: [Step]

    /// Works out one cycle.
    ///
    /// - Throws: `ClockFactsError` where the facts cannot be true or are beyond all calendars.
    package init(rule: ClockRule, facts: ClockFacts) throws(ClockFactsError) {
        try facts.check(of: rule)
        do {
            var work = ClockWork(rule: rule, facts: facts)
            try work.run()
            self.rule = rule
            self.facts = facts
            priority = work.priority
            promisedMilliseconds = work.promised
            dueAt = work.dueAt
            rungs = try work.rungs()
            outcome = work.outcome
            steps = try work.steps()
        } catch {
            throw .calendar(error)
        }
    }
}

// MARK: - At an instant
extension PromisedTime {
    /// What a clock shows at one instant.
    package struct Reading: Hashable, Sendable {
        /// The counted time since the start.
        package var countedMilliseconds: Int64
        /// What is left of the promise; negative when it is overdue.
        package var remainingMilliseconds: Int64
        /// Whether it does not run because of a pause.
        package var isPaused: Bool
    }

    /// What the clock shows at `time`; at the stop, if that came before.
    ///
    /// - Throws: `ClockFactsError.calendar` for a time that calendars do not reach.
    package func reading(at time: Timestamp) throws(ClockFactsError) -> Reading {
        let time = min(time, facts.stoppedAt ?? time)
        var counted = CountedTime(
            rule.calendar, pauses: facts.pauses, from: facts.startedAt, until: facts.stoppedAt)
        do {
            let length = try counted.length(from: facts.startedAt, to: time)
            return Reading(
                countedMilliseconds: length, remainingMilliseconds: promisedMilliseconds - length,
                isPaused: counted.isPaused(at: time))
        } catch {
            throw .calendar(error)
        }
    }
}

extension CountedTime {
    /// Whether `time` lies in a pause.
    func isPaused(at time: Timestamp) -> Bool {
        gaps.contains { gap in gap.start <= time && gap.end.map { time < $0 } ?? true }
    }
}
