import Foundation

/// `Tests/REQUIREMENTS.md`: each requirement names the test that holds it, or says why none does.
enum RequirementRules {
    /// What a row may begin with instead of the name of a test.
    private static let excuses = ["later: ", "no test: "]

    /// Every id that the table must have a row for; `A4 000` stands for manual 000 in A4.
    static let ids: [String] =
        numbered("RO", 11) + numbered("CH", 11) + ["A4 000", "A4 001", "A4 002", "A4 003", "A5"]
        + numbered("K", 30) + numbered("RT", 11) + numbered("AP", 5) + numbered("E", 7)
        + numbered("H", 10) + ["A13"] + numbered("T", 37)

    /// What is wrong with the table: rows without a test, ids without a row.
    static func check(_ table: SourceFile, tests: Set<String>) -> [Finding] {
        var findings: [Finding] = []
        var seen: Set<String> = []
        for (index, line) in table.lines.enumerated() {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard line.hasPrefix("|"), cells.count == 2, cells[0] != "Id", cells[0] != "---" else {
                continue
            }
            seen.formUnion(cells[0].components(separatedBy: ", ").flatMap(expanded))
            let isExcused = excuses.contains { cells[1].hasPrefix($0) }
            if !isExcused, !tests.contains(cells[1]) {
                findings.append(
                    Finding(path: table.path, line: index + 1, message: "no test “\(cells[1])”"))
            }
        }
        for id in ids where !seen.contains(id) {
            findings.append(
                Finding(path: table.path, line: table.lines.count, message: "\(id) has no row"))
        }
        return findings
    }

    /// The names of all tests, as they are written.
    static func names(in files: [SourceFile]) -> Set<String> {
        let patterns = [/func `([^`]+)`/, /@Test\(\s*"([^"]+)"/]
        return Set(
            files.filter { $0.path.hasPrefix("Tests/") }.flatMap { file in
                patterns.flatMap { file.text.matches(of: $0).map { String($0.output.1) } }
            })
    }

    private static func numbered(_ letters: String, _ last: Int) -> [String] {
        (1...last).map { "\(letters)\($0)" }
    }

    /// `RO1-RO6` is six ids.
    private static func expanded(_ cell: String) -> [String] {
        guard let range = cell.wholeMatch(of: /([A-Z]+)(\d+)-\1(\d+)/),
            let first = Int(range.output.2), let last = Int(range.output.3), first <= last
        else { return [cell] }
        return (first...last).map { "\(range.output.1)\($0)" }
    }
}
