import Glibc
import Synchronization

/// A dedicated thread that an actor can be pinned to for blocking work such as SQLite.
///
/// Keeps blocking calls off the cooperative pool, which has one thread per core. The thread ends
/// when the last reference goes; every actor on it must hold it, because executors are unowned:
/// ```swift
/// actor Store {
///     private let thread: BlockingThread
///     nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
/// }
/// ```
package final class BlockingThread: SerialExecutor {
    private let queue: JobQueue
    private let identity: ThreadIdentity

    /// Starts the thread; `name` shows in process listings, cut at 15 bytes.
    ///
    /// - Throws: `TransportError` (`resourcesExhausted`) without a thread or a descriptor.
    package init(name: String) throws(TransportError) {
        queue = try JobQueue(isBlocking: true)
        identity = ThreadIdentity()
        let reference = WeakExecutor<BlockingThread>()
        try DedicatedThread.start(name: name) { [queue, identity] in
            identity.adopt()
            Self.run(queue: queue, reference: reference)
        }
        reference.set(self)
    }

    deinit { queue.stop() }

    /// Queues a job of a pinned actor; called by the runtime.
    package func enqueue(_ job: consuming ExecutorJob) {
        queue.append(UnownedJob(job))
    }

    /// For the `unownedExecutor` of a pinned actor, which must hold this thread.
    package func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Whether the caller runs on this thread.
    package func isIsolatingCurrentContext() -> Bool? { identity.isCurrent }

    /// Traps unless the caller runs on this thread.
    package func checkIsolated() {
        precondition(identity.isCurrent, "this code must run on its blocking thread")
    }

    private static func run(queue: JobQueue, reference: WeakExecutor<BlockingThread>) {
        var jobs: [UnownedJob] = []
        var isStopped = false
        while !isStopped {
            queue.consumeWakeUp()
            isStopped = queue.take(into: &jobs)
            guard !jobs.isEmpty else { continue }
            let executor = reference.strong()
            for job in jobs {
                job.runSynchronously(on: executor.asUnownedSerialExecutor())
            }
            jobs.removeAll(keepingCapacity: true)
        }
    }
}

/// Remembers which thread an executor runs on.
final class ThreadIdentity: Sendable {
    private let thread = Atomic<UInt>(0)

    func adopt() { thread.store(UInt(pthread_self()), ordering: .releasing) }

    var isCurrent: Bool { thread.load(ordering: .acquiring) == UInt(pthread_self()) }
}

/// The thread's way back to its executor, without keeping it alive between jobs.
final class WeakExecutor<Executor: AnyObject & Sendable>: Sendable {
    private struct Reference { weak var executor: Executor? }
    private let reference = Mutex(Reference())

    func set(_ executor: Executor) {
        reference.withLock { $0.executor = executor }
    }

    /// Holds the executor for the jobs at hand: an actor with a job holds its executor.
    func strong() -> Executor {
        guard let executor = reference.withLock({ $0.executor }) else {
            preconditionFailure("an actor must hold the thread it is pinned to")
        }
        return executor
    }
}
