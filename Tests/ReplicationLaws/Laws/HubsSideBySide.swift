import RandomValues
import Replication
import TicketModel
import Wire

/// One random life twice: at a hub on files and at one in memory that shares its epoch.
struct HubsSideBySide {
    private let world: ReplicatedWorld
    private let model: any HubStorage
    private var random: RandomIntents

    init(seed: UInt64, hub: any HubStorage) throws {
        var life = try RandomWorld(seed: seed, hub: hub)
        try life.run()
        model = InMemoryHubStorage(codec: ProtobufCodec(), epoch: try hub.read { try $0.epoch() })
        var again = try RandomWorld(seed: seed, hub: model)
        try again.run()
        world = life.world
        random = RandomIntents(seed: seed)
    }

    /// The page after every cursor, a snapshot and the digests for random viewers and sizes; then
    /// all of them once more when part of the log has been forgotten.
    ///
    /// - Returns: the number of answers that were compared.
    /// - Throws: `LawViolation`, `StoreError`.
    mutating func check() throws -> Int {
        let head = try model.read { try $0.head().sequence }
        try compare("head") { try $0.head() }
        let whole = try comparePages(head) + compareSnapshot() + compareDigests()
        let durable = UInt64(random.number(below: Int(head) + 1))
        let through = UInt64(random.number(below: Int(durable) + 1))
        for hub in [world.hub, model] {
            try hub.transaction { hub in
                try hub.raiseDurable(to: durable)
                _ = try hub.compact(
                    through: through, eventsSince: Timestamp(milliseconds: 0), countMax: .max)
            }
        }
        return try whole + comparePages(head) + compareSnapshot()
    }

    private mutating func viewer() -> Set<Scope> {
        let some = Set(RandomWorld.scopes.joined()).sorted().filter { _ in random.chance(30) }
        return random.chance(50) ? Set(some) : random.one(of: world.sites).scopes.union(some)
    }

    private mutating func comparePages(_ head: UInt64) throws -> Int {
        var casesCount = 0
        for cursor in 0...head {
            for byteCountMax in [1, 200, 1_000, 5_000, .max] {
                let viewer = viewer()
                try compare("page after \(cursor) of \(byteCountMax) for \(viewer.sorted())") {
                    try $0.page(after: cursor, scopes: viewer, byteCountMax: byteCountMax)
                }
                casesCount += 1
            }
        }
        return casesCount
    }

    /// - Returns: the number of pieces.
    private mutating func compareSnapshot() throws -> Int {
        let (viewer, byteCountMax) = (viewer(), random.one(of: [1, 2_000, .max]))
        var casesCount = 0
        var after: TicketID?
        repeat {
            let place = after
            let piece = try compare("snapshot after \(place.debugDescription)") {
                try $0.snapshot(
                    after: place, through: nil, scopes: viewer, byteCountMax: byteCountMax)
            }
            after = piece.through
            casesCount += 1
        } while after != nil
        return casesCount
    }

    private mutating func compareDigests() throws -> Int {
        let scopes = Set(RandomWorld.scopes.joined()).sorted()
        let ids = Set(world.written.map(\.ticket)).sorted()
        guard let first = ids.first, let last = ids.last else { return 0 }
        let (one, other) = (random.one(of: ids), random.one(of: ids))
        for scope in scopes {
            for range in [first...last, min(one, other)...max(one, other)] {
                try compare("digest of \(scope)") { try $0.digest(of: scope, in: range) }
            }
            let sum = try compare("digest of \(scope)") { try $0.digest(of: scope) }
            guard try model.read({ try $0.digest(of: scope, in: first...last) }) == sum else {
                throw LawViolation("the digest of \(scope) is not that of all its tickets")
            }
        }
        return scopes.count
    }

    @discardableResult
    private func compare<Answer: Equatable>(
        _ what: String, _ ask: (any HubReader) throws -> Answer
    ) throws -> Answer {
        let (found, expected) = (try world.hub.read(ask), try model.read(ask))
        guard found == expected else {
            throw LawViolation("\(what): \(found) or \(expected)")
        }
        return expected
    }
}
