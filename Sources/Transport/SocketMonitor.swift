import CZeroMQ

/// What happened on a watched socket's connection.
enum ConnectionEvent: Equatable {
    case handshakeSucceeded
    /// The peer's authentication refused us; the status is 400 or 500 (ZeroMQ RFC 27).
    case refused(status: Int)
    /// The handshake ended without a reason; the cause is an `errno` value or 0.
    case handshakeFailed(cause: Int32)
    case disconnected
    /// A connection attempt failed.
    case unreachable
    /// Of no interest here, such as "connecting".
    case other
}

/// Reads the connection events of one socket.
///
/// libzmq's session dies for good, silently, after several errors (transport.md 1.3 e, g), so every
/// client socket has a monitor.
final class SocketMonitor {
    private let monitored: ZeroMQSocket
    /// To be watched by the loop.
    let socket: ZeroMQSocket

    /// - Throws: `TransportError` (`resourcesExhausted`, `closed`).
    init(_ monitored: ZeroMQSocket) throws(TransportError) {
        self.monitored = monitored
        socket = try ZeroMQSocket(monitored.context, .pair)
        // libzmq's I/O thread blocks when the event queue is full: no limit on this one.
        try socket.set(ZMQ_RCVHWM, 0)
        try socket.set(ZMQ_LINGER, 0)
        let endpoint = monitored.context.makeMonitorEndpoint()
        guard zmq_socket_monitor(monitored.open, endpoint, ZMQ_EVENT_ALL) == 0 else {
            throw .last("Monitoring a socket")
        }
        try socket.connect(endpoint)
    }

    /// Stops the events first: libzmq would block on a monitor that nobody reads.
    func close() {
        if let handle = monitored.handle { zmq_socket_monitor(handle, nil, 0) }
        socket.close()
    }

    /// The next event, or nil when there is none.
    ///
    /// - Throws: `TransportError` (`closed`) when the context was shut down.
    func next() throws(TransportError) -> ConnectionEvent? {
        guard try socket.receive() else { return nil }
        let event = socket.message.withBytes(Self.decode)
        _ = try socket.discardRest()
        return event
    }

    /// A 16-bit event number and a 32-bit value, both in the machine's byte order.
    private static func decode(_ frame: UnsafeRawBufferPointer) -> ConnectionEvent {
        precondition(frame.count == 6, "a monitor event has 6 bytes, not \(frame.count)")
        let event = Int32(frame.loadUnaligned(as: UInt16.self))
        let value = frame.loadUnaligned(fromByteOffset: 2, as: Int32.self)
        switch event {
        case ZMQ_EVENT_HANDSHAKE_SUCCEEDED: return .handshakeSucceeded
        case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH: return .refused(status: Int(value))
        case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL: return .handshakeFailed(cause: value)
        case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL: return .handshakeFailed(cause: 0)
        case ZMQ_EVENT_DISCONNECTED: return .disconnected
        case ZMQ_EVENT_CLOSED, ZMQ_EVENT_CONNECT_RETRIED: return .unreachable
        default: return .other
        }
    }
}
