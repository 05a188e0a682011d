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
