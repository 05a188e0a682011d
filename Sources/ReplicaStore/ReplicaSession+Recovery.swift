import Replication
import Sodium
import StoreSupport
import TicketModel

extension ReplicaSession {
    // MARK: The change log

    func pendingChanges() throws -> [ChangeRecord] {
        try sql.rows(Self.changeQuery + " WHERE state < 2 ORDER BY rowid", read: change)
    }

    func changesSettled(after sequence: UInt64) throws -> [ChangeRecord] {
        try sql.rows(
            Self.changeQuery
                + " WHERE state = 2 AND (sequence > ?1 OR sequence IS NULL) ORDER BY rowid",
            .sequence(sequence), read: change)
    }

    func replace(_ change: ChangeRecord) throws {
        let intent = change.intent
        let (state, disposition, sequence): (Int, SQLValue, SQLValue) =
            switch change.state {
            case .queued: (0, .null, .null)
            case .acknowledged: (1, .null, .null)
            case .settled(let disposition, let sequence):
                (
                    2, .blob(codec.encode(disposition)),
                    sequence.map { .sequence($0) } ?? .null
                )
            }
        try sql.run(
            """
            UPDATE change SET replica = ?2, counter = ?3, hash = ?4, context = ?5, state = ?6,
                disposition = ?7, sequence = ?8 WHERE operation = ?1
            """, .id(change.body.operation), .id(intent.dot.replica),
            .sequence(intent.dot.counter), .blob(intent.hash.bytes),
            .blob(codec.encode(intent.context)), .integer(state), disposition, sequence)
        guard sql.changedRowsCount == 1 else {
            throw StoreError(.failed, "\(change.body.operation) is not in the change log.")
        }
        noteUnsent(on: change.body.ticket)
    }

    // MARK: The journal

    func witnessed(
        after sequence: UInt64, countMax: Int, byteCountMax: Int
    ) throws -> [(sequence: UInt64, entry: EncodedEntry)] {
        let held = try sql.rows(
            """
            SELECT sequence, entry, proof FROM history WHERE sequence > ?1
            ORDER BY sequence LIMIT ?2
            """, .sequence(sequence), .integer(max(1, countMax))
        ) { (sequence: $0.sequence(0), entry: EncodedEntry($0.blob(1), proof: $0.blob(2))) }
        var byteCount = 0
        let fitting = held.prefix { witnessed in
            byteCount += witnessed.entry.bytes.count
            return byteCount <= byteCountMax
        }
        return Array(fitting.isEmpty ? held.prefix(1) : fitting)
    }

    func retireHistory(after sequence: UInt64, of epoch: EpochID) throws {
        try sql.run(
            """
            INSERT INTO former_entry (epoch, entry, proof)
            SELECT ?2, entry, proof FROM history WHERE sequence > ?1 AND proof != x''
            ORDER BY sequence
            """, .sequence(sequence), .id(epoch))
        try sql.run("DELETE FROM history WHERE sequence > ?1", .sequence(sequence))
    }

    func formerEntries(
        after position: UInt64, countMax: Int, byteCountMax: Int
    ) throws -> [FormerEntry] {
        let held = try sql.rows(
            """
            SELECT position, epoch, entry, proof FROM former_entry WHERE position > ?1
            ORDER BY position LIMIT ?2
            """, .sequence(position), .integer(max(1, countMax))
        ) { row in
            FormerEntry(
                position: row.sequence(0), epoch: try row.id(1),
                entry: EncodedEntry(row.blob(2), proof: row.blob(3)))
        }
        var byteCount = 0
        let fitting = held.prefix { former in
            byteCount += former.entry.bytes.count
            return byteCount <= byteCountMax
        }
        return Array(fitting.isEmpty ? held.prefix(1) : fitting)
    }

    func noteFormerEntries(heldBy head: UInt64) throws {
        try sql.run(
            "UPDATE former_entry SET held_by = ?1 WHERE held_by IS NULL", .sequence(head))
    }

    func forgetFormerEntries(durableThrough sequence: UInt64) throws {
        try sql.run("DELETE FROM former_entry WHERE held_by <= ?1", .sequence(sequence))
    }

    func doubtFormerEntries() throws {
        try sql.run("UPDATE former_entry SET held_by = NULL")
    }

    // MARK: Tickets that left

    func clampLeft(to sequence: UInt64) throws {
        try flush()
        try sql.run("UPDATE ticket SET left_at = ?1 WHERE left_at > ?1", .sequence(sequence))
    }

