import RandomValues
import Replication
import TicketModel
import Wire

/// A random log, read in pages of every size from every cursor by viewers of every kind.
struct PagesOfALog {
    private var random: RandomIntents
    private let world: ReplicatedWorld
    private let page: (_ after: UInt64, _ scopes: Set<Scope>, _ byteCountMax: Int) throws -> Page

    /// What a new replica holds after reading; what two ways of reading are compared by.
    private struct Holdings: Equatable {
        var cursor: LogPosition
        var tickets: [TicketID: Ticket] = [:]
        var leftAt: [TicketID: UInt64] = [:]
        var history: [TicketID: [LogEntry]] = [:]
        var feeds: [[FeedItem]] = []
    }

    init(seed: UInt64) throws {
        var life = try RandomWorld(seed: seed)
        try life.run()
        let world = life.world
        random = RandomIntents(seed: seed)
        self.world = world
        page = { cursor, scopes, byteCountMax in
            try world.hub.read {
                try $0.page(after: cursor, scopes: scopes, byteCountMax: byteCountMax)
            }.read(with: world.codec)
        }
    }

    /// Any scopes of the world, some replica's private one perhaps among them.
    private mutating func viewer() -> Set<Scope> {
        let some = Set(RandomWorld.scopes.joined()).sorted().filter { _ in random.chance(30) }
        let own = random.one(of: world.sites).scopes.sorted()
        return Set(random.chance(50) ? some : some + [random.one(of: own)])
    }

    /// For every cursor where a replica may stand: what it holds there, together with the pages
    /// that follow, is what the whole log gives (I13). A cursor is where a page of one byte ends.
    ///
    /// - Returns: the number of cursors and page sizes that were compared.
    mutating func checkContinuation() throws -> Int {
        let viewer = viewer()
        let whole = try InMemoryReplicaStorage.reading(world, viewer, page, [.max])
        let expected = try holdings(whole)
        var casesCount = 0
        var cursors = [UInt64(0)]
        while let cursor = cursors.last {
            let next = try page(cursor, viewer, 1)
            if !next.hasMore { break }
            cursors.append(next.to.sequence)
        }
        for steps in cursors.indices {
            let byteCountMax = random.one(of: [1, 200, 1_000, 4_000, .max])
            let sizes = Array(repeating: 1, count: steps) + [byteCountMax]
            let replica = try InMemoryReplicaStorage.reading(world, viewer, page, sizes)
            guard try holdings(replica) == expected else {
                throw LawViolation(
                    "a replica of \(viewer.sorted()) that went on from \(cursors[steps]) in pages "
                        + "of \(byteCountMax) bytes holds something else than one that read all")
            }
            casesCount += 1
        }
        return casesCount
    }

    private func holdings(_ replica: InMemoryReplicaStorage) throws -> Holdings {
        try replica.read { store in
            var holdings = Holdings(cursor: try store.state().cursor)
            for id in Set(world.written.map(\.ticket)) {
                holdings.tickets[id] = try store.base(id)
                holdings.leftAt[id] = try store.leftAt(id)
                holdings.history[id] = try store.history(of: id, countMax: .max)
            }
            holdings.feeds = try FeedEvent.Feed.allCases.map {
                try store.feed($0, after: 0, countMax: .max)
            }
            return holdings
        }
    }

    /// Pages of any size say together what one page says, in order, without gaps; each ends where
    /// a transaction does and with the hash of that place.
    mutating func checkCutting() throws -> Int {
        let viewer = viewer()
        let byteCountMax = random.one(of: [1, 50, 200, 1_000, 4_000])
        let head = try world.hub.read { try $0.head() }
        let start = UInt64(random.number(below: Int(head.sequence) + 1))
        let whole = try page(start, viewer, .max)
        var (cursor, items) = (start, [PageItem]())
        while true {
            let part = try page(cursor, viewer, byteCountMax)
            let isInOrder = part.items.map(\.sequence).allSatisfy {
                $0 > cursor && $0 <= part.to.sequence
            }
            let position = try world.hub.read { try $0.position(at: part.to.sequence) }
            guard isInOrder, part.from == cursor, position == part.to,
                !part.hasMore || part.to.sequence > cursor
            else { throw LawViolation("the page after \(cursor) is \(part)") }
            items += part.items
            cursor = part.to.sequence
            if !part.hasMore { break }
        }
        guard items == whole.items, cursor == head.sequence, whole.to == head, !whole.hasMore else {
            throw LawViolation("pages of \(byteCountMax) bytes from \(start) say something else")
        }
        return 1
    }
}

extension InMemoryReplicaStorage {
    /// A new replica that has read a log in pages of these sizes, the last one until the end.
    fileprivate static func reading(
        _ world: ReplicatedWorld, _ viewer: Set<Scope>,
        _ page: (UInt64, Set<Scope>, Int) throws -> Page, _ sizes: [Int]
    ) throws -> InMemoryReplicaStorage {
        let replica = InMemoryReplicaStorage(codec: ProtobufCodec())
        var sizes = sizes[...]
        while true {
            let cursor = try replica.read { try $0.state().cursor.sequence }
            let byteCountMax = sizes.count > 1 ? sizes.removeFirst() : sizes[sizes.startIndex]
            let next = try page(cursor, viewer, byteCountMax)
            _ = try replica.transaction {
                try PageApplier.apply(
                    next, profile: world.profile, now: world.now, to: $0)
            }
            if !next.hasMore { return replica }
        }
    }
}
