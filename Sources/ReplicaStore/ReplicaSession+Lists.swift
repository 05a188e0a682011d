import Replication
import StoreSupport
import TicketModel

extension ReplicaSession {
    func list(_ query: TicketQuery) throws -> [TicketSummary] {
        try flush()
        let statement = listStatement(query)
        return try sql.rowsOnce(statement.text, statement.values, read: summary)
            .map { summary, knowsPause in
                guard !knowsPause, summary.status == .pending else { return summary }
                // Written by a version that did not keep what is waited for.
                var whole = summary
                whole.pauseReason = try visible(summary.id)?.pauseReason
                return whole
            }
    }

    /// The statement that finds a list, also for tests of its plan.
    func listStatement(_ query: TicketQuery) -> (text: String, values: [SQLValue]) {
        var values: [SQLValue] = []
        let conditions = conditions(of: query, &values)
        values += [.integer(max(0, query.countMax)), .integer(max(0, query.offset))]
        let text = """
            SELECT id, number, provisional_number, status, priority, escalation_level, assignee,
                department, store, subject, due_at, due_clock, captured_at, updated_at,
                unsent_count, left_at, due_started_at, pause_reason
            FROM ticket WHERE \(conditions) ORDER BY \(Self.order(query)) LIMIT ? OFFSET ?
            """
        return (text, values)
    }

    func count(_ query: TicketQuery) throws -> Int {
        try flush()
        var values: [SQLValue] = []
        let conditions = conditions(of: query, &values)
        let counts = try sql.rowsOnce(
            "SELECT count(*) FROM ticket WHERE \(conditions)", values
        ) { Int($0.integer(0)) }
        return counts.first ?? 0
    }

    private func summary(_ row: SQLRow) throws -> (TicketSummary, knowsPause: Bool) {
        let due = row.integer(10)
        let summary = TicketSummary(
            id: try row.id(0), number: row.text(1), provisionalNumber: row.text(2),
            status: TicketStatus(rawValue: row.integer(3)) ?? .inProgress,
            priority: row.integer(4), escalationLevel: row.integer(5), assignee: name(row, 6),
            department: name(row, 7), store: name(row, 8), subject: row.text(9),
            dueAt: due == .max ? nil : Timestamp(milliseconds: due), dueClock: row.text(11),
            dueStartedAt: row.isNull(16) ? nil : Timestamp(milliseconds: row.integer(16)),
            pauseReason: row.isNull(17) ? nil : PauseReason(rawValue: row.text(17)),
            capturedAt: Timestamp(milliseconds: row.integer(12)),
            updatedAt: Timestamp(milliseconds: row.integer(13)),
            unsentCount: Int(row.integer(14)), hasLeft: !row.isNull(15))
        return (summary, !row.isNull(17))
    }

    /// The part after ORDER BY; equal keys fall back on the order of arrival.
    private static func order(_ query: TicketQuery) -> String {
        let sign = plus(query)
        return switch query.order {
        case .due: "\(sign)due_at, captured_at, position"
        case .updated: "\(sign)updated_at DESC, position DESC"
        case .created: "\(sign)captured_at DESC, position DESC"
        }
    }

    /// A sign that keeps SQLite from walking through the index of a column, for queries that have
    /// a much shorter way: it has no statistics and would walk, to save the sorting.
    private static func plus(_ query: TicketQuery) -> String {
        let hasText = query.text.map { !$0.allSatisfy(\.isWhitespace) } ?? false
        return hasText || query.tag != nil || query.assignees != nil || query.isUnsent ? "+" : ""
    }

