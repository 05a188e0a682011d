import TicketModel

/// How a replica is shown one log entry (replication.md 3.7).
package enum EntryView: Hashable, Sendable {
    /// The ticket is in its scopes before and after, or was made by this entry.
    case delta
    /// The ticket came into its scopes.
    case enter
    /// The ticket left its scopes.
    case leave
    /// Only the verdict, for the author of a change on a ticket that it does not hold.
    case verdict

    /// The views that a replica gets of an entry; none when it concerns none of its scopes.
    ///
    /// - Parameters:
    ///   - viewer: the replica's scopes, its private one included.
    ///   - before: the ticket's scopes before the entry; empty for a new ticket and for a refusal.
    ///   - after: the ticket's scopes after the entry; empty for a refusal.
    ///   - verdictScope: the private scope of the author, when the author may not see the ticket.
    package static func views(
        for viewer: Set<Scope>, before: [Scope], after: [Scope], verdictScope: Scope?
    ) -> [EntryView] {
        let isInAfter = after.contains(where: viewer.contains)
        let isInBefore = before.contains(where: viewer.contains)
        if isInAfter { return isInBefore || before.isEmpty ? [.delta] : [.enter] }
        var views: [EntryView] = isInBefore ? [.leave] : []
        if let verdictScope, viewer.contains(verdictScope) { views.append(.verdict) }
        return views
    }
}

/// A page item whose entries and tickets are still the bytes that were stored: a hub serves them
/// without reading them.
package enum EncodedPageItem: Hashable, Sendable {
    case delta(EncodedEntry)
    case enter(EncodedEntry, ticket: [UInt8], history: [EncodedEntry])
    case leave(sequence: UInt64, ticket: TicketID, number: String)
    case verdict(
        sequence: UInt64, ticket: TicketID, operation: OperationID, disposition: Disposition)

    /// Reads the bytes.
    ///
    /// - Throws: `CodecError` when they are not what they should be.
    package func read(with codec: any ReplicationCodec) throws -> PageItem {
        switch self {
        case .delta(let entry): .delta(try entry.read(with: codec))
        case .enter(let entry, let ticket, let history):
            .enter(
                try entry.read(with: codec), try codec.decodeTicket(ticket),
                history: try history.map { try $0.read(with: codec) })
        case .leave(let sequence, let ticket, let number):
            .leave(sequence: sequence, ticket: ticket, number: number)
        case .verdict(let sequence, let ticket, let operation, let disposition):
            .verdict(
                sequence: sequence, ticket: ticket, operation: operation, disposition: disposition)
        }
    }

    /// What counts towards the size of a page: at least what the item takes in a frame.
    package var byteCount: Int {
        switch self {
        case .delta(let entry): Self.overheadByteCount + entry.bytes.count
        case .enter(let entry, let ticket, let history):
            Self.overheadByteCount + entry.bytes.count + ticket.count
                + history.reduce(0) { $0 + $1.witnessByteCount }
        case .leave(_, _, let number): 2 * Self.overheadByteCount + number.utf8.count
        case .verdict(_, _, _, let disposition):
            2 * Self.overheadByteCount + (disposition.rejection?.detail.utf8.count ?? 0)
                + disposition.notes.reduce(0) { $0 + 32 + $1.detail.utf8.count }
        }
    }
}

/// A page as it travels.
package typealias EncodedPage = PageOf<EncodedPageItem>
/// A page as it is applied.
package typealias Page = PageOf<PageItem>

extension PageOf<EncodedPageItem> {
    /// Reads every item.
    ///
    /// - Throws: `CodecError` when an item is not what it should be.
    package func read(with codec: any ReplicationCodec) throws -> Page {
        var page = Page(
            epoch: epoch, from: from, to: to, items: try items.map { try $0.read(with: codec) },
            head: head, hasMore: hasMore)
        page.toProof = toProof
        page.durableSequence = durableSequence
        return page
    }
}

extension EncodedEntry {
    /// Of `newestFirst` as many as come with a ticket that enters a scope, in the order of the log.
    package static func newest(_ newestFirst: some Sequence<[UInt8]>) -> [EncodedEntry] {
        newest(newestFirst.lazy.map { EncodedEntry($0) }, Limits.enterHistoryByteCountMax)
    }

    /// Of `newestFirst` as many as fit into `byteCountMax` with what a frame adds, in the order of
    /// the log.
    static func newest(
        _ newestFirst: some Sequence<EncodedEntry>, _ byteCountMax: Int
    ) -> [EncodedEntry] {
        var byteCount = 0
        let fitting = newestFirst.prefix { entry in
            byteCount += entry.witnessByteCount
            return byteCount <= byteCountMax
        }
        return fitting.reversed()
    }

    /// Reads the bytes.
    ///
    /// - Throws: `CodecError` when they are not an entry.
    package func read(with codec: any ReplicationCodec) throws -> WitnessedEntry {
        WitnessedEntry(try codec.decodeEntry(bytes), self)
    }
}
