import RandomValues
import Replication
import TicketModel
import TicketPolicy
import Wire

/// A random life of a hub and some replicas: people work, messages travel late, twice or not at
/// all, tickets move between stores, promises run out.
struct RandomWorld {
    /// The scopes that a replica may have.
    static let scopes: [[Scope]] = [
        [.all], [Scope(rawValue: "store:S001")], [Scope(rawValue: "store:S002")],
        [Scope(rawValue: "department:产品部"), Scope(rawValue: "agent:ann")],
        [Scope(rawValue: "region:R1"), Scope(rawValue: "store:S001")],
    ]

    let world: ReplicatedWorld
    private var random: RandomIntents
    private var tickets: [TicketID] = []
    /// Pages on their way to a replica.
    private var late: [(site: Int, page: Page)] = []

    init(
        seed: UInt64, hub: any HubStorage = InMemoryHubStorage(codec: ProtobufCodec())
    ) throws {
        random = RandomIntents(seed: seed)
        let sitesCount = random.number(below: 4) + 3
        world = try ReplicatedWorld(
            hub: hub,
            sites: (0..<sitesCount).map { index in
                (
                    RandomWorld.scopes[index % RandomWorld.scopes.count],
                    InMemoryReplicaStorage(codec: ProtobufCodec())
                )
            })
    }

    /// Lives through `count` steps and then lets everybody meet.
    mutating func run(_ count: Int) throws {
        try create(at: 1)
        try world.settle()
        for _ in 0..<count { try step() }
        try world.settle()
        try world.settle()
    }

    mutating func run() throws { try run(random.number(below: 31) + 10) }

    private mutating func step() throws {
        world.now = world.now.adding(milliseconds: Int64(random.number(below: 60_000)))
        let site = random.number(below: world.sites.count)
        switch random.number(below: 20) {
        case 0: try create(at: site)
        case 1...11: try work(at: site)
        case 12...14:
            _ = try world.push(
                site, countMax: random.number(below: 4) + 1, losesAnswer: random.chance(30))
        case 15...17:
            try world.pull(
                site, byteCountMax: random.one(of: [1, 300, 2_000, .max]),
                pagesCountMax: random.number(below: 3) + 1, repeatsPages: random.chance(30))
        case 18: try delay(site)
        default: try passTime()
        }
    }

    private mutating func moment() -> ReplicaWriter.Moment {
        // Clocks of devices go wrong by up to a minute, now and then by an hour.
        let skew = Int64(random.number(below: 120_001) - 60_000)
        let now = world.now.adding(milliseconds: random.chance(5) ? 60 * skew : skew)
        return ReplicaWriter.Moment(now: now, random: random.bits())
    }

    private mutating func create(at site: Int) throws {
        var changes: [Change] = [
            .write(.status, .integer(1)), .write(.priority, .integer(2)),
            .write(.store, .text(random.one(of: ["S001", "S002"]))),
            .write(.subject, .text("start")),
        ]
        if random.chance(50) { changes.append(.write(.category, .text("product"))) }
        if random.chance(50) {
            changes.append(.comment(.note, .staff, text: "first", parent: nil))
        }
        let operation = try world.create(
            changes, by: random.one(of: Person.all), at: site, moment: moment())
        if let operation { tickets.append(TicketID(createdBy: operation)) }
    }

    private mutating func work(at site: Int) throws {
        let ticket = random.one(of: tickets)
        guard let shown = try world.sites[site].store.read({ try $0.visible(ticket) }) else {
            return
        }
        let done = random.intent(on: shown.comments.map { ($0.id, $0.stamp.actor) })
        try world.write(
            done.act, done.changes, on: ticket, by: done.person, at: site, moment: moment())
    }

    /// A page goes out and comes in much later, when it may be stale.
    private mutating func delay(_ site: Int) throws {
        if random.chance(50), !late.isEmpty {
            let (site, page) = late.remove(at: random.number(below: late.count))
            do {
                _ = try world.sites[site].store.transaction {
                    try PageApplier.apply(
                        page, profile: world.profile, now: world.now, to: $0)
                }
            } catch PageApplier.Refusal.stale {}
            return
        }
        let cursor = try world.sites[site].store.read { try $0.state().cursor.sequence }
        late.append((site, try world.page(for: site, after: cursor, byteCountMax: 500)))
    }

    /// Hours pass and the hub's rules act.
    private mutating func passTime() throws {
        world.now = world.now.adding(milliseconds: Int64(random.number(below: 6)) * 3_600_000)
        _ = try world.hub.transaction { store in
            try HubCommitter(
                codec: world.codec, profile: world.profile, now: world.now, store: store
            ).fireTimers(countMax: 10)
        }
    }
}
