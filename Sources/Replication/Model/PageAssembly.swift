/// Gathers what a page shows, transaction by transaction, and says where it must end: one rule for
/// every store (replication.md 3.6.3).
///
/// A page is cut before the transaction that would make it larger than was asked for. The first
/// one always goes, with as much of the history of its tickets as one frame takes. One that is
/// larger than a frame all by itself is cut inside: a replica that sees it in two steps is better
/// off than one that can never go on.
package struct PageAssembly {
    private let cursor: UInt64
    private let byteCountMax: Int
    /// What the page shows.
    package private(set) var items: [EncodedPageItem] = []
    /// Where the page must end; nil: at the head, for nothing more matches.
    package private(set) var cut: UInt64?
    /// The end of the transaction that was taken last.
    package private(set) var transactionEnd: UInt64
    private var byteCount = 0
    /// The last entry that was taken.
    private var last: UInt64
    /// The transactions that are complete: where they end, and their items.
    private var whole: (end: UInt64, itemsCount: Int)

    /// An empty page behind `cursor`.
    package init(after cursor: UInt64, byteCountMax: Int) {
        self.byteCountMax = min(byteCountMax, Limits.frameContentByteCountMax)
        self.cursor = cursor
        (last, transactionEnd, whole) = (cursor, cursor, (cursor, 0))
    }

    /// Takes what the entry at `sequence` shows, whose transaction ends at `end`.
    ///
    /// - Returns: false when the page must end before it; `cut` says where.
    package mutating func take(
        _ shown: [EncodedPageItem], at sequence: UInt64, transactionEnd end: UInt64
    ) -> Bool {
        if sequence > transactionEnd { whole = (transactionEnd, items.count) }
        transactionEnd = end
        // What shows nothing was looked at all the same.
        let size = max(EncodedPageItem.overheadByteCount, shown.reduce(0) { $0 + $1.byteCount })
        let isFirst = whole.itemsCount == 0
        let room = (isFirst ? Limits.frameContentByteCountMax : byteCountMax) - byteCount
        if size <= room {
            add(shown, size, at: sequence)
        } else if !isFirst {
            items.removeLast(items.count - whole.itemsCount)
            cut = whole.end
        } else if let trimmed = EncodedPageItem.trimmed(shown, to: room) {
            add(trimmed, trimmed.reduce(0) { $0 + $1.byteCount }, at: sequence)
        } else if last > cursor {
            cut = items.isEmpty && whole.end > cursor ? whole.end : last
        } else {
            add(shown, size, at: sequence)
        }
        return cut == nil
    }

    private mutating func add(_ shown: [EncodedPageItem], _ size: Int, at sequence: UInt64) {
        items += shown
        byteCount += size
        last = sequence
    }
}

extension EncodedPageItem {
    /// What an item takes in a frame beside its own bytes, with room; it bounds the number of items
    /// of a page too.
    package static let overheadByteCount = 64

    /// These items with as much of their histories, the newest first, as fits into `byteCountMax`;
    /// nil when they do not fit without.
    static func trimmed(_ items: [EncodedPageItem], to byteCountMax: Int) -> [EncodedPageItem]? {
        var excess = items.reduce(0) { $0 + $1.byteCount } - byteCountMax
        var trimmed = items
        for index in items.indices {
            guard case .enter(let entry, let ticket, let history) = items[index] else { continue }
            let kept = history.drop { past in
                guard excess > 0 else { return false }
                excess -= past.witnessByteCount
                return true
            }
            trimmed[index] = .enter(entry, ticket: ticket, history: Array(kept))
        }
        return excess <= 0 ? trimmed : nil
    }
}

extension EncodedEntry {
    /// What it takes in a frame as a part of a ticket's history.
    package var witnessByteCount: Int { bytes.count + 32 }
}

/// Gathers the tickets of one piece of a snapshot, and says where it must end: before the ticket
/// that would make it larger than was asked for. The first one always goes, with as much of its
/// history as one frame takes.
package struct SnapshotAssembly {
    private let byteCountMax: Int
    /// Encoded, in the order in which they were taken.
    package private(set) var tickets: [[UInt8]] = []
    /// The earlier entries that come with them.
    package private(set) var history: [EncodedEntry] = []
    private var byteCount = 0

    /// An empty piece.
    package init(byteCountMax: Int) {
        self.byteCountMax = min(byteCountMax, Limits.frameContentByteCountMax)
    }

    /// Takes a ticket with its history.
    ///
    /// - Returns: false when the piece must end before it.
    package mutating func take(_ ticket: [UInt8], history past: [EncodedEntry]) -> Bool {
        let bare = EncodedPageItem.overheadByteCount + ticket.count
        var (past, size) = (past, past.reduce(bare) { $0 + $1.witnessByteCount })
        if byteCount + size > byteCountMax {
            guard tickets.isEmpty else { return false }
            past = EncodedEntry.newest(past.reversed(), Limits.frameContentByteCountMax - bare)
            size = past.reduce(bare) { $0 + $1.witnessByteCount }
        }
        tickets.append(ticket)
        history += past
        byteCount += size
        return true
    }
}
