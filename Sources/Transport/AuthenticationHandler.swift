import CZeroMQ

/// Answers libzmq's authentication requests (ZeroMQ RFC 27) from the key table.
///
/// One per context. It is bound before any server socket and answers at once: a lost answer leaves
/// the peer stuck until its handshake times out (transport.md 1.4).
final class AuthenticationHandler {
    static let endpoint = "inproc://zeromq.zap.01"
    static let domains = (sync: "rpc", feed: "feed")
    /// Frames of a request: version, request id, domain, address, identity, mechanism, key.
    private static let requestFrameCount = 7

    /// What the handler decided, for the counters.
    enum Decision: Equatable {
        case accepted(name: String)
        case unknownKey
        case tooManyHandshakes

        /// What the peer is told.
        var status: Int {
            switch self {
            case .accepted: 200
            case .tooManyHandshakes: HandshakeStatus.busy
            case .unknownKey: HandshakeStatus.unknownKey
            }
        }
    }

    let socket: ZeroMQSocket
    private let table: CurveKeyTable
    private var limiter: HandshakeLimiter

    /// Binds the handler.
    ///
    /// - Throws: `TransportError`; `addressInUse` when this process already runs a hub.
    init(
        context: ZeroMQContext, table: CurveKeyTable, limiter: HandshakeLimiter
    ) throws(TransportError) {
        self.table = table
        self.limiter = limiter
        socket = try ZeroMQSocket(context, .reply)
        try socket.set(ZMQ_LINGER, 0)
        try socket.bind(Self.endpoint)
    }

    func close() {
        socket.unbind(Self.endpoint)
        socket.close()
    }

    /// Answers the next request, if there is one; a draining hub lets nobody in.
    ///
    /// - Throws: `TransportError` (`closed`) when the context was shut down.
    func answerNext(
        now: ContinuousClock.Instant, isDraining: Bool
    ) throws(TransportError) -> Decision? {
        guard let request = try receiveRequest() else { return nil }
        let decision = isDraining ? .tooManyHandshakes : decide(request, now: now)
        var name: [UInt8] = []
        if case .accepted(let accepted) = decision { name = [UInt8](accepted.utf8) }
        let requestID = request.count > 1 ? request[1] : []
        let reply = [
            [UInt8]("1.0".utf8), requestID, [UInt8](String(decision.status).utf8), [], name, [],
        ]
        for (index, frame) in reply.enumerated() {
            _ = try socket.send(frame, more: index < reply.count - 1)
        }
        return decision
    }

    private func receiveRequest() throws(TransportError) -> [[UInt8]]? {
        guard try socket.receive() else { return nil }
        var frames = [socket.message.bytes]
        while socket.message.hasMore, try socket.receive() {
            guard frames.count < Self.requestFrameCount else { continue }
            frames.append(socket.message.bytes)
        }
        return frames
    }

    private func decide(_ request: [[UInt8]], now: ContinuousClock.Instant) -> Decision {
        let domains = [Self.domains.sync, Self.domains.feed].map { [UInt8]($0.utf8) }
        guard request.count == Self.requestFrameCount, domains.contains(request[2]),
            request[5] == [UInt8]("CURVE".utf8),
            let key = try? CurvePublicKey(rawBytes: request[6]),
            let name = request[2] == domains[1] ? table.feedName(of: key) : table.name(of: key)
        else { return .unknownKey }
        return limiter.admits(key, now: now) ? .accepted(name: name) : .tooManyHandshakes
    }
}

/// Bounds how often one key may shake hands, because a handshake costs the hub public-key work.
///
/// Counts per key in fixed windows; only keys of the table are counted, so the table bounds memory.
struct HandshakeLimiter {
    private let countMax: Int
    private let window: Duration
    private var windowEnd: ContinuousClock.Instant?
    private var counts: [CurvePublicKey: Int] = [:]

    init(countMax: Int, window: Duration) {
        precondition(countMax > 0 && window > .zero, "a limit and a window above zero")
        self.countMax = countMax
        self.window = window
    }

    mutating func admits(_ key: CurvePublicKey, now: ContinuousClock.Instant) -> Bool {
        if windowEnd.map({ now >= $0 }) ?? true {
            windowEnd = now + window
            counts.removeAll(keepingCapacity: true)
        }
        counts[key, default: 0] += 1
        return counts[key, default: 0] <= countMax
    }
}
