import CZeroMQ
import Glibc

/// One libzmq frame, owned: closed when it goes out of scope.
///
/// A bitwise move is sound: libzmq's own move is a copy plus re-initialisation, without pointers
/// into itself (transport.md 2.3).
struct ZeroMQMessage: ~Copyable {
    private var raw = zmq_msg_t()

    init() {
        zmq_msg_init(&raw)
    }

    /// A frame of the concatenated parts.
    ///
    /// - Throws: `TransportError` (`resourcesExhausted`) without memory.
    init(concatenating first: [UInt8], _ second: [UInt8]) throws(TransportError) {
        guard zmq_msg_init_size(&raw, first.count + second.count) == 0 else {
            let error = TransportError.last("Allocating a frame")
            zmq_msg_init(&raw)
            throw error
        }
        let target = UnsafeMutableRawBufferPointer(
            start: zmq_msg_data(&raw), count: first.count + second.count)
        target.copyBytes(from: first)
        UnsafeMutableRawBufferPointer(rebasing: target[first.count...]).copyBytes(from: second)
    }

    deinit {
        var copy = raw
        zmq_msg_close(&copy)
    }

    var byteCount: Int {
        mutating get { zmq_msg_size(&raw) }
    }

    /// Whether further frames of the same message follow.
    var hasMore: Bool {
        mutating get { zmq_msg_more(&raw) != 0 }
    }

    /// A copy of the bytes; libzmq's buffer may be shared with other frames.
    var bytes: [UInt8] {
        mutating get { withBytes { [UInt8]($0) } }
    }

    mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeMutablePointer(to: &raw) { pointer in
            body(UnsafeRawBufferPointer(start: zmq_msg_data(pointer), count: zmq_msg_size(pointer)))
        }
    }

    /// The name the key table gave the sender, or nil when libzmq attached none.
    ///
    /// Valid on payload frames only (transport.md 1.3 d).
    var userID: String? {
        mutating get {
            guard let text = zmq_msg_gets(&raw, "User-Id") else { return nil }
            return String(cString: text)
        }
    }

    /// Receives into this frame, releasing what it held.
    mutating func receive(from socket: UnsafeMutableRawPointer) -> Int32 {
        zmq_msg_recv(&raw, socket, ZMQ_DONTWAIT)
    }

    /// Sends this frame; on success it is empty, on failure it still owns its bytes.
    mutating func send(to socket: UnsafeMutableRawPointer) -> Int32 {
        zmq_msg_send(&raw, socket, ZMQ_DONTWAIT)
    }
}
