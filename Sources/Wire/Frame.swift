import Replication

/// The versions of the conversation that this build can hold.
package enum ProtocolVersion {
    package static let current = 2
    package static let oldest = 1
    /// The first version whose clients know snapshots, refills and digests.
    package static let recovery = 2

    /// The version to speak with somebody who knows `oldest` to `newest`; nil when there is none.
    ///
    /// - Parameter own: the newest that is spoken here.
    package static func common(_ oldest: Int, _ newest: Int, own: Int = current) -> Int? {
        let version = min(newest, own)
        return version >= max(oldest, Self.oldest) ? version : nil
    }
}

/// What a frame carries. Raw values are wire values: never reused.
package enum MessageType: UInt8, CaseIterable, Sendable {
    case hello = 1
    case welcome = 2
    case push = 3
    case ack = 4
    case pull = 5
    case page = 6
    case directoryGet = 7
    case directory = 8
    case verdictsGet = 9
    case verdicts = 10
    case enroll = 11
    case enrolled = 12
    case ping = 13
    case pong = 14
    case failure = 15
    case bye = 16
    case snapshotGet = 17
    case snapshot = 18
    case refill = 19
    case refilled = 20
    case digestGet = 21
    case digests = 22
}

/// The fixed header of every frame, 24 bytes, integers big-endian: magic `LPDK`, header version,
/// type, flags (2), request id (8), body length (4), reserved (4).
struct Frame {
    static let headerByteCount = 24
    static let headerVersion: UInt8 = 1
    static let magic = Array("LPDK".utf8)

    var type: MessageType
    var requestID: UInt64
    var body: [UInt8]

    /// The frame's bytes.
    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.headerByteCount + body.count)
        bytes += Self.magic
        bytes += [Self.headerVersion, type.rawValue, 0, 0]
        bytes += bigEndian(requestID)
        bytes += bigEndian(UInt64(body.count) << 32)
        bytes += body
        return bytes
    }

    /// Reads a frame.
    ///
    /// - Throws: `ProtocolError` with the request id as soon as that much can be read.
    init(_ bytes: [UInt8]) throws(ProtocolError) {
        guard bytes.count >= Self.headerByteCount, bytes.prefix(4).elementsEqual(Self.magic) else {
            throw ProtocolError(.malformed, "not a Loopdesk frame")
        }
        requestID = Self.integer(bytes[8..<16])
        guard bytes.count <= Limits.frameByteCountMax else {
            throw ProtocolError(
                .tooLarge, "a frame of \(bytes.count) bytes; at most \(Limits.frameByteCountMax)",
                requestID: requestID)
        }
        guard bytes[4] == Self.headerVersion else {
            throw ProtocolError(
                .unsupportedProtocol, "header version \(bytes[4]) is not known",
                requestID: requestID)
        }
        let length = Self.integer(bytes[16..<20])
        guard length == UInt64(bytes.count - Self.headerByteCount) else {
            throw ProtocolError(
                .malformed,
                "the header speaks of \(length) bytes, \(bytes.count - Self.headerByteCount) came",
                requestID: requestID)
        }
        guard bytes[6..<8].allSatisfy({ $0 == 0 }), bytes[20..<24].allSatisfy({ $0 == 0 }) else {
            throw ProtocolError(
                .malformed, "reserved bits are set", requestID: requestID)
        }
        guard let type = MessageType(rawValue: bytes[5]) else {
            throw ProtocolError(
                .malformed, "message type \(bytes[5]) is not known", requestID: requestID)
        }
        self.type = type
        body = Array(bytes[Self.headerByteCount...])
    }

    init(_ type: MessageType, requestID: UInt64, body: [UInt8]) {
        self.type = type
        self.requestID = requestID
        self.body = body
    }

    private static func integer(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// A frame that is not answered with what it asked for.
package struct ProtocolError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The code to answer with.
    package var failureCode: FailureCode
    package var description: String
    /// The request that it belongs to, if that could be read.
    package var requestID: UInt64?

    init(_ code: FailureCode, _ description: String, requestID: UInt64? = nil) {
        failureCode = code
        self.description = description
        self.requestID = requestID
    }
}
