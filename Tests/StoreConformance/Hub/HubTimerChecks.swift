import Replication
import Testing
import TicketModel

extension HubStorageConformance {
    static let timerChecks: [Check<any HubStorage>] = [
        Check("timers come due in order of time, then of key", timerOrder),
        Check("scheduling again moves a timer", rescheduling),
        Check("a cancelled timer is gone and may come again", cancelling),
        Check("a fired timer is remembered for ever", firing),
    ]

    private static func key(_ ticket: UInt128, cycle: Int = 1, rung: Int = 0) -> TimerKey {
        TimerKey(ticket: TicketID(rawValue: ticket), clock: "response", cycle: cycle, rung: rung)
    }

    private static func timer(_ key: TimerKey, in milliseconds: Int64) -> TimerRecord {
        TimerRecord(key: key, dueAt: Sample.noon.adding(milliseconds: milliseconds))
    }

    private static func timerOrder(_ store: any HubStorage) throws {
        let timers = [
            timer(key(3), in: 5), timer(key(1, rung: 1), in: 10), timer(key(1, cycle: 2), in: 10),
            timer(key(2), in: 10), timer(key(1), in: 11),
        ]
        try store.transaction { hub throws in
            for timer in timers.reversed() { try hub.schedule(timer) }
        }
        try store.read { hub throws in
            func due(_ milliseconds: Int64, _ countMax: Int) throws -> [TimerRecord] {
                try hub.timersDue(
                    at: Sample.noon.adding(milliseconds: milliseconds), countMax: countMax)
            }
            #expect(try due(11, 10) == timers)
            #expect(try due(10, 10) == Array(timers.prefix(4)), "due at the instant itself")
            #expect(try due(11, 2) == Array(timers.prefix(2)))
            #expect(try due(4, 10) == [])
            #expect(try hub.nextTimer() == timers[0].dueAt)
        }
    }

    private static func rescheduling(_ store: any HubStorage) throws {
        try store.transaction { hub throws in
            try hub.schedule(timer(key(1), in: 10))
            try hub.schedule(timer(key(1), in: 20))
        }
        try store.read { hub throws in
            #expect(try hub.nextTimer() == timer(key(1), in: 20).dueAt)
            #expect(try hub.counts().timers == 1)
        }
    }

    private static func cancelling(_ store: any HubStorage) throws {
        try store.transaction { hub throws in
            try hub.schedule(timer(key(1), in: 10))
            try hub.schedule(timer(key(1, rung: 1), in: 20))
            try hub.cancel(key(1))
            try hub.cancel(key(9))
        }
        try store.transaction { hub throws in
            #expect(try hub.nextTimer() == timer(key(1), in: 20).dueAt)
            #expect(try !hub.hasFired(key(1)))
            try hub.schedule(timer(key(1), in: 5))
        }
        #expect(try store.read { try $0.nextTimer() } == timer(key(1), in: 5).dueAt)
    }

    private static func firing(_ store: any HubStorage) throws {
        try store.transaction { hub throws in
            try hub.schedule(timer(key(1), in: 10))
            try hub.schedule(timer(key(1, cycle: 2), in: 20))
            try hub.markFired(key(1), at: Sample.noon)
            try hub.markFired(key(1), at: Sample.noon)
            try hub.markFired(key(7), at: Sample.noon)
            #expect(try hub.hasFired(key(1)))
        }
        try store.transaction { try $0.cancel(key(1)) }
        try store.read { hub throws in
            #expect(try hub.hasFired(key(1)) && hub.hasFired(key(7)))
            #expect(try !hub.hasFired(key(1, cycle: 2)) && !hub.hasFired(key(1, rung: 1)))
            #expect(try hub.nextTimer() == timer(key(1, cycle: 2), in: 20).dueAt)
        }
    }
}
