import Dispatch
import Glibc

/// SIGTERM and SIGINT as a stream: the first asks for a graceful end, a second one ends at once.
///
/// They are received for as long as this object lives.
package final class TerminationSignals {
    /// The signals that were received, in order.
    package let received: AsyncStream<Int32>
    private let sources: [any DispatchSourceSignal]

    /// Starts to receive.
    package init() {
        let (stream, continuation) = AsyncStream.makeStream(of: Int32.self)
        received = stream
        sources = [SIGTERM, SIGINT].map { number in
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler { continuation.yield(number) }
            source.resume()
            return source
        }
    }
}
