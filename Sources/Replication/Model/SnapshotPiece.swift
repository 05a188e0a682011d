import TicketModel

/// The tickets of a replica's scopes in one range of identities, as they stood at one moment
/// (replication.md 3.6.4).
///
/// A snapshot is read piece by piece while the log goes on: every ticket says by `lastSequence` how
/// much of the log it holds, so the entries that follow are applied to each ticket from there.
/// Where a piece ends is where the next one starts, so an interrupted snapshot goes on where it
/// stopped, and all joiners of a scope are given the same pieces.
package struct SnapshotPiece: Hashable, Sendable {
    /// The end of the log when the tickets were read.
    package var head: LogPosition
    /// The hub's proof of `head`: 16 bytes, or none (an older hub).
    package var headProof: [UInt8] = []
    /// The piece starts behind this ticket; nil: at the first.
    package var after: TicketID?
    /// The piece covers every ticket up to this one; nil: to the last.
    package var through: TicketID?
    /// Encoded, by identity.
    package var tickets: [[UInt8]]
    /// The entries of these tickets beyond the durable sequence: what is shown of them can be
    /// brought back by whoever was shown it, also before the pages have told of it.
    package var history: [EncodedEntry]
    /// The tickets of all scopes, counted once for each: the size of the whole, for people who
    /// wait.
    package var total: UInt64

    package init(
        head: LogPosition, after: TicketID?, through: TicketID?, tickets: [[UInt8]],
        history: [EncodedEntry] = [], total: UInt64
    ) {
        self.head = head
        self.after = after
        self.through = through
        self.tickets = tickets
        self.history = history
        self.total = total
    }
}
