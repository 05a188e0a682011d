import ArgumentParser
import FieldClient
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// `set`: changes one field.
struct SetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: said(zh: "修改一个字段。", en: "Changes one field."),
        discussion: said(
            zh: "字段名与可用的值见 loopdesk fields。空值清除该字段。",
            en: "Names and allowed values: loopdesk fields. An empty value clears the field."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(help: help("字段名。", "The field's name.")) var field: String
    @Argument(help: help("新的值；- 从标准输入读取。", "The new value; - reads standard input."))
    var value: String

    func run() throws {
        let place = try common.open()
        let profile = try place.profile()
        let found = try place.find(ticket)
        let text = value == "-" ? try requiredText(value, "VALUE") : value
        let (field, value) = try FieldInput(profile: profile, now: place.now).read(field, text)
        let written = try place.desk.set(field, to: value, on: found.ticket.id, by: place.actor())
        try place.report(
            written, from: found, zh: "\(profile.label(of: field, .zh)) 已修改",
            en: "\(profile.label(of: field, .en)) set")
    }
}

/// `tag`: adds and removes words.
struct TagCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tag", abstract: said(zh: "添加或移除标签。", en: "Adds and removes tags."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(help: help("要添加的标签。", "Tags to add.")) var tags: [String] = []
    @Option(help: help("要移除的标签，可重复。", "A tag to remove; may be repeated."))
    var remove: [String] = []

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.tag(
            adding: tags, removing: remove, on: found.ticket.id, by: place.actor())
        let list = written.ticket.tags.map(printable).joined(separator: ", ")
        try place.report(written, from: found, zh: "标签：\(list)", en: "tags: \(list)")
    }
}

/// `fields`: what a ticket can say, offline.
struct FieldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields",
        abstract: said(zh: "列出字段、必填项与可用的值。", en: "Lists fields, what is required, and values."),
        discussion: said(
            zh: "没有列出命令的字段用 set 修改。", en: "What names no verb of its own is changed by set."))
    @OptionGroup var common: CommonOptions
    @Argument(help: help("只列这一字段，值各占一行。", "Only this field, with a line for each of its values."))
    var field: String?

    func run() throws {
        let place = try common.open()
        let profile = try place.profile()
        let fields =
            FieldInput.editableFields(of: profile) + FieldInput.fieldsOfVerbs(of: profile)
        if let field {
            let name = field.replacing("-", with: "_")
            guard
                let found = fields.first(where: {
                    profile.name(of: $0) == name || profile.label(of: $0, .zh) == field
                })
            else {
                throw FieldInput.unknown(field)
            }
            return show(found, profile, place)
        }
        var table = Table(columns: [
            .init(place.language.choose(zh: "字段", en: "FIELD")),
            .init(place.language.choose(zh: "名称", en: "LABEL")),
            .init(place.language.choose(zh: "必填", en: "REQUIRED")),
            .init(place.language.choose(zh: "命令", en: "VERB")),
            .init(place.language.choose(zh: "可用的值", en: "VALUES"), canShrink: true),
        ])
        for field in fields {
            table.append([
                .init(profile.name(of: field)), .init(profile.label(of: field, place.language)),
                .init(required(field, profile, place.language)),
                .init(FieldInput.verb(of: field, profile) ?? ""),
                .init(values(field, profile, place.language)),
            ])
        }
        place.console.show(table)
        place.console.emit(.array(fields.map { json($0, profile) }))
    }

    private func show(_ field: FieldID, _ profile: Profile, _ place: Workplace) {
        let required = required(field, profile, place.language)
        let verb = FieldInput.verb(of: field, profile) ?? "set"
        let head = "\(profile.name(of: field)) · \(profile.label(of: field, place.language))"
        place.console.say(
            zh: head + "，loopdesk \(verb)" + (required.isEmpty ? "" : "，必填：\(required)"),
            en: head + ", loopdesk \(verb)" + (required.isEmpty ? "" : ", required: \(required)"))
        if profile.survey.contains(field) {
            let scores = values(field, profile, place.language)
            place.console.say(zh: scores, en: scores)
        }
        let choices = choices(field, profile)
        if !choices.isEmpty {
            var table = Table(columns: [
                .init(place.language.choose(zh: "值", en: "VALUE")),
                .init(place.language.choose(zh: "名称", en: "LABEL"), canShrink: true),
            ])
            for choice in choices {
                table.append([.init(choice.key), .init(choice.label[place.language])])
            }
            place.console.show(table)
        }
        place.console.emit(json(field, profile))
    }

    private func required(_ field: FieldID, _ profile: Profile, _ language: Language) -> String {
        if profile.requiredFields.contains(field) { return language.choose(zh: "是", en: "yes") }
        let kinds = profile.kinds.filter {
            profile.requiredFieldsByKind[$0.key]?.contains(field) == true
        }
        return kinds.map { $0.label[language] }.joined(separator: ", ")
    }

    private func values(_ field: FieldID, _ profile: Profile, _ language: Language) -> String {
        if profile.survey.contains(field) {
            return "\(Rating.scores.lowerBound)–\(Rating.scores.upperBound)"
        }
        return choices(field, profile).map { choice in
            let label = choice.label[language]
            return choice.key == label ? label : "\(choice.key) (\(label))"
        }.joined(separator: ", ")
    }

    private func choices(_ field: FieldID, _ profile: Profile) -> [Choice] {
        if field == .priority {
            return profile.priorities.map { Choice(key: $0.key, label: $0.label) }
        }
        if field == .tags { return profile.tags }
        if case .choice(let choices) = profile.type(of: field) { return choices }
        return []
    }

    private func json(_ field: FieldID, _ profile: Profile) -> JSONValue {
        let kinds = profile.requiredFieldsByKind.filter { $0.value.contains(field) }.keys.sorted()
        return [
            "name": .string(profile.name(of: field)),
            "label": [
                "zh": .string(profile.label(of: field, .zh)),
                "en": .string(profile.label(of: field, .en)),
            ],
            "required": .boolean(profile.requiredFields.contains(field)),
            "required_for_kinds": .array(kinds.map(JSONValue.string)),
            "verb": JSONValue(FieldInput.verb(of: field, profile)),
            "values": .array(
                choices(field, profile).map {
                    [
                        "value": .string($0.key),
                        "label": ["zh": .string($0.label.zh), "en": .string($0.label.en)],
                    ]
                }),
        ]
    }
}

