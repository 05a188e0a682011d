import TicketModel
import TicketPolicy

/// The hub's own clocks beside the oracle: a ticket is taken, paused, goes on, becomes more or less
/// urgent and is reported on, in random order, and the hub's state of the clock must be what a walk
/// through its minutes says (domain.md T1 to T5).
package struct HubClockLaw {
    /// How many lives there were, and of what kind.
    package struct Tally: Sendable {
        package var casesCount = 0
        /// Left out, because the walk would have been too long or a policy file may not say so.
        package var leftOutCount = 0
        package var pausedCount = 0
        package var rebasedCount = 0
        package var brokenCount = 0

        package init() {}

        /// Takes in another tally.
        package mutating func add(_ other: Tally) {
            casesCount += other.casesCount
            leftOutCount += other.leftOutCount
            pausedCount += other.pausedCount
            rebasedCount += other.rebasedCount
            brokenCount += other.brokenCount
        }

        /// In one line.
        package var text: String {
            "\(casesCount) lives at the hub: \(pausedCount) with pauses, \(rebasedCount) with "
                + "another class, \(brokenCount) broken; \(leftOutCount) left out"
        }
    }

    private let offsets = ZoneOffsets()
    /// What was checked.
    package private(set) var tally = Tally()

    package init() {}

    /// Checks lives until there are `casesCount`; the first is made from `seed`, the others from
    /// those behind it.
    ///
    /// - Throws: `ClockLawViolation` with the seed of the life that breaks it.
    package mutating func run(casesCount: Int, seed: UInt64) throws(ClockLawViolation) {
        var seed = seed
        while tally.casesCount < casesCount {
            do {
                try check(seed: seed)
            } catch {
                throw ClockLawViolation("LOOPDESK_TEST_SEED=\(seed): \(error)")
            }
            seed &+= 1
        }
    }

    private mutating func check(seed: UInt64) throws {
        var clock = ClockCase.random(seed: seed, offsets: offsets)
        clock.beginLife()
        guard let profile = try? Profile(yaml: clock.policy, file: "law.yaml") else {
            tally.leftOutCount += 1
            return
        }
        var dice = Dice(seed: ~seed)
        var life = HubLife(profile: profile, clock: clock)
        for _ in 0..<dice.roll(0..<9) { life.step(&dice) }
        life.end(&dice)
        let walk = MinuteWalk(life.clock, offsets: offsets)
        guard let expected = walk.walk(), let due = expected.due else {
            tally.leftOutCount += 1
            return
        }
        try compare(life, expected, due)
        tally.casesCount += 1
        if !life.clock.pauses.isEmpty { tally.pausedCount += 1 }
        if !life.clock.changes.isEmpty { tally.rebasedCount += 1 }
        if life.state?.phase == .breached { tally.brokenCount += 1 }
    }

    private func compare(
        _ life: HubLife, _ expected: MinuteWalk.Result, _ due: Int
    ) throws(ClockLawViolation) {
        func expect<Value: Equatable>(
            _ what: String, _ value: Value, _ expected: Value
        ) throws(ClockLawViolation) {
            guard value != expected else { return }
            throw ClockLawViolation(
                "\(what) is \(value) at the hub, the oracle says \(expected)\n\(life.clock)")
        }
        try expect("due", life.state?.dueAt, .minute(due))
        let isBroken = life.clock.stop == nil ? due <= life.now : expected.isLate
        let kept: ClockState.Phase = life.clock.stop == nil ? .running : .met
        try expect("the phase", life.state?.phase, isBroken ? .breached : kept)
    }
}

/// One ticket as the hub leads it, and the same as plain numbers.
private struct HubLife {
    private let profile: Profile
    private(set) var clock: ClockCase
    private(set) var now: Int
    private var ticket: Ticket
    private var timers: [TimerKey: Timestamp] = [:]
    private var operationsCount: UInt128 = 0
    private var rank: Int

    var state: ClockState? { ticket.clocks["law"] }
    private var isPaused: Bool { ticket.pauseReason != nil }

    /// The clock starts when the ticket is taken.
    init(profile: Profile, clock: ClockCase) {
        self.profile = profile
        self.clock = clock
        now = clock.start
        rank = clock.rank
        ticket = Ticket(
            id: TicketID(rawValue: 1), provisionalNumber: "S001-AA-0001",
            capturedAt: .minute(clock.start), createdBy: .hub)
        write(.priority, .integer(Int64(rank) + 1))
        commit(.create) { _ in }
        commit(.accept) { $0.write(.status, .integer(TicketStatus.inProgress.rawValue)) }
    }

    /// Something happens a while later, near the limit now and then.
    mutating func step(_ dice: inout Dice) {
        pass(&dice)
        switch dice.roll(0..<3) {
        case 0 where !isPaused:
            clock.pauses.append(ClockCase.Pause(start: now, end: nil))
            commit(.pause) {
                $0.write(.pauseReason, .text(PauseReason.customer.rawValue))
                $0.write(.status, .integer(TicketStatus.pending.rawValue))
            }
        case 0,
            1 where isPaused:
            goOn()
        default:
            rank = dice.roll(0..<3)
            clock.changes.append(ClockCase.Change(time: now, rank: rank))
            let rank = Int64(rank) + 1
            commit(.edit) { $0.write(.priority, .integer(rank)) }
        }
    }

    /// What is waited for comes, and in half of the lives the answer does too.
    mutating func end(_ dice: inout Dice) {
        if isPaused {
            pass(&dice)
            goOn()
        }
        pass(&dice)
        if dice.chance(50) {
            clock.stop = now
            commit(.progress) { _ in }
        }
        fire(before: .minute(now + 1))
        clock.probe = now
    }

