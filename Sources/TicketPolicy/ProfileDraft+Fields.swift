import TicketModel
import Yams

// The sections about fields: the profile's own ones, and the required ones.
extension ProfileDraft {
    func readFields(_ node: Node, _ reader: inout ProfileReader) -> [CustomField] {
        var result: [CustomField] = []
        for (keyNode, value) in reader.entries(node) {
            let record = reader.record(value, FieldKey.self)
            let label = reader.localized(record)
            let type = readType(record, &reader)
            guard let key = reader.key(keyNode), let type, let idNode = record[.id],
                let number = reader.integer(idNode, in: Self.fieldNumbers)
            else { continue }
            let id = FieldID(rawValue: UInt32(number))
            if result.contains(where: { $0.id == id }) {
                reader.refuse(
                    idNode, zh: "id \(number) 重复", en: "id \(number) is given twice",
                    remedy: .init(zh: "请换一个未用的编号", en: "take a free number"))
            }
            if BuiltInField.byKey[key] != nil {
                reader.refuse(
                    keyNode, zh: "\(key) 是内置字段", en: "\(key) is a built-in field",
                    remedy: .init(zh: "请另取名称", en: "take another name"))
            }
            let merge = readMerge(record[.merge], type: type, &reader)
            result.append(CustomField(id: id, key: key, label: label, type: type, merge: merge))
        }
        return result
    }

    /// The numbers that a profile may give to fields of its own.
    static let fieldNumbers = Int64(FieldID.customBase)...Int64(UInt32.max)

    private func readType(
        _ record: Record<FieldKey>, _ reader: inout ProfileReader
    ) -> FieldType? {
        guard let node = record[.type] else { return nil }
        let options = record[.options].map { reader.choices($0) }
        let allowed = FieldTypeWord.allCases.map(\.rawValue)
        let word = reader.member(node, of: .fieldType, allowed: allowed, find: FieldTypeWord.init)
        guard let word else { return nil }
        if word != .choice, let node = record[.options] {
            reader.refuse(
                node, zh: "只有 choice 类型有选项", en: "only a choice has options",
                remedy: .init(zh: "请去掉选项", en: "remove them"))
        }
        return type(word, options: options ?? [])
    }

    private func type(_ word: FieldTypeWord, options: [Choice]) -> FieldType {
        switch word {
        case .choice: .choice(options)
        case .integer: .integer
        case .longText: .longText
        case .text: .text
        case .words: .words
        }
    }

    private func readMerge(
        _ node: Node?, type: FieldType, _ reader: inout ProfileReader
    ) -> MergePolicy {
        let standard: MergePolicy = type == .words ? .set : .keepBoth
        guard let node else { return standard }
        let allowed = Self.mergePolicies(for: type)
        let policy = reader.member(
            node, of: .mergePolicy, allowed: allowed.map(\.rawValue)
        ) { name in allowed.first { $0.rawValue == name } }
        return policy ?? standard
    }

    /// `authority` and `status` belong to built-in fields alone (replication.md 3.3).
    static let mergePolicies = MergePolicy.allCases.filter { policy in
        let types: [FieldType] = [.text, .longText, .integer, .choice([]), .words]
        return types.contains { mergePolicies(for: $0).contains(policy) }
    }

    private static func mergePolicies(for type: FieldType) -> [MergePolicy] {
        switch type {
        case .words: [.set]
        case .integer: [.last, .max, .keepBoth, .compareAndSet]
        case .text, .longText, .choice, .name: [.last, .keepBoth, .compareAndSet]
        }
    }

    mutating func readRequired(_ node: Node, _ reader: inout ProfileReader) {
        let record = reader.record(node, RequiredKey.self)
        requiredFields = record[.all].map { fields($0, except: fieldsOff, &reader) } ?? []
        guard let byKind = record[.byKind] else { return }
        for (keyNode, value) in reader.entries(byKind) {
            let kind = self.kind(keyNode, &reader)
            let off = fieldsOff.union(kind.flatMap { fieldsOffByKind[$0] } ?? [])
            let extras = fields(value, except: off, &reader)
            if let kind {
                requiredFieldsByKind[kind] = extras.filter { !requiredFields.contains($0) }
            }
        }
    }

    /// Fields that a form does not show (F6).
    mutating func readOff(_ node: Node, _ reader: inout ProfileReader) {
        let record = reader.record(node, OffKey.self)
        fieldsOff = record[.all].map { Set(fields($0, except: [], &reader)) } ?? []
        guard let byKind = record[.byKind] else { return }
        for (keyNode, value) in reader.entries(byKind) {
            let fields = Set(fields(value, except: [], &reader))
            if let kind = kind(keyNode, &reader) { fieldsOffByKind[kind] = fields }
        }
    }

    /// What customers are asked for a score of.
    func readSurvey(_ node: Node, _ reader: inout ProfileReader) -> [FieldID] {
        let scores = customFields.filter { $0.type == .integer }
        return reader.members(node, of: .integerField, allowed: scores.map(\.key)) { name in
            scores.first { $0.key == name }?.id
        }
    }

    private func kind(_ node: Node, _ reader: inout ProfileReader) -> String? {
        reader.member(node, of: .kind, allowed: kinds.map(\.key)) { name in
            kinds.first { $0.key == name }?.key
        }
    }

    /// Fields that a form can ask for; those that are switched off it cannot.
    private func fields(
        _ node: Node, except off: Set<FieldID>, _ reader: inout ProfileReader
    ) -> [FieldID] {
        let custom = customFields.filter { $0.type != .words && !survey.contains($0.id) }
        let fillable = Self.fillable.filter { $0.id != .kind || !kinds.isEmpty }
        let names = fillable.map { ($0.key, $0.id) } + custom.map { ($0.key, $0.id) }
        let known = names.filter { !off.contains($0.1) }
        return reader.members(node, of: .field, allowed: known.map(\.0)) { name in
            known.first { $0.0 == name }?.1
        }
    }

    /// What a person can fill in a form: a ticket starts without the rest, and sets may be empty.
    static let fillable = BuiltInField.all.filter { field in
        ![.status, .escalation, .assignee, .resolution, .tags, .attachments].contains(field.id)
            && !FieldID.links.contains(field.id) && !FieldID.process.contains(field.id)
    }
}
