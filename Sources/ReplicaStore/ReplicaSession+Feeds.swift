import Replication
import StoreSupport
import TicketModel

extension ReplicaSession {
    func history(of ticket: TicketID, countMax: Int) throws -> [LogEntry] {
        try sql.rows(
            "SELECT entry FROM history WHERE ticket = ?1 ORDER BY sequence LIMIT ?2", .id(ticket),
            .integer(countMax)
        ) { try decode($0.blob(0), codec.decodeEntry) }
    }

    func appendHistory(_ witnessed: WitnessedEntry) throws {
        try sql.run(
            "INSERT INTO history VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            .sequence(witnessed.entry.sequence), .id(witnessed.entry.ticket),
            .blob(witnessed.encoded.bytes), .blob(witnessed.encoded.proof))
    }

    func feed(
        _ feed: FeedEvent.Feed, after position: UInt64, countMax: Int
    ) throws -> [FeedItem] {
        try sql.rows(
            """
            SELECT sequence, operation, ticket, number, subject, actor, hub_time, level, clock,
                origin, target, reason, recipients, is_late, position, ordinal, reason_zh
            FROM feed_event WHERE feed = ?1 AND position > ?2 ORDER BY position LIMIT ?3
            """, .integer(feed.rawValue), .sequence(position), .integer(max(0, countMax))
        ) { try feedItem($0, feed) }
    }

    private func feedItem(_ row: SQLRow, _ feed: FeedEvent.Feed) throws -> FeedItem {
        let (recipients, quietUntil) = FeedEvent.recipients(stored: row.text(12))
        var item = FeedItem(
            sequence: row.sequence(0), operation: try row.id(1), ticket: try row.id(2),
            number: row.text(3), subject: row.text(4), actor: StaffID(unchecked: row.text(5)),
            hubTime: Timestamp(milliseconds: row.integer(6)),
            event: FeedEvent(
                feed: feed, level: row.integerIfAny(7), clock: row.text(8), from: row.text(9),
                to: row.text(10), reason: row.text(11), reasonZh: row.text(16),
                recipients: recipients, isLate: row.flag(13), quietUntil: quietUntil))
        item.position = row.sequence(14)
        item.ordinal = Int(row.integer(15))
        return item
    }

    func append(_ item: FeedItem, to feed: FeedEvent.Feed) throws {
        let event = item.event
        try sql.run(
            """
            INSERT INTO feed_event VALUES (
                (SELECT coalesce(max(position), 0) + 1 FROM feed_event),
                ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
            ON CONFLICT DO NOTHING
            """, .integer(feed.rawValue), .id(item.operation), .integer(item.ordinal),
            .sequence(item.sequence), .id(item.ticket), .text(item.number), .text(item.subject),
            .text(item.actor.rawValue), .time(item.hubTime), .integer(event.level),
            .text(event.clock), .text(event.from), .text(event.to), .text(event.reason),
            .text(event.storedRecipients), .flag(event.isLate), .text(event.reasonZh))
    }

    func feedEnd() throws -> UInt64 {
        try sql.first("SELECT max(position) FROM feed_event") { $0.sequence(0) } ?? 0
    }

    func feedCursor(_ feed: FeedEvent.Feed, consumer: String) throws -> UInt64? {
        try sql.first(
            "SELECT position FROM feed_cursor WHERE feed = ?1 AND consumer = ?2",
            .integer(feed.rawValue), .text(consumer)
        ) { $0.sequence(0) }
    }

    func acknowledgeFeed(
        _ feed: FeedEvent.Feed, consumer: String, through position: UInt64
    ) throws {
        try sql.run(
            """
            INSERT INTO feed_cursor VALUES (?1, ?2, ?3) ON CONFLICT (feed, consumer)
            DO UPDATE SET position = max(position, excluded.position)
            """, .integer(feed.rawValue), .text(consumer), .sequence(position))
    }

    // MARK: People and policy

    func directory() throws -> Directory? {
        let policy = try sql.first(
            """
            SELECT staff_version, policy_version, policy_yaml, policy_loaded_at FROM directory
            """
        ) { row in
            (
                row.sequence(0),
                PolicyRecord(
                    version: Int(row.integer(1)), yaml: row.text(2),
                    loadedAt: Timestamp(milliseconds: row.integer(3)))
            )
        }
        guard let (staffVersion, policy) = policy else { return nil }
        let staff = try sql.rows(
            """
            SELECT staff, name, roles, store, department, phone, is_active, absent_from,
                absent_until, substitute, absence_note
            FROM staff ORDER BY staff
            """
        ) { row in
            StaffRecord(
                staff: StaffID(unchecked: row.text(0)), name: row.text(1),
                roles: roles(row.text(2)), store: name(row, 3), department: name(row, 4),
                phone: row.text(5), isActive: row.flag(6), absence: absence(row, from: 7))
        }
        return Directory(staffVersion: staffVersion, staff: staff, policy: policy)
    }

    func save(_ directory: Directory) throws {
        try sql.run(
            "INSERT OR REPLACE INTO directory VALUES (1, ?1, ?2, ?3, ?4)",
            .sequence(directory.staffVersion), .integer(directory.policy.version),
            .text(directory.policy.yaml), .time(directory.policy.loadedAt))
        try sql.run("DELETE FROM staff")
        for record in directory.staff {
            try sql.run(
                "INSERT INTO staff VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                .text(record.staff.rawValue), .text(record.name), .text(text(record.roles)),
                .text(record.store?.rawValue), .text(record.department?.rawValue),
                .text(record.phone), .flag(record.isActive), .time(record.absence?.from),
                .time(record.absence?.until), .text(record.absence?.substitute?.rawValue),
                .text(record.absence?.note ?? ""))
        }
    }
}

extension FeedEvent {
    /// The column of recipients: role names between spaces, with `@` and milliseconds behind those
    /// who are to be told later.
    fileprivate var storedRecipients: String {
        recipients.map { role in
            role.rawValue + (quietUntil[role].map { "@\($0.milliseconds)" } ?? "")
        }.joined(separator: " ")
    }

    fileprivate static func recipients(
        stored text: String
    ) -> (recipients: [Role], quietUntil: [Role: Timestamp]) {
        var (recipients, quietUntil): ([Role], [Role: Timestamp]) = ([], [:])
        for word in text.split(separator: " ") {
            let parts = word.split(separator: "@", maxSplits: 1)
            guard let role = parts.first.flatMap({ Role(rawValue: String($0)) }) else { continue }
            recipients.append(role)
            if parts.count > 1, let milliseconds = Int64(parts[1]) {
                quietUntil[role] = Timestamp(milliseconds: milliseconds)
            }
        }
        return (recipients, quietUntil)
    }
}
