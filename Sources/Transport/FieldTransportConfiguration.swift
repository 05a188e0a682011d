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
        /// The largest frame it sends: the hub's limit, because the hub disconnects on a larger
        /// one.
        package var sendFrameByteCountMax = TransportLimits.frameByteCountMax
        /// Events waiting for `nextEvents()`; then frames are left unread and hints dropped.
        package var bufferEventCountMax = 4096
        /// Bytes of frames waiting for `nextEvents()`; one more frame than this may be held.
        package var bufferByteCountMax = 16 << 20
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
