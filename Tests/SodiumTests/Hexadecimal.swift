/// The bytes of a published test vector.
func bytes(hexadecimal text: String) -> [UInt8] {
    var digits = text.filter(\.isHexDigit).compactMap(\.hexDigitValue)[...]
    precondition(digits.count.isMultiple(of: 2), "half a byte in a test vector")
    var result: [UInt8] = []
    while let high = digits.popFirst(), let low = digits.popFirst() {
        result.append(UInt8(high << 4 | low))
    }
    return result
}
