import Replication
import Sodium
import TicketModel

/// Client to hub: the tickets of my scopes in a range of identities, as they stand.
package struct SnapshotGet: Hashable, Sendable {
    package var epoch: EpochID
    /// Behind this ticket; nil: from the first.
    package var after: TicketID?
    /// Up to this ticket; nil: to the last.
    package var through: TicketID?
    package var bytesMax: Int

    package init(epoch: EpochID, after: TicketID?, through: TicketID?, bytesMax: Int) {
        self.epoch = epoch
        self.after = after
        self.through = through
        self.bytesMax = bytesMax
    }
}

/// Hub to client: a piece of a snapshot.
package struct Snapshot: Hashable, Sendable {
    package var epoch: EpochID
    package var piece: SnapshotPiece

    package init(epoch: EpochID, piece: SnapshotPiece) {
        self.epoch = epoch
        self.piece = piece
    }
}

/// Client to hub, after a restore: what the log of my epoch held beyond what we share
/// (replication.md 3.11).
package struct Refill: Hashable, Sendable {
    /// The hub's epoch.
    package var epoch: EpochID
    /// The epoch of the entries.
    package var origin: EpochID
    /// In the order of their log; at most `Limits.refillEntriesCountMax`.
    package var entries: [EncodedEntry]
    /// Own intents that were refused there: they stay refused.
    package var refused: [Verdict]
    /// Whether this was all.
    package var isLast: Bool

    package init(
        epoch: EpochID, origin: EpochID, entries: [EncodedEntry], refused: [Verdict], isLast: Bool
    ) {
        self.epoch = epoch
        self.origin = origin
        self.entries = entries
        self.refused = refused
        self.isLast = isLast
    }
}

/// Hub to client: what became of a refill.
package struct Refilled: Hashable, Sendable {
    package var epoch: EpochID
    /// Entries that were new to the hub.
    package var taken: Int
    /// Entries that it had already.
    package var known: Int
    /// Entries that wait for the making of their ticket.
    package var parked: Int
    /// Entries without a valid proof.
    package var refused: Int

    package init(epoch: EpochID, taken: Int = 0, known: Int = 0, parked: Int = 0, refused: Int = 0)
    {
        self.epoch = epoch
        self.taken = taken
        self.known = known
        self.parked = parked
        self.refused = refused
    }
}

/// Client to hub: do we hold the same (replication.md I8)?
package struct DigestGet: Hashable, Sendable {
    package var epoch: EpochID
    /// Nil: one sum for each of my scopes over all tickets.
    package var scope: Scope?
    package var range: ClosedRange<TicketID>

    package init(epoch: EpochID, scope: Scope?, range: ClosedRange<TicketID>) {
        self.epoch = epoch
        self.scope = scope
        self.range = range
    }
}

/// Hub to client: the sums, as of one position of the log.
package struct Digests: Hashable, Sendable {
    package var epoch: EpochID
    package var head: UInt64
    package var digests: [RangeDigest]

    package init(epoch: EpochID, head: UInt64, digests: [RangeDigest]) {
        self.epoch = epoch
        self.head = head
        self.digests = digests
    }
}
