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
    /// Frames dropped because no client takes one of their size.
    package internal(set) var oversizedFrameCount: UInt64 = 0
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
