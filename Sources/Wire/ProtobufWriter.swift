import TicketModel

/// Writes protobuf messages into one buffer, without building them first.
///
/// For the two kinds of blobs that a hub writes for every change: log entries and tickets. Through
/// the generated messages they took more than half of the time of a commit. `WireTests` hold these
/// bytes against those of the generated messages.
struct ProtobufWriter {
    /// What was written so far.
    private(set) var bytes: [UInt8] = []

    init(capacity: Int) { bytes.reserveCapacity(capacity) }

    // MARK: Fields that are left out when they hold their default

    mutating func field(_ number: UInt32, _ value: UInt64) {
        guard value != 0 else { return }
        present(number, value)
    }

    mutating func field(_ number: UInt32, _ value: Bool) {
        if value { present(number, UInt64(1)) }
    }

    mutating func field(_ number: UInt32, signed value: Int64) {
        guard value != 0 else { return }
        present(number, signed: value)
    }

    mutating func field(_ number: UInt32, fixed value: UInt64) {
        guard value != 0 else { return }
        key(number, Self.fixed64)
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func field(_ number: UInt32, _ text: String) {
        guard !text.isEmpty else { return }
        present(number, text)
    }

    // MARK: Fields that are written whatever they hold

    mutating func present(_ number: UInt32, _ value: UInt64) {
        key(number, Self.varint)
        append(varint: value)
    }

    mutating func present(_ number: UInt32, signed value: Int64) {
        present(number, UInt64(bitPattern: (value << 1) ^ (value >> 63)))
    }

    mutating func present(_ number: UInt32, _ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            key(number, Self.lengthDelimited)
            append(varint: UInt64(utf8.count))
            bytes += utf8
        }
    }

    mutating func present(_ number: UInt32, _ content: [UInt8]) {
        key(number, Self.lengthDelimited)
        append(varint: UInt64(content.count))
        bytes += content
    }

    mutating func present(_ number: UInt32, _ id: some Identifier128) {
        key(number, Self.lengthDelimited)
        append(varint: 16)
        withUnsafeBytes(of: id.rawValue.bigEndian) { bytes += $0 }
    }

    /// A message inside this one.
    mutating func message(_ number: UInt32, _ write: (inout ProtobufWriter) -> Void) {
        key(number, Self.lengthDelimited)
        let start = bytes.count
        // Room for the length, which is nearly always one byte.
        bytes.append(0)
        write(&self)
        var count = bytes.count - start - 1
        guard count >= 0x80 else {
            bytes[start] = UInt8(count)
            return
        }
        var length: [UInt8] = []
        while count >= 0x80 {
            length.append(UInt8(truncatingIfNeeded: count) | 0x80)
            count >>= 7
        }
        length.append(UInt8(count))
        bytes.replaceSubrange(start...start, with: length)
    }

    /// Bytes that are fields already.
    mutating func append(verbatim content: [UInt8]) { bytes += content }

    // MARK: Wire types

    private static let varint: UInt32 = 0
    private static let fixed64: UInt32 = 1
    private static let lengthDelimited: UInt32 = 2

    private mutating func key(_ number: UInt32, _ wireType: UInt32) {
        append(varint: UInt64(number << 3 | wireType))
    }

    private mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}
