import FieldClient
import HubService
import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// One replica of a `SyncWorld` with the person who works on it.
final class SyncClient {
    unowned let world: SyncWorld
    let staff: StaffID
    let device: DeviceID
    let signingKey: SigningKeyPair
    let store = InMemoryReplicaStorage(codec: ProtobufCodec())
    let desk: Desk
    var loop: SyncLoop
    private var route: [UInt8]
    /// How far this device's clock is ahead of the world's.
    var clockMilliseconds: Int64 {
        get { clock.ahead }
        set { clock.ahead = newValue }
    }
    private let clock: DeviceClock
    /// Hears every frame that is sent or arrives, for traces.
    var onFrame: ((_ isSent: Bool, _ bytes: [UInt8]) -> Void)?
    private var heard: [SyncLoop.Notice] = []

    /// What the network does to frames; nil delivers them.
    enum Fault {
        /// The hub's answers of this connection are lost, although it has committed.
        case losesAnswers
        /// Intents never reach the hub.
        case losesPushes
        /// Every answer comes twice.
        case doublesAnswers
    }

    init(
        world: SyncWorld, staff: String, inviteKey: [UInt8], tuning: SyncLoop.Tuning = .init()
    ) throws {
        self.world = world
        self.staff = StaffID(unchecked: staff)
        let replica = ReplicaID(rawValue: world.randomBits())
        route = world.randomBytes(5)
        guard let signingKey = SigningKeyPair(seed: world.randomBytes(32)) else {
            throw WorldFailure("a seed of 32 bytes makes no key")
        }
        self.signingKey = signingKey
        let enroll = Enroll(
            curveKey: world.randomBytes(32), signingKey: signingKey.publicKey, replica: replica,
            label: staff, protocolMin: 1, protocolMax: 1)
        let replies = world.hub.process(
            [
                .init(
                    route: route, peer: Peer.invite(key: inviteKey).name,
                    bytes: ClientMessage.enroll(enroll).encode(requestID: 1))
            ], at: world.now
        ).replies
        guard let bytes = replies.first?.bytes,
            case .enrolled(let enrolled) = try HubMessage.decode(bytes).message
        else { throw WorldFailure("the invite was refused") }
        device = enrolled.device
        let identity = ReplicaIdentity(
            replica: replica, device: enrolled.device, store: enrolled.store,
            region: enrolled.region, replicaCode: enrolled.replicaCode, roles: enrolled.roles)
        try store.transaction { try $0.save(identity) }
        let clock = DeviceClock()
        self.clock = clock
        desk = Desk(store: store, codec: world.codec) { [unowned world] in clock.read(world) }
        loop = SyncLoop(
            store: store, codec: world.codec,
            identity: .init(
                signingKey: signingKey, software: "test", sessionNonce: world.randomBytes(16),
                seed: world.randomBits()), tuning: tuning)
    }

    /// The same database and the same keys in another home.
    init(copying original: SyncClient) {
        world = original.world
        (staff, device, signingKey) = (original.staff, original.device, original.signingKey)
        route = world.randomBytes(5)
        store.restore(original.store.snapshot())
        let clock = DeviceClock()
        self.clock = clock
        desk = Desk(store: store, codec: world.codec) { [unowned world] in clock.read(world) }
        loop = SyncLoop(
            store: store, codec: world.codec,
            identity: .init(
                signingKey: signingKey, software: "test", sessionNonce: world.randomBytes(16),
                seed: world.randomBits()))
    }

    func copy() throws -> SyncClient { try world.copy(self) }

    /// Who this replica is.
    func identity() throws -> ReplicaID? { try store.read { try $0.identity()?.replica } }

    /// What people were told while `body` ran.
    func notices(_ body: () throws -> Void) rethrows -> [SyncLoop.Notice] {
        heard = []
        try body()
        return heard
    }

    /// Connects, runs until everything is in step, and hangs up.
    ///
    /// - Throws: `SyncLoop.Halt` when the loop stops, `WorldFailure` when there is no end to it.
    @discardableResult
    func sync(_ fault: Fault? = nil) throws -> SyncLoop.Progress? {
        defer { _ = loop.handle(.disconnected, at: world.now) }
        return try connect(fault)
    }

    /// As `sync`, and stays on the line.
    @discardableResult
    func connect(
        _ fault: Fault? = nil, stoppingAfter stepsCountMax: Int = .max
    ) throws -> SyncLoop.Progress? {
        route = world.randomBytes(5)
        return try hear(.connected, fault, stoppingAfter: stepsCountMax)
    }

