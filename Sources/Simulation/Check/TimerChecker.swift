import Replication
import TicketModel

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

    /// What was told, and by which operation: one that a replica brings back is no other telling.
    private var told: [Promise: OperationID] = [:]
    /// What each event told of where the hub wrote it itself.
    private var promises: [Telling: Promise] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        guard case .committedAtHub(let commit) = observation else { return }
        for (committed, _) in commit.entries {
            var toldHere: Set<Promise> = []
            for event in committed.entry.events where !event.clock.isEmpty {
                let promise = try check(event, committed)
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
        _ event: FeedEvent, _ committed: CommittedEntry
    ) throws -> Promise {
        let entry = committed.entry
        guard let clock = committed.ticket?.clocks[event.clock] else {
            throw Violation(
                "I13 timers", "entry \(entry.sequence) tells of a promise that nobody made")
        }
        let promise = try promise(of: event, committed, clock)
        guard told[promise] == nil || told[promise] == entry.operation else {
            throw Violation(
                "I13 timers",
                "the promise \(event.clock), cycle \(promise.cycle), of ticket \(entry.ticket) was "
                    + "told twice in \(event.feed.name), the second time at \(entry.sequence)")
        }
        told[promise] = entry.operation
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
