import Foundation
import TicketModel

/// What SQLite itself needs for the rows of a hub of some scale: tickets by identity, the log, and
/// which entry concerns whom.
final class GrowthFloor {
    private static let ticketByteCount = 1_200
    private static let editByteCount = 400
    private static let rowsPerTransaction = 4_096
    /// Rows that a conversation with nothing to tell reads, and transactions that it writes.
    private static let readsPerConversation = 24
    private static let writesPerConversation = 3

    private let scale: HubScale
    private let hub: FloorDatabase
    private let replica: FloorDatabase
    private var workload: Workload
    private var entriesCount = 0

    init(_ scale: HubScale, in directory: URL) throws {
        self.scale = scale
        workload = try Workload(clientsCount: 0)
        hub = try FloorDatabase(path: directory.appendingPathComponent("floor.db").path)
        replica = try FloorDatabase(path: directory.appendingPathComponent("own.db").path)
        try replica.execute(
            """
            CREATE TABLE state(id INTEGER PRIMARY KEY, value INTEGER);
            INSERT INTO state VALUES(1, 0);
            """)
        try hub.execute(
            """
            CREATE TABLE ticket(id BLOB PRIMARY KEY, bytes BLOB NOT NULL);
            CREATE TABLE change_log(
                sequence INTEGER PRIMARY KEY, ticket BLOB NOT NULL, operation BLOB NOT NULL UNIQUE,
                payload BLOB NOT NULL);
            CREATE INDEX change_by_ticket ON change_log(ticket, sequence);
            CREATE TABLE change_scope(
                scope INTEGER NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY(scope, sequence)
            ) WITHOUT ROWID;
            """)
        try fill()
    }

    private func fill() throws {
        let bytes = [UInt8](repeating: 42, count: Self.ticketByteCount)
        let routing = [UInt8](repeating: 44, count: Self.editByteCount)
        for first in stride(from: 0, to: scale.ticketsCount, by: Self.rowsPerTransaction) {
            try hub.transaction {
                for ticket in first..<min(first + Self.rowsPerTransaction, scale.ticketsCount) {
                    try hub.run(
                        "INSERT INTO ticket VALUES(?1,?2)", .blob(id(ticket)), .blob(bytes))
                    try appendEntry(on: ticket, bytes)
                    try appendEntry(on: ticket, routing)
                }
            }
        }
    }

    private func id(_ operation: Int) -> [UInt8] { HubScale.operation(operation).bytes }

    private func appendEntry(on ticket: Int, _ payload: [UInt8]) throws {
        entriesCount += 1
        try hub.run(
            "INSERT INTO change_log VALUES(?1,?2,?3,?4)", .integer(entriesCount),
            .blob(id(ticket)), .blob(id(entriesCount)), .blob(payload))
        try hub.run(
            "INSERT INTO change_scope VALUES(?1,?2)", .integer(scale.store(of: ticket)),
            .integer(entriesCount))
    }

    /// Edits of random tickets: each reads a ticket, writes it, and appends to the log.
    func commitEdits(batchesCount: Int) throws -> Double {
        let bytes = [UInt8](repeating: 43, count: Self.ticketByteCount)
        let payload = [UInt8](repeating: 44, count: Self.editByteCount)
        let count = UInt64(scale.ticketsCount)
        return try timed {
            for _ in 0..<batchesCount {
                try hub.transaction {
                    for _ in 0..<GrownHub.intentsPerBatch {
                        let ticket = Int(workload.random() % count)
                        try read(ticket)
                        try hub.run(
                            "UPDATE ticket SET bytes = ?2 WHERE id = ?1", .blob(id(ticket)),
                            .blob(bytes))
                        try appendEntry(on: ticket, payload)
                    }
                }
            }
        }.seconds
    }

    private func read(_ ticket: Int) throws {
        try hub.run("SELECT bytes FROM ticket WHERE id = ?1", .blob(id(ticket)))
    }

    /// The entries after some positions, each read by its own statement.
    func pullPages(
        _ places: [(store: Int, cursor: UInt64)], entriesCount: Int, roundsCount: Int
    ) throws -> Double {
        try timed {
            for _ in 0..<roundsCount {
                for place in places {
                    let sequences = try hub.run(
                        """
                        SELECT sequence FROM change_scope WHERE scope = ?1 AND sequence > ?2
                        ORDER BY sequence LIMIT ?3
                        """, .integer(place.store), .integer(Int(place.cursor)),
                        .integer(entriesCount))
                    for sequence in sequences {
                        try hub.run(
                            "SELECT payload FROM change_log WHERE sequence = ?1",
                            .integer(sequence))
                    }
                }
            }
        }.seconds
    }

    /// What a conversation with nothing to tell reads and writes.
    func converse() throws {
        for _ in 0..<Self.readsPerConversation {
            try read(Int(workload.random() % UInt64(scale.ticketsCount)))
        }
        for _ in 0..<Self.writesPerConversation {
            try replica.transaction {
                try replica.run("UPDATE state SET value = value + 1 WHERE id = 1")
            }
        }
    }
}