    private mutating func goOn() {
        clock.pauses[clock.pauses.count - 1].end = now
        commit(.resume) { $0.write(.status, .integer(TicketStatus.inProgress.rawValue)) }
    }

    /// Lets time go on; who acts at the very minute of a limit is before its timer.
    private mutating func pass(_ dice: inout Dice) {
        var next = now + dice.one(of: [1, dice.roll(1..<60), dice.roll(1..<3_000)])
        if let due = state?.dueAt, dice.chance(30) {
            next = max(now + 1, Int(due.milliseconds / 60_000) + dice.roll(-1...1))
        }
        now = min(next, now + 20_000)
        fire(before: .minute(now))
    }

    private mutating func fire(before end: Timestamp) {
        while let next = timers.filter({ $0.value < end }).min(by: {
            ($0.value, $0.key) < ($1.value, $1.key)
        }) {
            timers[next.key] = nil
            carryOut(profile.reactions(toTimer: next.key, on: ticket, at: next.value))
        }
    }

    private mutating func commit(_ act: Act, _ change: (inout HubLife) -> Void) {
        let before = act == .create ? nil : ticket
        change(&self)
        carryOut(profile.reactions(to: act, before: before, after: ticket, at: .minute(now)))
    }

    private mutating func carryOut(_ reactions: [Reaction]) {
        for reaction in reactions {
            switch reaction {
            case .clock(let state): ticket.clocks[state.name] = state
            case .cancel(let key): timers[key] = nil
            case .schedule(let key, let time): timers[key] = time
            case .route, .warn, .escalate: continue
            }
        }
    }

    private mutating func write(_ field: FieldID, _ value: FieldValue) {
        operationsCount += 1
        let stamp = Stamp(
            sequence: UInt64(operationsCount),
            dot: Dot(replica: ReplicaID(rawValue: 1), counter: UInt64(operationsCount)),
            operation: OperationID(rawValue: operationsCount),
            time: HybridTimestamp(.minute(now)), authority: .agent, actor: .hub)
        ticket.registers[field] = Register(value: value, stamp: stamp)
    }
}

// MARK: - The case as a policy file
extension ClockCase {
    /// Leaves the clock and takes away what happens to it; the more urgent, the shorter.
    fileprivate mutating func beginLife() {
        (pauses, changes, stop, rungs) = ([], [], nil, [.percent(100)])
        let day = hours.map { $0.week.map { $0.reduce(0) { $0 + $1.count } }.max() ?? 0 } ?? 0
        func length(_ limit: Limit) -> Int {
            switch limit {
            case .minutes(let count): count
            case .workingDays(let count): count * day
            }
        }
        limits.sort { length($0) > length($1) }
    }

    fileprivate var policy: String {
        let words = limits.enumerated().map { rank, limit in
            switch limit {
            case .minutes(let count): "p\(rank): \(count)m"
            case .workingDays(let count): "p\(rank): \(count)wd"
            }
        }
        let priorities = limits.indices.reversed().map {
            "  p\($0): {rank: \($0 + 1), zh: 级, en: p\($0), criteria: {zh: 级, en: p\($0)}}\n"
        }
        return """
            profile: law
            version: 1
            label: {zh: 定律, en: law}
            kinds: {complaint: {zh: 投诉, en: complaint}}
            channels: {store: {zh: 门店, en: store}}
            categories: {product: {zh: 产品, en: product}}
            departments: {客服部: {zh: 客服部, en: service}}
            required: {all: [contact]}
            routing: [{rule: all, department: 客服部}]
            priorities:
            \(priorities.joined())
            \(hours.map(Self.calendars) ?? "")
            clocks:
              law:
                zh: 定律
                en: law
                \(hours == nil ? "" : "calendar: hours")
                starts: [accept]
                pauses: true
                limits: {\(words.joined(separator: ", "))}
                met_by: [progress]
                ladder: [{at: 100%, escalate: 1}]
            escalation: {1: {zh: 主管, en: supervisor, roles: [supervisor]}}
            permissions: {create: [clerk], edit: [clerk], note: [clerk], tag: [clerk],
              accept: [clerk], refuse: [clerk], assign: [clerk], progress: [clerk],
              escalate: [clerk], resolve: [clerk], close: [clerk], reopen: [clerk],
              attach: [clerk], rate: [clerk]}
            """
    }

    private static func calendars(_ hours: Hours) -> String {
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        let week = zip(days, hours.week).filter { !$0.1.isEmpty }.map { "\($0): \(windows($1))" }
        func dates(_ all: [Int: [Range<Int>]]) -> String {
            all.sorted { $0.key < $1.key }
                .map { "\(CivilTime(epochDay: $0.key).dateText): \(windows($0.value))" }
                .joined(separator: ", ")
        }
        return """
            calendars:
              hours:
                version: 1
                zone: \(hours.zone)
                week: {\(week.joined(separator: ", "))}
                holidays: {\(dates(hours.holidays))}
                extra_days: {\(dates(hours.extraDays))}
            """
    }

    private static func windows(_ ranges: [Range<Int>]) -> String {
        func clock(_ minute: Int) -> String {
            let (hour, rest) = (minute / 60, minute % 60)
            return (hour < 10 ? "0" : "") + "\(hour):" + (rest < 10 ? "0" : "") + "\(rest)"
        }
        let texts = ranges.map { "\"\(clock($0.lowerBound))-\(clock($0.upperBound))\"" }
        return "[\(texts.joined(separator: ", "))]"
    }
}
