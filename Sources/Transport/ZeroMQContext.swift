import CZeroMQ
import Glibc
import Synchronization

/// The libzmq context: one per process, terminated last.
///
/// Two contexts that use CURVE in one process can crash each other on termination (transport.md
/// 1.3 q), so a process makes one and hands it to every transport.
package final class ZeroMQContext: Sendable {
    /// `nonisolated(unsafe)`: libzmq documents the context as thread-safe.
    nonisolated(unsafe) let handle: UnsafeMutableRawPointer

    private let lastMonitorNumber = Atomic<UInt64>(0)

    /// Makes the context; one I/O thread carries about 150,000 small encrypted frames a second.
    ///
    /// - Throws: `TransportError` (`resourcesExhausted`) without descriptors or memory.
    package init(ioThreadCount: Int = 1) throws(TransportError) {
        precondition((1...16).contains(ioThreadCount), "1 to 16 I/O threads, not \(ioThreadCount)")
        guard let handle = zmq_ctx_new() else { throw .last("Opening the messaging context") }
        self.handle = handle
        zmq_ctx_set(handle, ZMQ_IO_THREADS, Int32(ioThreadCount))
        zmq_ctx_set(handle, ZMQ_BLOCKY, 0)
    }

    /// An inproc address that no other monitor of this context has or had.
    func makeMonitorEndpoint() -> String {
        let number = lastMonitorNumber.add(1, ordering: .relaxed).newValue
        return "inproc://monitor-\(number)"
    }

    /// Makes every pending and later socket call fail, so that owners close their sockets.
    ///
    /// Only for a shutdown that took too long; the graceful way closes the transports first.
    package func shutdown() {
        zmq_ctx_shutdown(handle)
    }

    /// Waits until every socket is closed and its linger time is over, then frees the context.
    ///
    /// Call it once, after all transports are closed. Waits on a thread of its own.
    ///
    /// - Throws: `TransportError` (`resourcesExhausted`) when no thread could be started.
    package func terminate() async throws {
        try await withCheckedThrowingContinuation {
            (continuation: CheckedContinuation<Void, any Error>) in
            do throws(TransportError) {
                try DedicatedThread.start(name: "zmq-terminate") { [self] in
                    while zmq_ctx_term(handle) != 0 && zmq_errno() == EINTR {}
                    continuation.resume()
                }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
