import FieldClient
import Foundation
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// The form of a new ticket: from flags, from answers at the terminal, with sensible defaults.
struct TicketForm {
    let profile: Profile
    let now: Timestamp
    /// Who is meant by a name; `Desk.owner(named:)`.
    let owner: (String) throws -> Owner
    private var input: FieldInput { FieldInput(profile: profile, now: now) }

    init(profile: Profile, now: Timestamp, owner: @escaping (String) throws -> Owner) {
        self.profile = profile
        self.now = now
        self.owner = owner
    }

    /// The longest subject that is made from a description, in terminal columns.
    private static let subjectColumnCountMax = 48

    /// A new ticket with what was given.
    ///
    /// - Throws: `CommandFailure` for a value that is not allowed.
    func ticket(from options: NewFieldOptions) throws -> NewTicket {
        var new = try filledIn(from: options)
        if new.fields[.reportedTime] == nil {
            new.fields[.reportedTime] = .text(TimestampText.full(now, zone: .current))
        }
        return new
    }

    /// No more than what was given.
    ///
    /// - Throws: `CommandFailure` for a value that is not allowed.
    func filledIn(from options: NewFieldOptions) throws -> NewTicket {
        var new = NewTicket(fields: [:], tags: options.tag, note: options.note)
        for (name, text) in try options.given() {
            let said = text == "-" ? try requiredText(text, name) : text
            let (field, value) = try input.read(name, said)
            new.fields[field] = value
        }
        if let assign = options.assign { try self.assign(&new, to: assign) }
        new.isAssignedAlthoughAway = options.althoughAway
        return new
    }

    /// Gives a new ticket to a person or to a department.
    ///
    /// - Throws: as `Desk.owner(named:)`.
    func assign(_ new: inout NewTicket, to name: String) throws {
        switch try owner(name) {
        case .staff(let staff, _): new.assignee = staff
        case .nobody: new.assignee = nil
        case .department(let department): new.fields[.department] = .text(department.rawValue)
        }
    }

    /// A title for lists when nobody gave one: the beginning of what happened.
    func addSubject(_ new: inout NewTicket) {
        guard new.fields[.subject] == nil, let text = new.fields[.description]?.text else { return }
        let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
        let subject = line.truncated(toColumns: Self.subjectColumnCountMax)
        if !subject.isEmpty { new.fields[.subject] = .text(subject) }
    }

    /// Asks for each required field that is missing, the kind first, since it decides the others.
    ///
    /// - Throws: `PromptError`; nothing is saved then.
    func askForMissing(
        _ new: inout NewTicket, _ prompter: Prompter, _ language: Language
    ) throws {
        for field in [FieldID.kind, .category] where new.fields[field] == nil {
            let kind = new.fields[.kind]?.text
            if profile.isOffered(field, kind: kind) { try ask(field, &new, prompter, language) }
        }
        while let field = profile.missingFields(for: new.fields).first {
            try ask(field, &new, prompter, language)
        }
    }

    private func ask(
        _ field: FieldID, _ new: inout NewTicket, _ prompter: Prompter, _ language: Language
    ) throws {
        let label = profile.label(of: field, language)
        if field == .priority {
            let priorities = profile.priorities
            let options = priorities.map {
                PromptOption(
                    key: $0.key, label: "\($0.label[language]) — \($0.criteria[language])")
            }
            let index = try prompter.choice(label, options: options)
            new.fields[field] = .integer(priorities[index].rank)
        } else if case .choice(let choices) = profile.type(of: field) {
            let options = choices.map { choice in
                let criteria = choice.criteria.map { " — " + $0[language] } ?? ""
                return PromptOption(key: choice.key, label: choice.label[language] + criteria)
            }
            new.fields[field] = .text(choices[try prompter.choice(label, options: options)].key)
        } else {
            new.fields[field] = try prompter.value(label) { text in
                do { return .accepted(try input.read(field, text)) } catch {
                    let failure = CommandFailure(error)
                    return .refused(failure?.text[language] ?? "\(error)")
                }
            }
        }
    }
}

/// Reads `new --from`.
struct NewTicketJSON {
    let form: TicketForm

