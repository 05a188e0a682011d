import Replication
import TicketModel
import TicketPolicy

/// Why a promise is due when it is, as far as this replica knows what happened.
package struct PromiseStory: Hashable, Sendable {
    package var state: ClockState
    /// What people call the promise.
    package var label: LocalizedText
    /// The promise worked out from the ticket's history here; nil where the policy has no such
    /// clock, or the facts contradict each other.
    package var promised: PromisedTime?

    /// Whether the history that is here leads to the due time that the hub has stated. If not, a
    /// part of it is not on this device, a merge brought an earlier due time, or the policy has
    /// changed.
    package var isExact: Bool { promised?.dueAt == state.dueAt }
}

extension Desk {
    /// Explains the promises of a ticket, the next due first.
    ///
    /// - Parameter clock: the name of the only one to explain; nil for all.
    /// - Throws: `Failure.noSuchTicket`, `Failure.noPolicy`, `ProfileError`, `StoreError`.
    package func why(_ ticket: TicketID, clock: String? = nil) throws -> [PromiseStory] {
        let profile = try profile()
        let (shown, history) = try store.read { store in
            (try store.visible(ticket), try store.history(of: ticket, countMax: .max))
        }
        guard let shown else { throw Failure.noSuchTicket(ticket.description) }
        let entries = history.sorted { $0.sequence < $1.sequence }
        return shown.clocks.values
            .filter { clock == nil || $0.name == clock }
            .sorted { ($0.dueAt, $0.name) < ($1.dueAt, $1.name) }
            .map { state in
                guard let rule = profile.clocks.first(where: { $0.name == state.name }) else {
                    let label = LocalizedText(zh: state.name, en: state.name)
                    return PromiseStory(state: state, label: label, promised: nil)
                }
                let facts = ClockFacts(state, rule, entries, of: shown, profile)
                return PromiseStory(
                    state: state, label: rule.label,
                    promised: try? PromisedTime(rule: rule, facts: facts))
            }
    }
}

extension ClockFacts {
    /// What a ticket's history tells of one cycle of a clock.
    ///
    /// A class counts from the hub's time of the change, an answer or a pause from when somebody
    /// did it, as the hub has it.
    fileprivate init(
        _ state: ClockState, _ rule: ClockRule, _ entries: [LogEntry], of ticket: Ticket,
        _ profile: Profile
    ) {
        var first: Int64?
        var changes: [PriorityChange] = []
        var pauses: [Pause] = []
        var isPending = false
        for entry in entries {
            for case .wrote(.status, let register) in entry.effects {
                isPending = register.value.integer == TicketStatus.pending.rawValue
            }
            for case .wrote(.priority, let register) in entry.effects {
                let rank = register.value.integer
                // With the entry that began the clock the class is the one that it began with.
                if changes.isEmpty, first == nil || entry.reportedTime <= state.startedAt {
                    first = rank
                } else {
                    changes.append(
                        PriorityChange(time: entry.hubTime, priority: profile.priority(rank: rank)))
                }
            }
            guard rule.isPausable, entry.reportedTime >= state.startedAt else { continue }
            if entry.act == .pause, isPending, pauses.last.map({ $0.end != nil }) ?? true {
                let reason = entry.effects.lazy.compactMap(\.pauseReason).first ?? ""
                pauses.append(Pause(start: entry.reportedTime, end: nil, reason: reason))
            } else if entry.act == .resume || !isPending, let last = pauses.indices.last,
                pauses[last].end == nil
            {
                pauses[last].end = max(entry.reportedTime, pauses[last].start)
            }
        }
        self.init(
            startedAt: state.startedAt,
            priority: profile.priority(rank: first ?? ticket.integer(.priority)), pauses: pauses,
            priorityChanges: changes, stoppedAt: state.stoppedAt)
    }
}

extension Effect {
    fileprivate var pauseReason: String? {
        if case .wrote(.pauseReason, let register) = self { return register.value.text }
        return nil
    }
}
