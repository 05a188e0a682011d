/// One line of text from outside that is safe to print.
///
/// A customer's complaint must not move a cursor, recolour a screen or turn the reading direction.
/// Line breaks become `↵`, tabs a space, other C0 controls their pictures (`␛`), and C1 controls,
/// bidirectional controls, invisible tags and other formats the replacement character.
package func printable(_ text: some StringProtocol) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return String(text) }
    var result = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
        // CR LF is one line break and shows as one.
        if !(scalar == "\n" && previous == "\r") { result.append(printableScalar(scalar)) }
        previous = scalar
    }
    return String(result)
}

/// The lines of a text from outside, each safe to print; a line break at the very end starts no
/// further line.
package func printableLines(_ text: String) -> [String] {
    var lines = text.split(omittingEmptySubsequences: false, whereSeparator: isLineBreak)
    if let last = lines.last, last.isEmpty { lines.removeLast() }
    return lines.map { printable($0) }
}

/// Whether printing the scalar as it is could change anything but the cell it is drawn in.
func isUnsafeToPrint(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .surrogate: true
    case .format: !harmlessFormats.contains(scalar)
    default: false
    }
}

/// Zero-width characters that copied texts are full of or that emoji need: spaces and joiners.
private let harmlessFormats: [Unicode.Scalar] = [
    "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}",
]

private func isLineBreak(_ character: Character) -> Bool {
    character == "\n" || character == "\r\n" || character == "\r"
}

private func printableScalar(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar {
    case "\n", "\r", "\u{2028}", "\u{2029}": "↵"
    case "\t": " "
    case "\u{7F}": "␡"
    case "\u{0}"..."\u{1F}": Unicode.Scalar(scalar.value + 0x2400) ?? "\u{FFFD}"
    default: isUnsafeToPrint(scalar) ? "\u{FFFD}" : scalar
    }
}