    /// The largest input, and the most tickets in it.
    static let byteCountMax = 8 * 1024 * 1024
    static let ticketsCountMax = 1_000

    /// - Throws: `CommandFailure` naming the entry and the field that is wrong.
    func read(_ source: String) throws -> [NewTicket] {
        let text =
            source == "-"
            ? try StandardInput.text(byteCountMax: Self.byteCountMax) : try file(source)
        guard
            let json = try? JSONSerialization.jsonObject(
                with: Data(text.utf8), options: .fragmentsAllowed)
        else {
            throw refused(zh: "不是有效的 JSON。", en: "This is not valid JSON.")
        }
        if let object = json as? [String: Any] { return [try checked(object, 0)] }
        guard let objects = json as? [[String: Any]], !objects.isEmpty else {
            throw refused(
                zh: "应为一个 JSON 对象，或对象的数组。", en: "A JSON object or an array of objects is needed.")
        }
        guard objects.count <= Self.ticketsCountMax else {
            throw refused(
                zh: "一次最多 \(Self.ticketsCountMax) 条，得到 \(objects.count) 条。",
                en: "At most \(Self.ticketsCountMax) tickets at once, got \(objects.count).")
        }
        return try objects.enumerated().map { try checked($1, $0) }
    }

    private func file(_ path: String) throws -> String {
        let url = URL(fileURLWithPath: path)
        let size = try? url.resourceValues(forKeys: [.fileSizeKey]).fileSize
        guard size ?? 0 <= Self.byteCountMax, let data = try? Data(contentsOf: url),
            data.count <= Self.byteCountMax,
            let text = String(validating: data, as: UTF8.self)
        else {
            throw refused(
                zh: "无法读取 \(printable(path))（不存在、过大或不是 UTF-8）。",
                en: "\(printable(path)) cannot be read (missing, too large or not UTF-8).")
        }
        return text
    }

    /// What is wrong in a file is refused, not a wrong command line, and says which ticket it is.
    private func checked(_ object: [String: Any], _ index: Int) throws -> NewTicket {
        do { return try ticket(object, index) } catch {
            guard var failure = CommandFailure(error) else { throw error }
            failure.status = .refused
            failure.text.zh = "--from 第 \(index + 1) 条：\(failure.text.zh)"
            failure.text.en = "--from, ticket \(index + 1): \(failure.text.en)"
            failure.details.append(.init("index", .integer(Int64(index))))
            throw failure
        }
    }

    private func ticket(_ object: [String: Any], _ index: Int) throws -> NewTicket {
        var new = NewTicket(fields: [:])
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            switch name {
            case "tags": new.tags = try texts(value, name)
            case "note": new.note = try self.text(value, name)
            case "assignee": try form.assign(&new, to: try self.text(value, name))
            default:
                let text = try self.text(value, name)
                let (field, value) = try FieldInput(profile: form.profile, now: form.now)
                    .read(name, text)
                new.fields[field] = value
            }
        }
        if new.fields[.reportedTime] == nil {
            new.fields[.reportedTime] = .text(TimestampText.full(form.now, zone: .current))
        }
        form.addSubject(&new)
        return new
    }

    private func text(_ value: Any, _ name: String) throws -> String {
        if let text = value as? String { return text }
        // True and false are numbers to Foundation, but nobody's telephone is `true`.
        if let number = value as? NSNumber, String(cString: number.objCType) != "c" {
            return number.stringValue
        }
        throw wrongType(
            zh: "“\(printable(name))”应为文字。", en: "“\(printable(name))” must be a text.")
    }

    private func texts(_ value: Any, _ name: String) throws -> [String] {
        guard let texts = value as? [String] else {
            throw wrongType(zh: "“\(name)”应为文字的数组。", en: "“\(name)” must be an array of texts.")
        }
        return texts
    }

    private func wrongType(zh: String, en: String) -> CommandFailure {
        CommandFailure(.refused, zh: zh, en: en, details: [.init("code", "invalid_input")])
    }

    private func refused(zh: String, en: String) -> CommandFailure {
        CommandFailure(
            .refused, zh: "--from：\(zh)", en: "--from: \(en)",
            details: [.init("code", "invalid_input")])
    }
}
