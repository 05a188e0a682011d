/// What a field transport is told when it connects.
package struct FieldTransportConfiguration: Sendable {
    /// The hub's sync address, such as `tcp://hub.example:7400`.
    package var syncEndpoint: String
    /// The hub's feed address; nil when this process only syncs once.
    package var feedEndpoint: String?
    /// The hub's public key, pinned.
    package var serverKey: CurvePublicKey
    /// This device's keys.
    package var keys: CurveKeyPair
    /// Sizes and times; the defaults are those of transport.md 1.5.
    package var limits: Limits

    /// Makes a configuration with the default limits.
    package init(
        syncEndpoint: String, feedEndpoint: String? = nil, serverKey: CurvePublicKey,
        keys: CurveKeyPair, limits: Limits = Limits()
    ) {
        self.syncEndpoint = syncEndpoint
        self.feedEndpoint = feedEndpoint
        self.serverKey = serverKey
        self.keys = keys
        self.limits = limits
    }

    /// Sizes and times of a field transport.
    package struct Limits: Sendable {
        /// The largest frame it sends: the hub's limit, because the hub disconnects on a larger one.
        package var sendFrameByteCountMax = TransportLimits.frameByteCountMax
        /// Events waiting for `nextEvents()`; then frames are left unread and hints dropped.
        package var bufferEventCountMax = 4096
        /// libzmq's queue of unread frames.
        package var receiveQueueCountMax = 1000
        /// libzmq's queue of unsent frames; it is no storage.
        package var sendQueueCountMax = 100
        /// How long a TCP connection may take.
        package var connectMillisecondsMax = 5000
        /// How long a handshake may take.
        package var handshakeMillisecondsMax = 8000
        /// How long unsent frames may still leave after the close.
        package var lingerMilliseconds = 500
        /// The back-off's first upper bound; it doubles with every failure.
        package var retryDelayMin = Duration.seconds(1)
        /// The back-off's last upper bound.
        package var retryDelayMax = Duration.seconds(60)
        /// A connection that lived this long starts the back-off anew.
        package var stableConnectionMin = Duration.seconds(10)

        /// The defaults of transport.md 1.5.
        package init() {}
    }
}

/// What happened on a field transport, in order.
package enum LinkEvent: Sendable, Equatable {
    /// The hub proved its key and accepted ours; frames can be sent.
    case connected
    /// The sync connection ended; a new one is tried by itself.
    case disconnected
    /// The hub refused this device: 400 unknown or revoked key, 300 busy, 500 hub fault.
    case refused(status: Int)
    /// The handshake failed without a reason: the pinned server key is not the hub's, or the peer
    /// is no hub.
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

/// Counters since the field transport was made.
package struct FieldTransportStatistics: Sendable, Equatable {
    /// Frames taken by libzmq.
    package internal(set) var sentFrameCount: UInt64 = 0
    /// Frames read.
    package internal(set) var receivedFrameCount: UInt64 = 0
    /// Hints read.
    package internal(set) var receivedHintCount: UInt64 = 0
    /// Hints dropped because the buffer was full.
    package internal(set) var droppedHintCount: UInt64 = 0
    /// State changes dropped because nobody read events.
    package internal(set) var droppedStateCount: UInt64 = 0
    /// Messages of several frames, refused.
    package internal(set) var malformedMessageCount: UInt64 = 0
    /// Connection attempts, both sockets together.
    package internal(set) var attemptCount: UInt64 = 0
    /// How often the buffer was full and the sync socket was left unread.
    package internal(set) var pausedReadingCount: UInt64 = 0
}
