import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

/// Which tickets a scope holds, and the sum of their digests: kept with every write of a ticket.
extension HubConnection {
    /// Writes a ticket with its digest, and moves the sums of its scopes.
    func write(_ ticket: Ticket, _ sums: inout [Int64: DigestSum]) throws {
        let bytes = store.codec.encode(ticket)
        let digest = TicketDigest.of(bytes)
        let scopes = try ticket.scopes.map(makeScopeID)
        let old = try sql.first("SELECT digest, scopes FROM ticket WHERE id = ?1", .id(ticket.id)) {
            row in (row.isNull(0) ? nil : try row.id(0) as TicketID, row.text(1))
        }
        let formerScopes = old?.1.split(separator: ",").compactMap { Int64($0) } ?? []
        for scope in formerScopes {
            guard let formerDigest = old?.0 else { continue }
            try change(scope, &sums) { $0.remove(formerDigest.rawValue) }
        }
        for scope in scopes { try change(scope, &sums) { $0.add(digest) } }
        for scope in Set(formerScopes).subtracting(scopes) {
            try sql.run(
                "DELETE FROM ticket_scope WHERE scope = ?1 AND ticket = ?2", .integer(scope),
                .id(ticket.id))
        }
        for scope in Set(scopes).subtracting(formerScopes) {
            try sql.run(
                "INSERT INTO ticket_scope VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                .integer(scope), .id(ticket.id))
        }
        let list = scopes.map(String.init).joined(separator: ",")
        try sql.run(
            """
            INSERT INTO ticket (id, is_open, bytes, digest, scopes) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (id) DO UPDATE SET is_open = excluded.is_open, bytes = excluded.bytes,
                digest = excluded.digest, scopes = excluded.scopes
            """, .id(ticket.id), .flag(ticket.status != .closed), .blob(bytes),
            .id(TicketID(rawValue: digest)), .text(list))
    }

    private func change(
        _ scope: Int64, _ sums: inout [Int64: DigestSum], _ body: (inout DigestSum) -> Void
    ) throws {
        var sum = try sums[scope] ?? storedSum(scope)
        body(&sum)
        sums[scope] = sum
    }

    private func storedSum(_ scope: Int64) throws -> DigestSum {
        try sql.first(
            "SELECT count, sum FROM scope_digest WHERE scope = ?1", .integer(scope)
        ) { row in
            DigestSum(count: row.sequence(0), sum: (try row.id(1) as TicketID).rawValue)
        } ?? DigestSum()
    }

    func save(_ sums: [Int64: DigestSum]) throws {
        for (scope, sum) in sums {
            try sql.run(
                """
                INSERT INTO scope_digest VALUES (?1, ?2, ?3) ON CONFLICT (scope)
                DO UPDATE SET count = excluded.count, sum = excluded.sum
                """, .integer(scope), .sequence(sum.count), .id(TicketID(rawValue: sum.sum)))
        }
    }

    func digest(of scope: Scope) throws -> DigestSum {
        try flush()
        guard let id = try scopeID(scope) else { return DigestSum() }
        return try storedSum(id)
    }

    /// By the index that holds the digests: they stand behind the tickets themselves in their rows.
    static let rangeQuery = """
        SELECT digest FROM ticket_scope
        JOIN ticket INDEXED BY ticket_digest ON ticket.id = ticket_scope.ticket
        WHERE scope = ?1 AND ticket_scope.ticket BETWEEN ?2 AND ?3
        """

    func digest(of scope: Scope, in range: ClosedRange<TicketID>) throws -> DigestSum {
        try flush()
        guard let id = try scopeID(scope) else { return DigestSum() }
        let digests = try sql.rows(
            Self.rangeQuery, .integer(id), .id(range.lowerBound), .id(range.upperBound)
        ) { try $0.id(0) as TicketID }
        return digests.reduce(into: DigestSum()) { $0.add($1.rawValue) }
    }

    /// Makes the digests of a store from before they were kept.
    func makeDigestsIfMissing() throws {
        let hasDigests = try sql.first("SELECT has_digests FROM hub") { $0.flag(0) } ?? true
        if hasDigests { return }
        var after = TicketID(rawValue: 0)
        var sums: [Int64: DigestSum] = [:]
        while true {
            let stored = try sql.rows(
                "SELECT id, bytes FROM ticket WHERE id > ?1 ORDER BY id LIMIT ?2", .id(after),
                .integer(Self.ticketsCountMax)
            ) { (try $0.id(0) as TicketID, $0.blob(1)) }
            guard let last = stored.last?.0 else { break }
            for (_, bytes) in stored {
                try write(try decode(bytes) { try store.codec.decodeTicket($0) }, &sums)
            }
            after = last
        }
        try save(sums)
        try sql.run("UPDATE hub SET has_digests = 1")
    }

    // MARK: Snapshots

    /// How many tickets of one scope are looked at for one piece.
    private static var ticketsCountMax: Int { 1_024 }

    func snapshot(
        after: TicketID?, through: TicketID?, scopes: Set<Scope>, byteCountMax: Int
    ) throws -> SnapshotPiece {
        try flush()
        let end = try head()
        let ids = try scopes.compactMap(scopeID)
        let (candidates, limit) = try candidates(
            after: after, through: through ?? TicketID(rawValue: .max), scopes: ids)
        var assembly = SnapshotAssembly(byteCountMax: byteCountMax)
        var last: TicketID?
        for id in candidates {
            let bytes = try sql.first("SELECT bytes FROM ticket WHERE id = ?1", .id(id)) {
                $0.blob(0)
            }
            guard let bytes else { throw damaged("ticket \(id)") }
            let past = try history(of: id, before: end.sequence + 1)
            guard assembly.take(bytes, history: past) else { break }
            last = id
        }
        let isCut = assembly.tickets.count < candidates.count
        return SnapshotPiece(
            head: end, after: after, through: isCut ? last : limit ?? through,
            tickets: assembly.tickets, history: assembly.history,
            total: try ids.reduce(0) { $0 + (try storedSum($1)).count })
    }

    /// The first tickets of some scopes in a range, by identity.
    ///
    /// - Returns: with the tickets, how far they reach where that is not the whole range.
    private func candidates(
        after: TicketID?, through: TicketID, scopes: [Int64]
    ) throws -> (tickets: [TicketID], limit: TicketID?) {
        var (found, limit): (Set<TicketID>, TicketID?) = ([], nil)
        for scope in scopes {
            let ids = try sql.rows(
                """
                SELECT ticket FROM ticket_scope WHERE scope = ?1 AND ticket > ?2 AND ticket <= ?3
                ORDER BY ticket LIMIT ?4
                """, .integer(scope), after.map { .id($0) } ?? .blob([]), .id(through),
                .integer(Self.ticketsCountMax)
            ) { try $0.id(0) as TicketID }
            found.formUnion(ids)
            if ids.count == Self.ticketsCountMax, let last = ids.last {
                limit = min(limit ?? last, last)
            }
        }
        let tickets = found.sorted()
        guard let limit else { return (tickets, nil) }
        return (tickets.filter { $0 <= limit }, limit)
    }
}
