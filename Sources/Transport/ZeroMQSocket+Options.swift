import CZeroMQ
import Glibc

/// A socket option of libzmq; every use states why in transport.md 1.5.
extension ZeroMQSocket {
    /// - Throws: `TransportError` when libzmq refuses the value.
    func set(_ option: Int32, _ value: Int) throws(TransportError) {
        var number = Int32(clamping: value)
        let status = zmq_setsockopt(open, option, &number, MemoryLayout<Int32>.size)
        guard status == 0 else { throw .last("Setting socket option \(option)") }
    }

    /// - Throws: `TransportError` when libzmq refuses the value.
    func set(_ option: Int32, _ bytes: [UInt8]) throws(TransportError) {
        let status = zmq_setsockopt(open, option, bytes, bytes.count)
        guard status == 0 else { throw .last("Setting socket option \(option)") }
    }

    /// Limits the size of one frame; a peer that exceeds it is disconnected (transport.md 1.3 h).
    ///
    /// - Throws: `TransportError` when libzmq refuses the value.
    func setFrameByteCountMax(_ byteCount: Int) throws(TransportError) {
        var number = Int64(byteCount + TransportLimits.curveOverheadByteCount)
        let status = zmq_setsockopt(open, ZMQ_MAXMSGSIZE, &number, MemoryLayout<Int64>.size)
        guard status == 0 else { throw .last("Limiting the frame size") }
    }

    /// The endpoint that `bind` really took, with the port the kernel chose.
    var lastEndpoint: String {
        get throws(TransportError) {
            var text = [UInt8](repeating: 0, count: 512)
            var length = text.count
            guard zmq_getsockopt(open, ZMQ_LAST_ENDPOINT, &text, &length) == 0 else {
                throw .last("Reading the bound address")
            }
            return String(decoding: text.prefix(max(0, length - 1)), as: UTF8.self)
        }
    }

    /// Whether a frame would be accepted now.
    var isWritable: Bool {
        get throws(TransportError) {
            var events: Int32 = 0
            var length = MemoryLayout<Int32>.size
            guard zmq_getsockopt(open, ZMQ_EVENTS, &events, &length) == 0 else {
                throw .last("Reading a socket's readiness")
            }
            return events & ZMQ_POLLOUT != 0
        }
    }

    /// What every TCP socket of either side gets. ZMTP heartbeats stay off: they abort the process
    /// when a reader stalls (transport.md 1.3 a).
    ///
    /// - Throws: `TransportError` when libzmq refuses a value.
    func setTCPOptions(handshakeMillisecondsMax: Int) throws(TransportError) {
        try set(ZMQ_HEARTBEAT_IVL, 0)
        try set(ZMQ_HANDSHAKE_IVL, handshakeMillisecondsMax)
        try set(ZMQ_TCP_KEEPALIVE, 1)
        try set(ZMQ_TCP_KEEPALIVE_IDLE, 30)
        try set(ZMQ_TCP_KEEPALIVE_INTVL, 10)
        try set(ZMQ_TCP_KEEPALIVE_CNT, 3)
        try set(ZMQ_TCP_MAXRT, 30_000)
    }

    /// Makes this a CURVE server in `domain`. Without the domain and its enforcement libzmq would
    /// accept any key while no handler is bound (transport.md 1.3 c).
    ///
    /// - Throws: `TransportError` when libzmq refuses a value.
    func setCurveServer(_ keys: CurveKeyPair, domain: String) throws(TransportError) {
        try set(ZMQ_CURVE_SERVER, 1)
        try set(ZMQ_CURVE_SECRETKEY, keys.secretKey.rawBytes)
        try set(ZMQ_ZAP_DOMAIN, [UInt8](domain.utf8))
        try set(ZMQ_ZAP_ENFORCE_DOMAIN, 1)
    }

    /// Makes this a CURVE client of the server with `serverKey`.
    ///
    /// - Throws: `TransportError` when libzmq refuses a value.
    func setCurveClient(
        _ keys: CurveKeyPair, serverKey: CurvePublicKey
    ) throws(TransportError) {
        try set(ZMQ_CURVE_SERVERKEY, serverKey.rawBytes)
        try set(ZMQ_CURVE_PUBLICKEY, keys.publicKey.rawBytes)
        try set(ZMQ_CURVE_SECRETKEY, keys.secretKey.rawBytes)
    }
}

/// Limits that both sides share; the sizes of architecture.md 6.
package enum TransportLimits {
    /// A frame of the sync channel, before encryption.
    package static let frameByteCountMax = 1 << 20
    /// A frame from hub to client; clients take more than hubs do, because a frame above a client's
    /// own limit kills its session for good (transport.md 1.3 g).
    package static let replyFrameByteCountMax = 4 << 20
    /// What CURVE adds to a frame.
    package static let curveOverheadByteCount = 33
    /// libzmq 4.3.4 encodes longer topics wrongly (transport.md 1.3 m), far above this.
    package static let topicByteCountMax = 64
    /// Long after our own supervision has closed the socket.
    static let reconnectMillisecondsNever = 3_600_000
    /// Frames read from one socket between two polls.
    package static let framesPerTurnMax = 256
}
