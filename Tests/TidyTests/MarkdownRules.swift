import Foundation

/// Markdown has a title, its links lead somewhere, and the front page stays short.
enum MarkdownRules {
    static let readmeLineCountMax = 150

    static func check(_ file: SourceFile, paths: Set<String>) -> [Finding] {
        checkTitle(file) + checkLength(file) + checkLinks(file, paths: paths)
    }

    private static func checkTitle(_ file: SourceFile) -> [Finding] {
        let first = file.lines.first { !$0.allSatisfy(\.isWhitespace) } ?? ""
        return first.hasPrefix("# ")
            ? [] : [file.finding(line: 1, "no title: start with a line `# Title`")]
    }

    private static func checkLength(_ file: SourceFile) -> [Finding] {
        let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
        guard file.path == "README.md", count > readmeLineCountMax else { return [] }
        return [file.finding(line: 1, "\(count) lines, at most \(readmeLineCountMax)")]
    }

    private static func checkLinks(_ file: SourceFile, paths: Set<String>) -> [Finding] {
        var isInFence = false
        return file.lines.enumerated().flatMap { index, line -> [Finding] in
            if line.drop(while: { $0 == " " }).hasPrefix("```") { isInFence.toggle() }
            if isInFence { return [] }
            return line.matches(of: /\]\(([^)\s]+)(?:\s+"[^"]*")?\)/).compactMap { match in
                let target = String(match.1)
                return isReachable(target, from: file.path, paths: paths)
                    ? nil : file.finding(line: index + 1, "broken link: \(target)")
            }
        }
    }

    /// Outside addresses and places on the same page are not looked up.
    private static func isReachable(_ link: String, from path: String, paths: Set<String>) -> Bool {
        if link.contains("://") || link.hasPrefix("#") || link.hasPrefix("mailto:") { return true }
        let target = link.prefix { $0 != "#" }
        var parts = path.split(separator: "/").dropLast()
        for part in target.removingPercentEncodingOrSelf.split(separator: "/") {
            switch part {
            case ".": continue
            case "..":
                if parts.isEmpty { return false }
                parts.removeLast()
            default: parts.append(part)
            }
        }
        return parts.isEmpty || paths.contains(parts.joined(separator: "/"))
    }
}

extension Substring {
    fileprivate var removingPercentEncodingOrSelf: Substring {
        removingPercentEncoding.map { Substring($0) } ?? self
    }
}
