import ArgumentParser
import FieldClient
import Terminal
import TicketModel
import TicketPolicy

/// `texts`: what customers are told in the same words, offline.
struct TextsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "texts",
        abstract: said(
            zh: "列出标准话术；给出工单则填入其内容。", en: "Lists texts for customers, filled in for a ticket."),
        discussion: said(
            zh: "记录为已告知客户：loopdesk contact 工单 --text 名称，或 note --customer --text 名称。",
            en: "To note one as said: loopdesk contact TICKET --text KEY, or\n"
                + "loopdesk note TICKET --customer --text KEY"))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String?

    func run() throws {
        let place = try common.open()
        let profile = try place.profile()
        let found = try ticket.map { try place.find($0).ticket }
        var table = Table(columns: [
            .init(place.language.choose(zh: "名称", en: "TEXT")),
            .init(place.language.choose(zh: "内容", en: "WORDS"), canShrink: true),
        ])
        for template in profile.texts {
            table.append([
                .init(template.key),
                .init(words(template, found, profile, place.language)),
            ])
        }
        place.console.show(table)
        place.console.emit(.array(profile.texts.map { json($0, found, profile) }))
    }

    private func words(
        _ template: TextTemplate, _ ticket: Ticket?, _ profile: Profile, _ language: Language
    ) -> String {
        guard let ticket else { return template.text[language] }
        switch profile.filled(template, for: ticket, language) {
        case .success(let text): return printable(text)
        case .failure(let missing):
            let names = missing.fields.map { profile.label(of: $0, language) }
            return language.choose(zh: "（缺：", en: "(needs: ") + names.joined(separator: ", ")
                + language.choose(zh: "）", en: ")")
        }
    }

    private func json(
        _ template: TextTemplate, _ ticket: Ticket?, _ profile: Profile
    ) -> JSONValue {
        let text = { (language: Language) -> JSONValue in
            guard let ticket else { return .string(template.text[language]) }
            let filled = try? profile.filled(template, for: ticket, language).get()
            return filled.map(JSONValue.string) ?? .null
        }
        return ["text": .string(template.key), "zh": text(.zh), "en": text(.en)]
    }
}

/// The words of `note` and `contact`: typed, from standard input, or one of the policy's texts.
struct WordsOptions: ParsableArguments {
    @Argument(help: help("内容；- 从标准输入读取。", "What was said; - reads standard input."))
    var words: String?
    @Option(
        name: .customLong("text"),
        help: help("用标准话术，见 loopdesk texts。", "One of the texts for customers; see: loopdesk texts")
    )
    var template: String?

    func validate() throws {
        guard (words == nil) != (template == nil) else {
            throw ValidationError(
                said(
                    zh: "请给出内容，或用 --text 选择标准话术。", en: "Give the words, or --text KEY instead."))
        }
    }

    /// What is said of `ticket`.
    ///
    /// - Throws: `CommandFailure` for a text that there is not, or that the ticket cannot fill.
    func text(for ticket: Ticket, at place: Workplace) throws -> String {
        guard let template else { return try requiredText(words ?? "", "WORDS") }
        let profile = try place.profile()
        guard let known = profile.text(named: template) else {
            let keys = profile.texts.map(\.key)
            let list = keys.isEmpty ? "-" : keys.joined(separator: ", ")
            throw CommandFailure(
                .usage, zh: "没有话术“\(printable(template))”；可用：\(list)",
                en: "There is no text “\(printable(template))”; there are: \(list)",
                details: [.init("code", "unknown_text")])
        }
        switch profile.filled(known, for: ticket, place.language) {
        case .success(let text): return text
        case .failure(let missing):
            let names = { (language: Language) in
                missing.fields.map { profile.label(of: $0, language) }.joined(separator: ", ")
            }
            throw CommandFailure(
                .refused, zh: "工单缺少该话术需要的内容：\(names(.zh))。",
                en: "The ticket lacks what this text says: \(names(.en)).",
                details: [
                    .init("code", "missing_field"),
                    .init(
                        "fields", .array(missing.fields.map { .string(profile.name(of: $0)) })),
                ])
        }
    }
}
