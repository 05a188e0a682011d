import TicketModel

/// Why a value may not stand in a field.
package struct FieldProblem: Hashable, Sendable {
    /// Which field.
    package var field: FieldID
    /// The whole sentence, with the field's label.
    package var message: LocalizedText
    /// The keys that are allowed, if the field has a closed list; in the profile's order.
    package var allowed: [String]
}

extension Profile {
    /// The field with this name in files and flags; nil if there is none.
    package func field(named name: some StringProtocol) -> FieldID? {
        BuiltInField.byKey[String(name)]?.id ?? customFields.first { $0.key == name }?.id
    }

    /// The name of a field in files, flags and `--json`; `field_N` for one that nobody declared.
    package func name(of field: FieldID) -> String {
        BuiltInField.byID[field]?.key ?? customField(field)?.key ?? "field_\(field.rawValue)"
    }

    /// What people call a field.
    package func label(of field: FieldID, _ language: Language) -> String {
        BuiltInField.byID[field]?.label[language] ?? customField(field)?.label[language]
            ?? name(of: field)
    }

    /// How concurrent writes of a field come together; `keepBoth` for one that nobody declared
    /// (replication.md 3.3).
    package func mergePolicy(of field: FieldID) -> MergePolicy {
        guard field.isCustom else { return .builtIn(field) }
        return customField(field)?.merge ?? .keepBoth
    }

    /// The required fields (F2, F3) that `fields` does not fill, in the order of the form.
    ///
    /// White space alone fills nothing.
    package func missingFields(for fields: [FieldID: FieldValue]) -> [FieldID] {
        let kind = fields[.kind]?.text ?? ""
        let required = requiredFields + (requiredFieldsByKind[kind] ?? [])
        return required.filter { field in
            guard let value = fields[field] else { return true }
            return value.text?.allSatisfy(\.isWhitespace) ?? false
        }
    }

    /// Whether people are asked for a field of tickets of this kind, and shown it in forms (F6).
    /// One that is switched off is still read and shown where a ticket has it.
    package func isOffered(_ field: FieldID, kind: String? = nil) -> Bool {
        if case .choice(let choices) = type(of: field), choices.isEmpty { return false }
        return !fieldsOff.contains(field)
            && !(kind.flatMap { fieldsOffByKind[$0] }?.contains(field) ?? false)
    }

    /// What is wrong with a value that a person gives; nil if nothing is.
    ///
    /// An empty text clears a field and is allowed here, but for numbers of which the larger one
    /// stays and the built-in ones; `missingFields(for:)` tells what may not stay empty. Fields of
    /// newer versions are carried unchanged and so have no problem, and neither have their values
    /// in a text (replication.md 3.15): a number, a name or a key of a closed list is acted upon,
    /// and what cannot be understood there is refused.
    package func problem(of field: FieldID, value: FieldValue) -> FieldProblem? {
        if case .opaque = value, isFreeText(field) { return nil }
        if value.isEmpty, !isAlwaysNumber(field) { return nil }
        switch field {
        case .status: return statusProblem(value)
        case .priority: return priorityProblem(value)
        case .escalation: return escalationProblem(value)
        case .classStage: return classStageProblem(value)
        default: return type(of: field).flatMap { problem(of: field, value: value, type: $0) }
        }
    }

    /// What may stand in a field; nil for `status`, `priority`, `escalation`, `class_stage`,
    /// which are numbers with rules of their own, and for fields that nobody declared.
    package func type(of field: FieldID) -> FieldType? {
        switch field {
        case .status, .priority, .escalation, .classStage: nil
        case .assignee, .store, .region: .name
        case .kind: .choice(kinds)
        case .channel: .choice(channels)
        case .category: .choice(categories)
        case .department, .cooperating: .choice(departments)
        case .description, .resolution, .demand, .plan: .longText
        case .tags: .words
        case .attachments: .text
        case .planKind: .choice(Self.planKinds)
        case .verdict: .choice(Self.verdicts)
        case .step: .choice(steps)
        case .pauseReason: .choice(Self.pauseReasons)
        default: BuiltInField.byID[field] != nil ? .text : customField(field)?.type
        }
    }

    /// Whether nothing is decided by what stands in a field.
    private func isFreeText(_ field: FieldID) -> Bool {
        switch field {
        case .status, .priority, .escalation, .classStage: false
        default:
            switch type(of: field) {
            case .text, .longText, .words, nil: true
            case .choice, .integer, .name: false
            }
        }
    }

