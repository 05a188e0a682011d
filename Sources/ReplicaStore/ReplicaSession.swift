import Replication
import Sodium
import StoreSupport
import TicketModel

/// One transaction or read of a replica's store.
///
/// Tickets are kept here until `flush`, so that a page which touches one ticket many times writes
/// its row, its numbers, its tags and its texts once.
final class ReplicaSession: ReplicaTransaction {
    let sql: SQLConnection
    let codec: any ReplicationCodec
    private(set) var unwritten: [TicketID: UnwrittenTicket] = [:]
    /// Former numbers of stored bases, as far as they were read here: what is found by them.
    var baseFormerNumbers: [TicketID: [String]] = [:]
    /// Sums that were moved and not yet written.
    var changedSums: [String: DigestSum] = [:]

    /// From where on a ticket is not in scope any more, and since when.
    struct LeftMark {
        var sequence: UInt64
        var time: Timestamp
    }

    /// What a transaction has said about a ticket and not yet written.
    struct UnwrittenTicket {
        /// The new base; nil when it stays what it is.
        var base: Ticket?
        /// The new overlay; nil when it stays what it is.
        var overlay: Ticket??
        /// The new mark of having left; nil when it stays what it is.
        var left: LeftMark??
        /// Whether own changes were appended or answered.
        var isUnsentChanged = false
    }

    init(_ sql: SQLConnection, _ codec: any ReplicationCodec) {
        self.sql = sql
        self.codec = codec
    }

    // MARK: Tickets

    func base(_ id: TicketID) throws -> Ticket? {
        if let base = unwritten[id]?.base { return base }
        let base = try storedTicket("SELECT base FROM ticket WHERE id = ?1", id)
        baseFormerNumbers[id] = base?.formerNumbers
        return base
    }

    func visible(_ id: TicketID) throws -> Ticket? {
        if let overlay = unwritten[id]?.overlay { return try overlay ?? base(id) }
        return try storedTicket("SELECT overlay FROM ticket WHERE id = ?1", id) ?? base(id)
    }

    private func storedTicket(_ query: String, _ id: TicketID) throws -> Ticket? {
        let bytes = try sql.first(query, .id(id)) { $0.isNull(0) ? nil : $0.blob(0) }
        guard let bytes, let bytes else { return nil }
        return try decode(bytes, codec.decodeTicket)
    }

    func leftAt(_ id: TicketID) throws -> UInt64? {
        if let left = unwritten[id]?.left { return left?.sequence }
        let stored = try sql.first("SELECT left_at FROM ticket WHERE id = ?1", .id(id)) {
            $0.isNull(0) ? nil : $0.sequence(0)
        }
        return stored ?? nil
    }

    func saveBase(_ ticket: Ticket) throws {
        unwritten[ticket.id, default: UnwrittenTicket()].base = ticket
        unwritten[ticket.id]?.left = .some(nil)
    }

    func saveOverlay(_ ticket: Ticket?, of id: TicketID) throws {
        unwritten[id, default: UnwrittenTicket()].overlay = .some(ticket)
    }

    func markLeft(_ id: TicketID, sequence: UInt64, at now: Timestamp) throws {
        unwritten[id, default: UnwrittenTicket()].left = LeftMark(sequence: sequence, time: now)
    }

    /// Lists must show anew how many own changes wait on a ticket.
    func noteUnsent(on id: TicketID) {
        unwritten[id, default: UnwrittenTicket()].isUnsentChanged = true
    }

    /// Writes what was kept back.
    func flush() throws {
        let tickets = unwritten.sorted { $0.key < $1.key }
        for (id, ticket) in tickets { try write(ticket, of: id) }
        unwritten = [:]
        try saveSums()
    }

    // MARK: Identity and state

    func identity() throws -> ReplicaIdentity? {
        try sql.first(
            "SELECT replica, device, store, region, replica_code, roles FROM identity"
        ) { row in
            ReplicaIdentity(
                replica: try row.id(0), device: DeviceID(unchecked: row.text(1)),
                store: name(row, 2), region: name(row, 3), replicaCode: row.text(4),
                roles: roles(row.text(5)))
        }
    }

    func save(_ identity: ReplicaIdentity) throws {
        try sql.run(
            "INSERT OR REPLACE INTO identity VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6)",
            .id(identity.replica), .text(identity.device.rawValue),
            .text(identity.store?.rawValue), .text(identity.region?.rawValue),
            .text(identity.replicaCode), .text(text(identity.roles)))
    }

