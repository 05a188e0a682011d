import Replication
import Sodium
import StoreSupport
import TicketModel

extension ReplicaSession {
    static let changeQuery = """
        SELECT replica, counter, hash, context, body, state, disposition, sequence FROM change
        """

    func pending(on ticket: TicketID) throws -> [ChangeRecord] {
        try sql.rows(
            Self.changeQuery + " WHERE ticket = ?1 AND state < 2 ORDER BY counter", .id(ticket),
            read: change)
    }

    func change(_ operation: OperationID) throws -> ChangeRecord? {
        try sql.first(Self.changeQuery + " WHERE operation = ?1", .id(operation), read: change)
    }

    func changes(on ticket: TicketID?, countMax: Int) throws -> [ChangeRecord] {
        guard let ticket else {
            return try sql.rows(
                Self.changeQuery + " ORDER BY rowid DESC LIMIT ?1", .integer(countMax),
                read: change)
        }
        return try sql.rows(
            Self.changeQuery + " WHERE ticket = ?1 ORDER BY rowid DESC LIMIT ?2", .id(ticket),
            .integer(countMax), read: change)
    }

    func unansweredOperations(countMax: Int) throws -> [OperationID] {
        try sql.rows(
            "SELECT operation FROM change WHERE state = 1 ORDER BY counter LIMIT ?1",
            .integer(countMax)
        ) { try $0.id(0) }
    }

    func intents(after counter: UInt64, countMax: Int, byteCountMax: Int) throws -> [Intent] {
        guard let replica = try identity()?.replica else { return [] }
        let found = try sql.rows(
            Self.changeQuery + " WHERE replica = ?1 AND counter > ?2 ORDER BY counter LIMIT ?3",
            .id(replica), .sequence(counter),
            .integer(max(countMax, Limits.groupIntentsCountMax)), read: intent)
        return found.batch(countMax: countMax, byteCountMax: byteCountMax, codec: codec)
    }

    func hash(after counter: UInt64) throws -> Digest? {
        if counter == 0 { return .zero }
        guard let replica = try identity()?.replica else { return nil }
        return try sql.first(
            "SELECT hash FROM change WHERE replica = ?1 AND counter = ?2", .id(replica),
            .sequence(counter)
        ) { try digest($0.blob(0)) }
    }

    /// From the state alone: what is not acknowledged is queued.
    func queuedCount() throws -> Int {
        let state = try state()
        return Int(clamping: state.counter - min(state.counter, state.acknowledged))
    }

    func change(_ row: SQLRow) throws -> ChangeRecord {
        let intent = try intent(row)
        guard let body = codec.decodeBody(intent.bodyBytes) else { throw damaged("a change") }
        return ChangeRecord(intent: intent, body: body, state: try state(row))
    }

    private func intent(_ row: SQLRow) throws -> Intent {
        Intent(
            dot: Dot(replica: try row.id(0), counter: row.sequence(1)),
            context: try decode(row.blob(3), codec.decodeContext), bodyBytes: row.blob(4),
            hash: try digest(row.blob(2)))
    }

    private func state(_ row: SQLRow) throws -> ChangeRecord.State {
        switch row.integer(5) {
        case 0: .queued
        case 1: .acknowledged
        default:
            .settled(
                try decode(row.blob(6), codec.decodeDisposition),
                sequence: row.isNull(7) ? nil : row.sequence(7))
        }
    }

    // MARK: Writing

    func append(_ change: ChangeRecord) throws {
        precondition(change.state == .queued, "a new change is queued, got \(change.state)")
        let intent = change.intent
        try sql.run(
            """
            INSERT INTO change (replica, counter, operation, ticket, state, hash, context, body)
            VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6, ?7)
            """, .id(intent.dot.replica), .sequence(intent.dot.counter),
            .id(change.body.operation), .id(change.body.ticket), .blob(intent.hash.bytes),
            .blob(codec.encode(intent.context)), .blob(intent.bodyBytes))
        noteUnsent(on: change.body.ticket)
    }

    func acknowledge(through counter: UInt64) throws {
        try sql.run(
            "UPDATE change SET state = 1 WHERE state = 0 AND counter <= ?1", .sequence(counter))
    }

    func settle(_ operation: OperationID, _ disposition: Disposition, sequence: UInt64) throws {
        let ticket: TicketID? = try sql.first(
            """
            UPDATE change SET state = 2, disposition = ?2, sequence = ?3
            WHERE operation = ?1 AND state < 2 RETURNING ticket
            """, .id(operation), .blob(codec.encode(disposition)), .sequence(sequence)
        ) { try $0.id(0) }
        if let ticket { noteUnsent(on: ticket) }
    }

    // MARK: Drafts

    private static let draftQuery =
        "SELECT operation, ticket, code, detail, body, refused_at, number FROM draft"

    func drafts() throws -> [Draft] {
        try sql.rows(Self.draftQuery + " ORDER BY position", read: draft)
    }

    func draft(_ operation: OperationID) throws -> Draft? {
        try sql.first(Self.draftQuery + " WHERE operation = ?1", .id(operation), read: draft)
    }

    private func draft(_ row: SQLRow) throws -> Draft {
        guard let code = RejectionCode(rawValue: Int(row.integer(2))),
            let body = codec.decodeBody(row.blob(4))
        else { throw damaged("a draft") }
        return Draft(
            operation: try row.id(0), ticket: try row.id(1),
            rejection: Rejection(code: code, detail: row.text(3)), body: body,
            refusedAt: Timestamp(milliseconds: row.integer(5)), number: row.text(6))
    }

    func save(_ draft: Draft) throws {
        try sql.run(
            """
            INSERT INTO draft (operation, ticket, code, detail, body, refused_at, number)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING
            """, .id(draft.operation), .id(draft.ticket), .integer(draft.rejection.code.rawValue),
            .text(draft.rejection.detail), .blob(codec.encode(draft.body)),
            .time(draft.refusedAt), .text(draft.number))
    }

    func removeDraft(_ operation: OperationID) throws {
        try sql.run("DELETE FROM draft WHERE operation = ?1", .id(operation))
    }
}
