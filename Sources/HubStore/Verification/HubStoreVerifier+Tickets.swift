import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

extension HubStoreVerifier {
    /// `checks`: the tickets, the scopes, the numbers.
    mutating func checkTickets(_ checks: inout [HubStoreReport.Check]) throws {
        var sums: [Int64: DigestSum] = [:]
        try sql.each(
            "SELECT id, is_open, bytes, digest, scopes FROM ticket ORDER BY id"
        ) { row in
            let id: TicketID = try row.id(0)
            checks[0].count += 1
            report.ticketsCount += 1
            let scopes = scopeIDs(row.text(4))
            let bytes = row.blob(2)
            let digest = TicketDigest.of(bytes)
            // Sums hold what the row says, so that a wrong digest is told once.
            let stored = row.isNull(3) ? nil : (try row.id(3) as TicketID).rawValue
            if stored != digest { checks[0].note("Ticket \(id) is not what its digest says.") }
            for scope in scopes { sums[scope, default: DigestSum()].add(stored ?? digest) }
            try checkScopes(scopes, of: id, &checks[1])
            guard let ticket = try? codec.decodeTicket(bytes), ticket.id == id else {
                return checks[0].note("Ticket \(id) cannot be read.")
            }
            let named = Set(scopes.compactMap { scopeNames[$0] })
            if named != Set(ticket.scopes) || row.flag(1) != (ticket.status != .closed) {
                checks[0].note("Ticket \(id) says something else than its row.")
            }
            try checkNumbers(of: ticket, &checks[2])
            try rebuild(ticket, &checks[0])
        }
        try checkSums(sums, &checks[1])
        try checkNumbers(&checks[2])
    }

    private func checkScopes(
        _ scopes: Set<Int64>, of id: TicketID, _ check: inout HubStoreReport.Check
    ) throws {
        for scope in scopes {
            check.count += 1
            let isMember = try exists(
                "SELECT 1 FROM ticket_scope WHERE scope = ?1 AND ticket = ?2", .integer(scope),
                .id(id))
            if !isMember {
                check.note(
                    "Ticket \(id) is not a member of "
                        + "\(scopeNames[scope]?.rawValue ?? "scope \(scope)").")
            }
        }
        let last = try sql.first(
            """
            SELECT scopes FROM scope_version WHERE ticket = ?1 ORDER BY since DESC LIMIT 1
            """, .id(id)
        ) { scopeIDs($0.text(0)) }
        if last != scopes {
            check.note("The history of the scopes of ticket \(id) ends elsewhere.")
        }
    }

    private func checkSums(
        _ sums: [Int64: DigestSum], _ check: inout HubStoreReport.Check
    ) throws {
        var stored: [Int64: DigestSum] = [:]
        try sql.each("SELECT scope, count, sum FROM scope_digest") { row in
            let sum = DigestSum(
                count: row.sequence(1), sum: (try row.id(2) as TicketID).rawValue)
            if sum != DigestSum() { stored[row.integer(0)] = sum }
        }
        for scope in Set(sums.keys).union(stored.keys).sorted() where sums[scope] != stored[scope] {
            check.note(
                "The sum of \(scopeNames[scope]?.rawValue ?? "scope \(scope)") is not that of "
                    + "its \(sums[scope]?.count ?? 0) tickets.")
        }
        try sql.each(
            "SELECT scope, count(*) FROM ticket_scope GROUP BY scope"
        ) { row in
            let scope = row.integer(0)
            guard row.sequence(1) != sums[scope]?.count ?? 0 else { return }
            check.note(
                "\(scopeNames[scope]?.rawValue ?? "Scope \(scope)") has \(row.integer(1)) "
                    + "members and should have \(sums[scope]?.count ?? 0).")
        }
    }

    /// Makes a ticket again from its entries, where they are all here, and compares.
    private mutating func rebuild(
        _ ticket: Ticket, _ check: inout HubStoreReport.Check
    ) throws {
        var made: Ticket?
        var isWhole = true
        try sql.each(
            "SELECT sequence, bytes FROM entry WHERE ticket = ?1 ORDER BY sequence",
            .id(ticket.id)
        ) { row in
            guard isWhole, let entry = try? codec.decodeEntry(row.blob(1)),
                entry.disposition.isAccepted
            else { return }
            if case .created(let provisional, _, let captured, _, let creator)? =
                entry.effects.first
            {
                isWhole = row.sequence(0) > report.logBase
                made = Ticket(
                    id: entry.ticket, provisionalNumber: provisional, capturedAt: captured,
                    createdBy: creator)
            }
            guard var next = made else { return isWhole = false }
            entry.effects.forEach { next.apply($0) }
            next.lastSequence = entry.sequence
            next.updatedAt = entry.hubTime
            made = next
        }
        guard isWhole && made != nil || report.logBase == 0 else { return }
        report.rebuiltTicketsCount += 1
        if made != ticket { check.note("Ticket \(ticket.id) is not what the log made of it.") }
    }

    // MARK: Numbers

    private func checkNumbers(
        of ticket: Ticket, _ check: inout HubStoreReport.Check
    ) throws {
        for number in ticket.allNumbers where !number.isEmpty {
            check.count += 1
            let owner = try sql.first(
                "SELECT ticket FROM ticket_number WHERE number = ?1", .text(number)
            ) { try $0.id(0) as TicketID }
            guard let owner else {
                check.note("Number \(number) of ticket \(ticket.id) finds nothing.")
                continue
            }
            // Two copies of one replica may have given the same provisional number.
            if number == ticket.number?.text, owner != ticket.id {
                check.note("Number \(number) is on tickets \(ticket.id) and \(owner).")
            }
        }
    }

    private func checkNumbers(_ check: inout HubStoreReport.Check) throws {
        try sql.each("SELECT number, ticket FROM ticket_number") { row in
            let ticket: TicketID = try row.id(1)
            if try !exists("SELECT 1 FROM ticket WHERE id = ?1", .id(ticket)) {
                check.note("Number \(row.text(0)) finds ticket \(ticket), which is not here.")
            }
        }
    }
}
