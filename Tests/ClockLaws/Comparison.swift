import TicketModel
import TicketPolicy

/// What the engine says beside what the oracle found.
struct Comparison {
    let clock: ClockCase
    let expected: MinuteWalk.Result
    let walk: MinuteWalk

    private func expect<Value: Equatable>(
        _ what: String, _ value: Value, _ expected: Value
    ) throws(ClockLawViolation) {
        guard value != expected else { return }
        throw ClockLawViolation("\(what) is \(value), the oracle says \(expected)")
    }

    func check(_ promise: PromisedTime) throws {
        try expect("the promise", promise.promisedMilliseconds, minutes(expected.promised))
        try expect("due", promise.dueAt, expected.due.map(Timestamp.minute))
        for (index, rung) in expected.rungs.enumerated() where isExact(index, promise) {
            try expect("rung \(index)", promise.rungs[index], rung.map(Timestamp.minute))
        }
        let reading = try promise.reading(at: .minute(clock.probe))
        try expect("counted", reading.countedMilliseconds, minutes(expected.countedAtProbe))
        try expect("paused", reading.isPaused, expected.isPausedAtProbe)
        try expect(
            "remaining", reading.remainingMilliseconds,
            minutes(expected.promised - expected.countedAtProbe))
        if clock.stop != nil {
            try expect("outcome", promise.outcome, expected.isLate ? .breached : .met)
        }
        try check(promise.steps, of: promise)
        try checkHolders(of: promise)
    }

    /// The time of each of three holders, of whom the first comes again, is what the oracle counts
    /// minute by minute (domain.md T36, T37).
    private func checkHolders(of promise: PromisedTime) throws {
        let names = ["a", "b", "a", "c"].map { Tenure.Holder.staff(StaffID(unchecked: $0)) }
        let step = max(0, clock.probe - clock.start) / names.count
        let starts = names.indices.map { clock.start + ($0 == 0 ? -1 : $0) * step }
        let tenures = zip(names, starts).map { Tenure($0, since: .minute($1)) }
        var counts: [Tenure.Holder: Int64] = [:]
        var t = clock.start
        while t < min(clock.probe, clock.stop ?? .max) {
            let holder = starts.lastIndex { $0 <= t }.map { names[$0] } ?? names[0]
            if !walk.isPaused(t), walk.isOpen(t) { counts[holder, default: 0] += 60_000 }
            t += 1
        }
        let shares = try promise.shares(of: Array(tenures), at: .minute(clock.probe))
        let found = Dictionary(uniqueKeysWithValues: shares.map { ($0.holder, $0.milliseconds) })
        try expect("the time of the holders", found, counts)
    }

    /// The oracle counts whole minutes, so a share of a limit that is none is left out.
    private func isExact(_ index: Int, _ promise: PromisedTime) -> Bool {
        guard case .percent(let percent) = clock.rungs[index], percent != 100 else { return true }
        switch promise.rule.limit(of: promise.priority)?.unit {
        case .workingDay: return false
        default: return true
        }
    }

    /// An explanation tells of all that was counted, and of nothing twice.
    private func check(
        _ steps: [PromisedTime.Step], of promise: PromisedTime
    ) throws(ClockLawViolation) {
        var (sum, last, overdue): (Int64, Int64, Int64?) = (0, 0, nil)
        for step in steps {
            switch step.kind {
            case .window(let end, let counted, _):
                sum += end.millisecondsSince(step.time)
                last = counted
            case .stop(_, let milliseconds): overdue = milliseconds
            default: continue
            }
        }
        try expect("the last sum", last, sum)
        if let due = promise.dueAt, promise.outcome == nil || promise.outcome == .breached {
            try expect("the sum of the windows until \(due)", sum, minutes(expected.promised))
        }
        if clock.stop != nil { try expect("overdue", overdue, minutes(expected.overdue)) }
    }

    private func minutes(_ count: Int) -> Int64 { Int64(count) * 60_000 }

    // MARK: - The calendar alone

    func check(_ calendar: WorkingCalendar) throws {
        let (start, length) = (clock.start, clock.length)
        let from = Timestamp.minute(start)
        try expect("open", try calendar.isOpen(at: from), walk.isOpen(start))
        if let sum = walk.adding(length, to: start) {
            let end = try calendar.adding(milliseconds: minutes(length), to: from)
            try expect("the sum", end, .minute(sum))
            try expect("between", try calendar.milliseconds(from: from, to: end), minutes(length))
            let back = try calendar.subtracting(milliseconds: minutes(length), from: end)
            // Who starts outside of the hours comes back to where they begin.
            if walk.isOpen(start) || length == 0 { try expect("there and back", back, from) }
            try expect("the way", try calendar.milliseconds(from: back, to: end), minutes(length))
        }
        if let difference = walk.subtracting(length, from: start) {
            let begin = try calendar.subtracting(milliseconds: minutes(length), from: from)
            try expect("the difference", begin, .minute(difference))
            let end = try calendar.adding(milliseconds: minutes(length), to: begin)
            if walk.isOpen(start - 1) || length == 0 { try expect("back and there", end, from) }
        }
    }
}
