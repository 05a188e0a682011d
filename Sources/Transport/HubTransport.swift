import CZeroMQ

/// The hub's sockets: sync (ROUTER), feed (XPUB), authentication and the local admin socket.
///
/// It moves opaque frames and knows who sent them; what they mean is its owner's business.
/// ```swift
/// let transport = try HubTransport(context: context, configuration: configuration)
/// let endpoints = try await transport.start()
/// while let batch = await transport.nextBatch() {
///     await transport.send(replies(to: batch))
/// }
/// ```
/// Contract: one consumer calls `nextBatch()`; while it does not, reading stops when the buffer is
/// full and TCP slows the senders down. After `start()`, `shutdown()` must be called: the loop
/// keeps a started transport alive. Sockets and state live on one loop thread (transport.md 2.3).
package actor HubTransport {
    /// Answers a frame on the loop thread, before it is buffered; nil leaves it to `nextBatch()`.
    ///
    /// For control frames such as PING only: it must not block. Not called while the buffer is
    /// full.
    package typealias ImmediateReply = @Sendable (InboundFrame) -> [UInt8]?

    enum Phase { case idle, starting, running, draining, closed }

    struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<[InboundFrame]?, Never>
    }

    let configuration: HubTransportConfiguration
    let context: ZeroMQContext
    let loop: LoopThread
    let immediateReply: ImmediateReply?

    var phase = Phase.idle
    var authentication: AuthenticationHandler?
    var syncSocket: ZeroMQSocket?
    var feedSocket: ZeroMQSocket?
    var localSocket: ZeroMQSocket?

    var inbound: [InboundFrame] = []
    var inboundByteCount = 0
    var isReadingPaused = false
    var waiter: Waiter?
    var lastWaiterNumber: UInt64 = 0
    var counters = HubTransportStatistics()

    /// The transport's own loop thread.
    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        loop.asUnownedSerialExecutor()
    }

    /// Makes a transport with a thread of its own; nothing is opened before `start()`.
    ///
    /// - Throws: `TransportError` (`resourcesExhausted`) without a thread.
    package init(
        context: ZeroMQContext, configuration: HubTransportConfiguration,
        immediateReply: ImmediateReply? = nil
    ) throws(TransportError) {
        self.context = context
        self.configuration = configuration
        self.immediateReply = immediateReply
        loop = try LoopThread(name: "hub-transport")
    }

    /// Counters since the transport was made.
    package func statistics() -> HubTransportStatistics { counters }

    /// The next frames, in the order of arrival per sender; nil after the end.
    ///
    /// Waits while there are none. Gives nil too when the calling task is cancelled, and then loses
    /// nothing. Never call it twice at a time.
    package func nextBatch() async -> [InboundFrame]? {
        precondition(waiter == nil, "one consumer at a time may wait for frames")
        if !inbound.isEmpty { return takeInbound() }
        guard phase != .closed, phase != .draining else { return nil }
        lastWaiterNumber += 1
        let number = lastWaiterNumber
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard !Task.isCancelled else { return continuation.resume(returning: nil) }
                waiter = Waiter(number: number, continuation: continuation)
            }
        } onCancel: {
            Task { await self.cancelWaiter(number) }
        }
    }

    private func cancelWaiter(_ number: UInt64) {
        guard let waiter, waiter.number == number else { return }
        self.waiter = nil
        waiter.continuation.resume(returning: nil)
    }

    func takeInbound() -> [InboundFrame] {
        let batch = inbound
        inbound = []
        inboundByteCount = 0
        resumeReading()
        return batch
    }

    /// Hands what was read to a waiting consumer.
    func deliver() {
        guard let waiter, !inbound.isEmpty else { return }
        self.waiter = nil
        waiter.continuation.resume(returning: takeInbound())
    }
}
