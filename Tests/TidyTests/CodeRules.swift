/// What no source may hold: notes to self, and ways to crash on bad input.
enum CodeRules {
    private static let notes = ["FIX" + "ME", "TO" + "DO", "XX" + "X"]

    private static let banned: [(pattern: Pattern, replacement: String)] = [
        (Pattern(#"\btry!"#), "`try!`: handle the error or let it through"),
        (Pattern(#"\bas!"#), "`as!`: use `as?` and refuse what does not fit"),
        (
            Pattern(#"[\w)\]](!)(?=[\s.,;:)\]}\[(]|$)(?<!\btry!)(?<!\bas!)"#),
            "force unwrap: use `guard let`, or a precondition with a sentence"
        ),
        (
            Pattern(#"\bfatalError\("#),
            "`fatalError(`: throw for bad input, preconditionFailure with a sentence for a bug"
        ),
    ]

    static func check(_ file: SourceFile) -> [Finding] {
        guard !file.isGenerated else { return [] }
        return checkNotes(file) + (file.target == nil ? [] : checkCrashes(file))
    }

    private static func checkNotes(_ file: SourceFile) -> [Finding] {
        file.lines.enumerated().flatMap { index, line in
            notes.filter { containsWord($0, in: line) }.map { note in
                file.finding(line: index + 1, "\(note) left behind: do it, or write an issue")
            }
        }
    }

    private static func containsWord(_ word: String, in line: String) -> Bool {
        guard let range = line.firstRange(of: word) else { return false }
        let isLetter = { (character: Character?) in
            character.map { $0.isLetter || $0 == "_" } ?? false
        }
        return !isLetter(line[..<range.lowerBound].last)
            && !isLetter(line[range.upperBound...].first)
    }

    private static func checkCrashes(_ file: SourceFile) -> [Finding] {
        banned.flatMap { pattern, replacement in
            file.matches(pattern).map { file.finding(line: $0.line, replacement) }
        }
    }
}
