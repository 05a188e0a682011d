import TicketModel
import Yams

/// Reads YAML nodes into values and collects every problem on the way, so that the author of a
/// file sees all of them at once. A reader with problems yields no profile.
struct ProfileReader {
    let file: String
    private(set) var problems: [ProfileProblem] = []

    init(file: String) { self.file = file }

    /// The problems in the order of the file.
    var inOrder: [ProfileProblem] {
        problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
    }

    /// Notes a problem at `node`.
    mutating func refuse(_ node: Node, _ message: String, remedy: String) {
        refuse(line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message, remedy: remedy)
    }

    /// Notes a problem at a place.
    mutating func refuse(line: Int, column: Int, _ message: String, remedy: String) {
        problems.append(
            ProfileProblem(
                file: file, line: line, column: column, message: message, remedy: remedy))
    }

    /// The document's root; nil, with a problem, if it is not one YAML document.
    ///
    /// The parser refuses more than 1,000 nested levels, which bounds its stack.
    mutating func root(_ yaml: String) -> Node? {
        guard yaml.utf8.count <= Profile.fileByteCountMax else {
            refuse(
                line: 1, column: 1, "the file has \(yaml.utf8.count) bytes",
                remedy: "keep it within \(Profile.fileByteCountMax)")
            return nil
        }
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                refuse(
                    line: 1, column: 1, "the file is empty", remedy: "start with `profile: NAME`")
                return nil
            }
            return node
        } catch {
            refuse(error)
            return nil
        }
    }

    private mutating func refuse(_ error: any Error) {
        let remedy = "correct the YAML at this place"
        switch error {
        case YamlError.scanner(_, let problem, let mark, _),
            YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            refuse(line: mark.line, column: mark.column, problem, remedy: remedy)
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            refuse(
                line: context.mark.line, column: context.mark.column,
                "keys given twice: \(keys.sorted().joined(separator: ", "))",
                remedy: "keep one of each")
        default: refuse(line: 1, column: 1, "\(error)", remedy: "write one YAML document in UTF-8")
        }
    }
}

// MARK: - Kinds of nodes
extension ProfileReader {
    /// A text that is not empty and has no control characters; YAML's words for nothing are none,
    /// unless they are quoted.
    mutating func text(_ node: Node) -> String? {
        guard case .scalar(let scalar) = node, !scalar.string.isEmpty,
            scalar.style != .plain || !Self.nothing.contains(scalar.string),
            scalar.string.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else {
            refuse(node, "a text is expected here", remedy: "write one line of text")
            return nil
        }
        return scalar.string
    }

    /// How YAML writes that there is nothing.
    private static let nothing: Set = ["~", "null", "Null", "NULL"]

    /// A whole number within `range`.
    mutating func integer(_ node: Node, in range: ClosedRange<Int64>) -> Int64? {
        guard case .scalar(let scalar) = node, let number = Int64(scalar.string),
            range.contains(number)
        else {
            refuse(
                node, "a whole number is expected here",
                remedy: "write one from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// Yes or no, as YAML 1.2 writes it.
    mutating func flag(_ node: Node) -> Bool? {
        guard case .scalar(let scalar) = node, let flag = Bool(scalar.string) else {
            refuse(node, "yes or no is expected here", remedy: "write true or false")
            return nil
        }
        return flag
    }

    /// The longest key.
    static let keyByteCountMax = nameByteCountMax

    /// A key: lower-case letters or digits of any script, `_`, `-`; at most 64 bytes.
    mutating func key(_ node: Node) -> String? {
        guard let text = text(node) else { return nil }
        guard StaffID(text) != nil, text == text.lowercased(), !text.contains(",") else {
            refuse(
                node, "\(text) cannot be a key",
                remedy: "use lower case without spaces, at most \(Self.keyByteCountMax) bytes")
            return nil
        }
        return text
    }

    /// The elements of a list.
    mutating func list(_ node: Node) -> [Node] {
        guard case .sequence(let sequence) = node else {
            refuse(node, "a list is expected here", remedy: "write [a, b] or lines with -")
            return []
        }
        return Array(sequence)
    }

    /// The entries of a mapping with free keys, in the order of the file; at least one.
    mutating func entries(_ node: Node) -> [(key: Node, value: Node)] {
        guard case .mapping(let mapping) = node, !mapping.isEmpty else {
            refuse(node, "a mapping is expected here", remedy: "write lines of KEY: VALUE")
            return []
        }
        return mapping.map { (key: $0.key, value: $0.value) }
    }

    /// The member of a closed list that a text names.
    mutating func member<Value>(
        _ node: Node, of what: String, allowed: [String], find: (String) -> Value?
    ) -> Value? {
        guard let name = text(node) else { return nil }
        guard let value = find(name) else {
            refuse(node, "unknown \(what) \(name)", remedy: choosing(name, from: allowed))
            return nil
        }
        return value
    }

    /// Several members of a closed list, none twice, at least one.
    mutating func members<Value: Hashable>(
        _ node: Node, of what: String, allowed: [String], find: (String) -> Value?
    ) -> [Value] {
        var result: [Value] = []
        let nodes = list(node)
        for element in nodes {
            guard let value = member(element, of: what, allowed: allowed, find: find) else {
                continue
            }
            if result.contains(value) {
                refuse(element, "the \(what) is given twice", remedy: "keep one")
            }
            result.append(value)
        }
        if case .sequence = node, nodes.isEmpty {
            refuse(node, "the list is empty", remedy: "name at least one \(what)")
        }
        return result
    }

    /// The texts under `zh` and `en` of a record.
    mutating func localized<Key: LabelledKey>(_ record: Record<Key>) -> LocalizedText {
        let zh = record[.zh].flatMap { text($0) } ?? ""
        let en = record[.en].flatMap { text($0) } ?? ""
        return LocalizedText(zh: zh, en: en)
    }
}
