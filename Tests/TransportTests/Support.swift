import Testing
import Transport

/// The parent of every suite that opens sockets: one hub per process at a time, one context.
@Suite(.serialized) enum TransportTests {}

/// The one messaging context of this test process.
private let sharedContext = Result { try ZeroMQContext() }

func testContext() throws -> ZeroMQContext { try sharedContext.get() }

extension Trait where Self == TimeLimitTrait {
    /// Ends a test that hangs. It says nothing about speed: among the other suites on a small
    /// machine a test waits minutes for its turn.
    static var hangGuard: Self { .timeLimit(.minutes(20)) }
}

/// A bound for a wait ran out.
struct OutOfTime: Error, CustomStringConvertible {
    let description: String
}

/// A running hub with keys and a table of its own.
struct TestHub {
    let transport: HubTransport
    let endpoints: HubEndpoints
    let keys: CurveKeyPair
    let table: CurveKeyTable

    static func start(
        keys: CurveKeyPair? = nil, table: CurveKeyTable = CurveKeyTable(),
        syncEndpoint: String = "tcp://127.0.0.1:*", feedEndpoint: String = "tcp://127.0.0.1:*",
        localSocketPath: String? = nil, welcome: [UInt8] = [],
        limits: HubTransportConfiguration.Limits = quickLimits,
        immediateReply: HubTransport.ImmediateReply? = nil
    ) async throws -> TestHub {
        let keys = try keys ?? .generate()
        let configuration = HubTransportConfiguration(
            syncEndpoint: syncEndpoint, feedEndpoint: feedEndpoint,
            localSocketPath: localSocketPath, keys: keys, keyTable: table, welcome: welcome,
            limits: limits)
        let transport = try HubTransport(
            context: try testContext(), configuration: configuration,
            immediateReply: immediateReply)
        let endpoints = try await transport.start()
        return TestHub(transport: transport, endpoints: endpoints, keys: keys, table: table)
    }

    static var quickLimits: HubTransportConfiguration.Limits {
        var limits = HubTransportConfiguration.Limits()
        limits.lingerMilliseconds = 0
        limits.handshakeCountMax = 1000
        return limits
    }

    /// Sends every frame back until the transport ends.
    func echo() -> Task<Void, Never> {
        Task {
            while let batch = await transport.nextBatch() {
                await transport.send(batch.map { OutboundFrame(route: $0.route, bytes: $0.bytes) })
            }
        }
    }

    /// Collects frames until there are `count`, within a bound.
    func frames(count: Int, within limit: Duration = .seconds(20)) async throws -> [InboundFrame] {
        let transport = transport
        let collecting = Task {
            var frames: [InboundFrame] = []
            while frames.count < count, let batch = await transport.nextBatch() {
                frames += batch
            }
            return frames
        }
        let timer = Task {
            try await Task.sleep(for: limit)
            collecting.cancel()
        }
        let frames = await collecting.value
        timer.cancel()
        guard frames.count >= count else {
            throw OutOfTime(description: "\(frames.count) of \(count) frames came in \(limit)")
        }
        return frames
    }

    /// Waits until the counters fulfil a condition.
    func statistics(
        within limit: Duration = .seconds(10), where condition: (HubTransportStatistics) -> Bool
    ) async throws -> HubTransportStatistics {
        let deadline = ContinuousClock.now + limit
        while true {
            let counters = await transport.statistics()
            if condition(counters) { return counters }
            guard .now < deadline else { throw OutOfTime(description: "counters: \(counters)") }
            try await Task.sleep(for: .milliseconds(5))
        }
    }
}

/// A device with its transport and the events not looked at yet.
final class TestField {
    let transport: FieldTransport
    let keys: CurveKeyPair
    private var pending: [LinkEvent] = []

    init(keys: CurveKeyPair? = nil) throws {
        self.keys = try keys ?? .generate()
        transport = try FieldTransport(
            context: try testContext(), jitter: { Double.random(in: 0..<1) })
    }

    /// A device whose key the hub knows under `name`, connected.
    static func connected(
        to hub: TestHub, name: String, feed: Bool = false
    ) async throws
        -> TestField
    {
        let field = try TestField()
        hub.table.insert(field.keys.publicKey, name: name)
        try await field.connect(to: hub, feed: feed)
        try await field.wait(for: .connected)
        return field
    }

    func connect(
        to hub: TestHub, feed: Bool = false, serverKey: CurvePublicKey? = nil,
        limits: FieldTransportConfiguration.Limits = quickLimits
    ) async throws {
        try await transport.connect(
            FieldTransportConfiguration(
                syncEndpoint: hub.endpoints.sync, feedEndpoint: feed ? hub.endpoints.feed : nil,
                serverKey: serverKey ?? hub.keys.publicKey, keys: keys, limits: limits))
    }

    static var quickLimits: FieldTransportConfiguration.Limits {
        var limits = FieldTransportConfiguration.Limits()
        limits.lingerMilliseconds = 0
        limits.retryDelayMin = .milliseconds(20)
        limits.retryDelayMax = .milliseconds(200)
        return limits
    }

    /// The first event that matches; those before it are dropped.
    @discardableResult
    func wait(
        within limit: Duration = .seconds(20), where matches: (LinkEvent) -> Bool
    ) async throws -> LinkEvent {
        let deadline = ContinuousClock.now + limit
        var seen: [LinkEvent] = []
        while true {
            while !pending.isEmpty {
                let event = pending.removeFirst()
                if matches(event) { return event }
                if seen.count < 8 { seen.append(event) }
            }
            guard .now < deadline, let events = await transport.nextEvents(until: deadline) else {
                throw OutOfTime(description: "no matching event; seen first: \(seen)")
            }
            pending = events
        }
    }

    func wait(for event: LinkEvent, within limit: Duration = .seconds(20)) async throws {
        try await wait(within: limit) { $0 == event }
    }

    /// The next frame, skipping other events.
    func frame(within limit: Duration = .seconds(20)) async throws -> [UInt8] {
        let event = try await wait(within: limit) { if case .frame = $0 { true } else { false } }
        guard case .frame(let bytes) = event else { return [] }
        return bytes
    }

    /// Sends all frames, waiting for room where needed, and gives the frames that came meanwhile.
    func sendAll(_ frames: [[UInt8]]) async throws -> [[UInt8]] {
        var received: [[UInt8]] = []
        var rest = frames[...]
        while !rest.isEmpty {
            let count = try await transport.send(Array(rest.prefix(256)))
            let wasShort = count < min(256, rest.count)
            rest = rest.dropFirst(count)
            guard wasShort else { continue }
            try await wait { event in
                if case .frame(let bytes) = event { received.append(bytes) }
                return event == .writable
            }
        }
        return received
    }
}

/// A number as four bytes.
func bytes(of number: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(number).bigEndian) { [UInt8]($0) }
}
