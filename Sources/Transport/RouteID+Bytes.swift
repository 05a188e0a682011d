/// Routes as opaque bytes, for an owner that does not know this module's types.
extension RouteID {
    /// Five bytes; meaningful only to `init(bytes:)` of the same process.
    package var bytes: [UInt8] {
        [origin == .local ? 1 : 0] + withUnsafeBytes(of: number) { Array($0) }
    }

    /// Reads what `bytes` gave; nil for anything else.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 5, bytes[0] <= 1 else { return nil }
        origin = bytes[0] == 1 ? .local : .remote
        number = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 1, as: UInt32.self) }
    }
}
