import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

extension HubConnection {
    /// How many positions of one scope are looked at in one go.
    private static var positionsCountMax: Int { 512 }

    func page(
        after cursor: UInt64, scopes: Set<Scope>, byteCountMax: Int
    ) throws
        -> EncodedPage
    {
        let head = try head()
        let base = try logBase()
        var assembly = PageAssembly(after: cursor, byteCountMax: byteCountMax)
        var positions = PositionMerge(
            ids: try scopes.compactMap(scopeID), after: cursor,
            countMax: Self.positionsCountMax)
        while let sequence = try positions.next(fetch) {
            let (shown, isEnd) = try items(
                at: sequence, for: scopes, isCompacted: sequence <= base)
            var end = max(sequence, assembly.transactionEnd)
            if !isEnd, end == sequence { end = try transactionEnd(from: sequence) }
            guard assembly.take(shown, at: sequence, transactionEnd: end) else { break }
        }
        let to = try assembly.cut.flatMap(position) ?? head
        var page = EncodedPage(
            epoch: try epoch(), from: cursor, to: to, items: assembly.items, head: head.sequence,
            hasMore: assembly.cut != nil)
        page.durableSequence = try durableSequence()
        return page
    }

    /// The positions of a scope after a cursor, in order.
    private func fetch(scope: Int64, after sequence: UInt64) throws -> [UInt64] {
        try sql.rows(
            """
            SELECT sequence FROM entry_scope WHERE scope = ?1 AND sequence > ?2
            ORDER BY sequence LIMIT ?3
            """, .integer(scope), .sequence(sequence), .integer(Self.positionsCountMax)
        ) { $0.sequence(0) }
    }

    private func transactionEnd(from sequence: UInt64) throws -> UInt64 {
        try sql.first(
            """
            SELECT sequence FROM entry WHERE is_transaction_end = 1 AND sequence >= ?1
            ORDER BY sequence LIMIT 1
            """, .sequence(sequence)
        ) { $0.sequence(0) } ?? sequence
    }

    private func items(
        at sequence: UInt64, for viewer: Set<Scope>, isCompacted: Bool
    ) throws -> (shown: [EncodedPageItem], isTransactionEnd: Bool) {
        let row = try sql.first(
            """
            SELECT scopes_before, scopes_after, verdict_scope, bytes, is_transaction_end
            FROM entry WHERE sequence = ?1
            """, .sequence(sequence)
        ) { ($0.text(0), $0.text(1), $0.integerIfAny(2), $0.blob(3), $0.flag(4)) }
        guard let (before, after, verdictScope, bytes, isEnd) = row else {
            throw damaged("entry \(sequence)")
        }
        if isCompacted {
            let isVisible = try scopes(after).contains(where: viewer.contains)
            return (isVisible ? [.delta(EncodedEntry(bytes))] : [], isEnd)
        }
        let views = EntryView.views(
            for: viewer, before: try scopes(before), after: try scopes(after),
            verdictScope: try verdictScope.flatMap { try scopes(String($0)).first })
        return (try views.map { try item($0, sequence, bytes) }, isEnd)
    }

    /// The entries of a ticket beyond the durable sequence, the newest first as far as the limit
    /// reaches, in order.
    func history(
        of ticket: TicketID, before sequence: UInt64
    ) throws -> [EncodedEntry] {
        let newestFirst = try sql.rows(
            """
            SELECT bytes FROM entry WHERE ticket = ?1 AND sequence < ?2 AND sequence > ?3
            ORDER BY sequence DESC LIMIT ?4
            """, .id(ticket), .sequence(sequence),
            .sequence(max(try durableSequence(), try logBase())),
            .integer(Self.positionsCountMax)
        ) { $0.blob(0) }
        return EncodedEntry.newest(newestFirst)
    }

    private func item(
        _ view: EntryView, _ sequence: UInt64, _ bytes: [UInt8]
    ) throws
        -> EncodedPageItem
    {
        switch view {
        case .delta: return .delta(EncodedEntry(bytes))
        case .enter:
            let ticket = try sql.first(
                "SELECT bytes FROM entering_ticket WHERE sequence = ?1", .sequence(sequence)
            ) { $0.blob(0) }
            guard let ticket else { throw damaged("the ticket that entered at \(sequence)") }
            let entry = try decode(bytes) { try store.codec.decodeEntry($0) }
            return .enter(
                EncodedEntry(bytes), ticket: ticket,
                history: try history(of: entry.ticket, before: sequence))
        case .leave:
            let entry = try decode(bytes) { try store.codec.decodeEntry($0) }
            let number = try ticket(entry.ticket)?.displayNumber ?? ""
            return .leave(sequence: sequence, ticket: entry.ticket, number: number)
        case .verdict:
            let entry = try decode(bytes) { try store.codec.decodeEntry($0) }
            return .verdict(
                sequence: sequence, ticket: entry.ticket, operation: entry.operation,
                disposition: entry.disposition)
        }
    }
}

/// Several ordered lists of positions as one, without duplicates, fetched piece by piece.
struct PositionMerge {
    private var heads: [(id: Int64, waiting: ArraySlice<UInt64>, isExhausted: Bool)]
    private var last: UInt64
    private let countMax: Int

    init(ids: [Int64], after cursor: UInt64, countMax: Int) {
        heads = ids.map { ($0, [], false) }
        last = cursor
        self.countMax = countMax
    }

    /// The next position; nil when no list has any more.
    mutating func next(
        _ fetch: (_ scope: Int64, _ after: UInt64) throws -> [UInt64]
    ) throws -> UInt64? {
        var smallest: UInt64?
        for index in heads.indices {
            while let first = heads[index].waiting.first, first <= last {
                heads[index].waiting.removeFirst()
            }
            if heads[index].waiting.isEmpty, !heads[index].isExhausted {
                let fetched = try fetch(heads[index].id, last)
                heads[index].waiting = fetched[...]
                heads[index].isExhausted = fetched.count < countMax
            }
            if let first = heads[index].waiting.first {
                smallest = min(smallest ?? first, first)
            }
        }
        if let smallest { last = smallest }
        return smallest
    }
}
