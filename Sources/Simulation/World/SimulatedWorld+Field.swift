import FieldClient
import Replication
import TicketModel
import Wire

/// Drives the shipped `SyncLoop` as the program `loopdesk` does over real sockets: events in, what
/// it asks for done in order.
extension SimulatedWorld {
    /// How long a program that ends when in step tries to connect.
    private static let giveUpMilliseconds: Int64 = 10_000
    /// Connections that such a program may lose before it gives up.
    private static let lossesCountMax = 3
    /// Answers "busy" in a row before it gives up.
    private static let busyCountMax = 2
    /// How soon the machine starts a program again that ended by itself.
    private static let restartMilliseconds: ClosedRange<Int64> = 1_000...30_000
    private static let retryMillisecondsMin: Int64 = 100

    // MARK: Programs

    func startProgram(_ host: Int, isLive: Bool) throws {
        let field = field(host)
        guard field.isOn, field.program == nil else { return }
        field.generation += 1
        var random = random(.identity, host, UInt64(field.generation) << 16 | 2)
        let identity: ReplicaIdentity?
        do { identity = try field.storage.read { try $0.identity() } } catch {
            // The disk did not let it start; the machine tries again.
            return restartLater(host)
        }
        guard identity != nil else { preconditionFailure("host \(host) has not joined") }
        var tuning = field.member.tuning
        tuning.protocolMax = versions[host]
        let loop = SyncLoop(
            store: field.storage, codec: codec,
            identity: .init(
                signingKey: field.signingKey, software: "simulated",
                sessionNonce: random.bytes(16), seed: random.next128()),
            tuning: tuning, policies: policies)
        field.program = SyncProgram(
            loop: loop, isLive: isLive, giveUpAt: time + Self.giveUpMilliseconds)
        note(.started, host, isLive ? 1 : 0)
        try connectLater(host, isFailure: false)
    }

    /// Ends the program as a person would, or because it is done.
    func stopProgram(_ host: Int, _ reason: String) {
        let field = field(host)
        guard let program = field.program else { return }
        note(.stopped, host, 0, 0, reason)
        field.lastEnding = reason
        field.generation += 1
        field.program = nil
        if let connection = program.connection { close(connection) }
    }

    func restartLater(
        _ host: Int, after milliseconds: ClosedRange<Int64> = SimulatedWorld.restartMilliseconds
    ) {
        let field = field(host)
        guard field.member.isLive else { return }
        var random = random(.connect, host, UInt64(field.generation) << 16 | 3)
        schedule(
            .startProgram(host: host),
            after: random.milliseconds(in: milliseconds))
    }

    // MARK: Connections

    /// Tries to connect, now or after a pause that grows with every failure.
    func connectLater(_ host: Int, isFailure: Bool, extra: Int64 = 0) throws {
        let field = field(host)
        guard var program = field.program else { return }
        program.link = .waiting
        if isFailure { program.failuresCount += 1 }
        let bound = min(
            plan.world.tempo.retryMillisecondsMax,
            Self.retryMillisecondsMin << min(20, program.failuresCount))
        connectionsCount += 1
        var random = random(.connect, host, UInt64(connectionsCount) << 8 | 2)
        let delay = extra + random.milliseconds(in: 1...bound)
        field.program = program
        if !program.isLive, time + delay > program.giveUpAt {
            return stopProgram(host, "the hub cannot be reached")
        }
        schedule(.connect(host: host, generation: field.generation), after: delay)
    }

    /// The connection is gone, by the network's doing or the loop's.
    func lose(_ host: Int, closesFeed: Bool = false) throws {
        let field = field(host)
        guard var program = field.program else { return }
        if let connection = program.connection { close(connection) }
        program.link = .waiting
        program.wakeAt = nil
        _ = program.loop.handle(.disconnected, at: field.clock.now(at: time))
        if closesFeed {
            // Both sockets are made anew.
            field.generation += 1
            program.followsFrom = nil
            program.stalledHints = []
        }
        program.lossesCount += 1
        let isTooMuch = !program.isLive && program.lossesCount >= Self.lossesCountMax
        program.giveUpAt = time + Self.giveUpMilliseconds
        field.program = program
        if isTooMuch { return stopProgram(host, "the connection broke too often") }
        try connectLater(host, isFailure: true)
    }

    // MARK: The loop

    /// Gives the loop an event and does what it asks for.
    func feed(_ event: SyncLoop.Event, to host: Int) throws {
        let field = field(host)
        guard field.isOn, field.program != nil else { return }
        let generation = field.generation
        let now = field.clock.now(at: time)
        let actions = field.program?.loop.handle(event, at: now) ?? []
        if field.disk.isOff { return losePower(host) }
        for action in actions {
            // What an earlier action ended takes no more.
            guard field.generation == generation else { return }
            try perform(action, on: host)
        }
    }