/// `staff`: who works here and how to reach them, offline.
struct StaffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "staff",
        abstract: said(zh: "人员与电话（断网可查）。", en: "People and their telephones, also offline."))
    @OptionGroup var common: CommonOptions

    func run() throws {
        let place = try common.open()
        guard let directory = try place.store.read({ try $0.directory() }) else {
            throw Desk.Failure.noPolicy
        }
        let people = directory.staff.filter(\.isActive)
        let attendance = try place.desk.attendance(at: place.now)
        let text = AbsenceText(language: place.language, now: place.now)
        var table = Table(columns: [
            .init(place.language.choose(zh: "编号", en: "STAFF")),
            .init(place.language.choose(zh: "姓名", en: "NAME"), canShrink: true),
            .init(place.language.choose(zh: "角色", en: "ROLES"), canShrink: true),
            .init(place.language.choose(zh: "门店", en: "STORE")),
            .init(place.language.choose(zh: "部门", en: "DEPARTMENT")),
            .init(place.language.choose(zh: "电话", en: "PHONE")),
            .init(place.language.choose(zh: "外出", en: "AWAY"), canShrink: true),
        ])
        for person in people {
            table.append([
                .init(person.staff.rawValue), .init(person.name),
                .init(person.roles.map(\.rawValue).sorted().joined(separator: ",")),
                .init(person.store?.rawValue ?? ""), .init(person.department?.rawValue ?? ""),
                .init(person.phone), .init(away(person, attendance, text), style: .warning),
            ])
        }
        place.console.show(table)
        place.console.emit(.array(people.map { json($0, attendance) }))
    }

    /// Until when somebody is away and who stands in, or from when they will be, with what they
    /// left for colleagues; not what is over.
    private func away(
        _ person: StaffRecord, _ attendance: Attendance, _ text: AbsenceText
    ) -> String {
        guard let absence = person.absence, absence.until > text.now else { return "" }
        let note = absence.note.isEmpty ? "" : " · \(absence.note)"
        let when =
            attendance.absence(of: person.staff) == nil
            ? text.ahead(absence) : text.until(absence, attendance.standIn(for: person.staff))
        return when + note
    }

    private func json(_ person: StaffRecord, _ attendance: Attendance) -> JSONValue {
        [
            "staff": .string(person.staff.rawValue), "name": .string(person.name),
            "roles": JSONShape.names(person.roles), "store": JSONValue(person.store?.rawValue),
            "department": JSONValue(person.department?.rawValue), "phone": .string(person.phone),
            "away": .boolean(attendance.absence(of: person.staff) != nil),
            "stand_in": JSONValue(attendance.standIn(for: person.staff)?.staff.rawValue),
            "absence": person.absence.map { absence in
                [
                    "from": JSONShape.time(absence.from), "until": JSONShape.time(absence.until),
                    "substitute": JSONValue(absence.substitute?.rawValue),
                    "note": .string(absence.note),
                ]
            } ?? .null,
        ]
    }
}
