import TicketModel
import Yams

// The sections that give names: head, closed lists, priorities, departments, escalation levels.
extension ProfileDraft {
    mutating func readHead(_ sections: Record<DocumentKey>, _ reader: inout ProfileReader) {
        name = sections[.profile].flatMap { reader.key($0) } ?? ""
        version =
            sections[.version].flatMap { reader.integer($0, in: 1...Int64(Int32.max)) }
            .map { Int($0) } ?? 0
        if let node = sections[.label] {
            label = reader.localized(reader.record(node, LabelKey.self))
        }
        if let zone = sections[.zone].flatMap({ reader.zone($0) }) { self.zone = zone }
    }

    /// The tree of classes, each before those within it (domain.md A4). Keys are unique in the
    /// whole tree, so that a ticket stores one of them.
    func readCategories(_ node: Node, _ reader: inout ProfileReader) -> [Choice] {
        var result: [Choice] = []
        readCategories(node, within: nil, depth: 1, into: &result, &reader)
        return result
    }

    /// The deepest tree: nobody finds a class in a deeper one.
    static let categoryDepthMax = 3

    private func readCategories(
        _ node: Node, within parent: Choice?, depth: Int, into result: inout [Choice],
        _ reader: inout ProfileReader
    ) {
        guard depth <= Self.categoryDepthMax else {
            return reader.refuse(
                node, zh: "类别的层次太深", en: "classes within classes are too deep",
                remedy: .init(
                    zh: "请最多用 \(Self.categoryDepthMax) 层",
                    en: "use at most \(Self.categoryDepthMax) levels"))
        }
        for (keyNode, value) in reader.entries(node) {
            let record = reader.record(value, CategoryKey.self)
            let own = reader.localized(record)
            let label = parent.map { parent in
                LocalizedText(
                    zh: "\(parent.label.zh)-\(own.zh)", en: "\(parent.label.en) / \(own.en)")
            }
            let criteria = record[.criteria].map {
                reader.localized(reader.record($0, LabelKey.self))
            }
            guard let key = reader.key(keyNode) else { continue }
            if result.contains(where: { $0.key == key }) {
                reader.refuse(
                    keyNode, zh: "\(key) 重复", en: "\(key) is given twice",
                    remedy: .init(zh: "请给每个类别各用一个键", en: "give every class its own key"))
                continue
            }
            let choice = Choice(
                key: key, label: label ?? own, criteria: criteria, parent: parent?.key)
            result.append(choice)
            if let children = record[.children] {
                readCategories(
                    children, within: choice, depth: depth + 1, into: &result, &reader)
            }
        }
    }

    func readTexts(_ node: Node, _ reader: inout ProfileReader) -> [TextTemplate] {
        var result: [TextTemplate] = []
        for (keyNode, value) in reader.entries(node) {
            let record = reader.record(value, LabelKey.self)
            for text in [record[.zh], record[.en]].compactMap({ $0 }) {
                checkPlaceholders(text, &reader)
            }
            let text = reader.localized(record)
            if let key = reader.key(keyNode) { result.append(TextTemplate(key: key, text: text)) }
        }
        return result
    }

    /// Names in braces are fields of tickets with one value.
    private func checkPlaceholders(_ node: Node, _ reader: inout ProfileReader) {
        guard let text = node.string else { return }
        guard let names = TextTemplate.placeholders(in: text) else {
            return reader.refuse(
                node, zh: "花括号不成对", en: "a brace has no partner",
                remedy: .init(zh: "字段名请写作 {NAME}", en: "write names of fields as {NAME}"))
        }
        let single =
            BuiltInField.all.filter { MergePolicy.builtIn($0.id) != .set }.map(\.key)
            + customFields.filter { $0.type != .words }.map(\.key)
        let known = [TextTemplate.number] + single
        for name in names where !known.contains(name) {
            reader.refuse(
                node, zh: "{\(name)} 不是此处可用的字段", en: "unknown field {\(name)}",
                remedy: reader.choosing(name, from: known))
        }
    }

    func readPriorities(_ node: Node, _ reader: inout ProfileReader) -> [Priority] {
        var result: [Priority] = []
        for (keyNode, value) in reader.entries(node) {
            let record = reader.record(value, PriorityKey.self)
            let label = reader.localized(record)
            let criteria = record[.criteria].map {
                reader.localized(reader.record($0, LabelKey.self))
            }
            guard let key = reader.key(keyNode), let criteria, let rankNode = record[.rank],
                let rank = reader.integer(rankNode, in: 1...Self.rankMax)
            else { continue }
            if result.contains(where: { $0.rank == rank }) {
                reader.refuse(
                    rankNode, zh: "rank \(rank) 重复", en: "rank \(rank) is given twice",
                    remedy: .init(zh: "请给每个级别各用一个", en: "give every class its own"))
            }
            result.append(Priority(key: key, rank: rank, label: label, criteria: criteria))
        }
        return result.sorted { $0.rank > $1.rank }
    }

    /// More classes than anybody can tell apart.
    static let rankMax: Int64 = 100

    func readEscalation(_ node: Node, _ reader: inout ProfileReader) -> [EscalationLevel] {
        var result: [EscalationLevel] = []
        for (keyNode, value) in reader.entries(node) {
            let record = reader.record(value, LevelKey.self)
            let label = reader.localized(record)
            let roles = record[.roles].map { self.roles($0, &reader) } ?? []
            let expected = Int64(result.count + 1)
            if reader.integer(keyNode, in: expected...expected) != nil {
                result.append(EscalationLevel(level: expected, label: label, roles: roles))
            }
        }
        return result
    }
}

extension ProfileReader {
    /// A closed list: KEY: {zh, en}.
    mutating func choices(_ node: Node) -> [Choice] {
        var result: [Choice] = []
        for (keyNode, value) in entries(node) {
            let label = localized(record(value, LabelKey.self))
            if let key = key(keyNode) { result.append(Choice(key: key, label: label)) }
        }
        return result
    }
}
