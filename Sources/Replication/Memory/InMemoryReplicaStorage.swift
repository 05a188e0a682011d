import TicketModel

/// A replica's store in memory: for tests and simulations, and as the model that other adapters
/// are compared with.
///
/// A transaction works on a copy, which takes the place of the contents only when the body
/// returns. Lists and searches look at every ticket. As with SQLite, nobody asks the store again
/// inside of their own transaction or read: that is a bug, and traps.
///
/// ```swift
/// let store = InMemoryReplicaStorage(codec: ProtobufCodec())
/// try store.transaction { try $0.saveSetting("staff", "A17") }
/// ```
package final class InMemoryReplicaStorage: ReplicaStorage {
    private var contents = ReplicaContents()
    private let codec: any ReplicationCodec
    private var isInUse = false

    /// An empty store of a device that has not joined a hub; `codec` makes the bytes that digests
    /// are of.
    package init(codec: any ReplicationCodec) { self.codec = codec }

    /// Runs `body` on a copy and keeps the copy.
    ///
    /// - Throws: what `body` throws; nothing happened then.
    package func transaction<Value>(
        _ body: (any ReplicaTransaction) throws -> Value
    ) throws -> Value {
        try alone {
            let memory = ReplicaMemory(contents, codec)
            let value = try body(memory)
            contents = memory.contents
            return value
        }
    }

    /// Runs `body` on a copy.
    ///
    /// - Throws: what `body` throws.
    package func read<Value>(_ body: (any ReplicaReader) throws -> Value) throws -> Value {
        try alone { try body(ReplicaMemory(contents, codec)) }
    }

    private func alone<Value>(_ body: () throws -> Value) rethrows -> Value {
        precondition(!isInUse, "a store is asked inside of its own transaction or read")
        isInUse = true
        defer { isInUse = false }
        return try body()
    }
}

extension InMemoryReplicaStorage {
    /// All contents at one moment, to be put back later or elsewhere: an old copy, a clone.
    package struct Snapshot: Sendable {
        fileprivate let contents: ReplicaContents
    }

    /// The contents as they are now; costs nothing until one of the two changes.
    package func snapshot() -> Snapshot { Snapshot(contents: contents) }

    /// Puts the contents of `snapshot` in the place of the present ones.
    package func restore(_ snapshot: Snapshot) { contents = snapshot.contents }
}

/// All that a replica's store holds, as one value.
struct ReplicaContents: Sendable {
    /// A ticket in its two forms.
    struct Held: Sendable {
        /// As the hub has it.
        var base: Ticket?
        /// With own changes that wait; nil when there are none.
        var overlay: Ticket?
        var leftAt: UInt64?
        /// When it was marked so.
        var leftTime: Timestamp?
        /// Counts the tickets in the order in which they came here.
        var position: Int
        /// Every number that it has or had, folded.
        var numbers: Set<String> = []

        var shown: Ticket? { overlay ?? base }
    }

    /// Whose place in a feed it is.
    struct FeedReader: Hashable, Sendable {
        var feed: FeedEvent.Feed
        var consumer: String
    }

    var identity: ReplicaIdentity?
    var state = ReplicaState()
    var directory: Directory?
    var tickets: [TicketID: Held] = [:]
    /// The position of the last ticket that came here.
    var lastPosition = 0
    /// In the order in which they were written.
    var changes: [ChangeRecord] = []
    /// In the order of the log.
    var history: [TicketID: [WitnessedEntry]] = [:]
    /// Entries of former lives with the head that holds them, in the order of retirement.
    var formerEntries: [(former: FormerEntry, heldBy: UInt64?)] = []
    /// Oldest first.
    var drafts: [Draft] = []
    /// In the order of arrival.
    var feeds: [FeedEvent.Feed: [FeedItem]] = [:]
    var feedCursors: [FeedReader: UInt64] = [:]
    var settings: [String: String] = [:]
}
