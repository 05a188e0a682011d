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
    /// Whose time it was that has passed of it, in order; empty where `promised` is nil.
    package var shares: [HolderShare] = []
    /// Whether the hub counts by a version of the calendar that the policy here has not any more,
    /// so that the steps are not the hub's (domain.md T19).
    package var isOfEarlierCalendar = false

    /// Whether the history that is here leads to the due time that the hub has stated. If not, a
    /// part of it is not on this device, a merge brought an earlier due time, or the policy has
    /// changed.
    package var isExact: Bool { promised?.dueAt == state.dueAt }
}

extension Desk {
    /// Explains the promises of a ticket, the next due first.
    ///
    /// - Parameters:
    ///   - clock: the name of the only one to explain; nil for all.
    ///   - now: until when the time of holders counts.
    /// - Throws: `Failure.noSuchTicket`, `Failure.noPolicy`, `ProfileError`, `StoreError`.
    package func why(
        _ ticket: TicketID, clock: String? = nil, at now: Timestamp
    ) throws -> [PromiseStory] {
        let profile = try profile()
        let (shown, history) = try store.read { store in
            (try store.visible(ticket), try store.history(of: ticket, countMax: .max))
        }
        guard let shown else { throw Failure.noSuchTicket(ticket.description) }
        let entries = history.sorted { $0.sequence < $1.sequence }
        let tenures = entries.tenures
        return shown.clocks.values
            .filter { clock == nil || $0.name == clock }
            .sorted { ($0.dueAt, $0.name) < ($1.dueAt, $1.name) }
            .map { state in
                guard let rule = profile.clocks.first(where: { $0.name == state.name }) else {
                    let label = LocalizedText(zh: state.name, en: state.name)
                    return PromiseStory(state: state, label: label, promised: nil)
                }
                let facts = ClockFacts(state, rule, entries, of: shown, profile)
                let counting = rule.counting(by: state.calendar, of: profile)
                let promised = try? PromisedTime(rule: counting, facts: facts)
                return PromiseStory(
                    state: state, label: rule.label, promised: promised,
                    shares: (try? promised?.shares(of: tenures, at: now)) ?? [],
                    isOfEarlierCalendar: state.calendar.map { $0 != counting.calendarMark }
                        ?? false)
            }
    }
}

extension [LogEntry] {
    /// Who had the ticket when, as its history tells, by when somebody says that it was done; what
    /// comes later in the log is never earlier.
    fileprivate var tenures: [Tenure] {
        var (assignee, department): (StaffID?, DepartmentID?)
        var result: [Tenure] = []
        for entry in self {
            for case .wrote(let field, let register) in entry.effects {
                let name = register.value.text ?? ""
                if field == .assignee { assignee = StaffID(name) }
                if field == .department { department = DepartmentID(name) }
            }
            let holder: Tenure.Holder =
                assignee.map { .staff($0) } ?? department.map { .department($0) } ?? .nobody
            guard holder != result.last?.holder else { continue }
            let since = Swift.max(entry.reportedTime, result.last?.since ?? entry.reportedTime)
            result.append(Tenure(holder, since: since))
        }
        return result
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
            guard rule.isPausable else { continue }
            if entry.act == .pause, isPending, pauses.last.map({ $0.end != nil }) ?? true {
                let reason = entry.effects.lazy.compactMap(\.pauseReason).first ?? ""
                pauses.append(Pause(start: entry.reportedTime, end: nil, reason: reason))
            } else if entry.act == .resume || !isPending, let last = pauses.indices.last,
                pauses[last].end == nil
            {
                pauses[last].end = max(entry.reportedTime, pauses[last].start)
            }
        }
        // One that was over by the start has no part in it; in one that was not, it began.
        pauses.removeAll { $0.end.map { $0 <= state.startedAt } ?? false }
        self.init(
            startedAt: state.startedAt,
            priority: profile.priority(rank: first ?? ticket.integer(.priority)), pauses: pauses,
            priorityChanges: changes, promisedFor: rule.isPromised ? ticket.promisedTime : nil,
            stoppedAt: state.stoppedAt)
    }
}

extension Effect {
    fileprivate var pauseReason: String? {
        if case .wrote(.pauseReason, let register) = self { return register.value.text }
        return nil
    }
}
