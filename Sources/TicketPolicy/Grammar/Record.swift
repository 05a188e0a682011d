import TicketModel
import Yams

/// A mapping with fixed keys as it was read: the node under each key that is there.
struct Record<Key: RecordKey> {
    fileprivate var nodes: [Key: Node] = [:]

    /// What stands under `key`; nil if nothing does.
    subscript(key: Key) -> Node? { nodes[key] }
}

extension ProfileReader {
    /// The values of a mapping with fixed keys; notes missing and unknown ones.
    mutating func record<Key: RecordKey>(_ node: Node, _: Key.Type) -> Record<Key> {
        var result = Record<Key>()
        let members = Key.allCases.map { (key: $0, presence: $0.member.presence) }
        let required = members.filter { $0.presence == .required }.map(\.key.rawValue)
        guard let mapping = mapping(node, required: required) else { return result }
        let known = members.map(\.key.rawValue)
        for (keyNode, value) in mapping {
            if let name = keyNode.string, let key = Key(rawValue: name) {
                result.nodes[key] = value
            } else {
                refuseUnknown(keyNode, known: known)
            }
        }
        for (key, presence) in members where result[key] == nil {
            if isRequired(presence, in: result) { refuseMissing(key.rawValue, in: node) }
        }
        return result
    }

    private func isRequired<Key>(
        _ presence: RecordMember.Presence, in record: Record<Key>
    ) -> Bool {
        switch presence {
        case .required: return true
        case .optional: return false
        case .unless(let key, let word):
            return Key(rawValue: key).flatMap { record[$0]?.string } != word
        case .only(let key, let word):
            return Key(rawValue: key).flatMap { record[$0]?.string } == word
        }
    }

    /// The values of a mapping that has an entry for each of these names.
    mutating func entries(_ node: Node, forEach names: [String]) -> [String: Node] {
        var result: [String: Node] = [:]
        guard let mapping = mapping(node, required: names) else { return result }
        for (keyNode, value) in mapping {
            if let name = keyNode.string, names.contains(name) {
                result[name] = value
            } else {
                refuseUnknown(keyNode, known: names)
            }
        }
        for name in names where result[name] == nil { refuseMissing(name, in: node) }
        return result
    }

    private mutating func mapping(_ node: Node, required: [String]) -> Node.Mapping? {
        if case .mapping(let mapping) = node { return mapping }
        var remedy = LocalizedText(zh: "请逐行写 KEY: VALUE", en: "write lines of KEY: VALUE")
        if !required.isEmpty {
            let keys = Self.list(required)
            remedy.zh += "，KEY 为 \(keys.zh)"
            remedy.en += " for \(keys.en)"
        }
        refuse(node, zh: "此处应为键值对", en: "a mapping is expected here", remedy: remedy)
        return nil
    }

    private mutating func refuseMissing(_ name: String, in node: Node) {
        refuse(
            node, zh: "缺少 \(name)", en: "\(name) is missing",
            remedy: .init(zh: "请加上 \(name)", en: "add \(name)"))
    }

    private mutating func refuseUnknown(_ key: Node, known: [String]) {
        let name = key.string ?? ""
        refuse(
            key, zh: "未知的键 \(name)", en: "unknown key \(name)",
            remedy: choosing(key.string, from: known))
    }
}
