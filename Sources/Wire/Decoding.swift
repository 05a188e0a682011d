import Foundation
import Replication
import Sodium
import SwiftProtobuf
import TicketModel

// Reading what somebody else wrote: every check that makes hostile bytes an error and never a trap.

/// The nesting that our messages need, with room; protobuf's own default is far deeper.
let messageDepthMax = 16

/// Parses a message with our limits.
///
/// - Throws: `CodecError` when the bytes are not such a message.
func parse<Message: SwiftProtobuf.Message>(
    _ bytes: some SwiftProtobufContiguousBytes
) throws(CodecError) -> Message {
    var options = BinaryDecodingOptions()
    options.messageDepthLimit = messageDepthMax
    do { return try Message(serializedBytes: bytes, options: options) } catch {
        throw CodecError("not a \(Message.protoMessageName): \(error)")
    }
}

/// Serialises a message; its own types make that infallible.
func serialize(_ message: some SwiftProtobuf.Message) -> [UInt8] {
    do { return try message.serializedBytes() } catch {
        preconditionFailure("a message without required fields cannot fail to encode: \(error)")
    }
}

extension Identifier128 {
    /// Reads 16 bytes.
    init(wire data: Data, _ what: String) throws(CodecError) {
        guard data.count == Self.byteCount else {
            throw CodecError("\(what) has \(data.count) bytes instead of 16")
        }
        // Every stamp holds two of these: one load instead of sixteen steps.
        self.init(
            rawValue: UInt128(
                bigEndian: data.withUnsafeBytes { $0.loadUnaligned(as: UInt128.self) })
        )
    }
}

extension ChosenName {
    /// Reads a name.
    init(wire text: String, _ what: String) throws(CodecError) {
        guard let name = Self(text) else { throw CodecError("\(what) is not a name") }
        self = name
    }
}

extension Digest {
    /// Reads 32 bytes.
    init(wire data: Data, _ what: String) throws(CodecError) {
        guard let digest = Digest(bytes: data) else {
            throw CodecError("\(what) has \(data.count) bytes instead of 32")
        }
        self = digest
    }
}

/// Reads a raw value of one of our enumerations.
func known<Value: RawRepresentable<Int>>(
    _ raw: UInt32, _ what: String
) throws(CodecError) -> Value {
    guard let value = Value(rawValue: Int(raw)) else {
        throw CodecError("\(what) \(raw) is not known to this version")
    }
    return value
}

/// Reads a place in a log or a counter. None is larger than what stores can count to, and one that
/// is would turn into a negative number there.
func place(_ raw: UInt64, _ what: String) throws(CodecError) -> UInt64 {
    guard raw <= UInt64(Int64.max) else { throw CodecError("\(what) \(raw) is in no log") }
    return raw
}

/// Maps with typed errors.
func map<Element, Value>(
    _ elements: [Element], _ transform: (Element) throws(CodecError) -> Value
) throws(CodecError) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(elements.count)
    for element in elements { values.append(try transform(element)) }
    return values
}

/// Refuses a list that is longer than its limit.
func check(_ count: Int, atMost countMax: Int, _ what: String) throws(CodecError) {
    guard count <= countMax else {
        throw CodecError("\(count) \(what), at most \(countMax) are allowed")
    }
}

/// Whether `bytes` are fields of a protobuf message none of which is a group. What is nested in a
/// field with a length is not looked at by whoever does not know the field.
func isFlatMessage(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = bytes[...]
    func varint() -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }
    while !rest.isEmpty {
        guard let key = varint() else { return false }
        let length: UInt64
        switch key & 7 {
        case 0:
            guard varint() != nil else { return false }
            length = 0
        case 1: length = 8
        case 2:
            guard let stated = varint() else { return false }
            length = stated
        case 5: length = 4
        default: return false
        }
        guard length <= UInt64(rest.count) else { return false }
        rest = rest.dropFirst(Int(length))
    }
    return true
}
