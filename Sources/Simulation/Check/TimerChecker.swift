import Replication
import TicketModel
import TicketPolicy

/// Promises (reliability.md I13): each rung is told of at most once, never too early, and no broken
/// promise is forgotten.
final class TimerChecker: Checker {
    /// One promise in one cycle of its clock.
    private struct Promise: Hashable {
        var ticket: TicketID
        var clock: String
        var cycle: Int
    }

    /// How late the hub may act when everything is well.
    static let latenessMillisecondsMax: Int64 = 15_000
    /// What is told of a ticket and not of one of its promises: that a customer said no too often,
    /// and that a case waits.
    private static let names: Set<String> = [VerificationCap.name, PauseReminder.name]

    /// What was told, and by which operation: one that a replica brings back is no other telling.
    private var told: [TimerKey: OperationID] = [:]
    /// How each promise stood when it was last written down.
    private var states: [Promise: ClockState] = [:]
    /// The last cycle of each clock that any life of the log has seen.
    private var lastCycles: [TicketID: [String: Int]] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        guard case .committedAtHub(let commit) = observation else { return }
        for (committed, _) in commit.entries {
            var toldHere: Set<TimerKey> = []
            for event in committed.entry.events
            where !event.clock.isEmpty && !Self.names.contains(event.clock) {
                let key = try check(event, committed, context)
                guard toldHere.insert(key).inserted else {
                    throw Violation(
                        "I13 timers",
                        "entry \(committed.entry.sequence) tells twice of \(event.clock) in "
                            + event.feed.name)
                }
            }
            note(committed)
        }
    }

    private func note(_ committed: CommittedEntry) {
        guard let ticket = committed.ticket else { return }
        for clock in ticket.clocks.values {
            states[Promise(ticket: ticket.id, clock: clock.name, cycle: clock.cycle)] = clock
            let last = lastCycles[ticket.id]?[clock.name] ?? 0
            lastCycles[ticket.id, default: [:]][clock.name] = max(last, clock.cycle)
        }
    }

    /// - Returns: the rung that the event tells of.
    private func check(
        _ event: FeedEvent, _ committed: CommittedEntry, _ context: CheckContext
    ) throws -> TimerKey {
        let entry = committed.entry
        let clock = committed.ticket?.clocks[event.clock]
        // What is brought back tells of a ticket that may have got on without that promise.
        guard clock != nil || committed.isBroughtBack,
            let key = rung(toldBy: entry, of: event.clock, cycle: clock?.cycle ?? 0, context)
        else {
            throw Violation(
                "I13 timers", "entry \(entry.sequence) tells of a promise that nobody made")
        }
        guard told[key] == nil || told[key] == entry.operation else {
            throw Violation(
                "I13 timers",
                "the promise \(event.clock), cycle \(key.cycle), rung \(key.rung), of ticket "
                    + "\(entry.ticket) was told twice, the second time at \(entry.sequence)")
        }
        told[key] = entry.operation
        if let clock, event.feed == .escalations, !committed.isBroughtBack {
            try checkBroken(key, clock, entry)
        }
        return key
    }

    /// The entry of a rung has an identity that follows from the rung (replication.md 3.8). One
    /// that a replica brings back tells of the cycle of its own life.
    private func rung(
        toldBy entry: LogEntry, of clock: String, cycle: Int, _ context: CheckContext
    ) -> TimerKey? {
        let rule = context.profile?.clocks.first { $0.name == clock }
        let last = lastCycles[entry.ticket]?[clock] ?? 0
        for cycle in stride(from: max(cycle, last), to: 0, by: -1) {
            for rung in (rule?.ladder ?? []).indices {
                let key = TimerKey(
                    ticket: entry.ticket, clock: clock, cycle: cycle, rung: rung)
                if key.entryOperations(context.ruleKey).contains(entry.operation) { return key }
            }
        }
        return nil
    }

    /// An answer that comes too late may promise the next one at once (domain.md K11): then the
    /// ticket shows the new promise already.
    private func checkBroken(_ key: TimerKey, _ clock: ClockState, _ entry: LogEntry) throws {
        let promise = Promise(ticket: key.ticket, clock: key.clock, cycle: key.cycle)
        let isOver = key.cycle < clock.cycle
        let state = isOver ? states[promise] : clock
        guard let state, isOver || state.phase == .breached, state.dueAt <= entry.hubTime else {
            throw Violation(
                "I13 timers",
                "entry \(entry.sequence) escalates \(key.clock), cycle \(key.cycle), at "
                    + "\(entry.hubTime.milliseconds), which was due at "
                    + "\(state?.dueAt.milliseconds ?? 0) and is \(clock.phase)")
        }
    }

    func finish(_ context: CheckContext) throws {
        let versions = context.record.lives[context.record.present].versions
        for ticket in versions.values.compactMap(\.last?.ticket).sorted(by: { $0.id < $1.id }) {
            for clock in ticket.clocks.values
            where clock.phase == .running && clock.pausedAt == nil {
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
