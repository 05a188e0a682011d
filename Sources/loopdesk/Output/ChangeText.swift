import FieldClient
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// One part of an intent, for people and for scripts.
struct ChangeText {
    let profile: Profile
    let language: Language
    /// The number of another ticket; its identity stands for one that is not known here.
    var number: (TicketID) -> String? = { _ in nil }

    func line(_ change: Change) -> String {
        switch change {
        case .create(let number): "\(language.choose(zh: "登记", en: "create")) \(printable(number))"
        case .write(let field, let value):
            "\(profile.label(of: field, language)) = \(shown(value, field))"
        case .add(let field, let value):
            "\(profile.label(of: field, language)) + \(shown(value, field))"
        case .remove(let field, let value):
            "\(profile.label(of: field, language)) - \(shown(value, field))"
        case .comment(_, _, let text, _): "“\(printable(text))”"
        case .editComment(let id, let text): "\(id.shortName): “\(printable(text))”"
        case .redactComment(let id):
            "\(language.choose(zh: "删除备注", en: "redact")) \(id.shortName)"
        case .rate(_, let outcome, _, let text): "\(outcome) “\(printable(text))”"
        case .close: language.choose(zh: "结案", en: "close")
        case .merge(let survivor, let reason):
            language.choose(zh: "并入 ", en: "merge into ") + name(of: survivor) + quoted(reason)
        case .absorb(let duplicate):
            language.choose(zh: "合并 ", en: "take over ") + name(of: duplicate)
        case .unmerge(let reason):
            language.choose(zh: "撤销合并", en: "undo the merge") + quoted(reason)
        case .release(let duplicate):
            language.choose(zh: "交还 ", en: "give back ") + name(of: duplicate)
        case .unsupported: language.choose(zh: "（更新版本的内容）", en: "(of a newer version)")
        }
    }

    private func name(of ticket: TicketID) -> String {
        printable(number(ticket) ?? String(ticket.description.prefix(8)))
    }

    private func quoted(_ reason: String) -> String {
        reason.isEmpty ? "" : " “\(printable(reason))”"
    }

    private func shown(_ value: FieldValue, _ field: FieldID) -> String {
        printable(profile.display(value, of: field, language))
    }

    func json(_ change: Change) -> JSONValue {
        switch change {
        case .create(let number): ["kind": "create", "provisional_number": .string(number)]
        case .write(let field, let value): json("write", field, value)
        case .add(let field, let value): json("add", field, value)
        case .remove(let field, let value): json("remove", field, value)
        case .comment(let kind, let visibility, let text, _):
            [
                "kind": "comment", "comment_kind": .string("\(kind)"),
                "visibility": .string("\(visibility)"), "text": .string(text),
            ]
        case .editComment(let id, let text):
            ["kind": "edit_comment", "comment": .string(id.description), "text": .string(text)]
        case .redactComment(let id):
            ["kind": "redact_comment", "comment": .string(id.description)]
        case .rate(_, let outcome, _, let text):
            [
                "kind": "rate", "outcome": .string(JSONShape.outcome(outcome)),
                "text": .string(text),
            ]
        case .close: ["kind": "close"]
        case .merge(let survivor, let reason):
            [
                "kind": "merge", "ticket": .string(survivor.description), "text": .string(reason),
            ]
        case .absorb(let duplicate):
            ["kind": "absorb", "ticket": .string(duplicate.description)]
        case .unmerge(let reason): ["kind": "unmerge", "text": .string(reason)]
        case .release(let duplicate):
            ["kind": "release", "ticket": .string(duplicate.description)]
        case .unsupported: ["kind": "unsupported"]
        }
    }

    private func json(_ kind: String, _ field: FieldID, _ value: FieldValue) -> JSONValue {
        [
            "kind": .string(kind), "field": .string(profile.name(of: field)),
            "value": JSONShape.value(value),
        ]
    }
}