    /// Hears of something, and does what follows until nothing more does.
    @discardableResult
    func hear(
        _ event: SyncLoop.Event, _ fault: Fault? = nil, stoppingAfter stepsCountMax: Int = .max
    ) throws -> SyncLoop.Progress? {
        var events = [event]
        var stepsCount = 0
        while !events.isEmpty {
            stepsCount += 1
            if stepsCount > stepsCountMax { return nil }
            guard stepsCount < 10_000 else { throw WorldFailure("the sync does not end") }
            for action in loop.handle(events.removeFirst(), at: world.now) {
                switch action {
                case .send(let bytes): events += answers(to: bytes, fault).map { .frame($0) }
                case .caughtUp(let progress): if events.isEmpty { return progress }
                case .halted(let halt): throw halt
                case .notice(let notice): heard.append(notice)
                default: continue
                }
            }
        }
        return nil
    }

    func answers(to bytes: [UInt8], _ fault: Fault?) -> [[UInt8]] {
        onFrame?(true, bytes)
        let arrived = delivered(bytes, fault)
        for frame in arrived { onFrame?(false, frame) }
        return arrived
    }

    private func delivered(_ bytes: [UInt8], _ fault: Fault?) -> [[UInt8]] {
        if case .losesPushes = fault, case .push = try? ClientMessage.decode(bytes).message {
            return []
        }
        let replies = world.hub.process(
            [.init(route: route, peer: Peer.device(device).name, bytes: bytes)], at: world.now
        ).replies.map(\.bytes)
        switch fault {
        case .losesAnswers:
            guard case .push = try? ClientMessage.decode(bytes).message else { return replies }
            return []
        case .doublesAnswers: return replies + replies
        case .losesPushes, nil: return replies
        }
    }

    /// Logs a complaint with everything that the policy asks for.
    func logComplaint(category: String = "product", priority: Int64 = 2) throws -> TicketID {
        let texts: [(FieldID, String)] = [
            (.contact, "王先生 139"), (.reportedTime, "2023-11-15"), (.channel, "store"),
            (.kind, "complaint"), (.category, category), (.subject, "屏幕不亮"),
            (.description, "屏幕不亮"), (.demand, "换货"), (.eventTime, "2023-11-14"),
            (.eventPlace, "家"), (.product, "X1"),
        ]
        var fields = Dictionary(uniqueKeysWithValues: texts.map { ($0.0, FieldValue.text($0.1)) })
        fields[.priority] = .integer(priority)
        if let scene = try desk.profile().field(named: "scene") { fields[scene] = .text("开机后黑屏") }
        return try desk.log(NewTicket(fields: fields), by: staff).ticket.id
    }

    /// Writes changes that no verb makes yet.
    @discardableResult
    func write(_ act: Act, _ changes: [Change], on ticket: TicketID) throws -> OperationID {
        let writer = ReplicaWriter(codec: world.codec, profile: try desk.profile())
        return try store.transaction {
            try writer.change(ticket, act, changes, actor: staff, at: world.moment(), in: $0)
        }.operation
    }

    /// Writes changes that stand or fall together.
    @discardableResult
    func writeGroup(_ members: [ReplicaWriter.Member]) throws -> [ReplicaWriter.Written] {
        let writer = ReplicaWriter(codec: world.codec, profile: try desk.profile())
        return try store.transaction { store in
            try writer.group(
                members.map { member in { _ in member } }, actor: staff,
                moments: { _ in world.moment() }, in: store)
        }
    }

    func visible(_ ticket: TicketID) throws -> Ticket? { try store.read { try $0.visible(ticket) } }
    func base(_ ticket: TicketID) throws -> Ticket? { try store.read { try $0.base(ticket) } }

    /// The escalations that were told here, in order.
    func escalations() throws -> [FeedItem] {
        try store.read { try $0.feed(.escalations, after: 0, countMax: 99) }
    }

    /// The answers to everything that was written here, oldest first; nil while there is none.
    func dispositions() throws -> [Disposition?] {
        try store.read { try $0.changes(on: nil, countMax: 10_000) }.reversed().map { record in
            if case .settled(let disposition, _) = record.state { return disposition }
            return nil
        }
    }
}

/// What a device takes for the time.
private final class DeviceClock {
    var ahead: Int64 = 0

    func read(_ world: SyncWorld) -> ReplicaWriter.Moment {
        var moment = world.moment()
        moment.now = moment.now.adding(milliseconds: ahead)
        return moment
    }
}

extension SyncLoop.Notice {
    var isReidentification: Bool { if case .reidentified = self { true } else { false } }
}

/// The world of a test is not as the test needs it.
struct WorldFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
