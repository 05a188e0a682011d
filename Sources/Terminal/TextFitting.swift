/// On which side of its column a text stands.
package enum TextAlignment: Hashable, Sendable {
    case leading
    case trailing
}

/// Stands for what was cut off; one column wide.
package let ellipsis: Character = "…"

extension StringProtocol {
    /// The text, cut to at most `columnCount` columns; what was cut is marked by an ellipsis.
    ///
    /// A character is never halved, so the result of a cut may be one column narrower. Zero columns
    /// give the empty text.
    package func truncated(toColumns columnCount: Int) -> String {
        precondition(columnCount >= 0, "cannot cut to \(columnCount) columns")
        guard displayWidth(of: self) > columnCount else { return String(self) }
        guard columnCount > 0 else { return "" }
        var kept = ""
        var width = 1
        for character in self {
            width += displayWidth(of: character)
            if width > columnCount { break }
            kept.append(character)
        }
        return kept + String(ellipsis)
    }

    /// The text, filled with spaces to `columnCount` columns; a wider text is left as it is.
    package func padded(
        toColumns columnCount: Int, alignment: TextAlignment = .leading
    ) -> String {
        let fill = String(repeating: " ", count: Swift.max(0, columnCount - displayWidth(of: self)))
        return alignment == .leading ? self + fill : fill + self
    }

    /// The text in exactly `columnCount` columns: cut if it is wider, filled if it is narrower.
    package func fitted(
        toColumns columnCount: Int, alignment: TextAlignment = .leading
    ) -> String {
        truncated(toColumns: columnCount).padded(toColumns: columnCount, alignment: alignment)
    }
}
