import SwiftProtobuf
import Wire

/// A frame written by hand, so that any part of it can be wrong.
struct RawFrame {
    var magic = Array("LPDK".utf8)
    var version: UInt8 = 1
    var type: UInt8 = 13
    var flags: [UInt8] = [0, 0]
    var requestID: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 7]
    /// What the header says; nil for the truth.
    var length: UInt32?
    var reserved: [UInt8] = [0, 0, 0, 0]
    var body: [UInt8] = []

    var bytes: [UInt8] {
        let length = length ?? UInt32(body.count)
        let lengthBytes = withUnsafeBytes(of: length.bigEndian) { Array($0) }
        return magic + [version, type] + flags + requestID + lengthBytes + reserved + body
    }

    init() {}

    init(type: UInt8, _ message: some SwiftProtobuf.Message) throws {
        self.type = type
        body = try message.serializedBytes()
    }
}

/// A protobuf field of any number that holds bytes, as a newer version might write it.
func newerField(_ number: UInt64, _ content: [UInt8] = [1, 2, 3]) -> [UInt8] {
    var (bytes, key): ([UInt8], UInt64) = ([], number << 3 | 2)
    while key > 0x7F {
        bytes.append(UInt8(key & 0x7F) | 0x80)
        key >>= 7
    }
    return bytes + [UInt8(key), UInt8(content.count)] + content
}

/// The message of the schema in some bytes, to change what our own values cannot say.
func raw<Message: SwiftProtobuf.Message>(
    _ bytes: [UInt8], as _: Message.Type = Message.self
) throws -> Message {
    try Message(serializedBytes: bytes)
}

extension ClientMessage {
    /// What follows the header.
    var body: [UInt8] { Array(encode(requestID: 7).dropFirst(24)) }
}

extension HubMessage {
    /// What follows the header.
    var body: [UInt8] { Array(encode(requestID: 7).dropFirst(24)) }
}
