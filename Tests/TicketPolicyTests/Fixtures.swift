import TicketModel
import TicketPolicy

/// Hours and minutes as milliseconds.
let minute: Int64 = 60_000
let hour: Int64 = 60 * minute

/// Instants of the tests count from here: 2023-10-27T02:00:00Z.
func at(_ milliseconds: Int64) -> Timestamp {
    Timestamp(milliseconds: 1_698_372_000_000 + milliseconds)
}

let basic = Result { try Profile.builtIn("basic") }

/// A ticket with the ways to change it that the hub has.
struct Case {
    var profile: Profile
    var ticket: Ticket
    private(set) var timers: [TimerKey: Timestamp] = [:]
    /// Every warning and escalation, in the order of the hub; once per key.
    private(set) var told: [Reaction] = []
    /// How often each key was told, before the hub makes it once.
    private(set) var tellCounts: [TimerKey: Int] = [:]
    private var fired: Set<TimerKey> = []
    private var operationCount: UInt128 = 1

    init(priority: Int64? = nil, profile: Profile? = nil) throws {
        self.profile = try profile ?? basic.get()
        ticket = Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "S042-K7-0001", capturedAt: at(0),
            createdBy: StaffID(unchecked: "A17"))
        if let priority { set(.priority, .integer(priority)) }
    }

    var clock: ClockState? { ticket.clocks["response"] }

    var escalations: [Reaction] {
        told.filter { if case .escalate = $0 { true } else { false } }
    }

    mutating func set(
        _ field: FieldID, _ value: FieldValue, by actor: String = "A17", at time: Timestamp = at(0)
    ) {
        ticket.registers[field] = Register(value: value, stamp: stamp(by: actor, at: time))
    }

    mutating func say(
        _ kind: Comment.Kind, _ visibility: Comment.Visibility = .staff, by actor: String = "A17",
        at time: Timestamp = at(0)
    ) {
        let stamp = stamp(by: actor, at: time)
        ticket.comments.append(
            Comment(
                id: stamp.operation, kind: kind, visibility: visibility, text: "…", stamp: stamp))
    }

    mutating func tag(_ word: String) {
        let stamp = stamp(by: "A17", at: at(0))
        ticket.sets[.tags, default: []].append(SetElement(value: .text(word), stamps: [stamp]))
    }

    mutating func resolve(_ solution: String, at time: Timestamp) {
        let stamp = stamp(by: "B07", at: time)
        ticket.registers[.resolution] = Register(value: .text(solution), stamp: stamp)
    }

    /// Somebody answers the plan or the solution that stands.
    mutating func answer(
        _ step: String, of field: FieldID = .resolution, _ outcome: Approval.Outcome,
        by actor: String = "sun"
    ) {
        guard let subject = ticket.registers[field]?.stamp.operation else { return }
        let answer = Approval(step: step, outcome: outcome, subject: subject)
        ticket.sets[.approvals, default: []].append(
            SetElement(value: .text(answer.text), stamps: [stamp(by: actor, at: at(0))]))
    }

    mutating func rate(_ outcome: Rating.Outcome, at time: Timestamp) {
        let stamp = stamp(by: "A17", at: time)
        ticket.ratings.append(
            Rating(
                id: stamp.operation, token: "callback", outcome: outcome, score: nil, remark: "",
                stamp: stamp))
    }

    /// Commits an act as the hub does: changes the ticket, asks for reactions, carries them out.
    @discardableResult
    mutating func commit(
        _ act: Act, at now: Timestamp, actedAt: Timestamp? = nil,
        change: (inout Case) -> Void = { _ in }
    ) -> [Reaction] {
        let before = act == .create ? nil : ticket
        if act == .create { ticket.receivedAt = now }
        if act == .pause { wait(for: "customer", as: .pending) }
        if act == .resume { wait(for: "", as: .inProgress) }
        change(&self)
        let reactions = profile.reactions(
            to: act, before: before, after: ticket, at: now, actedAt: actedAt)
        carryOut(reactions)
        return reactions
    }

    private mutating func route(_ move: RoutingMove) {
        if let department = move.department {
            set(.department, .text(department.rawValue), by: "hub")
        }
        ticket.sets[.cooperating, default: []].removeAll { element in
            move.leaving.contains { element.value == .text($0.rawValue) }
        }
        for department in move.joining { help(department.rawValue, by: "hub") }
    }

    /// A department helps.
    mutating func help(_ department: String, by actor: String) {
        let stamp = stamp(by: actor, at: at(0))
        var elements = ticket.sets[.cooperating] ?? []
        if let index = elements.firstIndex(where: { $0.value == .text(department) }) {
            elements[index].stamps.append(stamp)
        } else {
            elements.append(SetElement(value: .text(department), stamps: [stamp]))
        }
        ticket.sets[.cooperating] = elements
    }

    private mutating func wait(for reason: String, as status: TicketStatus) {
        set(.pauseReason, .text(reason))
        set(.status, .integer(status.rawValue))
    }

    /// Takes over the promises of another ticket, as the hub does when that is merged into this
    /// one.
    mutating func absorb(_ other: Ticket, at now: Timestamp) {
        let reactions = profile.reactions(
            to: .merge, before: ticket, after: ticket, at: now, absorbing: other)
        carryOut(reactions)
    }

    /// Loses what a ticket had brought that stands for itself again.
    mutating func release(at now: Timestamp) {
        carryOut(
            profile.reactions(
                to: .merge, before: ticket, after: ticket, at: now, isReleasing: true))
    }

    /// Fires one timer, whether it is due or not.
    @discardableResult
    mutating func fire(_ key: TimerKey, at now: Timestamp) -> [Reaction] {
        timers[key] = nil
        let reactions = profile.reactions(toTimer: key, on: ticket, at: now)
        carryOut(reactions)
        return reactions
    }

    /// Fires what is due by `now`, in order of due time.
    mutating func advance(to now: Timestamp) {
        for (key, instant) in timers.sorted(by: { $0.value < $1.value }) where instant <= now {
            fire(key, at: now)
        }
    }

    mutating func carryOut(_ reactions: [Reaction]) {
        for reaction in reactions {
            switch reaction {
            case .route(let move): route(move)
            case .clock(let state): ticket.clocks[state.name] = state
            case .cancel(let key): timers[key] = nil
            case .schedule(let key, let instant): timers[key] = instant
            case .warn(_, _, _, let key):
                tellCounts[key, default: 0] += 1
                if fired.insert(key).inserted { told.append(reaction) }
            case .escalate(let level, _, _, _, let key):
                tellCounts[key, default: 0] += 1
                if fired.insert(key).inserted { told.append(reaction) }
                set(.escalation, .integer(level), by: "hub")
            }
        }
    }

    private mutating func stamp(by actor: String, at time: Timestamp) -> Stamp {
        operationCount += 1
        return Stamp(
            sequence: UInt64(operationCount),
            dot: Dot(replica: ReplicaID(rawValue: 1), counter: UInt64(operationCount)),
            operation: OperationID(rawValue: operationCount), time: HybridTimestamp(time),
            authority: actor == "hub" ? .hub : .agent, actor: StaffID(unchecked: actor))
    }
}

extension Case {
    func key(rung: Int, cycle: Int = 1) -> TimerKey {
        TimerKey(ticket: ticket.id, clock: "response", cycle: cycle, rung: rung)
    }
}

extension Reaction {
    /// Of which promise it tells; nil for what tells nobody of any.
    var clock: String? {
        switch self {
        case .warn(let clock, _, _, _), .escalate(_, let clock, _, _, _): clock
        default: nil
        }
    }

    /// Whether it tells of a broken promise of this name.
    func isOf(_ clock: String) -> Bool {
        if case .escalate(_, clock, _, _, _) = self { return true }
        return false
    }
}
