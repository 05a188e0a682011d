import TicketModel

/// Everything that has happened to one cycle of a clock, from which its times follow.
///
/// Complete lists, never sums: whatever comes late is put in its place and all is computed anew
/// (domain.md T2, T3).
package struct ClockFacts: Hashable, Sendable {
    /// A time in which the promise did not run.
    package struct Pause: Hashable, Sendable {
        /// The first instant of it.
        package var start: Timestamp
        /// The first instant behind it; nil while it lasts.
        package var end: Timestamp?
        /// Why, for people: waiting for the customer, for a supplier.
        package var reason: String

        package init(start: Timestamp, end: Timestamp?, reason: String) {
            self.start = start
            self.end = end
            self.reason = reason
        }
    }

    /// The ticket became more or less urgent.
    package struct PriorityChange: Hashable, Sendable {
        /// When.
        package var time: Timestamp
        /// The class from then on.
        package var priority: Priority

        package init(time: Timestamp, priority: Priority) {
            self.time = time
            self.priority = priority
        }
    }

    /// When the cycle began.
    package var startedAt: Timestamp
    /// The class that it began with.
    package var priority: Priority
    /// In any order; they may overlap and may have begun before the start.
    package var pauses: [Pause]
    /// In any order; of several at one instant the last one counts last.
    package var priorityChanges: [PriorityChange]
    /// For a clock that is due when the customer was told so: that time.
    package var promisedFor: Timestamp?
    /// When a milestone kept the promise; what happened later is not looked at.
    package var stoppedAt: Timestamp?

    package init(
        startedAt: Timestamp, priority: Priority, pauses: [Pause] = [],
        priorityChanges: [PriorityChange] = [], promisedFor: Timestamp? = nil,
        stoppedAt: Timestamp? = nil
    ) {
        self.startedAt = startedAt
        self.priority = priority
        self.pauses = pauses
        self.priorityChanges = priorityChanges
        self.promisedFor = promisedFor
        self.stoppedAt = stoppedAt
    }
}

/// Facts that contradict each other, as a device with a wrong clock may report them: they give no
/// time rather than a wrong one.
package enum ClockFactsError: Error, Hashable, Sendable {
    /// A pause ends before it starts.
    case pauseEndsEarly(ClockFacts.Pause)
    /// A class changed before the clock started.
    case changeBeforeStart(Timestamp)
    /// The customer was told a time that had passed.
    case promiseBeforeStart(Timestamp)
    /// The clock is due when the customer was told so, and nothing was told.
    case noPromise
    /// What the customer was told does not stand still.
    case promisePaused
    /// The clock was stopped before it started.
    case stopBeforeStart(Timestamp)
    /// The calendar cannot tell.
    case calendar(CalendarError)
}

extension ClockFacts {
    /// - Throws: `ClockFactsError` if they cannot be true.
    func check(of rule: ClockRule) throws(ClockFactsError) {
        if rule.isPromised {
            guard let promisedFor else { throw .noPromise }
            guard promisedFor >= startedAt else { throw .promiseBeforeStart(promisedFor) }
            guard pauses.isEmpty else { throw .promisePaused }
        }
        for pause in pauses {
            if let end = pause.end, end < pause.start { throw .pauseEndsEarly(pause) }
        }
        if let change = priorityChanges.first(where: { $0.time < startedAt }) {
            throw .changeBeforeStart(change.time)
        }
        if let stoppedAt, stoppedAt < startedAt { throw .stopBeforeStart(stoppedAt) }
        let times =
            [startedAt] + pauses.flatMap { [$0.start, $0.end ?? $0.start] }
            + priorityChanges.map(\.time) + [promisedFor, stoppedAt].compactMap { $0 }
        if let time = times.first(where: { !OpenHours.range.contains($0.milliseconds) }) {
            throw .calendar(.outOfRange(time))
        }
    }
}
