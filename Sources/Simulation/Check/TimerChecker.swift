import Replication
import TicketModel
import TicketPolicy

/// Promises (reliability.md I13): each one is broken at most once, never too early, and none is
/// forgotten.
final class TimerChecker: Checker {
    private struct Promise: Hashable {
        var ticket: TicketID
        var clock: String
        var cycle: Int
        var feed: FeedEvent.Feed
    }

    /// An event of an entry, whatever life of the log that stands in.
    private struct Telling: Hashable {
        var operation: OperationID
        var clock: String
        var feed: FeedEvent.Feed
    }

    /// How late the hub may act when everything is well.
    static let latenessMillisecondsMax: Int64 = 15_000

    /// What is told of a ticket and not of one of its promises: that a customer said no too often,
    /// and that a case waits.
    private static let names: Set<String> = [VerificationCap.name, PauseReminder.name]

    /// What was told, and by which operations: one that a replica brings back is no other telling.
    private var told: [Promise: Set<OperationID>] = [:]
    /// What each event told of where the hub wrote it itself.
    private var promises: [Telling: Promise] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        guard case .committedAtHub(let commit) = observation else { return }
        for (committed, _) in commit.entries {
            var toldHere: Set<Promise> = []
            for event in committed.entry.events
            where !event.clock.isEmpty && !Self.names.contains(event.clock) {
                let promise = try check(event, committed, context)
                guard toldHere.insert(promise).inserted else {
                    throw Violation(
                        "I13 timers",
                        "entry \(committed.entry.sequence) tells twice of \(event.clock) in "
                            + event.feed.name)
                }
            }
        }
    }

    /// - Returns: the promise that the event tells of.
    private func check(
        _ event: FeedEvent, _ committed: CommittedEntry, _ context: CheckContext
    ) throws -> Promise {
        let entry = committed.entry
        guard let clock = committed.ticket?.clocks[event.clock] else {
            throw Violation(
                "I13 timers", "entry \(entry.sequence) tells of a promise that nobody made")
        }
        let promise = try promise(of: event, committed, clock)
        told[promise, default: []].insert(entry.operation)
        guard told[promise, default: []].count <= rungsCount(of: promise, context) else {
            throw Violation(
                "I13 timers",
                "the promise \(event.clock), cycle \(promise.cycle), of ticket \(entry.ticket) was "
                    + "told too often in \(event.feed.name), the last time at \(entry.sequence)")
        }
        guard event.feed == .escalations, !committed.isBroughtBack else { return promise }
        guard clock.phase == .breached, clock.dueAt <= entry.hubTime else {
            throw Violation(
                "I13 timers",
                "entry \(entry.sequence) escalates \(event.clock) at "
                    + "\(entry.hubTime.milliseconds), which was due at "
                    + "\(clock.dueAt.milliseconds) and is \(clock.phase)")
        }
        return promise
    }

    /// How often a promise is told of in a feed: once a rung.
    private func rungsCount(of promise: Promise, _ context: CheckContext) -> Int {
        let rule = context.profile?.clocks.first { $0.name == promise.clock }
        return (rule?.ladder ?? []).count { rung in
            switch rung.action {
            case .warn: promise.feed == .warnings
            case .escalate: promise.feed == .escalations
            }
        }
    }

    /// An entry that a replica brings back tells of the cycle of its own life: the ticket's clock
    /// may have come to a later one in this life before it.
    private func promise(
        of event: FeedEvent, _ committed: CommittedEntry, _ clock: ClockState
    ) throws -> Promise {
        let entry = committed.entry
        let telling = Telling(operation: entry.operation, clock: event.clock, feed: event.feed)
        guard committed.isBroughtBack else {
            let promise = Promise(
                ticket: entry.ticket, clock: event.clock, cycle: clock.cycle, feed: event.feed)
            promises[telling] = promise
            return promise
        }
        guard let promise = promises[telling] else {
            throw Violation(
                "I13 timers",
                "entry \(entry.sequence) brings back word of \(event.clock) that nobody gave")
        }
        return promise
    }

    func finish(_ context: CheckContext) throws {
        let versions = context.record.lives[context.record.present].versions
        for ticket in versions.values.compactMap(\.last?.ticket).sorted(by: { $0.id < $1.id }) {
            for clock in ticket.clocks.values where clock.phase == .running {
                let lateness = context.hubNow.millisecondsSince(clock.dueAt)
                guard lateness <= Self.latenessMillisecondsMax else {
                    throw Violation(
                        "I13 timers",
                        "the promise \(clock.name) of ticket \(ticket.id) ran out "
                            + "\(lateness) ms ago and nothing happened")
                }
            }
        }
    }
}