    func state() throws -> ReplicaState {
        let state = try sql.first(
            """
            SELECT counter, hash, time, epoch, cursor_sequence, cursor_hash, acknowledged,
                provisional_ordinal, offset_milliseconds, synced_at, cursor_proof, locator,
                scopes, is_snapshot_open, snapshot_after, snapshot_through, durable_sequence,
                verified_at, former_replica, snapshot_from, snapshot_hash, snapshot_proof
            FROM state
            """
        ) { row in
            var state = ReplicaState()
            state.counter = row.sequence(0)
            state.hash = try digest(row.blob(1))
            state.time = HybridTimestamp(rawValue: row.sequence(2))
            state.epoch = row.isNull(3) ? nil : try row.id(3)
            state.cursor = LogPosition(sequence: row.sequence(4), hash: try digest(row.blob(5)))
            state.acknowledged = row.sequence(6)
            state.provisionalOrdinal = Int(row.integer(7))
            state.offsetMilliseconds = row.integerIfAny(8)
            state.syncedAt = row.time(9)
            state.cursorProof = row.blob(10)
            state.locator = try locator(row.blob(11))
            state.scopes =
                row.isNull(12)
                ? nil : row.text(12).split(separator: "\n").map { Scope(rawValue: String($0)) }
            if row.flag(13) {
                state.snapshot = SnapshotProgress(after: row.isNull(14) ? nil : try row.id(14))
            }
            state.snapshotThrough = LogPosition(
                sequence: row.sequence(15), hash: try digest(row.blob(20)))
            state.snapshotProof = row.blob(21)
            state.durableSequence = row.sequence(16)
            state.verifiedAt = row.time(17)
            state.formerReplica = row.isNull(18) ? nil : try row.id(18)
            state.snapshotFrom = row.sequence(19)
            return state
        }
        guard let state else { throw damaged("its state") }
        return state
    }

    func save(_ state: ReplicaState) throws {
        try sql.run(
            """
            UPDATE state SET counter = ?1, hash = ?2, time = ?3, epoch = ?4, cursor_sequence = ?5,
                cursor_hash = ?6, acknowledged = ?7, provisional_ordinal = ?8,
                offset_milliseconds = ?9, synced_at = ?10, cursor_proof = ?11, locator = ?12,
                scopes = ?13, is_snapshot_open = ?14, snapshot_after = ?15, snapshot_through = ?16,
                durable_sequence = ?17, verified_at = ?18, former_replica = ?19,
                snapshot_from = ?20, snapshot_hash = ?21, snapshot_proof = ?22
            """, .sequence(state.counter), .blob(state.hash.bytes),
            .bits(state.time.rawValue), .blob(state.epoch?.bytes),
            .sequence(state.cursor.sequence), .blob(state.cursor.hash.bytes),
            .sequence(state.acknowledged), .integer(state.provisionalOrdinal),
            .integer(state.offsetMilliseconds), .time(state.syncedAt), .blob(state.cursorProof),
            .blob(state.locator.flatMap { bigEndian($0.sequence) + $0.hash.bytes }),
            .text(state.scopes.map { $0.map(\.rawValue).joined(separator: "\n") }),
            .flag(state.snapshot != nil), .blob(state.snapshot?.after?.bytes),
            .sequence(state.snapshotThrough.sequence), .sequence(state.durableSequence),
            .time(state.verifiedAt), .blob(state.formerReplica?.bytes),
            .sequence(state.snapshotFrom), .blob(state.snapshotThrough.hash.bytes),
            .blob(state.snapshotProof))
    }

    /// Positions from their stored form: eight bytes of sequence and a hash each.
    private func locator(_ bytes: [UInt8]) throws -> [LogPosition] {
        let width = 8 + Digest.byteCount
        return try stride(from: 0, to: bytes.count - bytes.count % width, by: width).map { start in
            let sequence = bytes[start..<start + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return LogPosition(
                sequence: sequence, hash: try digest(Array(bytes[start + 8..<start + width])))
        }
    }

    func setting(_ name: String) throws -> String? {
        try sql.first("SELECT value FROM setting WHERE name = ?1", .text(name)) { $0.text(0) }
    }

    func saveSetting(_ name: String, _ value: String?) throws {
        guard let value else {
            return try sql.run("DELETE FROM setting WHERE name = ?1", .text(name))
        }
        try sql.run("INSERT OR REPLACE INTO setting VALUES (?1, ?2)", .text(name), .text(value))
    }

    // MARK: Shared forms

    func name<Name: ChosenName>(_ row: SQLRow, _ column: Int32) -> Name? {
        row.isNull(column) ? nil : Name(unchecked: row.text(column))
    }

    /// The absence in the four columns from `column` on.
    func absence(_ row: SQLRow, from column: Int32) -> Absence? {
        guard let from = row.integerIfAny(column), let until = row.integerIfAny(column + 1) else {
            return nil
        }
        return Absence(
            from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until),
            substitute: name(row, column + 2), note: row.text(column + 3))
    }

    func roles(_ text: String) -> Set<Role> {
        Set(text.split(separator: " ").compactMap { Role(rawValue: String($0)) })
    }

    func text(_ roles: some Collection<Role>) -> String {
        roles.map(\.rawValue).sorted().joined(separator: " ")
    }

    func digest(_ bytes: [UInt8]) throws -> Digest {
        guard let digest = Digest(bytes: bytes) else { throw damaged("a hash") }
        return digest
    }

    /// Reads what we encoded ourselves; anything else means that the file is damaged.
    func decode<Value>(_ bytes: [UInt8], _ read: ([UInt8]) throws -> Value) throws -> Value {
        do { return try read(bytes) } catch let error as CodecError {
            throw damaged(error.description)
        }
    }

    /// An error for a row that we wrote and cannot read.
    func damaged(_ what: String) -> StoreError {
        StoreError(
            .corrupt,
            "This replica is damaged at \(what). Keep the folder, and join again in a new one.")
    }
}
