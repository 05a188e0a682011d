import Replication
import TicketModel
import TicketPolicy

/// One ticket as the rules of one policy would have led it, from what people did in the log.
///
/// What the hub's rules did then is left out: routing, clocks and escalations are worked out anew.
struct TicketRehearsal {
    /// What came of it.
    struct Outcome: Hashable {
        /// The promises that began, by clock.
        var startedCounts: [String: Int] = [:]
        /// The promises that were broken, by clock.
        var brokenCounts: [String: Int] = [:]
        var warningsCount = 0
        /// Where the rules sent it last; nil if they never did.
        var department: DepartmentID?
        var level: Int64 = 0
    }

    private let profile: Profile
    private(set) var ticket: Ticket
    private(set) var outcome = Outcome()
    private var timers: [TimerKey: Timestamp] = [:]
    private var fired: Set<TimerKey> = []
    private var started: Set<TimerKey> = []
    /// Of the entry that is followed, for what the rules write.
    private var stamp: Stamp?

    /// A ticket that its first entry makes.
    init(profile: Profile, creation: LogEntry) {
        self.profile = profile
        ticket = Ticket(
            id: creation.ticket, provisionalNumber: "", capturedAt: creation.reportedTime,
            createdBy: creation.actor)
        follow(creation, before: nil)
    }

    /// Follows what happened next.
    mutating func follow(_ entry: LogEntry) {
        advance(to: entry.hubTime)
        follow(entry, before: ticket)
    }

    private mutating func follow(_ entry: LogEntry, before: Ticket?) {
        guard entry.disposition.isAccepted else { return }
        let isOfRules = entry.actor == .hub
        if isOfRules, [.route, .clock, .escalate].contains(entry.act) { return }
        for effect in entry.effects {
            if case .clock = effect { continue }
            ticket.apply(effect)
        }
        guard !isOfRules else { return }
        stamp = Stamp(
            sequence: entry.sequence, dot: entry.dot, operation: entry.operation,
            time: HybridTimestamp(entry.hubTime), authority: .hub, actor: .hub)
        carryOut(
            profile.reactions(
                to: entry.act, before: before, after: ticket, at: entry.hubTime,
                actedAt: entry.reportedTime))
    }

    /// Lets every timer act that is due by `now`, in the order of time.
    mutating func advance(to now: Timestamp) {
        while let next = timers.filter({ $0.value <= now }).min(by: {
            ($0.value, $0.key) < ($1.value, $1.key)
        }) {
            timers[next.key] = nil
            carryOut(profile.reactions(toTimer: next.key, on: ticket, at: next.value))
        }
    }

    private mutating func carryOut(_ reactions: [Reaction]) {
        for reaction in reactions {
            switch reaction {
            case .route(let move): follow(move)
            case .clock(let state):
                ticket.clocks[state.name] = state
                let key = TimerKey(
                    ticket: ticket.id, clock: state.name, cycle: state.cycle, rung: 0)
                if started.insert(key).inserted {
                    outcome.startedCounts[state.name, default: 0] += 1
                }
            case .cancel(let key): timers[key] = nil
            case .schedule(let key, let time): if !fired.contains(key) { timers[key] = time }
            case .warn(_, _, _, let key):
                if fired.insert(key).inserted { outcome.warningsCount += 1 }
            case .escalate(let level, let clock, _, _, let key):
                guard fired.insert(key).inserted else { continue }
                outcome.brokenCounts[clock, default: 0] += 1
                outcome.level = level
                write(.escalation, .integer(level))
            }
        }
    }

    private mutating func follow(_ move: RoutingMove) {
        if let department = move.department {
            write(.department, .text(department.rawValue))
            outcome.department = department
        }
        guard let stamp else { return }
        for department in move.joining {
            ticket.apply(.added(.cooperating, .text(department.rawValue), stamp))
        }
        for department in move.leaving {
            let value = FieldValue.text(department.rawValue)
            let stamps = ticket.sets[.cooperating]?.first { $0.value == value }?.stamps ?? []
            ticket.apply(.removed(.cooperating, value, stamps.map(\.operation)))
        }
    }

    private mutating func write(_ field: FieldID, _ value: FieldValue) {
        guard let stamp else { return }
        ticket.registers[field] = Register(value: value, stamp: stamp)
    }
}
