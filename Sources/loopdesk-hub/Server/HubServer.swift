import Glibc
import HubService
import Logging
import Replication
import Sodium
import TicketModel
import Transport
import Wire

/// A running hub: one thread that owns the loop and the store, and the transport it serves.
///
/// Frames come in batches, one durable transaction answers a batch, and only then do the replies
/// leave. Timers and the heartbeat share the deadline of the wait for the next batch.
actor HubServer {
    /// What the server is told when it is made.
    struct Configuration: Sendable {
        var home: HubHome
        var listen: TCPEndpoint
        var feed: TCPEndpoint
        var keys: CurveKeyPair
    }

    /// The heartbeat of the feed (transport.md 1.5, late joiners).
    static let heartbeatPeriod = Duration.seconds(1)
    /// How long timers rest after the store refused them.
    static let storeRetryPause = Duration.seconds(5)

    /// How often the log is looked at for what may be forgotten.
    static let compactionPeriod = Duration.seconds(3_600)
    /// The first look comes a while after the start, when the stores are in step.
    static let firstCompactionDelay = Duration.seconds(60)

    private let thread: BlockingThread
    let configuration: Configuration
    let log: Logger
    let keyTable = CurveKeyTable()
    let transport: HubTransport
    let startedAt = Timestamp.now

    /// The state of a started hub; nil before and after. It never leaves the thread.
    final class Running {
        let store: HubStoreFile
        var loop: HubLoop
        let endpoints: HubEndpoints
        /// The earliest timer in the store.
        var nextTimer: Timestamp? = .now
        var nextHeartbeat = ContinuousClock.now
        /// Timers are left alone until then, after a store fault.
        var timersRestUntil = ContinuousClock.now
        var storeFault: String?
        /// When the log is looked at next for what may be forgotten.
        var nextCompaction = ContinuousClock.now + HubServer.firstCompactionDelay
        var compactedCount = 0

        init(store: HubStoreFile, loop: HubLoop, endpoints: HubEndpoints) {
            self.store = store
            self.loop = loop
            self.endpoints = endpoints
        }
    }
    var running: Running?
    private var isStopping = false

    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Throws: `TransportError` (`resourcesExhausted`).
    init(_ configuration: Configuration, context: ZeroMQContext, log: Logger) throws {
        thread = try BlockingThread(name: "hub-store")
        self.configuration = configuration
        self.log = log
        transport = try HubTransport(
            context: context,
            configuration: HubTransportConfiguration(
                syncEndpoint: configuration.listen.text, feedEndpoint: configuration.feed.text,
                localSocketPath: configuration.home.socketPath, keys: configuration.keys,
                keyTable: keyTable))
    }

    /// Opens the store and the sockets; the caller holds the home's lock.
    ///
    /// - Throws: `StoreError`, `TransportError`; nothing is open then.
    func start() async throws -> HubEndpoints {
        precondition(running == nil, "a hub server starts once")
        let store = try HubStoreFile(configuration.home)
        if let life = store.newLife { log.warning("\(life.text.en)") }
        let administrator = HubAdministrator(
            store: store.storage, ruleKey: configuration.home.recoveryKey)
        for text in try administrator.calendarsToRenew(at: .now) { log.warning("\(text.en)") }
        try replaceKeys(from: store)
        let endpoints = try await transport.start()
        let port = TCPEndpoint(endpoints.feed)?.port ?? configuration.feed.port
        let loop = HubLoop(
            store: store.storage, codec: ProtobufCodec(),
            configuration: HubLoop.Configuration(
                feedEndpoint: TCPEndpoint(host: "*", port: port).text, software: softwareVersion,
                recoveryKey: try configuration.home.recoveryKey(), seed: SecureRandom.uint128()))
        running = Running(store: store, loop: loop, endpoints: endpoints)
        return endpoints
    }

    /// Serves until `stop`; what had arrived by then is answered.
    func run() async {
        if isStopping { await transport.stopReading() }
        while let frames = await transport.nextBatch(until: deadline) { await turn(frames) }
        await sayGoodbye()
        await transport.shutdown()
        running = nil
    }

    /// First half of a graceful end: nothing more is read, `run` comes to its end.
    func stop() async {
        isStopping = true
        await transport.stopReading()
    }

    /// When the next turn must come even if no frame does.
    private var deadline: ContinuousClock.Instant {
        guard let running else { return .now }
        guard let timer = running.nextTimer else { return running.nextHeartbeat }
        let milliseconds = max(0, timer.millisecondsSince(.now))
        guard milliseconds < Self.heartbeatMilliseconds else { return running.nextHeartbeat }
        let instant = ContinuousClock.now + .milliseconds(milliseconds)
        return min(running.nextHeartbeat, max(instant, running.timersRestUntil))
    }

    private static var heartbeatMilliseconds: Int64 { heartbeatPeriod.components.seconds * 1_000 }

    private func sayGoodbye() async {
        guard let sessionsCount = running?.loop.sessionsCount, sessionsCount > 0 else { return }
        let range = 1_000...(3_000 + sessionsCount * Self.returnMillisecondsPerSession)
        let byes = running?.loop.farewell { Int.random(in: range) } ?? []
        await transport.send(byes.compactMap(OutboundFrame.init))
        log.info("said goodbye", metadata: ["sessions": "\(byes.count)"])
    }

    /// Handshakes are the dear part of a return: about 770 a second fit on two cores
    /// (transport.md 1.5, restart herd).
    private static let returnMillisecondsPerSession = 2
}

extension OutboundFrame {
    /// Nil for a route that is none of this process.
    init?(_ reply: HubLoop.Outbound) {
        guard let route = RouteID(bytes: reply.route) else { return nil }
        self.init(route: route, bytes: reply.bytes)
    }
}
