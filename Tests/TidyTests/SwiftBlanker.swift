/// Swift source with comments and string literals turned into blanks.
///
/// Line breaks stay, every other blanked or non-ASCII byte becomes one ASCII byte, so offsets and
/// lines are those of the source. Interpolated code is blanked with its string. Bare `/regex/`
/// literals are not recognised.
func blankedSwift(_ text: String) -> String {
    var blanker = SwiftBlanker(bytes: Array(text.utf8))
    blanker.blankCode(untilClosingParenthesis: false)
    return String(decoding: blanker.output, as: UTF8.self)
}

private struct SwiftBlanker {
    let bytes: [UInt8]
    var output: [UInt8] = []
    var index = 0
    /// Above zero inside an interpolation, whose code is blanked too.
    var interpolationDepth = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    func isNext(_ text: StaticString, at offset: Int = 0) -> Bool {
        let count = text.utf8CodeUnitCount
        guard index + offset + count <= bytes.count else { return false }
        return (0..<count).allSatisfy { bytes[index + offset + $0] == text.utf8Start[$0] }
    }

    mutating func blank(_ count: Int = 1) {
        for _ in 0..<min(count, bytes.count - index) {
            output.append(bytes[index] == 10 ? 10 : 32)
            index += 1
        }
    }

    mutating func keep() {
        guard interpolationDepth == 0 else { return blank() }
        output.append(bytes[index] < 128 ? bytes[index] : UInt8(ascii: "_"))
        index += 1
    }

    /// Reads code to the end of the file, or to the parenthesis that ends an interpolation.
    mutating func blankCode(untilClosingParenthesis isInterpolation: Bool) {
        var depth = 0
        while index < bytes.count {
            if isNext("//") {
                while index < bytes.count, bytes[index] != 10 { blank() }
            } else if isNext("/*") {
                blankBlockComment()
            } else if let count = poundCountOfString() {
                blankString(poundCount: count)
            } else {
                if isNext("(") { depth += 1 }
                if isNext(")") { depth -= 1 }
                keep()
                if isInterpolation, depth < 0 { return }
            }
        }
    }

    mutating func blankBlockComment() {
        var depth = 0
        repeat {
            if isNext("/*") {
                depth += 1
                blank(2)
            } else if isNext("*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && index < bytes.count
    }

    /// The number of `#` before the quote if a string starts here.
    func poundCountOfString() -> Int? {
        var count = 0
        while isNext("#", at: count) { count += 1 }
        return isNext("\"", at: count) ? count : nil
    }

    func arePounds(_ count: Int, at offset: Int) -> Bool {
        (0..<count).allSatisfy { isNext("#", at: offset + $0) }
    }

    mutating func blankString(poundCount: Int) {
        blank(poundCount)
        let isMultiline = isNext("\"\"\"")
        let quoteCount = isMultiline ? 3 : 1
        blank(quoteCount)
        while index < bytes.count {
            if isNext("\\"), arePounds(poundCount, at: 1) {
                blank(1 + poundCount)
                if isNext("(") {
                    blankInterpolation()
                } else {
                    blank()
                }
            } else if isMultiline ? isNext("\"\"\"") : isNext("\""),
                arePounds(poundCount, at: quoteCount)
            {
                return blank(quoteCount + poundCount)
            } else if !isMultiline, bytes[index] == 10 {
                return
            } else {
                blank()
            }
        }
    }

    mutating func blankInterpolation() {
        blank()
        interpolationDepth += 1
        blankCode(untilClosingParenthesis: true)
        interpolationDepth -= 1
    }
}
