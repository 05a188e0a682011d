import Foundation

/// Text as full-text search sees it (transport.md 4.4).
///
/// SQLite's `unicode61` takes a run of Han characters for one word, so 投诉 inside a sentence would
/// never be found. Both the index and the query are therefore written with a space around every
/// Han character and searched as a phrase.
package enum SearchText {
    /// The most text of one ticket that is indexed, in UTF-8 bytes after folding.
    package static let indexedByteCountMax = 256 * 1024

    /// Compatibility-composed and lower-cased: full-width and half-width forms become one.
    package static func folded(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy(isFoldedByCaseAlone) {
            var folded = String.UnicodeScalarView()
            for scalar in text.unicodeScalars { folded.append(lowerCased(scalar)) }
            return String(folded)
        }
        // Composed once more: on Linux the compatibility mapping leaves half-width kana and lower
        // case of some letters in parts.
        return text.precomposedStringWithCompatibilityMapping.lowercased()
            .precomposedStringWithCanonicalMapping
    }

    /// Plain Chinese with Latin letters and digits, which is nearly all text here: no mapping but
    /// that of case touches it, so Unicode's tables need not be asked.
    private static func isFoldedByCaseAlone(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII || (0x4E00...0x9FFF).contains(scalar.value)
            || (0x3001...0x3002).contains(scalar.value)
    }

    private static func lowerCased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard (0x41...0x5A).contains(scalar.value) else { return scalar }
        return Unicode.Scalar(UInt8(scalar.value + 0x20))
    }

    /// `text` folded, with a space on each side of every Han, Hangul and kana character.
    package static func segmented(_ text: String) -> String {
        var result = ""
        for scalar in folded(text).unicodeScalars {
            if isIdeographic(scalar) {
                result += " "
                result.unicodeScalars.append(scalar)
                result += " "
            } else {
                result.unicodeScalars.append(scalar)
            }
            if result.utf8.count >= indexedByteCountMax { break }
        }
        return result
    }

    /// An FTS5 query that finds every word of `query` as a phrase; nil if there is nothing to look
    /// for. Words are separated by white space; the last one also matches as a prefix.
    ///
    /// Nothing in `query` is syntax: every word is quoted and control characters, of which NUL
    /// would end the expression early, only separate. A word without a letter or digit is left
    /// out, because FTS5 finds nothing at all for a phrase without a token.
    package static func matchExpression(_ query: String) -> String? {
        let phrases = words(query).map { word in
            let terms = segmented(word).split(whereSeparator: \.isWhitespace)
            return "\"" + terms.joined(separator: " ").replacing("\"", with: "\"\"") + "\""
        }
        guard !phrases.isEmpty else { return nil }
        return phrases.joined(separator: " AND ") + " *"
    }

    /// The words to look for, folded; those without a letter or digit are left out.
    package static func words(_ query: String) -> [String] {
        folded(query).split(whereSeparator: isSeparator).filter(isToken).map(String.init)
    }

    private static func isSeparator(_ character: Character) -> Bool {
        character.isWhitespace
            || character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private static func isToken(_ word: Substring) -> Bool {
        word.unicodeScalars.contains { scalar in
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter,
                .otherLetter, .decimalNumber, .letterNumber, .otherNumber, .privateUse:
                true
            default: false
            }
        }
    }

    private static func isIdeographic(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x3005...0x3007, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xAC00...0xD7AF,
            0xF900...0xFAFF, 0x20000...0x323AF:
            true
        default: false
        }
    }
}
