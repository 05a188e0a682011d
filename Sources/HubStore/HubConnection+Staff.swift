import Replication
import StoreSupport
import TicketModel

extension HubConnection {
    func staff(_ id: StaffID, at sequence: UInt64) throws -> StaffRecord? {
        let known = try sql.first(
            Self.staffQuery + " WHERE staff = ?1 AND since <= ?2 ORDER BY version DESC LIMIT 1",
            .text(id.rawValue), .sequence(sequence), read: staff)
        if let known { return known }
        return try sql.first(
            Self.staffQuery + " WHERE staff = ?1 ORDER BY version LIMIT 1", .text(id.rawValue),
            read: staff)
    }

    func staff(
        awayAt time: Timestamp, naming substitute: StaffID, at sequence: UInt64, countMax: Int
    ) throws -> [StaffRecord] {
        try sql.rows(
            Self.staffQuery + """
                 AS known WHERE substitute = ?1 AND absent_from <= ?2 AND absent_until > ?2
                AND version = coalesce(
                    (SELECT max(version) FROM staff
                        WHERE staff.staff = known.staff AND since <= ?3),
                    (SELECT min(version) FROM staff WHERE staff.staff = known.staff))
                ORDER BY staff LIMIT ?4
                """, .text(substitute.rawValue), .time(time), .sequence(sequence),
            .integer(max(0, countMax)), read: staff)
    }

    func staff() throws -> [StaffRecord] {
        try sql.rows(
            Self.staffQuery + """
                 AS current WHERE version =
                (SELECT max(version) FROM staff WHERE staff.staff = current.staff) ORDER BY staff
                """, read: staff)
    }

    func staffVersion() throws -> UInt64 {
        try sql.first("SELECT staff_version FROM hub") { $0.sequence(0) } ?? 0
    }

    func save(_ record: StaffRecord) throws {
        try sql.run("UPDATE hub SET staff_version = staff_version + 1")
        try sql.run(
            """
            INSERT INTO staff VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            """,
            .text(record.staff.rawValue), .sequence(try staffVersion()),
            .sequence(try head().sequence), .text(record.name), .text(text(record.roles)),
            .text(record.store?.rawValue), .text(record.department?.rawValue),
            .text(record.phone), .flag(record.isActive), .time(record.absence?.from),
            .time(record.absence?.until), .text(record.absence?.substitute?.rawValue),
            .text(record.absence?.note ?? ""))
    }

    private static let staffQuery = """
        SELECT staff, name, roles, store, department, phone, is_active, absent_from, absent_until,
            substitute, absence_note FROM staff
        """

    private func staff(_ row: SQLRow) -> StaffRecord {
        StaffRecord(
            staff: StaffID(unchecked: row.text(0)), name: row.text(1), roles: roles(row.text(2)),
            store: name(row, 3), department: name(row, 4), phone: row.text(5),
            isActive: row.flag(6), absence: absence(row, from: 7))
    }

    // MARK: Policy

    func policyVersion() throws -> Int {
        try sql.first("SELECT max(version) FROM policy") { $0.integerIfAny(0) ?? 0 }.map(Int.init)
            ?? 0
    }

    func policy() throws -> PolicyRecord? { try policies(countMax: 1).first }

    func policies(countMax: Int) throws -> [PolicyRecord] {
        try sql.rows(
            "SELECT version, yaml, loaded_at FROM policy ORDER BY version DESC LIMIT ?1",
            .integer(countMax)
        ) { row in
            PolicyRecord(
                version: Int(row.integer(0)), yaml: row.text(1),
                loadedAt: Timestamp(milliseconds: row.integer(2)))
        }
    }

    func save(_ policy: PolicyRecord) throws {
        try sql.run(
            "INSERT INTO policy VALUES (?1, ?2, ?3)", .integer(policy.version),
            .text(policy.yaml), .time(policy.loadedAt))
    }

    // MARK: Numbers

    func allocateNumber(businessDate: Int) throws -> TicketNumber {
        let last =
            try sql.first(
                "SELECT last_ordinal FROM number_day WHERE business_date = ?1",
                .integer(businessDate)
            ) { Int($0.integer(0)) } ?? 0
        let ordinal = try store.numbers.next(
            businessDate: businessDate, after: last, mayHaveGiven: mayHaveGivenNumbers)
        try sql.run(
            """
            INSERT INTO number_day VALUES (?1, ?2)
            ON CONFLICT (business_date) DO UPDATE SET last_ordinal = excluded.last_ordinal
            """, .integer(businessDate), .integer(ordinal))
        return TicketNumber(businessDate: businessDate, ordinal: ordinal)
    }

    /// Whether a number may be in use that this store does not know: it gave some before, or its
    /// log is the second life of one.
    func mayHaveGivenNumbers() throws -> Bool {
        try sql.first(
            "SELECT EXISTS (SELECT 1 FROM number_day) OR EXISTS (SELECT 1 FROM lineage)"
        ) { $0.flag(0) } ?? true
    }

    func allocateReplicaCode() throws -> String {
        let count =
            try sql.first("SELECT replica_codes_count FROM hub") { Int($0.integer(0)) } ?? 0
        try sql.run("UPDATE hub SET replica_codes_count = ?1", .integer(count + 1))
        return ReplicaCode.text(count)
    }

    // MARK: Sizes

    func counts() throws -> HubCounts {
        try flush()
        func count(_ query: String) throws -> Int {
            try sql.first(query) { Int($0.integer(0)) } ?? 0
        }
        return HubCounts(
            tickets: try count("SELECT count(*) FROM ticket"),
            openTickets: try count("SELECT count(*) FROM ticket WHERE is_open = 1"),
            entries: Int(try head().sequence),
            replicas: try count(
                "SELECT count(*) FROM replica WHERE device NOT IN ('', 'hub')"),
            timers: try count("SELECT count(*) FROM timer"))
    }
}
