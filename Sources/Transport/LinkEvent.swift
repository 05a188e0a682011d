/// What happened on a field transport, in order.
package enum LinkEvent: Sendable, Equatable {
    /// The hub proved its key and accepted ours; frames can be sent.
    case connected
    /// The sync connection ended; a new one is tried by itself.
    case disconnected
    /// The hub refused this device: a `HandshakeStatus`.
    case refused(status: Int)
    /// The handshake failed without a reason: the pinned server key is not the hub's, the peer
    /// is no hub, or it died in the middle.
    case wrongServerKey
    /// No connection could be made; it is tried again by itself.
    case unreachable
    /// A frame from the hub.
    case frame([UInt8])
    /// A hint from the feed: topic and body.
    case hint([UInt8])
    /// The feed is connected and subscribed; what it said before was missed, so ask for the heads.
    case feedConnected
    /// The feed's connection ended; a new one is tried by itself.
    case feedDisconnected
    /// A send was cut short by a full queue, and there is room again.
    case writable
}

/// Why a hub refuses a handshake (ZeroMQ RFC 27).
///
/// Status 300, "temporary", is not used: libzmq 4.3.4 sends nothing for it, so the client hangs
/// until its handshake times out and the hub holds the connection as long (transport.md 1.3 f).
package enum HandshakeStatus {
    /// The key is unknown or revoked: the device must be enrolled.
    package static let unknownKey = 400
    /// The hub is busy, ending, or this key shook hands too often: later attempts may succeed.
    package static let busy = 500
}
