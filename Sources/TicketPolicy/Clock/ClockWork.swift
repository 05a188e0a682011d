import TicketModel

/// Works out a `PromisedTime`: follows the facts in their order.
struct ClockWork {
    let rule: ClockRule
    let facts: ClockFacts
    private(set) var priority: Priority
    private(set) var promised: Int64 = 0
    private(set) var dueAt: Timestamp?
    private var counted: CountedTime
    private var changes: [PromisedTime.Step] = []

    private var start: Timestamp { facts.startedAt }

    init(rule: ClockRule, facts: ClockFacts) {
        self.rule = rule
        self.facts = facts
        priority = facts.priority
        counted = CountedTime(
            rule.calendar, pauses: facts.pauses, from: facts.startedAt, until: facts.stoppedAt)
    }

    mutating func run() throws(CalendarError) {
        guard let limit = rule.limit(of: priority) else { return try followPromise() }
        promised = try counted.hours.length(of: limit, from: start)
        dueAt = try counted.due(promised, from: start)
        changes.append(
            PromisedTime.Step(
                time: start, kind: .start(priority, limit: limit, milliseconds: promised)))
        let ordered = facts.priorityChanges.enumerated().sorted {
            ($0.element.time, $0.offset) < ($1.element.time, $1.offset)
        }
        for change in ordered.map(\.element) {
            if let stoppedAt = facts.stoppedAt, stoppedAt <= change.time { break }
            try follow(change)
        }
    }

    /// Due when the customer was told so, whatever the class.
    private mutating func followPromise() throws(CalendarError) {
        guard let time = facts.promisedFor else { return }
        promised = try counted.length(from: start, to: time)
        dueAt = time
        changes.append(
            PromisedTime.Step(time: start, kind: .promise(time, milliseconds: promised)))
    }

    /// Stopped at the limit is in time; a cycle that was paused then had not come due.
    var outcome: PromisedTime.Outcome? {
        guard let stoppedAt = facts.stoppedAt else { return nil }
        return dueAt.map { stoppedAt <= $0 } ?? true ? .met : .breached
    }

    private mutating func follow(_ change: ClockFacts.PriorityChange) throws(CalendarError) {
        let (old, new) = (priority, change.priority)
        let before = dueAt
        guard let limit = self.rule.limit(of: new) else { return }
        var rule = PromisedTime.Step.Rebase.sameClass
        if let dueAt, dueAt <= change.time {
            rule = .alreadyDue
        } else if new.rank != old.rank {
            rule = try rebase(to: limit, isRaised: new.rank > old.rank, at: change.time)
            priority = new
            dueAt = try counted.due(promised, from: start)
        }
        changes.append(
            PromisedTime.Step(
                time: change.time,
                kind: .priorityChange(
                    from: old, to: new, limit: limit, rule: rule,
                    dueBefore: before, dueAfter: dueAt)))
    }

    private mutating func rebase(
        to limit: Limit, isRaised: Bool, at time: Timestamp
    ) throws(CalendarError) -> PromisedTime.Step.Rebase {
        let old = promised
        if isRaised {
            let behind = try counted.length(from: start, to: time)
            promised = min(old, behind + (try counted.hours.length(of: limit, from: time)))
            return promised < old ? .raised : .raisedWithoutGain
        }
        promised = max(old, try counted.hours.length(of: limit, from: start))
        return promised > old ? .lowered : .loweredWithoutGain
    }

    /// The instants of the ladder, of the class at the end.
    mutating func rungs() throws(CalendarError) -> [Timestamp?] {
        let length = try counted.hours.length(
            of: rule.limit(of: priority), from: start, to: dueAt ?? start)
        var result: [Timestamp?] = []
        for rung in rule.ladder {
            let remaining = rung.remaining(of: length)
            guard remaining > 0 else {
                result.append(dueAt)
                continue
            }
            result.append(try counted.moment(max(0, promised - remaining), from: start))
        }
        return result
    }
}

// MARK: - Explanation
extension ClockWork {
    /// Every window, pause and rule that had a part in it, in order of time.
    mutating func steps() throws(CalendarError) -> [PromisedTime.Step] {
        var result = changes
        let stop = facts.stoppedAt
        let end = [dueAt, stop].compactMap { $0 }.min() ?? counted.gaps.last?.start ?? start
        result += try windows(until: end)
        result += try pauses(until: stop ?? dueAt)
        result += exceptions(until: end)
        for (index, instant) in try rungs().enumerated() {
            guard let instant, instant != dueAt else { continue }
            result.append(
                PromisedTime.Step(time: instant, kind: .rung(rule.ladder[index].position)))
        }
        if let dueAt { result.append(PromisedTime.Step(time: dueAt, kind: .due)) }
        if let stop, let outcome {
            let length = try counted.length(from: start, to: stop)
            result.append(
                PromisedTime.Step(
                    time: stop,
                    kind: .stop(outcome, overdueMilliseconds: max(0, length - promised))))
        }
        return result.enumerated()
            .sorted {
                ($0.element.time, $0.element.kind.order, $0.offset)
                    < ($1.element.time, $1.element.kind.order, $1.offset)
            }
            .map(\.element)
    }

    private mutating func windows(until end: Timestamp) throws(CalendarError) -> [PromisedTime.Step]
    {
        var total: Int64 = 0
        return try counted.pieces(from: start, to: end).map { piece in
            total += piece.end - piece.start
            let isExtraDay = rule.calendar?.exceptions[piece.day]?.kind == .extraDay
            return PromisedTime.Step(
                time: Timestamp(milliseconds: piece.start),
                kind: .window(
                    end: Timestamp(milliseconds: piece.end), countedMilliseconds: total,
                    isExtraDay: isExtraDay))
        }
    }

    /// Pauses as they were given, with the working time that they cost; those behind the end of the
    /// promise have a part in what is overdue only.
    private mutating func pauses(
        until end: Timestamp?
    ) throws(CalendarError) -> [PromisedTime.Step] {
        var result: [PromisedTime.Step] = []
        for pause in facts.pauses where end.map({ pause.start < $0 }) ?? true {
            let from = max(pause.start, start)
            if let last = pause.end, last <= from { continue }
            let last = [pause.end, facts.stoppedAt].compactMap { $0 }.min()
            var working: Int64?
            if let last { working = try counted.hours.length(from: from, to: last) }
            result.append(
                PromisedTime.Step(
                    time: from,
                    kind: .pause(end: last, reason: pause.reason, workingMilliseconds: working)))
        }
        return result
    }

    /// Holidays on the way that took hours away.
    private func exceptions(until end: Timestamp) -> [PromisedTime.Step] {
        guard let calendar = rule.calendar, start < end else { return [] }
        let zone = calendar.timeZone
        let days = zone.civilTime(at: start).epochDay...zone.civilTime(at: end).epochDay
        return calendar.exceptions.filter { day, exception in
            exception.kind == .holiday && days.contains(day)
                && exception.windows != calendar.week[WorkingCalendar.weekday(day)]
        }
        .map { day, exception in
            let date = CivilTime(epochDay: day)
            return PromisedTime.Step(
                time: max(start, zone.timestamp(of: date)),
                kind: .holiday(date, isWhole: exception.windows.isEmpty))
        }
        .sorted { $0.time < $1.time }
    }
}
