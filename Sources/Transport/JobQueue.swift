import CZeroMQ
import Glibc
import Synchronization

/// The jobs of one executor thread and the descriptor that wakes it.
///
/// The descriptor is written only when the queue goes from quiet to signalled, so a burst of jobs
/// costs one system call (transport.md 2.3).
final class JobQueue: Sendable {
    private struct State {
        var jobs: [UnownedJob] = []
        var isSignalled = false
        var isStopped = false
    }

    private let state = Mutex(State())
    let wakeDescriptor: Int32

    /// - Throws: `TransportError` (`resourcesExhausted`) when no descriptor is free.
    init(isBlocking: Bool) throws(TransportError) {
        wakeDescriptor = loopdesk_eventfd(isBlocking ? 1 : 0)
        guard wakeDescriptor >= 0 else { throw .last("Opening a wake-up descriptor") }
    }

    deinit { close(wakeDescriptor) }

    func append(_ job: UnownedJob) {
        signal { $0.jobs.append(job) }
    }

    func stop() {
        signal { $0.isStopped = true }
    }

    private func signal(_ change: (inout sending State) -> Void) {
        let mustWake = state.withLock { state in
            change(&state)
            defer { state.isSignalled = true }
            return !state.isSignalled
        }
        guard mustWake else { return }
        var one: UInt64 = 1
        while write(wakeDescriptor, &one, 8) < 0 && errno == EINTR {}
    }

    /// Empties the wake-up descriptor; with a blocking descriptor, waits for the next wake-up.
    func consumeWakeUp() {
        var count: UInt64 = 0
        while read(wakeDescriptor, &count, 8) < 0 && errno == EINTR {}
    }

    /// Moves the queued jobs behind those in `jobs`; true once stopped.
    ///
    /// Call it after `consumeWakeUp()`: a job that arrives between the two is taken here, one that
    /// arrives later writes the descriptor again. Neither order loses a wake-up.
    func take(into jobs: inout [UnownedJob]) -> Bool {
        let (taken, isStopped) = state.withLock { state in
            state.isSignalled = false
            let taken = state.jobs
            state.jobs.removeAll(keepingCapacity: true)
            return (taken, state.isStopped)
        }
        jobs.append(contentsOf: taken)
        return isStopped
    }
}
