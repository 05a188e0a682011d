import RandomValues
import Replication
import TicketModel
import Wire

/// One random life twice: at a hub on files and at one in memory that shares its epoch.
struct HubsSideBySide {
    private let world: ReplicatedWorld
    private let model: any HubStorage
    private let seed: UInt64

    init(seed: UInt64, hub: any HubStorage) throws {
        var life = try RandomWorld(seed: seed, hub: hub)
        try life.run()
        model = InMemoryHubStorage(codec: ProtobufCodec(), epoch: try hub.read { try $0.epoch() })
        var again = try RandomWorld(seed: seed, hub: model)
        try again.run()
        world = life.world
        self.seed = seed
    }

    /// The page after every cursor, for random viewers and sizes.
    ///
    /// - Returns: the number of pages that were compared.
    func check() throws -> Int {
        var random = RandomIntents(seed: seed)
        let head = try model.read { try $0.head() }
        guard try world.hub.read({ try $0.head() }) == head else {
            throw LawViolation("the two logs differ")
        }
        var casesCount = 0
        for cursor in 0...head.sequence {
            for byteCountMax in [1, 200, 1_000, 5_000, .max] {
                let some = Set(RandomWorld.scopes.joined()).sorted().filter { _ in random.chance(30)
                }
                let viewer =
                    random.chance(50)
                    ? Set(some) : random.one(of: world.sites).scopes.union(some)
                let pages = try [world.hub, model].map { hub in
                    try hub.read {
                        try $0.page(after: cursor, scopes: viewer, byteCountMax: byteCountMax)
                    }
                }
                guard pages[0] == pages[1] else {
                    throw LawViolation(
                        "after \(cursor), \(viewer.sorted()), \(byteCountMax) bytes: \(pages[0]) "
                            + "or \(pages[1])")
                }
                casesCount += 1
            }
        }
        return casesCount
    }
}
