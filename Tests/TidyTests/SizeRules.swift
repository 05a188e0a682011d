/// How large files, functions and lines may become.
enum SizeRules {
    static let sourceLineCountMax = 600
    static let testLineCountMax = 800
    static let functionLineCountMax = 70
    static let columnCountMax = 100

    /// Files and functions (`path` or `path name`) that may be larger, with the size they have. It
    /// may only shrink: an entry that is no longer needed, or too generous, is reported.
    static let exceptions: [String: Int] = [:]

    static func check(_ file: SourceFile) -> [Finding] { check(file, exceptions: exceptions) }

    static func check(_ file: SourceFile, exceptions: [String: Int]) -> [Finding] {
        guard !file.isGenerated else { return [] }
        return checkLines(file) + checkFile(file, exceptions) + checkFunctions(file, exceptions)
    }

    private static func checkLines(_ file: SourceFile) -> [Finding] {
        file.lines.enumerated().compactMap { index, line in
            guard line.utf8.count > columnCountMax, line.count > columnCountMax,
                !line.contains("://")
            else { return nil }
            return file.finding(
                line: index + 1, "\(line.count) columns, at most \(columnCountMax)")
        }
    }

    private static func checkFile(_ file: SourceFile, _ exceptions: [String: Int]) -> [Finding] {
        let limit = file.target != nil ? sourceLineCountMax : testLineCountMax
        let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
        return check(
            count, limit: limit, name: file.path, exceptions,
            report: { file.finding(line: 1, $0 + "; split it by aspect as Type+Aspect.swift") })
    }

    private static func checkFunctions(
        _ file: SourceFile, _ exceptions: [String: Int]
    ) -> [Finding] {
        functions(in: file).flatMap { function in
            check(
                function.lineCount, limit: functionLineCountMax,
                name: "\(file.path) \(function.name)", exceptions,
                report: {
                    file.finding(
                        line: function.line,
                        "\(function.name): \($0); branch in the parent, compute in leaves")
                })
        }
    }

    private static func check(
        _ count: Int, limit: Int, name: String, _ exceptions: [String: Int],
        report: (String) -> Finding
    ) -> [Finding] {
        if let exception = exceptions[name] {
            if count > exception {
                return [report("\(count) lines, its exception is \(exception)")]
            }
            if count < exception {
                return [report("only \(count) lines now, lower or drop its exception \(exception)")]
            }
            return []
        }
        return count > limit ? [report("\(count) lines, at most \(limit)")] : []
    }

    private static let functionPattern = Pattern(
        #"\b(func[ \t]+[^\s(<]+|init[?!]?(?=[ \t]*[(<])|deinit|subscript(?=[ \t]*[(<]))"#)

    struct Function {
        let name: String
        let line: Int
        let lineCount: Int
    }

    /// The functions of a file that have a body.
    static func functions(in file: SourceFile) -> [Function] {
        let bytes = Array(file.code.utf8)
        return file.matches(functionPattern).compactMap { name, line, offset in
            // A call such as `.init(` or `self.init(` declares nothing.
            if offset > 0, bytes[offset - 1] == UInt8(ascii: ".") { return nil }
            guard let end = bodyEnd(after: offset + name.utf8.count, in: bytes) else { return nil }
            let lastLine = file.line(ofOffset: end)
            return Function(name: name, line: line, lineCount: lastLine - line + 1)
        }
    }

    /// The offset of the brace that closes the body; nil for a declaration without one.
    private static func bodyEnd(after start: Int, in bytes: [UInt8]) -> Int? {
        var (parentheses, braces) = (0, 0)
        for index in start..<bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "("), UInt8(ascii: "["): parentheses += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"): parentheses -= 1
            case UInt8(ascii: "{") where parentheses == 0: braces += 1
            case UInt8(ascii: "}") where parentheses == 0:
                braces -= 1
                if braces == 0 { return index }
                if braces < 0 { return nil }
            case 10 where parentheses == 0 && braces == 0:
                if startsDeclaration(bytes[(index + 1)...]) { return nil }
            default: break
            }
        }
        return nil
    }

    /// Whether a line begins another declaration, so that the one before had no body.
    private static func startsDeclaration(_ rest: ArraySlice<UInt8>) -> Bool {
        let word = rest.drop { $0 == 32 }.prefix { $0 > 64 }
        return declarationWords.contains(String(decoding: word, as: UTF8.self))
    }

    private static let declarationWords: Set = [
        "func", "init", "var", "let", "static", "mutating", "associatedtype", "subscript", "case",
        "package", "public", "private", "typealias", "struct", "enum",
    ]
}
