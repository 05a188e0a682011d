import Replication
import StoreSupport
import TicketModel

extension ReplicaSession {
    /// Writes a ticket with everything that lists and searches read of it.
    ///
    /// A ticket without base and overlay was a refused create: it goes from the lists, and what
    /// was typed lives on in its draft.
    func write(_ ticket: UnwrittenTicket, of id: TicketID) throws {
        let stored = try sql.first("SELECT position, overlay FROM ticket WHERE id = ?1", .id(id)) {
            ($0.integer(0), $0.isNull(1) ? nil : $0.blob(1))
        }
        let position = stored?.0
        guard let shown = try visible(id) else {
            if let position { try remove(position) }
            return
        }
        let isShownNew = ticket.base != nil || ticket.overlay != nil
        let former =
            try isShownNew
            ? stored.map { try formerNumbers(of: id, at: $0.0, overlay: $0.1) } ?? [] : []
        let row = try position ?? insert(shown)
        let before = try contribution(at: row)
        if let base = ticket.base {
            try saveDigest(of: base, codec.encode(base), at: row)
            baseFormerNumbers[id] = base.formerNumbers
        }
        if let overlay = ticket.overlay {
            try sql.run(
                "UPDATE ticket SET overlay = ?2 WHERE position = ?1 AND overlay IS NOT ?2",
                .integer(row), .blob(overlay.map { codec.encode($0) }))
        }
        if let left = ticket.left {
            try sql.run(
                """
                UPDATE ticket SET left_at = ?2, left_time = ?3
                WHERE position = ?1 AND left_at IS NOT ?2
                """, .integer(row), left.map { .sequence($0.sequence) } ?? .null,
                .time(left?.time))
        }
        if ticket.base != nil || ticket.left != nil {
            try moveSums(from: before, to: try contribution(at: row))
        }
        // Leaving alone changes nothing that lists show of the ticket itself.
        guard isShownNew else {
            if ticket.isUnsentChanged { try updateUnsentCount(of: id, at: row) }
            return
        }
        if position != nil { try updateColumns(of: shown, at: row) }
        try forget(Set(former).subtracting(shown.allNumbers), at: row)
        try index(shown, at: row, isNew: position == nil)
    }

    /// The former numbers that a ticket is found by, before it is written.
    private func formerNumbers(
        of id: TicketID, at position: Int64, overlay: [UInt8]?
    ) throws -> [String] {
        if let overlay { return try decode(overlay, codec.decodeTicket).formerNumbers }
        if let known = baseFormerNumbers[id] { return known }
        let base = try sql.first(
            "SELECT base FROM ticket WHERE position = ?1 AND base IS NOT NULL",
            .integer(position)
        ) { $0.blob(0) }
        return try base.map { try decode($0, codec.decodeTicket).formerNumbers } ?? []
    }

    private func forget(_ numbers: Set<String>, at row: Int64) throws {
        for number in numbers {
            try sql.run(
                "DELETE FROM ticket_number WHERE number = ?1 AND ticket = ?2",
                .text(SearchText.folded(number)), .integer(row))
        }
    }

    func remove(_ position: Int64) throws {
        try moveSums(from: try contribution(at: position), to: nil)
        try sql.run("DELETE FROM ticket WHERE position = ?1", .integer(position))
        try sql.run("DELETE FROM ticket_number WHERE ticket = ?1", .integer(position))
        try sql.run("DELETE FROM ticket_tag WHERE ticket = ?1", .integer(position))
        try sql.run("DELETE FROM ticket_text WHERE rowid = ?1", .integer(position))
    }

