import CZeroMQ
import Glibc

/// One libzmq socket. Not `Sendable`: it lives and dies on its owner's loop thread.
///
/// Every call is non-blocking and retries EINTR.
final class ZeroMQSocket {
    /// The socket types the transport uses.
    enum Kind {
        case dealer, pair, reply, router, subscriber, publisher

        fileprivate var number: Int32 {
            switch self {
            case .dealer: ZMQ_DEALER
            case .pair: ZMQ_PAIR
            case .reply: ZMQ_REP
            case .router: ZMQ_ROUTER
            case .subscriber: ZMQ_SUB
            case .publisher: ZMQ_XPUB
            }
        }
    }

    /// What became of a frame given to libzmq.
    enum SendResult {
        case accepted
        /// The queue to the peer is full.
        case full
        /// There is no such peer any more.
        case unreachable
    }

    let context: ZeroMQContext
    private(set) var handle: UnsafeMutableRawPointer?
    /// The frame that the last `receive()` brought.
    var message = ZeroMQMessage()

    /// - Throws: `TransportError` (`resourcesExhausted`, `closed`).
    init(_ context: ZeroMQContext, _ kind: Kind) throws(TransportError) {
        self.context = context
        handle = zmq_socket(context.handle, kind.number)
        guard handle != nil else { throw .last("Opening a socket") }
    }

    deinit { close() }

    /// Closes at once; frames still queued have the linger time to leave.
    func close() {
        guard let handle else { return }
        zmq_close(handle)
        self.handle = nil
    }

    /// The open socket; using a closed one is a bug.
    var open: UnsafeMutableRawPointer {
        guard let handle else { preconditionFailure("the socket was used after it was closed") }
        return handle
    }

    /// - Throws: `TransportError` (`addressInUse`, `invalidEndpoint`, …).
    func bind(_ endpoint: String) throws(TransportError) {
        guard zmq_bind(open, endpoint) == 0 else { throw .last("Listening on \(endpoint)") }
    }

    /// Stops listening; connections that exist go on.
    func unbind(_ endpoint: String) {
        zmq_unbind(open, endpoint)
    }

    /// - Throws: `TransportError` (`invalidEndpoint`, …); an absent peer is not an error here.
    func connect(_ endpoint: String) throws(TransportError) {
        guard zmq_connect(open, endpoint) == 0 else { throw .last("Connecting to \(endpoint)") }
    }

    /// Receives the next frame into `message`; false when none is queued.
    ///
    /// - Throws: `TransportError` (`closed`) when the context was shut down.
    func receive() throws(TransportError) -> Bool {
        while message.receive(from: open) < 0 {
            switch zmq_errno() {
            case EAGAIN: return false
            case EINTR: continue
            default: throw .last("Receiving")
            }
        }
        return true
    }

    /// Reads and forgets the frames of the current message that are left; gives their number.
    func discardRest() throws(TransportError) -> Int {
        var count = 0
        while message.hasMore {
            guard try receive() else { break }
            count += 1
        }
        return count
    }

    /// Sends one frame of `bytes`; `more` announces that another frame follows.
    ///
    /// - Throws: `TransportError` for anything but a full queue or a lost peer.
    func send(_ bytes: [UInt8], more: Bool = false) throws(TransportError) -> SendResult {
        let flags = ZMQ_DONTWAIT | (more ? ZMQ_SNDMORE : 0)
        while zmq_send(open, bytes, bytes.count, flags) < 0 {
            if let result = try Self.sendResult(zmq_errno()) { return result }
        }
        return .accepted
    }

    /// Sends `message`, which then is empty.
    ///
    /// - Throws: `TransportError` for anything but a full queue or a lost peer.
    func send(_ message: inout ZeroMQMessage) throws(TransportError) -> SendResult {
        while message.send(to: open) < 0 {
            if let result = try Self.sendResult(zmq_errno()) { return result }
        }
        return .accepted
    }

    /// nil asks for another attempt.
    private static func sendResult(_ cause: Int32) throws(TransportError) -> SendResult? {
        switch cause {
        case EINTR: return nil
        case EAGAIN: return .full
        case EHOSTUNREACH: return .unreachable
        default: throw .last("Sending")
        }
    }
}