    /// Only text of this program goes into the condition; all that was typed goes into `values`.
    private func conditions(of query: TicketQuery, _ values: inout [SQLValue]) -> String {
        var conditions: [String] = []
        func require(_ condition: String, _ value: SQLValue? = nil) {
            conditions.append(condition)
            if let value { values.append(value) }
        }
        if let assignee = query.assignee { require("assignee = ?", .text(assignee.rawValue)) }
        if let people = query.assignees {
            let marks = Array(repeating: "?", count: people.count).joined(separator: ", ")
            require("assignee IN (\(marks))")
            values += people.sorted().map { .text($0.rawValue) }
        }
        if query.isUnassigned { require("assignee IS NULL") }
        if let department = query.department {
            require("department = ?", .text(department.rawValue))
        }
        if let store = query.store { require("store = ?", .text(store.rawValue)) }
        if !query.statuses.isEmpty {
            let list = query.statuses.map { String($0.rawValue) }.sorted()
            if !query.statuses.contains(.closed) {
                require("\(Self.plus(query))is_open = 1")
            }
            if query.statuses != Set(TicketStatus.allCases).subtracting([.closed]) {
                require("status IN (\(list.joined(separator: ", ")))")
            }
        }
        if let priority = query.priorityMin { require("priority >= ?", .integer(priority)) }
        if let tag = query.tag {
            require(
                "position IN (SELECT ticket FROM ticket_tag WHERE tag = ?)",
                .text(SearchText.folded(tag)))
        }
        if let due = query.dueBefore { require("due_at < ?", .time(due)) }
        if let captured = query.capturedIn {
            require("captured_at >= ?", .time(captured.lowerBound))
            require("captured_at < ?", .time(captured.upperBound))
        }
        if let received = query.receivedIn {
            // Of what an earlier version wrote only the day of its capture is known.
            let range = "received_at >= ? AND received_at < ?"
            let fallback = "received_at IS NULL AND captured_at >= ? AND captured_at < ?"
            require("(\(range) OR \(fallback))")
            for _ in 1...2 { values += [.time(received.lowerBound), .time(received.upperBound)] }
        }
        if let text = query.text, !text.allSatisfy(\.isWhitespace) {
            if let match = SearchText.matchExpression(text) {
                require(
                    "position IN (SELECT rowid FROM ticket_text WHERE ticket_text MATCH ?)",
                    .text(match))
            } else {
                require("FALSE")
            }
        }
        if query.isUnsent { require("unsent_count > 0") }
        if !query.includesLeft { require("left_at IS NULL") }
        return conditions.isEmpty ? "TRUE" : conditions.joined(separator: " AND ")
    }

    // MARK: Numbers

    func tickets(numbered text: String, countMax: Int) throws -> [TicketID] {
        try flush()
        let number = SearchText.folded(text.filter { !$0.isWhitespace })
        guard !number.isEmpty, countMax > 0 else { return [] }
        let exact = try sql.rows(
            """
            SELECT id FROM ticket_number AS named JOIN ticket ON position = named.ticket
            WHERE named.number = ?1 ORDER BY id DESC LIMIT ?2
            """, .text(number), .integer(countMax)
        ) { try $0.id(0) as TicketID }
        if !exact.isEmpty { return exact }
        let start = String(number.reversed())
        // Numbers that show first: those of replicas hardly do once there is an official one (see
        // `ProvisionalNumber.isProvisional`).
        let isOfficial = "instr(ticket_number.number, '-') = 0"
        for condition in ["(\(isOfficial) OR instr(ticket.number, '-') > 0)", "TRUE"] {
            let endings = try sql.rows(
                """
                SELECT DISTINCT id FROM ticket_number JOIN ticket ON position = ticket_number.ticket
                WHERE backwards >= ?1 AND backwards < ?2 AND \(condition)
                ORDER BY id DESC LIMIT ?3
                """, .text(start), .text(start + "\u{10FFFF}"), .integer(countMax)
            ) { try $0.id(0) as TicketID }
            if !endings.isEmpty { return endings }
        }
        return try tickets(identified: number, countMax: countMax)
    }

    /// Tickets whose identity, written in hexadecimal, starts with `digits`.
    private func tickets(identified digits: String, countMax: Int) throws -> [TicketID] {
        let width = 2 * TicketID.byteCount
        guard digits.count <= width,
            let first = TicketID(
                hexadecimal: digits + String(repeating: "0", count: width - digits.count)),
            let last = TicketID(
                hexadecimal: digits + String(repeating: "f", count: width - digits.count))
        else { return [] }
        return try sql.rows(
            "SELECT id FROM ticket WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC LIMIT ?3",
            .id(first), .id(last), .integer(countMax)
        ) { try $0.id(0) }
    }

    // MARK: Sizes

    func counts() throws -> ReplicaCounts {
        try flush()
        func count(_ query: String) throws -> Int {
            try sql.first(query) { Int($0.integer(0)) } ?? 0
        }
        return ReplicaCounts(
            tickets: try count("SELECT count(*) FROM ticket WHERE left_at IS NULL"),
            openTickets: try count(
                "SELECT count(*) FROM ticket WHERE is_open = 1 AND left_at IS NULL"),
            queued: try queuedCount(),
            acknowledged: try count("SELECT count(*) FROM change WHERE state = 1"),
            drafts: try count("SELECT count(*) FROM draft"), oldestQueuedAt: try oldestQueuedAt())
    }

    private func oldestQueuedAt() throws -> Timestamp? {
        let bytes = try sql.first(
            "SELECT body FROM change WHERE state = 0 ORDER BY counter LIMIT 1"
        ) { $0.blob(0) }
        return bytes.flatMap { codec.decodeBody($0) }?.captured.wall
    }
}