    /// Whether a field holds a number or nothing was ever written there: it is not cleared.
    private func isAlwaysNumber(_ field: FieldID) -> Bool {
        switch field {
        case .status, .priority, .escalation, .classStage: true
        default: mergePolicy(of: field) == .max
        }
    }

    func customField(_ field: FieldID) -> CustomField? {
        customFields.first { $0.id == field }
    }
}

extension Profile {
    private func statusProblem(_ value: FieldValue) -> FieldProblem? {
        if value.integer.flatMap(TicketStatus.init(rawValue:)) != nil { return nil }
        return notAllowed(.status, allowed: TicketStatus.allCases.map(\.name))
    }

    private func priorityProblem(_ value: FieldValue) -> FieldProblem? {
        if priorities.contains(where: { $0.rank == value.integer }) { return nil }
        return notAllowed(.priority, allowed: priorities.map(\.key))
    }

    private func classStageProblem(_ value: FieldValue) -> FieldProblem? {
        if value.integer.flatMap(ClassStage.init(rawValue:)) != nil { return nil }
        return notAllowed(.classStage, allowed: ClassStage.allCases.map(\.name))
    }

    private func escalationProblem(_ value: FieldValue) -> FieldProblem? {
        let levels = [0] + escalationLevels.map(\.level)
        if let level = value.integer, levels.contains(level) { return nil }
        return notAllowed(.escalation, allowed: levels.map(String.init))
    }

    private func problem(of field: FieldID, value: FieldValue, type: FieldType) -> FieldProblem? {
        if case .integer = type {
            return value.integer != nil ? nil : refused(field, zh: "应为整数", en: "must be a number")
        }
        guard let text = value.text else {
            return refused(field, zh: "应为文字", en: "must be a text")
        }
        return switch type {
        case .integer: nil
        case .choice(let choices):
            choices.contains { $0.key == text }
                ? nil : notAllowed(field, allowed: choices.map(\.key))
        case .name:
            StaffID(text) != nil
                ? nil
                : refused(
                    field, zh: "应为名称：不超过\(nameByteCountMax)字节，不含空白、冒号和斜线",
                    en: "must be a name: at most \(nameByteCountMax) bytes, no space, colon, slash")
        case .text: lineProblem(field, text, byteCountMax: FieldType.textByteCountMax)
        case .words: lineProblem(field, text, byteCountMax: FieldType.wordByteCountMax)
        case .longText: longTextProblem(field, text)
        }
    }

    private func lineProblem(
        _ field: FieldID, _ text: String, byteCountMax: Int
    ) -> FieldProblem? {
        if text.unicodeScalars.contains(where: \.isControl) {
            return refused(
                field, zh: "只能是一行，不含控制字符", en: "must be one line without control characters")
        }
        return lengthProblem(field, text, byteCountMax: byteCountMax)
    }

    private func longTextProblem(_ field: FieldID, _ text: String) -> FieldProblem? {
        if text.unicodeScalars.contains(where: { $0.isControl && !$0.isLayout }) {
            return refused(field, zh: "不能含控制字符", en: "must not contain control characters")
        }
        return lengthProblem(field, text, byteCountMax: FieldType.longTextByteCountMax)
    }

    private func lengthProblem(
        _ field: FieldID, _ text: String, byteCountMax: Int
    ) -> FieldProblem? {
        guard text.utf8.count > byteCountMax else { return nil }
        return refused(
            field, zh: "太长：\(text.utf8.count)字节，最多\(byteCountMax)字节",
            en: "is too long: \(text.utf8.count) bytes, at most \(byteCountMax)")
    }

    private func notAllowed(_ field: FieldID, allowed: [String]) -> FieldProblem {
        let list = allowed.joined(separator: ", ")
        return refused(
            field, zh: "应为以下之一：\(list)", en: "must be one of: \(list)", allowed: allowed)
    }

    private func refused(
        _ field: FieldID, zh: String, en: String, allowed: [String] = []
    ) -> FieldProblem {
        let message = LocalizedText(
            zh: "\(label(of: field, .zh))：\(zh)", en: "\(label(of: field, .en)) \(en)")
        return FieldProblem(field: field, message: message, allowed: allowed)
    }
}

extension Unicode.Scalar {
    /// Unicode's category Cc, which is closed: told without its tables, for every text is checked.
    fileprivate var isControl: Bool { value < 0x20 || (0x7F...0x9F).contains(value) }

    fileprivate var isLayout: Bool { self == "\n" || self == "\r" || self == "\t" }
}
