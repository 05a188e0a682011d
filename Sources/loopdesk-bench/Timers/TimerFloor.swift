import Foundation
import TicketModel

/// What the machine needs for the same: SQLite through the C library, and a thread that sleeps.
final class TimerFloor {
    private static let ticketByteCount = 1_200
    private static let entryByteCount = 400
    private static let rowsPerTransaction = 4_096

    private let database: FloorDatabase
    private let clocksCount: Int

    /// Makes a file with as many tickets and timers.
    init(clocksCount: Int, path: String) throws {
        self.clocksCount = clocksCount
        database = try FloorDatabase(path: path)
        try database.execute(
            """
            CREATE TABLE ticket(id BLOB PRIMARY KEY, bytes BLOB NOT NULL);
            CREATE TABLE timer(ticket BLOB PRIMARY KEY, due_at INTEGER NOT NULL) WITHOUT ROWID;
            CREATE INDEX timer_by_due ON timer(due_at);
            CREATE TABLE fired(ticket BLOB PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE change_log(
                sequence INTEGER PRIMARY KEY, ticket BLOB NOT NULL, operation BLOB NOT NULL UNIQUE,
                payload BLOB NOT NULL);
            CREATE INDEX change_by_ticket ON change_log(ticket, sequence);
            """)
        let bytes = [UInt8](repeating: 42, count: Self.ticketByteCount)
        for first in stride(from: 0, to: clocksCount, by: Self.rowsPerTransaction) {
            try database.transaction {
                for clock in first..<min(first + Self.rowsPerTransaction, clocksCount) {
                    try database.run(
                        "INSERT INTO ticket VALUES(?1,?2)", .blob(id(clock)), .blob(bytes))
                    try database.run(
                        "INSERT INTO timer VALUES(?1,?2)", .blob(id(clock)), .integer(clock))
                }
            }
        }
    }

    private func id(_ clock: Int) -> [UInt8] { HubScale.operation(clock).bytes }

    /// Takes every timer from the queue, `perCommit` at a time: its ticket is read and written, an
    /// entry is appended, and the timer is marked as done.
    ///
    /// - Returns: the seconds that it took.
    func ring(perCommit: Int) throws -> Double {
        let bytes = [UInt8](repeating: 43, count: Self.ticketByteCount)
        let payload = [UInt8](repeating: 44, count: Self.entryByteCount)
        return try timed {
            for first in stride(from: 0, to: clocksCount, by: perCommit) {
                try database.transaction {
                    for clock in try database.run(
                        "SELECT due_at FROM timer ORDER BY due_at, ticket LIMIT ?1",
                        .integer(min(perCommit, clocksCount - first)))
                    {
                        try database.run(
                            "SELECT bytes FROM ticket WHERE id = ?1", .blob(id(clock)))
                        try database.run(
                            "UPDATE ticket SET bytes = ?2 WHERE id = ?1", .blob(id(clock)),
                            .blob(bytes))
                        try database.run(
                            "INSERT INTO change_log VALUES(?1,?2,?3,?4)", .integer(clock),
                            .blob(id(clock)), .blob(id(clock)), .blob(payload))
                        try database.run("INSERT INTO fired VALUES(?1)", .blob(id(clock)))
                        try database.run("DELETE FROM timer WHERE ticket = ?1", .blob(id(clock)))
                    }
                }
            }
        }.seconds
    }

    /// Sleeps until each of some instants and makes a row durable then.
    ///
    /// - Returns: by how many seconds each was late.
    static func lateness(
        instantsCount: Int, everySeconds: Double, path: String
    ) throws -> [Double] {
        let database = try FloorDatabase(path: path)
        try database.execute("CREATE TABLE rung(id INTEGER PRIMARY KEY, payload BLOB NOT NULL)")
        let payload = [UInt8](repeating: 44, count: entryByteCount)
        let start = ContinuousClock.now
        return try (1...instantsCount).map { index in
            let instant = start + .seconds(everySeconds) * index
            let rest = (instant - .now) / .seconds(1)
            if rest > 0 { Thread.sleep(forTimeInterval: rest) }
            try database.transaction {
                try database.run(
                    "INSERT INTO rung VALUES(?1,?2)", .integer(index), .blob(payload))
            }
            return (.now - instant) / .seconds(1)
        }
    }
}
