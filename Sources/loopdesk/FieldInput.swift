import Foundation
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// Turns what a person typed for a field into its value.
struct FieldInput {
    let profile: Profile
    let now: Timestamp

    /// Fields that a person sets directly, in the order of the form: what a verb of its own changes
    /// is left out.
    static func editableFields(of profile: Profile) -> [FieldID] {
        let form =
            profile.requiredFields
            + profile.requiredFieldsByKind.sorted { $0.key < $1.key }
            .flatMap(\.value)
        let others: [FieldID] = [
            .subject, .category, .product, .orderNumber, .eventTime, .eventPlace, .purchaseDate,
            .resolution, .expectedTime, .department, .store, .region,
        ]
        var seen: Set<FieldID> = []
        return (form + others + profile.customFields.map(\.id)).filter {
            profile.isOffered($0) && !profile.survey.contains($0) && seen.insert($0).inserted
        }
    }

    /// Fields that a verb of its own writes with words or scores of the policy.
    static func fieldsOfVerbs(of profile: Profile) -> [FieldID] {
        (profile.tags.isEmpty ? [] : [.tags]) + (profile.steps.isEmpty ? [] : [.step])
            + profile.survey
    }

    /// The verb that writes a field; nil for `set`.
    static func verb(of field: FieldID, _ profile: Profile) -> String? {
        if profile.survey.contains(field) { return "rate --dimension" }
        return [.tags: "tag", .step: "progress --step"][field]
    }

    /// Reads the value of the field with this name; `order-number` is `order_number`.
    ///
    /// - Throws: `CommandFailure` for an unknown field, one that a verb changes, or a value that is
    ///   not allowed.
    func read(_ name: String, _ text: String) throws -> (FieldID, FieldValue) {
        let key = name.replacing("-", with: "_")
        guard let field = profile.field(named: key) else { throw Self.unknown(name) }
        return (field, try read(field, text))
    }

    /// Reads the value of a field.
    ///
    /// - Throws: `CommandFailure` when the value is not allowed.
    func read(_ field: FieldID, _ text: String) throws -> FieldValue {
        let value = try value(of: field, text)
        if let problem = profile.problem(of: field, value: value) {
            throw failure(problem)
        }
        return value
    }

    /// Reads one of a closed list, also where a verb of its own writes it.
    ///
    /// - Throws: `CommandFailure` when it is none of them.
    func choice(_ text: String, of field: FieldID) throws -> String {
        let key = choiceKey(field, text) ?? text
        if let problem = profile.problem(of: field, value: .text(key)) {
            throw failure(problem)
        }
        return key
    }

    private func failure(_ problem: FieldProblem) -> CommandFailure {
        CommandFailure(
            .refused, zh: problem.message.zh, en: problem.message.en,
            details: [
                .init("code", "invalid_value"),
                .init("field", .string(profile.name(of: problem.field))),
                .init("allowed", .array(problem.allowed.map(JSONValue.string))),
            ])
    }

    private func value(of field: FieldID, _ text: String) throws -> FieldValue {
        switch field {
        case .status, .escalation, .assignee, .tags, .attachments, .mergedInto,
            .statusBeforeMerge, .splitFrom:
            throw hasVerb(field)
        case _ where FieldID.process.contains(field) || profile.survey.contains(field):
            throw hasVerb(field)
        case .priority: return try priority(text)
        case .reportedTime, .eventTime, .purchaseDate: return .text(try time(text, .past))
        case .expectedTime: return .text(try time(text, .hopedFor))
        default: break
        }
        if case .integer = profile.type(of: field) {
            guard let number = Int64(text) else {
                throw CommandFailure(
                    .refused, zh: "\(profile.label(of: field, .zh))应为整数。",
                    en: "\(profile.label(of: field, .en)) must be a number.",
                    details: [.init("code", "invalid_value")])
            }
            return .integer(number)
        }
        return .text(choiceKey(field, text) ?? text)
    }

    private func priority(_ text: String) throws -> FieldValue {
        let found = profile.priorities.first {
            $0.key == text || $0.label.zh == text || $0.label.en == text
        }
        guard let found else {
            let list = profile.priorities.map(\.key).joined(separator: ", ")
            throw CommandFailure(
                .refused, zh: "紧急程度应为以下之一：\(list)", en: "priority must be one of: \(list)",
                details: [
                    .init("code", "invalid_value"), .init("field", "priority"),
                    .init("allowed", .array(profile.priorities.map { .string($0.key) })),
                ])
        }
        return .integer(found.rank)
    }

    /// A label stands for its key: people type what they read.
    private func choiceKey(_ field: FieldID, _ text: String) -> String? {
        guard case .choice(let choices) = profile.type(of: field) else { return nil }
        return choices.first { $0.key == text || $0.label.zh == text || $0.label.en == text }?.key
    }

    /// Exact when it can be understood, else as the customer told it (F3).
    private func time(_ text: String, _ bounds: TimeBounds) throws -> String {
        let parser = TimeParser(now: now, zone: .current)
        let time = try? bounds == .past ? parser.parsePast(text) : parser.parse(text)
        guard let time else { return text }
        try bounds.check(time, at: now)
        return TimestampText.full(time, zone: .current)
    }

    private func hasVerb(_ field: FieldID) -> CommandFailure {
        let name = profile.name(of: field)
        return CommandFailure(
            .usage, zh: "\(name) 由专门的命令修改；见 loopdesk --help。",
            en: "\(name) is changed by verbs of its own; see loopdesk --help.")
    }

    static func unknown(_ name: String) -> CommandFailure {
        CommandFailure(
            .usage, zh: "没有字段“\(printable(name))”。用 loopdesk fields 查看。",
            en: "There is no field “\(printable(name))”. See: loopdesk fields",
            details: [.init("code", "unknown_field"), .init("field", .string(name))])
    }
}
