import Testing
import TicketModel
import TicketPolicy

/// Random lives of a ticket, with a hub that is late, restarts and hears of things out of time.
@Suite struct ClockPropertyTests {
    private struct Dice {
        var state: UInt64

        mutating func roll(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
    }

    @Test func `T4 T7 T8: whatever happens, a clock keeps its rules`() throws {
        let firstSeed = UInt64.random(in: 0...UInt64.max)
        for index in 0..<300 as Range<UInt64> {
            let seed = firstSeed &+ index
            var dice = Dice(state: seed)
            var ticket = try Case(priority: Int64(1 + dice.roll(3)))
            var now = Int64(dice.roll(90)) * minute
            ticket.commit(.create, at: at(now))
            for _ in 0..<25 {
                let before = ticket
                now += Int64(dice.roll(120)) * minute
                step(&ticket, now: at(now), &dice)
                check(ticket, after: before, now: at(now), "seed \(seed)")
            }
        }
    }

    private func step(_ ticket: inout Case, now: Timestamp, _ dice: inout Dice) {
        let actedAt = now.adding(milliseconds: -Int64(dice.roll(90)) * minute)
        switch dice.roll(10) {
        case 0...2: ticket.advance(to: now)
        case 3:
            let rank = Int64(1 + dice.roll(3))
            ticket.commit(.edit, at: now) { $0.set(.priority, .integer(rank)) }
        case 4: ticket.commit(.accept, at: now, actedAt: actedAt)
        case 5: ticket.commit(.note, at: now) { $0.say(.note) }
        case 6:
            ticket.commit(.resolve, at: now, actedAt: actedAt) { $0.set(.status, .integer(5)) }
        case 7: ticket.commit(.reopen, at: now) { $0.set(.status, .integer(6)) }
        case 8: ticket.commit(.close, at: now) { $0.set(.status, .integer(8)) }
        default:
            // A timer that the hub may have fired before; a warning's it fires once by its table.
            ticket.fire(ticket.key(rung: 1 + dice.roll(2), cycle: dice.roll(4)), at: now)
        }
    }

    private func check(
        _ ticket: Case, after before: Case, now: Timestamp, _ seed: Testing.Comment
    ) {
        guard let clock = ticket.clock, let old = before.clock else {
            Issue.record("a created ticket has a clock, \(seed)")
            return
        }
        let breachKey = ticket.key(rung: 1, cycle: clock.cycle)
        if old.cycle == clock.cycle {
            #expect(old.phase == .running || old.phase == clock.phase, seed)
            #expect(old.startedAt == clock.startedAt, seed)
            if old.phase == .breached { #expect(old.dueAt == clock.dueAt, seed) }
        } else {
            #expect(clock.cycle == old.cycle + 1 && clock.startedAt == now, seed)
        }
        #expect(ticket.tellCounts.values.allSatisfy { $0 == 1 }, seed)
        #expect(ticket.ticket.escalationLevel >= before.ticket.escalationLevel, seed)
        switch clock.phase {
        case .running: #expect(ticket.timers[breachKey] == clock.dueAt, seed)
        case .met: #expect(clock.stoppedAt.map { $0 <= clock.dueAt } == true, seed)
        case .breached: #expect(clock.dueAt <= now, seed)
        case .cancelled: #expect(clock.stoppedAt != nil, seed)
        }
        // One that a longer ladder has left finds nothing to do.
        let timers = ticket.timers.keys.filter { $0.rung < 2 }
        if clock.phase != .running { #expect(timers.isEmpty, seed) }
    }
}
