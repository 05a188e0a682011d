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
        /// libzmq's queue of unread frames per peer.
        package var receiveQueueCountMax = 1000
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

/// Where a started hub can be reached, with the ports that the kernel chose.
package struct HubEndpoints: Sendable, Equatable {
    /// The sync socket's address.
    package let sync: String
    /// The feed socket's address.
    package let feed: String
    /// The admin socket's path, if there is one.
    package let localSocketPath: String?
}

/// Counters since the hub transport was made.
package struct HubTransportStatistics: Sendable, Equatable {
    /// Frames read from the sync and admin sockets.
    package internal(set) var receivedFrameCount: UInt64 = 0
    /// Payload bytes of those frames.
    package internal(set) var receivedByteCount: UInt64 = 0
    /// Messages refused: several payload frames, no authenticated name, a chosen address.
    package internal(set) var malformedMessageCount: UInt64 = 0
    /// Frames answered by the immediate reply.
    package internal(set) var immediateReplyCount: UInt64 = 0
    /// Frames handed to libzmq for a route.
    package internal(set) var sentFrameCount: UInt64 = 0
    /// Frames dropped because the route is gone.
    package internal(set) var unreachableFrameCount: UInt64 = 0
    /// Frames dropped because the route's queue is full.
    package internal(set) var queueFullFrameCount: UInt64 = 0
    /// Hints published.
    package internal(set) var publishedFrameCount: UInt64 = 0
    /// Subscriptions read from subscribers.
    package internal(set) var subscribedCount: UInt64 = 0
    /// Cancelled subscriptions, those of lost connections included.
    package internal(set) var unsubscribedCount: UInt64 = 0
    /// Handshakes of known keys.
    package internal(set) var acceptedHandshakeCount: UInt64 = 0
    /// Handshakes of unknown or revoked keys; the self-test makes two.
    package internal(set) var refusedHandshakeCount: UInt64 = 0
    /// Handshakes of known keys beyond their limit.
    package internal(set) var limitedHandshakeCount: UInt64 = 0
    /// How often the buffer was full and the sockets were left unread.
    package internal(set) var pausedReadingCount: UInt64 = 0
}
