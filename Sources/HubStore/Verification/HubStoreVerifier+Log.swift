import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

extension HubStoreVerifier {
    /// One row of the log.
    private struct Line {
        var sequence: UInt64
        var ticket: TicketID
        var isTransactionEnd: Bool
        var before: Set<Int64>
        var after: Set<Int64>
        var verdict: Int64?
        var hash: Digest?
        var bytes: [UInt8]
        var hasEvents: Bool

        init(_ row: SQLRow, _ verifier: HubStoreVerifier) throws {
            sequence = row.sequence(0)
            ticket = try row.id(1)
            isTransactionEnd = row.flag(2)
            before = verifier.scopeIDs(row.text(3))
            after = verifier.scopeIDs(row.text(4))
            verdict = row.integerIfAny(5)
            hash = Digest(bytes: row.blob(6))
            bytes = row.blob(7)
            hasEvents = row.flag(8)
        }
    }

    /// `checks`: the log, its answers, its index.
    mutating func checkLog(_ checks: inout [HubStoreReport.Check]) throws {
        let base = try sql.first("SELECT base_hash FROM hub") { Digest(bytes: $0.blob(0)) } ?? nil
        if base == nil || report.logBase == 0 && base != .zero {
            checks[0].note("The hash at the log base is not one.")
        }
        var position = LogPosition(sequence: report.logBase, hash: base ?? .zero)
        var (indexedCount, overruledCount) = (0, 0)
        try sql.each(
            """
            SELECT sequence, ticket, is_transaction_end, scopes_before, scopes_after,
                verdict_scope, hash, bytes, has_events
            FROM entry ORDER BY sequence
            """
        ) { row in
            let line = try Line(row, self)
            let entry = read(line, &checks[0])
            indexedCount += try checkIndex(of: line, &checks[2])
            guard line.sequence > report.logBase else {
                report.keptEntriesCount += 1
                if !line.hasEvents {
                    checks[0].note("Entry \(line.sequence) should have been compacted away.")
                }
                return
            }
            follow(line, &position, &checks[0])
            if let entry {
                if try checkAnswer(to: entry, line, &checks[1]) { overruledCount += 1 }
                report.lastEntryAt = entry.hubTime
            }
        }
        if position != report.head {
            checks[0].note(
                "The log ends at \(position.sequence) with another hash or position than the "
                    + "head, which says \(report.head.sequence).")
        }
        try checkCounts(
            indexedCount: indexedCount, overruledCount: overruledCount, &checks)
    }

    /// Moves along the chain; a break is told once and the chain is taken up behind it.
    private func follow(
        _ line: Line, _ position: inout LogPosition, _ check: inout HubStoreReport.Check
    ) {
        check.count += 1
        if line.sequence != position.sequence + 1 {
            check.note(
                "Entry \(position.sequence + 1) is missing; \(line.sequence) comes next.")
        } else if line.hash != position.hash.chained(with: line.bytes) {
            check.note("Entry \(line.sequence) is not what its hash says.")
        }
        position = LogPosition(sequence: line.sequence, hash: line.hash ?? .zero)
    }

    /// The entry of a line, compared with the columns beside it; nil when it cannot be read.
    private func read(_ line: Line, _ check: inout HubStoreReport.Check) -> LogEntry? {
        guard let entry = try? codec.decodeEntry(line.bytes) else {
            check.note("Entry \(line.sequence) cannot be read.")
            return nil
        }
        let isAsStored =
            entry.sequence == line.sequence && entry.ticket == line.ticket
            && entry.isTransactionEnd == line.isTransactionEnd
            // Entries of an older version count as carrying events.
            && (line.hasEvents || entry.events.isEmpty)
        if !isAsStored { check.note("Entry \(line.sequence) says something else than its row.") }
        return entry
    }

    /// - Returns: how many rows of the index belong to the line.
    private func checkIndex(
        of line: Line, _ check: inout HubStoreReport.Check
    ) throws -> Int {
        let audience = line.before.union(line.after).union(line.verdict.map { [$0] } ?? [])
        for scope in audience {
            check.count += 1
            if scopeNames[scope] == nil {
                check.note("Entry \(line.sequence) names scope \(scope), which has no name.")
            }
            let isFound = try exists(
                "SELECT 1 FROM entry_scope WHERE scope = ?1 AND sequence = ?2", .integer(scope),
                .sequence(line.sequence))
            if !isFound {
                check.note(
                    "Entry \(line.sequence) is not found in scope "
                        + "\(scopeNames[scope]?.rawValue ?? "\(scope)").")
            }
        }
        let isEntering = !line.before.isEmpty && !line.after.subtracting(line.before).isEmpty
        if isEntering, line.sequence > report.logBase {
            let isHeld = try exists(
                "SELECT 1 FROM entering_ticket WHERE sequence = ?1", .sequence(line.sequence))
            if !isHeld { check.note("The ticket that entered at \(line.sequence) is missing.") }
        }
        return audience.count
    }

    /// - Returns: whether a later entry overrules this refusal.
    private func checkAnswer(
        to entry: LogEntry, _ line: Line, _ check: inout HubStoreReport.Check
    ) throws -> Bool {
        check.count += 1
        let answer = try sql.first(
            "SELECT sequence, disposition FROM intent WHERE operation = ?1", .id(entry.operation)
        ) { (sequence: $0.sequence(0), disposition: try? codec.decodeDisposition($0.blob(1))) }
        guard let answer else {
            check.note("Entry \(line.sequence) answers an intent that is not here.")
            return false
        }
        let isOverruled =
            !entry.disposition.isAccepted && answer.sequence > line.sequence
            && answer.disposition?.isAccepted == true
        if !isOverruled,
            answer.sequence != line.sequence || answer.disposition != entry.disposition
        {
            check.note("The answer stored for entry \(line.sequence) is another one.")
        }
        return isOverruled
    }

    private func checkCounts(
        indexedCount: Int, overruledCount: Int, _ checks: inout [HubStoreReport.Check]
    ) throws {
        func count(_ query: String) throws -> Int {
            try sql.first(query) { Int($0.integer(0)) } ?? 0
        }
        let answersCount =
            try sql.first(
                "SELECT count(*) FROM intent WHERE sequence > ?1", .sequence(report.logBase)
            ) { Int($0.integer(0)) } ?? 0
        let entriesCount = checks[0].count - overruledCount
        if answersCount != entriesCount {
            checks[1].note("\(answersCount) answers are stored for \(entriesCount) entries.")
        }
        let rowsCount = try count("SELECT count(*) FROM entry_scope")
        if rowsCount != indexedCount {
            checks[2].note(
                "The index has \(rowsCount) rows where the entries ask for \(indexedCount).")
        }
    }
}
