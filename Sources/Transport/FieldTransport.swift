import CZeroMQ

/// A device's side of the network: a sync connection (DEALER) and optionally the feed (SUB).
///
/// Both are supervised: whatever ends a connection, the socket is closed and a new one is made
/// after a jittered back-off, until `close()`.
/// ```swift
/// let transport = try FieldTransport(context: context, jitter: { Double.random(in: 0..<1) })
/// try await transport.connect(configuration)
/// while let events = await transport.nextEvents() { … }
/// ```
/// Contract: one consumer calls `nextEvents`. Frames sent while not connected are not taken;
/// nothing here is storage, the owner's durable outbox is. After `connect`, `close()` must be
/// called: the loop keeps a connected transport alive.
package actor FieldTransport {
    enum Phase { case idle, open, closed }

    struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<[LinkEvent]?, Never>
        var deadline: DeadlineHeap.ID?
    }

    /// State changes kept beyond the limit of the buffer.
    static let stateEventCountMax = 64

    let context: ZeroMQContext
    let loop: LoopThread
    let jitter: @Sendable () -> Double

    var phase = Phase.idle
    var limits = FieldTransportConfiguration.Limits()
    var syncLink: FieldLink?
    var feedLink: FieldLink?
    var topics: Set<[UInt8]> = []

    var events: [LinkEvent] = []
    var bufferedByteCount = 0
    var isReadingPaused = false
    var isWaitingForRoom = false
    var waiter: Waiter?
    var lastWaiterNumber: UInt64 = 0
    var counters = FieldTransportStatistics()

    /// The transport's own loop thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Makes a transport with a thread of its own; `jitter` gives values in 0..<1.
    ///
    /// - Throws: `TransportError` (`resourcesExhausted`) without a thread.
    package init(
        context: ZeroMQContext, jitter: @escaping @Sendable () -> Double
    ) throws(TransportError) {
        self.context = context
        self.jitter = jitter
        loop = try LoopThread(name: "field-transport")
    }

    /// Counters since the transport was made.
    package func statistics() -> FieldTransportStatistics { counters }

    /// The next events in order; empty at the deadline, nil after `close()`.
    ///
    /// The deadline is the owner's clock: it wakes the loop without a timer task. Gives nil too
    /// when the calling task is cancelled, and then loses nothing. Never call it twice at a time.
    package func nextEvents(
        until deadline: ContinuousClock.Instant? = nil
    ) async -> [LinkEvent]? {
        precondition(waiter == nil, "one consumer at a time may wait for events")
        if !events.isEmpty { return takeEvents() }
        guard phase != .closed else { return nil }
        lastWaiterNumber += 1
        let number = lastWaiterNumber
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: nil) }
                waiter = Waiter(number: number, continuation: continuation)
                waiter?.deadline = deadline.map { instant in
                    loop.schedule(at: instant) {
                        self.assumeIsolated { $0.finishWaiter(number, with: []) }
                    }
                }
            }
        } onCancel: {
            Task { await self.finishWaiter(number, with: nil) }
        }
    }

    /// Sends frames in order; gives how many were taken.
    ///
    /// Takes none while not connected and stops at a full queue; `writable` or `connected` then
    /// says when to go on. Taken does not mean delivered.
    ///
    /// - Throws: `TransportError`: `frameTooLarge` before anything is sent, `closed`.
    package func send(_ frames: [[UInt8]]) throws(TransportError) -> Int {
        guard phase == .open else {
            throw TransportError(.closed, "The connection to the hub is closed; connect first")
        }
        if let large = frames.first(where: { $0.count > limits.sendFrameByteCountMax }) {
            throw TransportError(
                .frameTooLarge,
                "A frame has at most \(limits.sendFrameByteCountMax) bytes, this one "
                    + "\(large.count); split it")
        }
        guard let link = syncLink, link.phase == .connected, let socket = link.socket else {
            return 0
        }
        for (index, frame) in frames.enumerated() {
            guard case .accepted = try socket.send(frame) else {
                waitForRoom()
                return index
            }
            counters.sentFrameCount += 1
        }
        return frames.count
    }

    /// Subscribes to topics (prefixes); kept for every later connection of the feed.
    package func subscribe(_ added: [[UInt8]]) {
        for topic in added where topics.insert(topic).inserted {
            precondition(
                topic.count <= TransportLimits.topicByteCountMax,
                "a topic has at most 64 bytes, not \(topic.count)")
            try? feedLink?.socket?.set(ZMQ_SUBSCRIBE, topic)
        }
    }

    /// Ends subscriptions; topics that were not subscribed are ignored.
    package func unsubscribe(_ removed: [[UInt8]]) {
        for topic in removed where topics.remove(topic) != nil {
            try? feedLink?.socket?.set(ZMQ_UNSUBSCRIBE, topic)
        }
    }
}
