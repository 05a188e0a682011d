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
    mutating func refuse(_ node: Node, zh: String, en: String, remedy: LocalizedText) {
        refuse(
            line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, zh: zh, en: en,
            remedy: remedy)
    }

    /// Notes a problem at a place.
    mutating func refuse(
        line: Int, column: Int, zh: String, en: String, remedy: LocalizedText
    ) {
        problems.append(
            ProfileProblem(
                file: file, line: line, column: column, message: LocalizedText(zh: zh, en: en),
                remedy: remedy))
    }

    /// The document's root; nil, with a problem, if it is not one YAML document.
    ///
    /// The parser refuses more than 1,000 nested levels, which bounds its stack.
    mutating func root(_ yaml: String) -> Node? {
        guard yaml.utf8.count <= Profile.fileByteCountMax else {
            refuse(
                line: 1, column: 1, zh: "文件有 \(yaml.utf8.count) 字节",
                en: "the file has \(yaml.utf8.count) bytes",
                remedy: .init(
                    zh: "请不要超过 \(Profile.fileByteCountMax) 字节",
                    en: "keep it within \(Profile.fileByteCountMax)"))
            return nil
        }
        do {
            guard let node = try Yams.compose(yaml: yaml) else {
                refuse(
                    line: 1, column: 1, zh: "文件是空的", en: "the file is empty",
                    remedy: .init(
                        zh: "请以 `profile: NAME` 开头", en: "start with `profile: NAME`"))
                return nil
            }
            return node
        } catch {
            refuse(error)
            return nil
        }
    }

    private mutating func refuse(_ error: any Error) {
        let remedy = LocalizedText(zh: "请改正此处的 YAML", en: "correct the YAML at this place")
        switch error {
        case YamlError.scanner(_, let problem, let mark, _),
            YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _):
            refuse(line: mark.line, column: mark.column, zh: problem, en: problem, remedy: remedy)
        case YamlError.duplicatedKeysInMapping(let keys, let context):
            let names = keys.sorted().joined(separator: ", ")
            refuse(
                line: context.mark.line, column: context.mark.column, zh: "键重复：\(names)",
                en: "keys given twice: \(names)",
                remedy: .init(zh: "请每个键只留一个", en: "keep one of each"))
        default:
            refuse(
                line: 1, column: 1, zh: "\(error)", en: "\(error)",
                remedy: .init(
                    zh: "请写成一个 UTF-8 编码的 YAML 文档", en: "write one YAML document in UTF-8"))
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
            refuse(
                node, zh: "此处应为文字", en: "a text is expected here",
                remedy: .init(zh: "请写一行文字", en: "write one line of text"))
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
                node, zh: "此处应为整数", en: "a whole number is expected here",
                remedy: .init(
                    zh: "请写 \(range.lowerBound) 到 \(range.upperBound) 之间的整数",
                    en: "write one from \(range.lowerBound) to \(range.upperBound)"))
            return nil
        }
        return number
    }

    /// Yes or no, as YAML 1.2 writes it.
    mutating func flag(_ node: Node) -> Bool? {
        guard case .scalar(let scalar) = node, let flag = Bool(scalar.string) else {
            refuse(
                node, zh: "此处应为是或否", en: "yes or no is expected here",
                remedy: .init(zh: "请写 true 或 false", en: "write true or false"))
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
                node, zh: "\(text) 不能用作键", en: "\(text) cannot be a key",
                remedy: .init(
                    zh: "请用小写、不含空格，最多 \(Self.keyByteCountMax) 字节",
                    en: "use lower case without spaces, at most \(Self.keyByteCountMax) bytes"))
            return nil
        }
        return text
    }

    /// The elements of a list.
    mutating func list(_ node: Node) -> [Node] {
        guard case .sequence(let sequence) = node else {
            refuse(
                node, zh: "此处应为列表", en: "a list is expected here",
                remedy: .init(
                    zh: "请写 [a, b]，或每行以 - 开头", en: "write [a, b] or lines with -"))
            return []
        }
        return Array(sequence)
    }

    /// The entries of a mapping with free keys, in the order of the file; at least one.
    mutating func entries(_ node: Node) -> [(key: Node, value: Node)] {
        guard case .mapping(let mapping) = node, !mapping.isEmpty else {
            refuse(
                node, zh: "此处应为键值对", en: "a mapping is expected here",
                remedy: .init(zh: "请逐行写 KEY: VALUE", en: "write lines of KEY: VALUE"))
            return []
        }
        return mapping.map { (key: $0.key, value: $0.value) }
    }

    /// The member of a closed list that a text names.
    mutating func member<Value>(
        _ node: Node, of what: PolicyNoun, allowed: [String], find: (String) -> Value?
    ) -> Value? {
        guard let name = text(node) else { return nil }
        guard let value = find(name) else {
            refuse(
                node, zh: "\(name) 不是此处可用的\(what.text.zh)",
                en: "unknown \(what.text.en) \(name)", remedy: choosing(name, from: allowed))
            return nil
        }
        return value
    }

    /// Several members of a closed list, none twice, at least one.
    mutating func members<Value: Hashable>(
        _ node: Node, of what: PolicyNoun, allowed: [String], find: (String) -> Value?
    ) -> [Value] {
        var result: [Value] = []
        let nodes = list(node)
        for element in nodes {
            guard let value = member(element, of: what, allowed: allowed, find: find) else {
                continue
            }
            if result.contains(value) {
                refuse(
                    element, zh: "\(what.text.zh)重复", en: "the \(what.text.en) is given twice",
                    remedy: .init(zh: "请只留一个", en: "keep one"))
            }
            result.append(value)
        }
        if case .sequence = node, nodes.isEmpty {
            refuse(
                node, zh: "列表是空的", en: "the list is empty",
                remedy: .init(
                    zh: "请至少写一个\(what.text.zh)", en: "name at least one \(what.text.en)"))
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
