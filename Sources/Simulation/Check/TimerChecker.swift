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

    /// How late the hub may act when everything is well.
    static let latenessMillisecondsMax: Int64 = 15_000

    private var told: Set<Promise> = []

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        guard case .committedAtHub(let entries) = observation else { return }
        for committed in entries {
            for event in committed.entry.events where !event.clock.isEmpty {
                try check(event, committed)
            }
        }
    }

    private func check(_ event: FeedEvent, _ committed: CommittedEntry) throws {
        let entry = committed.entry
        guard let clock = committed.ticket?.clocks[event.clock] else {
            throw Violation(
                "I13 timers", "entry \(entry.sequence) tells of a promise that nobody made")
        }
        let promise = Promise(
            ticket: entry.ticket, clock: event.clock, cycle: clock.cycle, feed: event.feed)
        guard told.insert(promise).inserted else {
            throw Violation(
                "I13 timers",
                "the promise \(event.clock), cycle \(clock.cycle), of ticket \(entry.ticket) was "
                    + "told twice in \(event.feed.name), the second time at \(entry.sequence)")
        }
        guard event.feed == .escalations else { return }
        guard clock.phase == .breached, clock.dueAt <= entry.hubTime else {
            throw Violation(
                "I13 timers",
                "entry \(entry.sequence) escalates \(event.clock) at "
                    + "\(entry.hubTime.milliseconds), which was due at "
                    + "\(clock.dueAt.milliseconds) and is \(clock.phase)")
        }
    }

    func finish(_ context: CheckContext) throws {
        for versions in context.record.versions.values {
            guard let ticket = versions.last?.ticket else { continue }
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
