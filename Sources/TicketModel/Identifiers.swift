/// An identifier of 128 bits, compared and stored as 16 big-endian bytes.
///
/// Every kind of identifier is its own type, so that one cannot be passed for another.
package protocol Identifier128: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The 128 bits.
    var rawValue: UInt128 { get }
    /// Wraps 128 bits.
    init(rawValue: UInt128)
}

extension Identifier128 {
    /// The number of bytes of the stored form.
    package static var byteCount: Int { 16 }

    /// Reads the stored form; nil unless exactly 16 bytes are given.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        // One load for arrays and buffers; byte by byte through the protocol is dear.
        let value = bytes.withContiguousStorageIfAvailable {
            UnsafeRawBufferPointer($0).loadUnaligned(as: UInt128.self).bigEndian
        }
        self.init(rawValue: value ?? bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
    }

    /// Reads 32 hexadecimal digits; nil for any other text.
    package init?(hexadecimal text: some StringProtocol) {
        // A leading sign parses as a number too ("-0" is 0) but is no digit.
        guard text.utf8.count == 32, text.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
            let value = UInt128(text, radix: 16)
        else { return nil }
        self.init(rawValue: value)
    }

    /// The stored form: 16 bytes, most significant first, so that byte order is value order.
    package var bytes: [UInt8] {
        withUnsafeBytes(of: rawValue.bigEndian) { Array($0) }
    }

    /// 32 lower-case hexadecimal digits.
    package var description: String {
        let digits = String(rawValue, radix: 16)
        return String(repeating: "0", count: 32 - digits.count) + digits
    }

    /// Orders by value, which for time-ordered identifiers is order of creation.
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The content identity of one intent; survives re-dotting (replication.md 3.1).
///
/// UUIDv7 layout: 48 bits of milliseconds, then version, variant and 74 random bits, so that
/// indexes over it stay hot. Its time part is a hint for locality and never orders changes.
package struct OperationID: Identifier128 {
    package let rawValue: UInt128

    package init(rawValue: UInt128) { self.rawValue = rawValue }

    /// Builds a time-ordered identifier from a wall-clock reading and 128 random bits.
    package init(time: Timestamp, random: UInt128) {
        let milliseconds = UInt128(UInt64(max(0, time.milliseconds)) & 0xFFFF_FFFF_FFFF)
        let version: UInt128 = 0x7 << 76
        let variant: UInt128 = 0x2 << 62
        let upperRandom = (random >> 64 & 0xFFF) << 64
        let lowerRandom = random & 0x3FFF_FFFF_FFFF_FFFF
        rawValue = milliseconds << 80 | version | upperRandom | variant | lowerRandom
    }
}

/// The identity of a ticket: the identity of the intent that created it (replication.md 3.1).
package struct TicketID: Identifier128 {
    package let rawValue: UInt128
    package init(rawValue: UInt128) { self.rawValue = rawValue }
    /// The ticket that `operation` creates.
    package init(createdBy operation: OperationID) { rawValue = operation.rawValue }
}

/// The identity of one life of one replica database file (replication.md 3.1).
package struct ReplicaID: Identifier128 {
    package let rawValue: UInt128
    package init(rawValue: UInt128) { self.rawValue = rawValue }

    /// The replica under which the hub writes in `epoch`: a restored hub can never reuse its dots.
    package static func hub(_ epoch: EpochID) -> ReplicaID { ReplicaID(rawValue: epoch.rawValue) }

    /// The replica under whose dots the hub stores what others bring back after a restore.
    package static func recovery(_ epoch: EpochID) -> ReplicaID {
        ReplicaID(rawValue: epoch.rawValue ^ 1)
    }
}

/// One unbroken life of the hub's log; a restored hub mints another (replication.md 3.11).
package struct EpochID: Identifier128 {
    package let rawValue: UInt128
    package init(rawValue: UInt128) { self.rawValue = rawValue }
}
