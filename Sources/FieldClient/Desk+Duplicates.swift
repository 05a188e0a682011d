import Replication
import TicketModel

/// A ticket that may be the same case as another one.
package struct DuplicateCandidate: Sendable {
    package var ticket: Ticket
    /// The fields in which both agree: contact or order number, and then also the product.
    package var sameFields: [FieldID]
}

/// Tickets that may be one case.
package struct DuplicateGroup: Sendable {
    /// The oldest first.
    package var tickets: [Ticket]
    /// The fields in which they agree.
    package var sameFields: [FieldID]
}

// Candidates are told to people, who merge or do not: the same customer may have two cases, and
// safety cases are never anybody's duplicates by rule (domain.md B6).
extension Desk {
    /// Tickets further apart are not one case.
    package static let duplicateWindowMilliseconds: Int64 = 30 * 24 * 3_600 * 1_000
    /// The newest tickets that are compared with each other.
    package static let duplicateTicketsCountMax = 2_000
    /// The most that a search for one contact or order number looks at.
    private static let duplicateHitsCountMax = 50

    /// Tickets of this device that may be the same case as `ticket`, the likeliest first.
    ///
    /// - Parameters:
    ///   - includingClosed: whether what is closed counts too. Merged tickets never do.
    ///   - isThorough: whether the newest tickets are looked through, which also finds a number
    ///     that is written otherwise; else only the index is asked.
    /// - Throws: `StoreError`.
    package func duplicates(
        of ticket: Ticket, includingClosed: Bool = false, isThorough: Bool = true
    ) throws -> [DuplicateCandidate] {
        let marks = ticket.caseMarks
        guard !marks.isEmpty else { return [] }
        let found = try store.read { store in
            var ids = Set(
                try [ticket.text(.contact), ticket.text(.orderNumber)].flatMap { text in
                    try search(text, includingClosed, in: store)
                })
            if isThorough { ids.formUnion(try newest(includingClosed, in: store)) }
            return try ids.compactMap { try store.visible($0) }
        }
        return found.compactMap { candidate(of: ticket, marks, $0) }
            .sorted {
                ($0.sameFields.count, $0.ticket.capturedAt, $0.ticket.id)
                    > ($1.sameFields.count, $1.ticket.capturedAt, $1.ticket.id)
            }
    }

    /// Groups of tickets of this device that may be one case, those of the newest ticket first.
    ///
    /// - Throws: `StoreError`.
    package func duplicateGroups(includingClosed: Bool = false) throws -> [DuplicateGroup] {
        let tickets = try store.read { store in
            try newest(includingClosed, in: store).compactMap { try store.visible($0) }
        }
        .filter { !$0.isMerged }
        .sorted { ($0.capturedAt, $0.id) < ($1.capturedAt, $1.id) }
        var byMark: [CaseMark: [Ticket]] = [:]
        for ticket in tickets {
            for mark in ticket.caseMarks { byMark[mark, default: []].append(ticket) }
        }
        var fields: [[TicketID]: Set<FieldID>] = [:]
        var groups: [[TicketID]: [Ticket]] = [:]
        for (mark, marked) in byMark {
            for group in marked.dividedByTime(Self.duplicateWindowMilliseconds)
            where group.count > 1 {
                groups[group.map(\.id)] = group
                fields[group.map(\.id), default: []].insert(mark.field)
            }
        }
        return groups.map { ids, tickets in
            DuplicateGroup(tickets: tickets, sameFields: (fields[ids] ?? []).sorted())
        }
        .sorted { $1.isOlder(than: $0) }
    }

    private func candidate(
        of ticket: Ticket, _ marks: Set<CaseMark>, _ other: Ticket
    ) -> DuplicateCandidate? {
        let (first, last) = (
            min(ticket.capturedAt, other.capturedAt), max(ticket.capturedAt, other.capturedAt)
        )
        guard other.id != ticket.id, !other.isMerged,
            last.millisecondsSince(first) <= Self.duplicateWindowMilliseconds
        else { return nil }
        var same = Set(marks.intersection(other.caseMarks).map(\.field))
        guard !same.isEmpty else { return nil }
        let product = SearchText.folded(ticket.text(.product))
        if !product.isEmpty, product == SearchText.folded(other.text(.product)) {
            same.insert(.product)
        }
        return DuplicateCandidate(ticket: other, sameFields: same.sorted())
    }

    private func search(
        _ text: String, _ includingClosed: Bool, in store: any ReplicaReader
    ) throws -> [TicketID] {
        guard !SearchText.words(text).isEmpty else { return [] }
        var query = query(includingClosed)
        query.text = text
        query.countMax = Self.duplicateHitsCountMax
        return try store.list(query).map(\.id)
    }

    private func newest(
        _ includingClosed: Bool, in store: any ReplicaReader
    ) throws -> [TicketID] {
        var query = query(includingClosed)
        query.countMax = Self.duplicateTicketsCountMax
        return try store.list(query).map(\.id)
    }

    private func query(_ includingClosed: Bool) -> TicketQuery {
        var query = TicketQuery()
        query.order = .created
        query.statuses =
            includingClosed ? [] : Set(TicketStatus.allCases).subtracting([.closed])
        return query
    }
}

extension DuplicateGroup {
    /// By the newest ticket in which they differ.
    fileprivate func isOlder(than other: DuplicateGroup) -> Bool {
        tickets.reversed().lexicographicallyPrecedes(other.tickets.reversed()) {
            ($0.capturedAt, $0.id) < ($1.capturedAt, $1.id)
        }
    }
}

extension [Ticket] {
    /// Tickets in order of time, divided where the next one is further away than `window`.
    fileprivate func dividedByTime(_ window: Int64) -> [[Ticket]] {
        reduce(into: []) { groups, ticket in
            if let last = groups.last?.last,
                ticket.capturedAt.millisecondsSince(last.capturedAt) <= window
            {
                groups[groups.count - 1].append(ticket)
            } else {
                groups.append([ticket])
            }
        }
    }
}
