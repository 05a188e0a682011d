import CZeroMQ
import Glibc

/// The one thread on which a transport actor and its sockets live.
///
/// It is the actor's serial executor and its poll loop at once: it waits in `zmq_poll` over the
/// wake-up descriptor and the watched sockets, then runs jobs, due deadlines and readiness handlers
/// (transport.md 2.2, 2.3). Sockets never leave it, which the compiler checks because they are not
/// `Sendable`. The thread ends when the last reference goes.
package final class LoopThread: SerialExecutor {
    private let core: LoopCore

    /// Starts the thread; `name` shows in process listings, cut at 15 bytes.
    ///
    /// - Throws: `TransportError` (`resourcesExhausted`) without a thread or a descriptor.
    package init(name: String) throws(TransportError) {
        let reference = WeakExecutor<LoopThread>()
        core = try LoopCore(reference: reference)
        try DedicatedThread.start(name: name) { [core] in core.run() }
        reference.set(self)
    }

    deinit { core.queue.stop() }

    /// Queues a job of a pinned actor; called by the runtime.
    package func enqueue(_ job: consuming ExecutorJob) {
        core.queue.append(UnownedJob(job))
    }

    /// For the `unownedExecutor` of a pinned actor, which must hold this thread.
    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Whether the caller runs on this thread.
    package func isIsolatingCurrentContext() -> Bool? { core.identity.isCurrent }

    /// Traps unless the caller runs on this thread.
    package func checkIsolated() {
        precondition(core.identity.isCurrent, "this code must run on its loop thread")
    }

    /// Calls `handler` on this thread whenever `socket` is ready for what it is watched for.
    ///
    /// Handlers are called in the order of registration. The handler keeps what it captures alive
    /// until `unwatch`.
    func watch(_ socket: ZeroMQSocket, _ handler: @escaping () -> Void) {
        checkIsolated()
        core.watches.append(LoopCore.Watch(socket: socket, events: .readable, handler: handler))
    }

    /// Changes what a watched socket is watched for; no event at all is TCP back-pressure.
    func setEvents(_ events: SocketEvents, for socket: ZeroMQSocket) {
        checkIsolated()
        guard let index = core.watches.firstIndex(where: { $0.socket === socket }) else { return }
        core.watches[index].events = events
    }

    /// Stops watching; the handler is not called again.
    func unwatch(_ socket: ZeroMQSocket) {
        checkIsolated()
        core.watches.removeAll { $0.socket === socket }
    }

    /// Runs `action` on this thread at `instant` or directly after.
    func schedule(
        at instant: ContinuousClock.Instant, _ action: @escaping () -> Void
    ) -> DeadlineHeap.ID {
        checkIsolated()
        return core.deadlines.schedule(at: instant, action)
    }

    /// Forgets a scheduled action; no effect when it already ran.
    func cancel(_ deadline: DeadlineHeap.ID) {
        checkIsolated()
        core.deadlines.cancel(deadline)
    }

    /// Suspends the calling actor method until `instant`, without a timer task.
    func pause(
        until instant: ContinuousClock.Instant, isolation: isolated (any Actor) = #isolation
    ) async {
        await withCheckedContinuation { continuation in
            _ = schedule(at: instant) { continuation.resume() }
        }
    }
}

/// What a socket is watched for.
struct SocketEvents: OptionSet {
    let rawValue: Int16
    static let readable = SocketEvents(rawValue: Int16(ZMQ_POLLIN))
    static let writable = SocketEvents(rawValue: Int16(ZMQ_POLLOUT))
}

/// The loop itself; kept apart from `LoopThread` so that the thread does not keep its owner alive.
///
/// `@unchecked Sendable`: everything but the queue and the identity is touched only by the thread.
final class LoopCore: @unchecked Sendable {
    struct Watch {
        let socket: ZeroMQSocket
        var events: SocketEvents
        let handler: () -> Void
    }

    /// Jobs run between two polls, so that a flood of calls cannot starve the sockets.
    static let jobsPerTurnMax = 256
    /// zmq_poll waits at most this long, so the arithmetic below cannot overflow.
    static let pollMillisecondsMax = 60_000

    let queue: JobQueue
    let identity = ThreadIdentity()
    var watches: [Watch] = []
    var deadlines = DeadlineHeap()

    private let reference: WeakExecutor<LoopThread>
    private var jobs: [UnownedJob] = []
    private var jobIndex = 0
    private var items: [zmq_pollitem_t] = []

    init(reference: WeakExecutor<LoopThread>) throws(TransportError) {
        self.reference = reference
        queue = try JobQueue(isBlocking: false)
    }

    func run() {
        identity.adopt()
        var isStopped = false
        while !(isStopped && jobs.isEmpty) {
            let ready = poll()
            isStopped = queue.take(into: &jobs)
            runJobs()
            runDeadlines()
            for watch in ready { call(watch) }
        }
    }

    /// Waits for readiness and gives the watches that are ready, in the order of registration.
    private func poll() -> [ZeroMQSocket] {
        let sockets = watches.map(\.socket)
        items.removeAll(keepingCapacity: true)
        items.append(
            zmq_pollitem_t(
                socket: nil, fd: queue.wakeDescriptor, events: Int16(ZMQ_POLLIN), revents: 0))
        for watch in watches {
            items.append(
                zmq_pollitem_t(
                    socket: watch.socket.handle, fd: 0, events: watch.events.rawValue, revents: 0))
        }
        let count = zmq_poll(&items, Int32(items.count), timeoutMilliseconds())
        guard count >= 0 else { return afterFailedPoll(zmq_errno(), sockets) }
        guard count > 0 else { return [] }
        if items[0].revents != 0 { queue.consumeWakeUp() }
        return zip(sockets, items.dropFirst()).filter { $0.1.revents != 0 }.map(\.0)
    }

    /// With a context that was shut down every socket is "ready": its owner's next call fails and
    /// the owner closes it.
    private func afterFailedPoll(_ cause: Int32, _ sockets: [ZeroMQSocket]) -> [ZeroMQSocket] {
        precondition(
            cause == ETERMINATED || cause == EINTR, "zmq_poll failed with errno \(cause)")
        return cause == ETERMINATED ? sockets : []
    }

    private func timeoutMilliseconds() -> Int {
        guard jobs.isEmpty else { return 0 }
        guard let nearest = deadlines.nearest else { return -1 }
        let (seconds, attoseconds) = (nearest - ContinuousClock.now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < Self.pollMillisecondsMax / 1000 else { return Self.pollMillisecondsMax }
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000) + 1
    }

    private func runJobs() {
        guard !jobs.isEmpty else { return }
        let executor = reference.strong()
        let end = min(jobs.count, jobIndex + Self.jobsPerTurnMax)
        while jobIndex < end {
            jobs[jobIndex].runSynchronously(on: executor.asUnownedSerialExecutor())
            jobIndex += 1
        }
        guard jobIndex == jobs.count else { return }
        jobs.removeAll(keepingCapacity: true)
        jobIndex = 0
    }

    private func runDeadlines() {
        guard deadlines.nearest != nil else { return }
        let now = ContinuousClock.now
        while let action = deadlines.popDue(at: now) { action() }
    }

    /// A handler before this one may have unwatched the socket.
    private func call(_ socket: ZeroMQSocket) {
        watches.first { $0.socket === socket }?.handler()
    }
}
