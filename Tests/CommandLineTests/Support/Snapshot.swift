import Foundation
import Testing

/// What a command printed, in full, compared with a text file that people can read and review.
///
/// `LOOPDESK_RECORD_SNAPSHOTS=1` writes the files anew.
struct Snapshot {
    private let name: String
    private var text = ""

    /// The snapshot in `Snapshots/NAME.txt`.
    init(_ name: String) { self.name = name }

    /// Adds a command and everything that came of it.
    mutating func add(_ arguments: [String], _ ended: Ended, of tool: Tool = .client) {
        let shown = arguments.map { $0.contains(" ") || $0.isEmpty ? "'\($0)'" : $0 }
        text += "$ \(tool.rawValue) " + shown.joined(separator: " ") + "\n" + ended.output
        if !ended.errors.isEmpty { text += "[stderr]\n" + ended.errors }
        text += "[exit \(ended.status)]\n\n"
    }

    /// Compares with the file, or writes it; without masks if nothing differs from run to run.
    func check(_ masked: Masks? = nil) throws {
        let file = testFolder.appendingPathComponent("Snapshots/\(name).txt")
        let actual = masked?.applied(to: text) ?? text
        if ProcessInfo.processInfo.environment["LOOPDESK_RECORD_SNAPSHOTS"] == "1" {
            return try Data(actual.utf8).write(to: file)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        guard actual != expected else { return }
        Issue.record("Snapshots/\(name).txt: \(Self.difference(expected, actual))")
    }

    /// The first line that differs, from both sides.
    private static func difference(_ expected: String, _ actual: String) -> String {
        let (wanted, got) = (lines(expected), lines(actual))
        let index = zip(wanted, got).enumerated().first { $1.0 != $1.1 }?.offset
        guard let index else { return "one is the beginning of the other" }
        return "line \(index + 1)\nexpected: \(wanted[index])\nactual:   \(got[index])"
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            + ["(the end)"]
    }
}

/// Replaces what differs from run to run by words of the same width, so that columns stay put.
struct Masks {
    /// The folder of the world.
    let path: String
    /// The official numbers of its tickets.
    let numbers: [String]
    private var others: [(String, String)] = []

    init(path: String, numbers: [String]) {
        self.path = path
        self.numbers = numbers
    }

    /// Also shows `text` as `mask`.
    func hiding(_ text: String, behind mask: String) -> Masks {
        var masks = self
        masks.others.append((text, mask))
        return masks
    }

    func applied(to text: String) -> String {
        var text = text.replacing(path, with: "WORLD")
        for (index, number) in numbers.enumerated() {
            text = text.replacing(number, with: "CS20240310000\(index + 1)")
        }
        for (hidden, mask) in others { text = text.replacing(hidden, with: mask) }
        for (pattern, replacement) in Self.patterns {
            text = text.replacing(pattern) { (match: Regex<Substring>.Match) -> String in
                guard replacement.count == 1 else { return replacement }
                return String(repeating: replacement, count: match.output.count)
            }
        }
        return text
    }

    /// A replacement of one character is repeated for the width of what it stands for.
    private static var patterns: [(Regex<Substring>, String)] {
        [
            (/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00/, "2024-03-10T10:30:00.000+08:00"),
            (/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00/, "2024-03-10 10:30:00 +08:00"),
            // A deadline may be of another day, or year.
            (/\((?:today|今天|(?:\d{4}-)?\d\d-\d\d) \d\d:\d\d\)/, "(03-11 10:30)"),
            (/today \d\d:\d\d/, "today 10:30"), (/今天 \d\d:\d\d/, "今天 10:30"),
            (/\d\d-\d\d \d\d:\d\d(?!:)/, "03-11 10:30"),
            (/\d+h \d\dm left/, "0h 30m left"), (/[0-9]+小时\d\d分/, "0小时30分"),
            (/\d+m left/, "30m left"), (/还剩 \d+分/, "还剩 30分"),
            (/just now|\d+m ago/, "just now"), (/刚刚|\d+分前/, "刚刚"),
            (/[0-9a-f]{64}/, "f"), (/[0-9a-f]{32}/, "f"),
            (/dev-[0-9a-f]{12}/, "dev-ffffffffffff"),
            (/127\.0\.0\.1:\d+/, "127.0.0.1:7401"),
            (/"clock_offset_ms": -?\d+/, "\"clock_offset_ms\": 0"),
        ]
    }
}
