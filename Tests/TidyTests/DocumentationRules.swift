/// Every declaration that other targets see says what it is; throwing ones say what they throw.
enum DocumentationRules {
    /// Declarations whose meaning another declaration gives: witnesses of well-known protocols.
    private static let wellKnown = Pattern(
        #"\b(?:func (?:<|==|(?:hash|encode)\b)|var (?:description|debugDescription|customMirror|"#
            + #"hashValue|errorDescription)\b|(?:let|var) rawValue\b|init\((?:rawValue|"#
            + #"stringLiteral|integerLiteral|booleanLiteral|arrayLiteral|dictionaryLiteral)\b)"#)

    private static let declaration = Pattern(
        #"^[ \t]*(?:@\w+(?:\([^)\n]*\))?[ \t]+)*((?:public|package)[ \t]+(?!import\b)[^\n]*)"#)

    static func undocumented(in file: SourceFile) -> [Finding] {
        declarations(in: file).compactMap { text, line in
            guard wellKnown.ranges(in: text).isEmpty, !isMemberwise(text, line, in: file),
                documentation(above: line, in: file).isEmpty
            else { return nil }
            return file.finding(line: line, "undocumented: \(text)")
        }
    }

    static func undocumentedThrows(in file: SourceFile) -> [Finding] {
        declarations(in: file).compactMap { text, line in
            guard text.contains("func ") || text.contains("init") else { return nil }
            let comment = documentation(above: line, in: file)
            guard !comment.isEmpty, signature(from: line, in: file).contains("throws"),
                !comment.contains(where: { $0.lowercased().contains("- throws:") })
            else { return nil }
            return file.finding(line: line, "documented without `- Throws:`: \(text)")
        }
    }

    /// Whether an initializer only stores its arguments: the properties say what they are.
    private static func isMemberwise(_ text: String, _ line: Int, in file: SourceFile) -> Bool {
        guard text.contains(" init(") else { return false }
        let rows = file.code.split(separator: "\n", omittingEmptySubsequences: false)
            .dropFirst(line - 1)
        guard let opening = rows.firstIndex(where: { $0.last { $0 != " " } == "{" }) else {
            return false
        }
        let body = rows[(opening + 1)...].prefix { $0.drop { $0 == " " } != "}" }
        return !body.isEmpty && body.allSatisfy { assignment.ranges(in: String($0)).count == 1 }
    }

    private static let assignment = Pattern(#"^ *(?:self\.)?(\w+) = [^(\n]*$"#)

    private static func declarations(in file: SourceFile) -> [(text: String, line: Int)] {
        guard file.target != nil, !file.isGenerated else { return [] }
        return file.matches(declaration).map { ($0.text, $0.line) }
    }

    /// The doc comment over a line, attributes in between left out.
    private static func documentation(above line: Int, in file: SourceFile) -> [String] {
        var comment: [String] = []
        for text in file.lines[..<(line - 1)].reversed() {
            let text = text.drop { $0 == " " }
            if text.hasPrefix("///") {
                comment.append(String(text))
            } else if !text.hasPrefix("@") {
                break
            }
        }
        return comment
    }

    /// The code from a declaration's line to the brace that opens its body, or to its line's end if
    /// none does; parameters that throw are cut out with their parentheses.
    private static func signature(from line: Int, in file: SourceFile) -> String {
        let rows = file.code.split(separator: "\n", omittingEmptySubsequences: false)
        var (signature, depth) = ("", 0)
        for row in rows[(line - 1)...].prefix(20) {
            for character in row {
                if character == "(" { depth += 1 }
                if character == "{", depth == 0 { return signature }
                if depth == 0 { signature.append(character) }
                if character == ")" { depth -= 1 }
            }
            signature.append(" ")
            if depth == 0, row.contains("->") || !row.hasSuffix(")") { break }
        }
        return signature
    }
}
