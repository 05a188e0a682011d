import RandomValues
import Replication
import TicketModel
import Wire

extension PagesOfALog {
    /// Replicas that stopped at every cursor come back when the log has been compacted: a snapshot
    /// in pieces of any size and the pages that are left give what the whole log gave (I13).
    ///
    /// - Returns: the number of replicas that came back.
    /// - Throws: `LawViolation`, `StoreError`.
    static func checkSnapshots(seed: UInt64) throws -> Int {
        var life = try RandomWorld(seed: seed)
        try life.run()
        var random = RandomIntents(seed: seed)
        var casesCount = 0
        let world = life.world
        let groups = try world.sites.map { site in
            let whole = try ReturningReplica(world, site.scopes, stopsAt: .max)
            var replicas = [try ReturningReplica(world, site.scopes, stopsAt: 0)]
            while let last = replicas.last, !last.isAtHead {
                replicas.append(
                    try ReturningReplica(world, site.scopes, stopsAt: last.cursor + 1))
            }
            return (whole: whole, replicas: replicas)
        }
        try compact(world, &random)
        for group in groups {
            for replica in group.replicas {
                try replica.comeBack(
                    pieceByteCountMax: random.one(of: [1, 2_000, .max]),
                    pageByteCountMax: random.one(of: [1, 1_000, .max]))
                if let problem = try replica.difference(from: group.whole) {
                    throw LawViolation(
                        "a replica of \(replica.viewer.sorted()) that stopped at "
                            + "\(replica.cursor) \(problem)")
                }
                casesCount += 1
            }
        }
        return casesCount
    }

    /// Forgets the log up to somewhere.
    private static func compact(_ world: ReplicatedWorld, _ random: inout RandomIntents) throws {
        try world.hub.transaction { hub in
            let head = try hub.head().sequence
            try hub.raiseDurable(to: UInt64(random.number(below: Int(head) + 1)))
            let through = UInt64(random.number(below: Int(try hub.durableSequence()) + 1))
            _ = try hub.compact(
                through: through, eventsSince: Timestamp(milliseconds: 0), countMax: .max)
        }
    }
}

/// A replica that reads the log for a while, is away, and comes back.
private final class ReturningReplica {
    /// What must be the same however one came by it.
    private struct Holdings: Equatable {
        var cursor: LogPosition
        /// Those that are in its scopes.
        var tickets: [TicketID: Ticket] = [:]
        var events: Set<Event> = []
    }

    private struct Event: Hashable {
        var operation: OperationID
        var ordinal: Int
        var event: FeedEvent
    }

    private let world: ReplicatedWorld
    let viewer: Set<Scope>
    private let store = InMemoryReplicaStorage(codec: ProtobufCodec())
    /// Where it stopped.
    let cursor: UInt64
    let isAtHead: Bool

    /// - Parameter stopsAt: the first page end from here on is where it stops.
    init(_ world: ReplicatedWorld, _ viewer: Set<Scope>, stopsAt end: UInt64) throws {
        self.world = world
        self.viewer = viewer
        var cursor: UInt64 = 0
        var hasMore = true
        while hasMore, cursor < end {
            let page = try Self.page(world, viewer, after: cursor, byteCountMax: 1)
            try Self.apply(page, to: store, world)
            (cursor, hasMore) = (page.to.sequence, page.hasMore)
        }
        self.cursor = cursor
        isAtHead = !hasMore
    }

    private static func page(
        _ world: ReplicatedWorld, _ viewer: Set<Scope>, after cursor: UInt64, byteCountMax: Int
    ) throws -> Page {
        try world.hub.read {
            try $0.page(after: cursor, scopes: viewer, byteCountMax: byteCountMax)
        }.read(with: world.codec)
    }

    private static func apply(
        _ page: Page, to store: InMemoryReplicaStorage, _ world: ReplicatedWorld
    ) throws {
        _ = try store.transaction {
            try PageApplier.apply(page, profile: world.profile, now: world.now, to: $0)
        }
    }

    /// Takes a snapshot if the log does not reach back to where it stopped, and then the rest of
    /// the log.
    func comeBack(pieceByteCountMax: Int, pageByteCountMax: Int) throws {
        let (logBase, epoch) = try world.hub.read { (try $0.logBase(), try $0.epoch()) }
        if cursor < logBase {
            try store.transaction { store in
                var state = try store.state()
                state.epoch = epoch
                state.snapshot = SnapshotProgress()
                try store.save(state)
            }
        }
        while let progress = try store.read({ try $0.state().snapshot }) {
            let piece = try world.hub.read {
                try $0.snapshot(
                    after: progress.after, through: nil, scopes: viewer,
                    byteCountMax: pieceByteCountMax)
            }
            _ = try store.transaction {
                try PageApplier.install(
                    piece, of: epoch, codec: world.codec, profile: world.profile,
                    now: world.now, to: $0)
            }
        }
        var hasMore = true
        while hasMore {
            let cursor = try store.read { try $0.state().cursor.sequence }
            let page = try Self.page(
                world, viewer, after: cursor, byteCountMax: pageByteCountMax)
            try Self.apply(page, to: store, world)
            hasMore = page.hasMore
        }
    }

    func difference(from whole: ReturningReplica) throws -> String? {
        let (own, expected) = (try holdings(), try whole.holdings())
        if own.cursor != expected.cursor { return "is at \(own.cursor)" }
        if own.events != expected.events {
            let missing = expected.events.subtracting(own.events)
            return "was told \(own.events.count) events, without \(missing)"
        }
        guard own.tickets == expected.tickets else {
            let ids = own.tickets.keys.filter { own.tickets[$0] != expected.tickets[$0] }
            let missing = Set(expected.tickets.keys).subtracting(own.tickets.keys)
            return "differs in \(ids), without \(missing)"
        }
        return nil
    }

    private func holdings() throws -> Holdings {
        try store.read { store in
            var holdings = Holdings(cursor: try store.state().cursor)
            for id in Set(world.written.map(\.ticket)) where try store.leftAt(id) == nil {
                holdings.tickets[id] = try store.base(id)
            }
            for feed in FeedEvent.Feed.allCases {
                for item in try store.feed(feed, after: 0, countMax: .max) {
                    holdings.events.insert(
                        Event(operation: item.operation, ordinal: item.ordinal, event: item.event))
                }
            }
            return holdings
        }
    }
}
