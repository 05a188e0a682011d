import Replication
import Sodium
import StoreSupport
import TicketModel

extension HubConnection {
    func replica(_ id: ReplicaID) throws -> ReplicaRecord? {
        try sql.first(
            """
            SELECT device, watermark, hash FROM replica WHERE replica = ?1 AND device != ''
            """, .id(id)
        ) { row in
            ReplicaRecord(
                replica: id, device: DeviceID(unchecked: row.text(0)), watermark: row.sequence(1),
                hash: try digest(row.blob(2)))
        }
    }

    func save(_ replica: ReplicaRecord) throws {
        try sql.run(
            """
            INSERT INTO replica (replica, device, watermark, hash) VALUES (?1, ?2, ?3, ?4)
            ON CONFLICT (replica) DO UPDATE
            SET device = excluded.device, watermark = excluded.watermark, hash = excluded.hash
            """, .id(replica.replica), .text(replica.device.rawValue),
            .sequence(replica.watermark), .blob(replica.hash.bytes))
    }

    func hubReplica() throws -> ReplicaRecord {
        let id = ReplicaID.hub(try epoch())
        return try replica(id)
            ?? ReplicaRecord(replica: id, device: DeviceID(unchecked: "hub"))
    }

    // MARK: Devices

    func device(_ id: DeviceID) throws -> DeviceRecord? {
        try sql.first(Self.deviceQuery + " WHERE device = ?1", .text(id.rawValue), read: device)
    }

    func devices() throws -> [DeviceRecord] {
        try sql.rows(Self.deviceQuery + " ORDER BY position", read: device)
    }

    private static let deviceQuery = """
        SELECT device, label, curve_key, signing_key, store, region, replica_code, roles, scopes,
        enrolled_at, revoked_at, former_scopes, scopes_since FROM device
        """

    private func device(_ row: SQLRow) throws -> DeviceRecord {
        guard let signingKey = SigningPublicKey(bytes: row.blob(3)) else {
            throw damaged("the key of a device")
        }
        var device = DeviceRecord(
            device: DeviceID(unchecked: row.text(0)), label: row.text(1), curveKey: row.blob(2),
            signingKey: signingKey, store: name(row, 4), region: name(row, 5),
            replicaCode: row.text(6), roles: roles(row.text(7)),
            scopes: scopeNames(row.text(8)),
            enrolledAt: Timestamp(milliseconds: row.integer(9)), revokedAt: row.time(10))
        device.formerScopes = scopeNames(row.text(11))
        device.scopesSince = row.sequence(12)
        return device
    }

    private func scopeNames(_ lines: String) -> [Scope] {
        lines.split(separator: "\n").map { Scope(rawValue: String($0)) }
    }

    private func text(_ scopes: [Scope]) -> String {
        scopes.map(\.rawValue).joined(separator: "\n")
    }

    func save(_ device: DeviceRecord) throws {
        try sql.run(
            """
            INSERT INTO device (device, label, curve_key, signing_key, store, region, replica_code,
                roles, scopes, enrolled_at, revoked_at, former_scopes, scopes_since)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
            ON CONFLICT (device) DO UPDATE SET label = excluded.label,
                curve_key = excluded.curve_key, signing_key = excluded.signing_key,
                store = excluded.store, region = excluded.region, roles = excluded.roles,
                scopes = excluded.scopes, revoked_at = excluded.revoked_at,
                former_scopes = excluded.former_scopes, scopes_since = excluded.scopes_since
            """, .text(device.device.rawValue), .text(device.label), .blob(device.curveKey),
            .blob(device.signingKey.bytes), .text(device.store?.rawValue),
            .text(device.region?.rawValue), .text(device.replicaCode), .text(text(device.roles)),
            .text(text(device.scopes)), .time(device.enrolledAt), .time(device.revokedAt),
            .text(text(device.formerScopes)), .sequence(device.scopesSince))
    }

    // MARK: Invites

    func invite(curveKey: [UInt8]) throws -> InviteRecord? {
        try sql.first(
            Self.inviteQuery + " WHERE curve_key = ?1", .blob(curveKey), read: invite)
    }

    func invites() throws -> [InviteRecord] {
        try sql.rows(Self.inviteQuery + " ORDER BY position DESC", read: invite)
    }

    private static let inviteQuery = """
        SELECT curve_key, store, region, department, staff, roles, created_at, expires_at, used_by
        FROM invite
        """

    private func invite(_ row: SQLRow) throws -> InviteRecord {
        InviteRecord(
            curveKey: row.blob(0), store: name(row, 1), region: name(row, 2),
            department: name(row, 3), staff: name(row, 4), roles: roles(row.text(5)),
            createdAt: Timestamp(milliseconds: row.integer(6)),
            expiresAt: Timestamp(milliseconds: row.integer(7)), usedBy: name(row, 8))
    }

    func save(_ invite: InviteRecord) throws {
        try sql.run(
            """
            INSERT INTO invite (curve_key, store, region, department, staff, roles, created_at,
                expires_at, used_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
            ON CONFLICT (curve_key) DO UPDATE SET used_by = excluded.used_by,
                expires_at = excluded.expires_at
            """, .blob(invite.curveKey), .text(invite.store?.rawValue),
            .text(invite.region?.rawValue), .text(invite.department?.rawValue),
            .text(invite.staff?.rawValue), .text(text(invite.roles)), .time(invite.createdAt),
            .time(invite.expiresAt), .text(invite.usedBy?.rawValue))
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

    func text(_ roles: Set<Role>) -> String {
        roles.map(\.rawValue).sorted().joined(separator: " ")
    }
}
