import Replication
import Sodium
import StoreSupport
import TicketModel

/// Forgetting the log where nothing needs it any more (replication.md 3.14).
extension HubConnection {
    func compact(through sequence: UInt64, eventsSince: Timestamp, countMax: Int) throws -> Int {
        let base = try logBase()
        let end = min(sequence, try head().sequence)
        guard end > base, countMax > 0 else { return 0 }
        let last = min(end, base + UInt64(countMax))
        guard let position = try position(at: last) else { throw damaged("entry \(last)") }
        try drop(after: base, through: last, "has_events = 0")
        try drop(
            after: 0, through: last, "has_events = 1 AND hub_time < \(eventsSince.milliseconds)")
        // What was meant is told by the entries; answers by dot and by operation stay.
        try sql.run(
            """
            UPDATE intent SET context = x'', body = x''
            WHERE sequence > ?1 AND sequence <= ?2 AND body != x''
            """, .sequence(base), .sequence(last))
        try sql.run(
            "UPDATE hub SET log_base = ?1, base_hash = ?2", .sequence(last),
            .blob(position.hash.bytes))
        return Int(last - base)
    }

    func firstEntry(
        after sequence: UInt64, through end: UInt64, since time: Timestamp
    ) throws -> UInt64? {
        try sql.first(
            """
            SELECT min(sequence) FROM entry
            WHERE sequence > ?1 AND sequence <= ?2 AND hub_time >= ?3
            """, .sequence(sequence), .sequence(end), .time(time)
        ) { $0.integerIfAny(0).map { UInt64(bitPattern: $0) } } ?? nil
    }

    private func drop(after first: UInt64, through last: UInt64, _ condition: String) throws {
        let entries = try sql.rowsOnce(
            """
            SELECT sequence, scopes_before, scopes_after, verdict_scope FROM entry
            WHERE sequence > ? AND sequence <= ? AND \(condition)
            """, [.sequence(first), .sequence(last)]
        ) { row in
            (
                row.sequence(0),
                Set(
                    (row.text(1) + "," + row.text(2)).split(separator: ",").compactMap { Int64($0) }
                )
                .union(row.integerIfAny(3).map { [$0] } ?? [])
            )
        }
        for (sequence, scopes) in entries {
            for scope in scopes {
                try sql.run(
                    "DELETE FROM entry_scope WHERE scope = ?1 AND sequence = ?2",
                    .integer(scope), .sequence(sequence))
            }
            try sql.run("DELETE FROM entering_ticket WHERE sequence = ?1", .sequence(sequence))
            try sql.run("DELETE FROM entry WHERE sequence = ?1", .sequence(sequence))
        }
    }
}
