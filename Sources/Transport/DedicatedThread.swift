import CZeroMQ
import Glibc

/// Starts threads that receive no signal.
///
/// Signals stay with the thread that waits for them (libdispatch uses signalfd), and blocking calls
/// on these threads are not interrupted (transport.md 2.3).
enum DedicatedThread {
    /// The kernel cuts thread names at 15 bytes.
    private static let nameByteCountMax = 15

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    /// Runs `body` on a new detached thread.
    ///
    /// - Throws: `TransportError` (`resourcesExhausted`) when the kernel gives no thread.
    static func start(
        name: String, _ body: @escaping @Sendable () -> Void
    ) throws(TransportError) {
        let boxed = Unmanaged.passRetained(Body(body))
        var everySignal = sigset_t()
        var previous = sigset_t()
        sigfillset(&everySignal)
        pthread_sigmask(SIG_SETMASK, &everySignal, &previous)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, boxed.toOpaque())
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        guard status == 0 else {
            boxed.release()
            throw TransportError(
                .resourcesExhausted, "No thread could be started; raise the limit of processes",
                causeErrno: status)
        }
        loopdesk_name_thread(thread, String(name.utf8.prefix(nameByteCountMax)) ?? "loopdesk")
        pthread_detach(thread)
    }
}