    func forgetLeft(before time: Timestamp, countMax: Int) throws -> Int {
        try flush()
        let forgotten = try sql.rows(
            """
            SELECT position, id FROM ticket WHERE left_time < ?1 AND left_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM change WHERE change.ticket = ticket.id AND state < 2)
                AND NOT EXISTS (SELECT 1 FROM draft WHERE draft.ticket = ticket.id)
                AND (?3 = 0 OR NOT EXISTS (
                    SELECT 1 FROM history WHERE history.ticket = ticket.id AND sequence > ?3))
            ORDER BY id LIMIT ?2
            """, .time(time), .integer(max(0, countMax)),
            .sequence(try state().durableSequence)
        ) { ($0.integer(0), try $0.id(1) as TicketID) }
        for (position, id) in forgotten {
            try remove(position)
            try sql.run("DELETE FROM history WHERE ticket = ?1", .id(id))
        }
        return forgotten.count
    }

    // MARK: Digests

    func baseTickets(after: TicketID?, through: TicketID?) throws -> [TicketID] {
        try flush()
        return try sql.rows(
            """
            SELECT id FROM ticket WHERE base IS NOT NULL AND left_at IS NULL AND id > ?1
                AND id <= ?2 ORDER BY id
            """, after.map { .id($0) } ?? .blob([]),
            .id(through ?? TicketID(rawValue: .max))
        ) { try $0.id(0) }
    }

    func digest(of scope: Scope) throws -> DigestSum {
        try flush()
        return try storedSum(scope.rawValue)
    }

    private func storedSum(_ scope: String) throws -> DigestSum {
        try sql.first("SELECT count, sum FROM scope_digest WHERE scope = ?1", .text(scope)) { row in
            DigestSum(count: row.sequence(0), sum: (try row.id(1) as TicketID).rawValue)
        } ?? DigestSum()
    }

    func digest(of scope: Scope, in range: ClosedRange<TicketID>) throws -> DigestSum {
        try flush()
        let found = try sql.rows(
            """
            SELECT base_digest, base_scopes FROM ticket
            WHERE id BETWEEN ?1 AND ?2 AND left_at IS NULL AND base_digest IS NOT NULL
            """, .id(range.lowerBound), .id(range.upperBound)
        ) { (try $0.id(0) as TicketID, $0.text(1)) }
        return found.reduce(into: DigestSum()) { sum, ticket in
            guard ticket.1.split(separator: "\n").contains(scope.rawValue[...]) else { return }
            sum.add(ticket.0.rawValue)
        }
    }

    /// What a ticket's row adds to the sums of its scopes.
    struct Contribution: Equatable {
        var digest: UInt128
        var scopes: [String]
    }

    /// What the row at `position` adds now: nothing once the ticket has left.
    func contribution(at position: Int64) throws -> Contribution? {
        let found = try sql.first(
            "SELECT base_digest, base_scopes, left_at FROM ticket WHERE position = ?1",
            .integer(position)
        ) { row -> Contribution? in
            if row.isNull(0) || !row.isNull(2) { return nil }
            return Contribution(
                digest: (try row.id(0) as TicketID).rawValue,
                scopes: row.text(1).split(separator: "\n").map(String.init))
        }
        return found ?? nil
    }

    /// Moves the sums from what a row added to what it adds now.
    func moveSums(from old: Contribution?, to new: Contribution?) throws {
        guard old != new else { return }
        for scope in old?.scopes ?? [] {
            guard let digest = old?.digest else { continue }
            try change(scope) { $0.remove(digest) }
        }
        for scope in new?.scopes ?? [] {
            guard let digest = new?.digest else { continue }
            try change(scope) { $0.add(digest) }
        }
    }

    private func change(_ scope: String, _ body: (inout DigestSum) -> Void) throws {
        var sum = try changedSums[scope] ?? storedSum(scope)
        body(&sum)
        changedSums[scope] = sum
    }

    func saveSums() throws {
        for (scope, sum) in changedSums {
            try sql.run(
                "INSERT OR REPLACE INTO scope_digest VALUES (?1, ?2, ?3)", .text(scope),
                .sequence(sum.count), .id(TicketID(rawValue: sum.sum)))
        }
        changedSums = [:]
    }

    /// Makes the digests of a store from before they were kept.
    func makeDigestsIfMissing() throws {
        let hasDigests = try sql.first("SELECT has_digests FROM state") { $0.flag(0) } ?? true
        if hasDigests { return }
        let bases = try sql.rows("SELECT position, base FROM ticket WHERE base IS NOT NULL") {
            ($0.integer(0), $0.blob(1))
        }
        for (position, bytes) in bases {
            let old = try contribution(at: position)
            try saveDigest(of: try decode(bytes, codec.decodeTicket), bytes, at: position)
            try moveSums(from: old, to: try contribution(at: position))
        }
        try saveSums()
        try sql.run("UPDATE state SET has_digests = 1")
    }

    func saveDigest(of base: Ticket, _ bytes: [UInt8], at position: Int64) throws {
        try sql.run(
            "UPDATE ticket SET base = ?2, base_digest = ?3, base_scopes = ?4 WHERE position = ?1",
            .integer(position), .blob(bytes), .id(TicketID(rawValue: TicketDigest.of(bytes))),
            .text(base.scopes.map(\.rawValue).joined(separator: "\n")))
    }
}
