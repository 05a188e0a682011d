/// 32 bytes stored in place, without a heap allocation: cheap to copy, compare and hash.
struct InlineBytes32: Hashable, Sendable {
    static let byteCount = 32

    private var words = SIMD4<UInt64>()

    /// 32 zero bytes.
    init() {}

    /// Takes exactly 32 bytes; nil for any other count.
    init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        withMutableBytes { destination in
            // One call for arrays and buffers; byte by byte through the protocol is dear.
            let isCopied: Void? = bytes.withContiguousStorageIfAvailable { source in
                guard let start = source.baseAddress else { return }
                destination.update(from: start, count: Self.byteCount)
            }
            if isCopied != nil { return }
            for (index, byte) in bytes.enumerated() { destination[index] = byte }
        }
    }

    /// Takes 64 hexadecimal digits; nil for any other text.
    init?(hexadecimal text: some StringProtocol) {
        let digits = text.utf8.map(hexadecimalValue)
        guard digits.count == 2 * Self.byteCount else { return nil }
        for index in 0..<Self.byteCount {
            guard let high = digits[2 * index], let low = digits[2 * index + 1] else { return nil }
            withMutableBytes { $0[index] = high << 4 | low }
        }
    }

    var bytes: [UInt8] {
        withBytes { Array(UnsafeBufferPointer(start: $0, count: Self.byteCount)) }
    }

    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }
        return String(decoding: text, as: UTF8.self)
    }

    /// Lends a pointer to the 32 bytes.
    func withBytes<Result>(_ body: (UnsafePointer<UInt8>) -> Result) -> Result {
        withUnsafePointer(to: words) {
            $0.withMemoryRebound(to: UInt8.self, capacity: Self.byteCount, body)
        }
    }

    /// Lends a pointer through which the 32 bytes can be written.
    mutating func withMutableBytes<Result>(
        _ body: (UnsafeMutablePointer<UInt8>) -> Result
    ) -> Result {
        withUnsafeMutablePointer(to: &words) {
            $0.withMemoryRebound(to: UInt8.self, capacity: Self.byteCount, body)
        }
    }
}

private func hexadecimalValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
}
