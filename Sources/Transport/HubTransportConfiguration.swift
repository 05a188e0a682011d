/// What a hub transport is told when it starts.
package struct HubTransportConfiguration: Sendable {
    /// Where replicas connect for sync, such as `tcp://0.0.0.0:7400`; port `*` lets the kernel
    /// choose.
    package var syncEndpoint: String
    /// Where replicas connect for the feed.
    package var feedEndpoint: String
    /// The local admin socket's path, in a directory of mode 0700; nil for none.
    package var localSocketPath: String?
    /// The hub's own keys.
    package var keys: CurveKeyPair
    /// Who may connect.
    package var keyTable: CurveKeyTable
    /// Sent to every new subscriber of its prefix, such as "W:" and the hub's instance; or empty.
    package var welcome: [UInt8]
    /// Sizes and times; the defaults are those of transport.md 1.5.
    package var limits: Limits

    /// Makes a configuration with the default limits.
    package init(
        syncEndpoint: String, feedEndpoint: String, localSocketPath: String? = nil,
        keys: CurveKeyPair, keyTable: CurveKeyTable, welcome: [UInt8] = [],
        limits: Limits = Limits()
    ) {
        self.syncEndpoint = syncEndpoint
        self.feedEndpoint = feedEndpoint
        self.localSocketPath = localSocketPath
        self.keys = keys
        self.keyTable = keyTable
        self.welcome = welcome
        self.limits = limits
    }

    /// Sizes and times of a hub transport.
    package struct Limits: Sendable {
        /// A larger frame disconnects its sender.
        package var frameByteCountMax = TransportLimits.frameByteCountMax
        /// A subscriber sends only topics.
        package var feedFrameByteCountMax = 1024
        /// Frames waiting for `nextBatch()`; the sockets are not read while it is full.
        package var bufferFrameCountMax = 1024
        /// Bytes waiting for `nextBatch()`; one more frame than this may be held.
        package var bufferByteCountMax = 16 << 20
        /// libzmq's queue of unread frames per peer: a window of pushes and a question of each
        /// kind. It counts frames of any size, and what does not fit waits at its sender.
        package var receiveQueueCountMax = 16
        /// libzmq's queue of unsent frames per peer; a full one drops the frame.
        package var sendQueueCountMax = 200
        /// libzmq's queue of unsent hints per subscriber; a full one drops the hint.
        package var feedQueueCountMax = 1000
        /// Connections that the kernel holds before they are accepted.
        package var backlogCountMax = 1024
        /// Handshakes one key may make in a window, both sockets together.
        package var handshakeCountMax = 40
        /// The window of `handshakeCountMax`.
        package var handshakeWindow = Duration.seconds(10)
        /// A peer that has not finished its handshake by then is disconnected.
        package var handshakeMillisecondsMax = 8000
        /// How long unsent frames may still leave after the close.
        package var lingerMilliseconds = 500
        /// How long a taken address is tried again at the start, for a hub that is just ending.
        package var bindRetryDuration = Duration.seconds(2)
        /// How long the start-up self-test waits for the stranger's refusal.
        package var selfTestDuration = Duration.seconds(5)

        /// The defaults of transport.md 1.5.
        package init() {}
    }
}
