import Replication
import StoreSupport
import TicketModel

extension HubConnection: HubTransaction {
    func timersDue(at now: Timestamp, countMax: Int) throws -> [TimerRecord] {
        try sql.rows(
            """
            SELECT ticket, clock, cycle, rung, due_at FROM timer WHERE due_at <= ?1
            ORDER BY due_at, ticket, clock, cycle, rung LIMIT ?2
            """, .time(now), .integer(countMax)
        ) { row in
            TimerRecord(
                key: TimerKey(
                    ticket: try row.id(0), clock: row.text(1), cycle: Int(row.integer(2)),
                    rung: Int(row.integer(3))),
                dueAt: Timestamp(milliseconds: row.integer(4)))
        }
    }

    func nextTimer() throws -> Timestamp? {
        try sql.first("SELECT min(due_at) FROM timer") { $0.time(0) } ?? nil
    }

    func hasFired(_ key: TimerKey) throws -> Bool {
        try sql.first(
            """
            SELECT 1 FROM fired_timer
            WHERE ticket = ?1 AND clock = ?2 AND cycle = ?3 AND rung = ?4
            """, .id(key.ticket), .text(key.clock), .integer(key.cycle), .integer(key.rung)
        ) { _ in true } ?? false
    }

    func schedule(_ timer: TimerRecord) throws {
        let key = timer.key
        try sql.run(
            """
            INSERT INTO timer VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (ticket, clock, cycle, rung) DO UPDATE SET due_at = excluded.due_at
            """, .id(key.ticket), .text(key.clock), .integer(key.cycle), .integer(key.rung),
            .time(timer.dueAt))
    }

    func cancel(_ key: TimerKey) throws {
        try sql.run(
            "DELETE FROM timer WHERE ticket = ?1 AND clock = ?2 AND cycle = ?3 AND rung = ?4",
            .id(key.ticket), .text(key.clock), .integer(key.cycle), .integer(key.rung))
    }

    func markFired(_ key: TimerKey, at now: Timestamp) throws {
        try cancel(key)
        try sql.run(
            "INSERT INTO fired_timer VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            .id(key.ticket), .text(key.clock), .integer(key.cycle), .integer(key.rung),
            .time(now))
    }
}