    private func insert(_ shown: Ticket) throws -> Int64 {
        let due = shown.nextDue
        try sql.run(
            """
            INSERT INTO ticket (id, unsent_count, number, provisional_number, status, is_open,
                priority, escalation_level, assignee, department, store, subject, due_at,
                due_clock, captured_at, updated_at, due_started_at, pause_reason, received_at)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17,
                ?18, ?19)
            """, .id(shown.id), .integer(try pendingCount(on: shown.id)),
            .text(shown.displayNumber), .text(shown.provisionalNumber),
            .integer(shown.status.rawValue), .flag(shown.status != .closed),
            .integer(shown.integer(.priority) ?? 0), .integer(shown.escalationLevel),
            .text(shown.assignee?.rawValue), .text(shown.department?.rawValue),
            .text(shown.store?.rawValue), .text(shown.text(.subject)),
            .integer(due?.dueAt.milliseconds ?? .max), .text(due?.name ?? ""),
            .time(shown.capturedAt), .time(shown.updatedAt), .time(due?.startedAt),
            .text(shown.pauseReason?.rawValue ?? ""),
            .integer(shown.receivedAt?.milliseconds ?? -1))
        return sql.lastInsertedRow
    }

    private func updateColumns(of shown: Ticket, at row: Int64) throws {
        let due = shown.nextDue
        try sql.run(
            """
            UPDATE ticket SET unsent_count = ?2, number = ?3, provisional_number = ?4,
                status = ?5, is_open = ?6, priority = ?7, escalation_level = ?8, assignee = ?9,
                department = ?10, store = ?11, subject = ?12, due_at = ?13, due_clock = ?14,
                captured_at = ?15, updated_at = ?16, due_started_at = ?17, pause_reason = ?18,
                received_at = ?19
            WHERE position = ?1
            """, .integer(row), .integer(try pendingCount(on: shown.id)),
            .text(shown.displayNumber), .text(shown.provisionalNumber),
            .integer(shown.status.rawValue), .flag(shown.status != .closed),
            .integer(shown.integer(.priority) ?? 0), .integer(shown.escalationLevel),
            .text(shown.assignee?.rawValue), .text(shown.department?.rawValue),
            .text(shown.store?.rawValue), .text(shown.text(.subject)),
            .integer(due?.dueAt.milliseconds ?? .max), .text(due?.name ?? ""),
            .time(shown.capturedAt), .time(shown.updatedAt), .time(due?.startedAt),
            .text(shown.pauseReason?.rawValue ?? ""),
            .integer(shown.receivedAt?.milliseconds ?? -1))
    }

    private func updateUnsentCount(of id: TicketID, at row: Int64) throws {
        try sql.run(
            "UPDATE ticket SET unsent_count = ?2 WHERE position = ?1", .integer(row),
            .integer(try pendingCount(on: id)))
    }

    private func pendingCount(on ticket: TicketID) throws -> Int64 {
        try sql.first(
            "SELECT count(*) FROM change WHERE ticket = ?1 AND state < 2", .id(ticket)
        ) { $0.integer(0) } ?? 0
    }

    // MARK: Numbers, tags and texts

    private func index(_ shown: Ticket, at row: Int64, isNew: Bool) throws {
        for number in shown.allNumbers {
            let folded = SearchText.folded(number)
            try sql.run(
                "INSERT INTO ticket_number VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
                .text(folded), .integer(row), .text(String(folded.reversed())))
        }
        if !isNew { try sql.run("DELETE FROM ticket_tag WHERE ticket = ?1", .integer(row)) }
        for tag in Set(shown.tags.map(SearchText.folded)) {
            try sql.run("INSERT INTO ticket_tag VALUES (?1, ?2)", .text(tag), .integer(row))
        }
        try indexText(SearchText.segmented(shown.searchableText), at: row, isNew: isNew)
    }

    private func indexText(_ text: String, at row: Int64, isNew: Bool) throws {
        if !isNew {
            let indexed = try sql.first(
                "SELECT body FROM ticket_text WHERE rowid = ?1", .integer(row)
            ) { $0.text(0) }
            if indexed == text { return }
            if indexed != nil {
                return try sql.run(
                    "UPDATE ticket_text SET body = ?2 WHERE rowid = ?1", .integer(row),
                    .text(text))
            }
        }
        try sql.run(
            "INSERT INTO ticket_text (rowid, body) VALUES (?1, ?2)", .integer(row), .text(text))
    }
}