    private func perform(_ action: SyncLoop.Action, on host: Int) throws {
        let field = field(host)
        switch action {
        case .send(let bytes):
            guard let connection = field.program?.connection else { return }
            note(.sent, host, Int64(connection.id), fingerprint(bytes), describe(toHub: bytes))
            send(bytes, on: connection, .toHub)
        case .subscribe(let topics, _): try subscribe(host, topics)
        case .wake(let wish): arrange(wish, for: host)
        case .reconnect(let reason):
            note(.reconnects, host, 0, 0, reason)
            try lose(host, closesFeed: true)
        case .busy(let reason): try takeBusy(host, reason)
        case .applied(let outcome): takeApplied(outcome, host)
        case .progress(let progress):
            if progress.pushed > 0 { field.program?.busyCount = 0 }
        case .notice(let notice): note(.notice, host, 0, 0, "\(notice)")
        case .caughtUp:
            note(.caughtUp, host)
            if field.program?.isLive == false { stopProgram(host, "in step") }
        case .halted(let halt): try takeHalt(halt, host)
        }
    }

    private func subscribe(_ host: Int, _ topics: [[UInt8]]) throws {
        let field = field(host)
        guard field.program?.isLive == true else { return }
        field.program?.topics = Set(topics)
        guard field.knowsFeed else {
            // The home learns where the feed is and both connections are made anew.
            field.knowsFeed = true
            return try lose(host, closesFeed: true)
        }
        guard field.program?.followsFrom == nil else { return }
        let delay = 3 * delay(host, .feed)
        field.program?.followsFrom = time + delay
        schedule(.follows(host: host, generation: field.generation), after: delay)
    }

    private func takeBusy(_ host: Int, _ reason: String) throws {
        let field = field(host)
        note(.busy, host, 0, 0, reason)
        field.program?.busyCount += 1
        guard let program = field.program, !program.isLive,
            program.busyCount >= Self.busyCountMax
        else { return }
        stopProgram(host, "the hub is busy: \(reason)")
    }

    private func takeApplied(_ outcome: PageApplier.Outcome, _ host: Int) {
        note(
            .applied, host, Int64(outcome.settled.count), UInt64(outcome.touched.count),
            "\(outcome.touched.count) tickets, \(outcome.settled.count) answers, "
                + "\(outcome.drafts.count) refusals")
        guard outcome.feedItemsCount > 0, field(host).program?.isLive == true,
            field(host).member.role.readsFeeds
        else { return }
        schedule(.consume(host: host, dies: false), after: 5)
    }

    /// A store that fails ends the program, as it ends `loopdesk sync`, and so do the revocation of
    /// its device and a restored hub where one of both knows nothing of recovery; anything else is
    /// a fault of the product, because nothing in this world gives reason for it.
    private func takeHalt(_ halt: SyncLoop.Halt, _ host: Int) throws {
        note(.halted, host, 0, 0, "\(halt)")
        switch halt {
        case .storage: break
        case .revoked where checkers.context.revoked.contains(field(host).device):
            return stopProgram(host, "\(halt)")
        case .hubRestored, .upgradeNeeded:
            if speaksOfRecovery(host) { fallthrough }
            // A person was told, and looks again as often as people do.
            stopProgram(host, "\(halt)")
            return restartLater(host, after: plan.world.tempo.syncMilliseconds)
        default:
            throw Violation(
                "I12 liveness", "\(field(host).member.name) stopped syncing: \(halt)")
        }
        stopProgram(host, "\(halt)")
        restartLater(host)
    }

    // MARK: Wakes

    private func arrange(_ wish: Timestamp, for host: Int) {
        let field = field(host)
        guard var program = field.program else { return }
        // The same wish is not arranged twice.
        guard program.wakeAt != wish else { return }
        program.wakeAt = wish
        program.wakeToken += 1
        field.program = program
        let delay = max(0, wish.millisecondsSince(field.clock.now(at: time)))
        schedule(
            .fieldWake(host: host, generation: field.generation, token: program.wakeToken),
            after: delay)
    }

    func wake(_ host: Int, _ generation: Int, _ token: Int) throws {
        let field = field(host)
        guard isCurrent(host, generation), field.program?.wakeToken == token else { return }
        field.program?.wakeAt = nil
        try feed(.tick, to: host)
    }

    // MARK: Power

    /// Everything that is not on the disk is gone.
    func losePower(_ host: Int) {
        let field = field(host)
        let down = field.disk.downMilliseconds
        field.disk.switchOff()
        note(.crashed, host, down, 0, "for \(words(milliseconds: down))")
        if let connection = field.program?.connection { close(connection) }
        field.program = nil
        field.generation += 1
        schedule(.powerOn(host: host), after: down)
    }

    func powerOn(_ host: Int) throws {
        if host == plan.world.hub { return startHub() }
        let field = field(host)
        guard !field.isOn else { return }
        field.disk.switchOn()
        note(.started, host, 2, 0, "power is back")
        if field.member.isLive { try startProgram(host, isLive: true) }
    }
}
