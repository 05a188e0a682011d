import CZeroMQ

/// Asks a running process over its local admin socket.
///
/// Every request has a socket of its own, so a late answer never meets a later question.
package actor LocalClient {
    private let context: ZeroMQContext
    private let loop: LoopThread
    private let path: LocalSocketPath

    /// The transport's own loop thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Makes a client of the socket at `path`; nothing is opened yet.
    ///
    /// - Throws: `TransportError`: `invalidEndpoint`, `resourcesExhausted`.
    package init(context: ZeroMQContext, path: String) throws(TransportError) {
        self.context = context
        self.path = try LocalSocketPath(path)
        loop = try LoopThread(name: "local-client")
    }

    /// Sends one frame and waits for one frame in answer; cancelling the task does not end the
    /// wait, the timeout does.
    ///
    /// - Throws: `TransportError`: `nobodyListens` when no process serves the path,
    ///   `noAnswerInTime` when one does but did not answer within `timeout`, `frameTooLarge`.
    package func request(_ bytes: [UInt8], timeout: Duration) async throws -> [UInt8] {
        guard bytes.count <= TransportLimits.frameByteCountMax else {
            throw TransportError(
                .frameTooLarge, "A request has at most 1 MiB, this one \(bytes.count) bytes")
        }
        guard path.hasListener() else { throw nobodyListens }
        let socket = try makeSocket()
        let monitor = try SocketMonitor(socket)
        defer {
            loop.unwatch(socket)
            loop.unwatch(monitor.socket)
            monitor.close()
            socket.close()
        }
        try socket.connect(path.endpoint)
        return try await exchange(bytes, socket, monitor, deadline: .now + timeout)
    }

    private var nobodyListens: TransportError {
        TransportError(
            .nobodyListens, "Nothing listens on \(path.path); is the service running?")
    }

    private func makeSocket() throws(TransportError) -> ZeroMQSocket {
        let socket = try ZeroMQSocket(context, .dealer)
        try socket.set(ZMQ_IMMEDIATE, 1)
        try socket.set(ZMQ_LINGER, 0)
        try socket.set(ZMQ_RECONNECT_IVL, -1)
        try socket.setFrameByteCountMax(TransportLimits.replyFrameByteCountMax)
        return socket
    }

    private func exchange(
        _ bytes: [UInt8], _ socket: ZeroMQSocket, _ monitor: SocketMonitor,
        deadline: ContinuousClock.Instant
    ) async throws -> [UInt8] {
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<[UInt8], any Error>) in
            let exchange = LocalExchange(socket, monitor, bytes, continuation)
            exchange.deadline = loop.schedule(at: deadline) {
                exchange.finish(
                    throwing: TransportError(
                        .noAnswerInTime,
                        "The service on \(self.path.path) did not answer in time; try again"))
            }
            exchange.cleanUp = { [loop] in
                loop.unwatch(socket)
                loop.unwatch(monitor.socket)
                if let deadline = exchange.deadline { loop.cancel(deadline) }
            }
            let refusal = nobodyListens
            loop.watch(monitor.socket) { exchange.connectionChanged(refusal) }
            loop.watch(socket) { exchange.answerArrived() }
        }
    }
}

/// One request on its way; lives on the client's loop thread.
private final class LocalExchange {
    private let socket: ZeroMQSocket
    private let monitor: SocketMonitor
    private let request: [UInt8]
    private var continuation: CheckedContinuation<[UInt8], any Error>?
    var deadline: DeadlineHeap.ID?
    var cleanUp: (() -> Void)?

    init(
        _ socket: ZeroMQSocket, _ monitor: SocketMonitor, _ request: [UInt8],
        _ continuation: CheckedContinuation<[UInt8], any Error>
    ) {
        self.socket = socket
        self.monitor = monitor
        self.request = request
        self.continuation = continuation
    }

    func connectionChanged(_ refusal: TransportError) {
        failing { () throws(TransportError) in
            while let event = try monitor.next() {
                switch event {
                case .handshakeSucceeded: _ = try socket.send(request)
                case .other: continue
                default: return finish(throwing: refusal)
                }
            }
        }
    }

    func answerArrived() {
        failing { () throws(TransportError) in
            guard try socket.receive() else { return }
            let answer = socket.message.bytes
            _ = try socket.discardRest()
            end()?.resume(returning: answer)
        }
    }

    func finish(throwing error: TransportError) {
        end()?.resume(throwing: error)
    }

    private func end() -> CheckedContinuation<[UInt8], any Error>? {
        defer { continuation = nil }
        cleanUp?()
        cleanUp = nil
        return continuation
    }

    private func failing(_ body: () throws(TransportError) -> Void) {
        do throws(TransportError) { try body() } catch { finish(throwing: error) }
    }
}
