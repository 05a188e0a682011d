import Foundation

/// A text file of the repository as the rules see it.
struct SourceFile: Sendable {
    /// Relative to the repository: `Sources/Wire/Codec.swift`.
    let path: String
    let text: String
    /// The text line by line.
    let lines: [String]
    /// Swift only: the text with comments and strings blanked and other scripts replaced, in ASCII,
    /// byte for byte as long as `text`.
    let code: String
    private let lineStarts: [Int]

    init(path: String, text: String) {
        self.path = path
        self.text = text
        lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        code = path.hasSuffix(".swift") ? blankedSwift(text) : ""
        lineStarts = [0] + code.utf8.enumerated().lazy.filter { $0.1 == 10 }.map { $0.0 + 1 }
    }

    /// The target whose folder holds the file; nil outside of `Sources`.
    var target: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    var isGenerated: Bool { path.hasSuffix(".pb.swift") }

    /// The line, from 1, at which a byte of `code` stands.
    func line(ofOffset offset: Int) -> Int {
        var (lower, upper) = (0, lineStarts.count)
        while lower < upper {
            let middle = (lower + upper) / 2
            if lineStarts[middle] <= offset { lower = middle + 1 } else { upper = middle }
        }
        return lower
    }

    /// Finds `pattern` in `code`; gives the captured group, or the whole match, and its line.
    func matches(_ pattern: Pattern) -> [(text: String, line: Int, offset: Int)] {
        pattern.ranges(in: code).map { range in
            let start = code.utf8.index(code.startIndex, offsetBy: range.lowerBound)
            let end = code.utf8.index(code.startIndex, offsetBy: range.upperBound)
            return (String(code[start..<end]), line(ofOffset: range.lowerBound), range.lowerBound)
        }
    }

    func finding(line: Int, _ message: String) -> Finding {
        Finding(path: path, line: line, message: message)
    }
}

/// One offence against a rule.
struct Finding: Hashable, Sendable, CustomStringConvertible {
    let path: String
    let line: Int
    let message: String

    var description: String { "\(path):\(line): \(message)" }
}

/// A regular expression over the ASCII of ``SourceFile/code``; `^` and `$` are ends of lines.
struct Pattern: @unchecked Sendable {
    private let expression: NSRegularExpression

    init(_ pattern: String) {
        do {
            expression = try NSRegularExpression(pattern: pattern, options: .anchorsMatchLines)
        } catch {
            preconditionFailure("the pattern \(pattern) is not valid: \(error)")
        }
    }

    /// Where group 1 matches, or the whole expression if it has no group.
    func ranges(in ascii: String) -> [Range<Int>] {
        let whole = NSRange(location: 0, length: ascii.utf8.count)
        let group = min(1, expression.numberOfCaptureGroups)
        return expression.matches(in: ascii, range: whole).compactMap {
            let range = $0.range(at: group)
            return range.location == NSNotFound
                ? nil : range.location..<range.location + range.length
        }
    }
}
