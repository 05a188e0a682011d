import Sodium
import TicketModel

/// Something happened that must never happen.
package struct Violation: Error, Hashable, Sendable, CustomStringConvertible {
    /// The invariant, by its name in the rule book: `I9 dot uniqueness`.
    package var invariant: String
    /// What was found, with the values.
    package var finding: String
    /// The tickets that it happened to, as far as they are known.
    package var tickets: [TicketID]

    package init(_ invariant: String, _ finding: String, of tickets: TicketID...) {
        self.invariant = invariant
        self.finding = finding
        self.tickets = tickets
    }

    package var description: String { "\(invariant): \(finding)" }
}

/// How much happened in one run.
package struct RunMetrics: Hashable, Sendable {
    /// Things that people did.
    package var operationsCount = 0
    /// Things that the own replica refused.
    package var refusedCount = 0
    /// Entries of the hub's log.
    package var entriesCount = 0
    /// Frames that were sent, either way.
    package var framesCount = 0
    /// Hints that were sent to subscribers.
    package var hintsCount = 0
    /// Turns of the hub.
    package var turnsCount = 0
    /// Lines of the trace.
    package var eventsCount = 0
    /// Events of the feeds that followers were given.
    package var deliveriesCount = 0
    /// Rounds until everybody was in step.
    package var roundsCount = 0
    /// Failures of disks that programs were given.
    package var diskErrorsCount = 0
    /// Replicas of the world.
    package var replicasCount = 0
    /// Virtual time that passed.
    package var virtualMilliseconds: Int64 = 0
    /// What the hub answered, by outcome, and by reason where it refused.
    package var answers: [String: Int] = [:]
    /// By kind, the names of `list-faults`.
    package var faults: [String: Int] = [:]

    /// Nothing yet.
    package init() {}
}

/// What a run came to.
package struct RunResult: Sendable {
    /// Nil when nothing was found.
    package var violation: Violation?
    /// SHA-256 over everything that happened.
    package var traceHash: Digest
    /// How much happened.
    package var metrics: RunMetrics
    /// The faults of single frames that happened: with them as a list the run repeats itself.
    package var frameFaults: [FrameFault]
    /// The trace in words, if asked for.
    package var lines: [Trace.Line]
    /// What each life of the log says of the tickets that were harmed, if the trace was asked for.
    package var story: [String] = []
}
