/// The number of terminal columns that `text` takes.
///
/// Han, kana, Hangul, full-width forms and emoji take two, combining and zero-width characters
/// none, everything else one. Characters of ambiguous width (Unicode UAX 11) count as one, as
/// terminals with UTF-8 draw them. Control characters count as none: print them through
/// ``printable(_:)``.
package func displayWidth(of text: some StringProtocol) -> Int {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text.utf8.count }
    return text.reduce(0) { $0 + displayWidth(of: $1) }
}

/// The number of terminal columns that one user-perceived character takes.
package func displayWidth(of character: Character) -> Int {
    let scalars = character.unicodeScalars
    guard scalars.count > 1 else { return scalars.first.map(scalarWidth) ?? 0 }
    // A drawn emoji is one picture, however many scalars it is joined from.
    if isEmojiSequence(scalars) { return 2 }
    return scalars.reduce(0) { $0 + scalarWidth($1) }
}

private func isEmojiSequence(_ scalars: Character.UnicodeScalarView) -> Bool {
    guard let first = scalars.first, first.properties.isEmoji else { return false }
    return first.properties.isEmojiPresentation || scalars.contains("\u{FE0F}")
}

private func scalarWidth(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.properties.generalCategory {
    case .control, .format, .nonspacingMark, .enclosingMark, .lineSeparator, .paragraphSeparator:
        return 0
    default: break
    }
    if hangulTrailingJamo.contains(scalar.value) { return 0 }
    return isWide(scalar) ? 2 : 1
}

/// Vowels and final consonants that are drawn inside the syllable of the consonant before them.
private let hangulTrailingJamo: ClosedRange<UInt32> = 0x1160...0x11FF

/// Blocks whose characters are wide or full-width in UAX 11; holes inside a block belong to it,
/// because what Unicode adds there later is wide as well. Emoji are known by their property.
private let wideRanges: [ClosedRange<UInt32>] = [
    0x1100...0x115F,  // Hangul leading consonants
    0x2329...0x232A,  // angle brackets
    0x2E80...0x303E,  // radicals, CJK punctuation
    0x3041...0x3247, 0x3250...0x4DBF,  // kana, Bopomofo, enclosed forms, Han extension A
    0x4E00...0xA4CF,  // Han, Yi
    0xA960...0xA97C, 0xAC00...0xD7A3,  // Hangul
    0xF900...0xFAFF,  // compatibility Han
    0xFE10...0xFE19, 0xFE30...0xFE6F,  // vertical and small forms
    0xFF01...0xFF60, 0xFFE0...0xFFE6,  // full-width forms
    0x16FE0...0x18DFF, 0x1AFF0...0x1B2FF,  // Tangut, Khitan, kana supplements
    0x1F200...0x1F2FF,  // enclosed ideographs
    0x20000...0x3FFFD,  // Han extensions
]

private func isWide(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x1100 else { return false }
    if scalar.properties.isEmojiPresentation { return true }
    var lower = 0
    var upper = wideRanges.count
    while lower < upper {
        let middle = (lower + upper) / 2
        if wideRanges[middle].upperBound < scalar.value {
            lower = middle + 1
        } else {
            upper = middle
        }
    }
    return lower < wideRanges.count && wideRanges[lower].contains(scalar.value)
}
