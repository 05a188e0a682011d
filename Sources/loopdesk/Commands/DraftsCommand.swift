import ArgumentParser
import FieldClient
import Foundation
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// `drafts`: what the hub refused, kept until a person decides.
struct DraftsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drafts",
        abstract: said(
            zh: "未被接受的内容：查看、重试、改作备注或放弃。",
            en: "What was refused and waits for a decision: retry, send as a note, discard."),
        subcommands: [List.self, Show.self, Retry.self, AsNote.self, Discard.self],
        defaultSubcommand: List.self)

    struct List: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(zh: "列出草稿。", en: "Lists the drafts."))
        @OptionGroup var common: CommonOptions

        func run() throws {
            let place = try common.open()
            let stories = try place.desk.draftStories()
            if stories.isEmpty { place.console.say(zh: "没有草稿。", en: "There are no drafts.") }
            if !stories.isEmpty { place.console.show(try table(of: stories, place)) }
            let profile = try place.profile()
            place.console.emit(.array(stories.map { DraftJSON(profile: profile).value($0) }))
        }

        private func table(of stories: [DraftStory], _ place: Workplace) throws -> Table {
            let profile = try place.profile()
            let choose = { (zh: String, en: String) in place.language.choose(zh: zh, en: en) }
            var table = Table(columns: [
                .init(choose("草稿", "DRAFT")), .init(choose("工单", "TICKET")),
                .init(choose("操作", "ACT")), .init(choose("人员", "BY")),
                .init(choose("时间", "REFUSED")),
                .init(choose("原因", "REASON"), canShrink: true),
            ])
            for story in stories {
                let draft = story.main
                let choices = try place.desk.choices(of: story)
                table.append([
                    .init(draft.operation.shortName), .init(story.numbers.joined(separator: " ")),
                    .init(actLabel(draft.body.act, place.language)),
                    .init(draft.body.actor.rawValue),
                    .init(
                        DurationText.age(
                            of: draft.refusedAt, now: place.now, language: place.language)),
                    .init(RejectionText(draft, choices, profile).text(place.language)),
                ])
            }
            return table
        }
    }

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(zh: "显示草稿的全部内容。", en: "Shows everything in a draft."))
        @OptionGroup var common: CommonOptions
        @Argument(help: draftHelp) var draft: String

        func run() throws {
            let place = try common.open()
            let profile = try place.profile()
            let story = try place.desk.draftStory(named: draft)
            let draft = story.main
            let choices = try place.desk.choices(of: story)
            let reason = RejectionText(draft, choices, profile)
            let act = draft.body.act
            place.console.say(
                zh: "\(draft.operation.shortName)  \(draft.number)  \(actLabel(act, .zh))",
                en: "\(draft.operation.shortName)  \(draft.number)  \(actLabel(act, .en))")
            place.console.say(zh: reason.zh, en: reason.en)
            let numbers = try place.store.read { store in
                try Dictionary(
                    Set(story.drafts.flatMap { $0.body.changes.compactMap(\.otherTicket) })
                        .map { ($0, try store.visible($0)?.displayNumber) }
                ) { first, _ in first }
            }
            let changes = ChangeText(
                profile: profile, language: place.language, number: { numbers[$0] ?? nil })
            for member in story.drafts {
                if story.drafts.count > 1 {
                    place.console.say(zh: "  \(member.number)：", en: "  \(member.number):")
                }
                let indent = story.drafts.count > 1 ? "    " : "  "
                for change in member.body.changes {
                    let line = indent + changes.line(change)
                    place.console.say(zh: line, en: line)
                }
            }
            let verbs =
                (choices.isRetriable ? ["retry"] : []) + (choices.isNotable ? ["as-note"] : [])
                + ["discard"]
            let next = verbs.joined(separator: "|") + " " + draft.operation.shortName
            place.console.say(
                zh: "接下来：loopdesk drafts \(next)", en: "Next: loopdesk drafts \(next)")
            place.console.emit(DraftJSON(profile: profile).value(story))
        }
    }

    struct Retry: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "按现在看到的情况再试一次。", en: "Tries again, with what is known here by now."))
        @OptionGroup var common: CommonOptions
        @Argument(help: draftHelp) var draft: String

        func run() throws {
            let place = try common.open()
            let draft = try place.desk.draft(named: draft)
            for written in try place.desk.retry(draft, by: place.actor()) {
                try place.report(written, zh: "已重试", en: "tried again")
            }
        }
    }

    struct AsNote: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "as-note",
            abstract: said(
                zh: "把写下的内容作为备注发送。", en: "Sends what was typed as a note on the ticket."))
        @OptionGroup var common: CommonOptions
        @Argument(help: draftHelp) var draft: String

        func run() throws {
            let place = try common.open()
            let draft = try place.desk.draft(named: draft)
            for written in try place.desk.sendAsNote(draft, by: place.actor()) {
                try place.report(written, zh: "已作为备注发送", en: "sent as a note")
            }
        }
    }

    struct Discard: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "放弃草稿；修改记录里仍可查到。", en: "Drops a draft; the change log keeps it."))
        @OptionGroup var common: CommonOptions
        @Argument(help: draftHelp) var draft: String

        func run() throws {
            let place = try common.open()
            let draft = try place.desk.draft(named: draft)
            try place.desk.discard(draft)
            place.console.say(
                zh: "\(draft.operation.shortName) 已放弃", en: "\(draft.operation.shortName) discarded"
            )
            place.console.emit(["discarded": .string(draft.operation.description)])
        }
    }
}

private let draftHelp = help("草稿编号或工单编号。", "The draft's id, or the ticket's number.")

/// A draft for scripts.
struct DraftJSON {
    let profile: Profile

    func value(_ story: DraftStory) -> JSONValue {
        let others = story.drafts.filter { $0.operation != story.main.operation }
        return .object(
            members(story.main) + [.init("group", .array(others.map { .object(members($0)) }))])
    }

    private func members(_ draft: Draft) -> [JSONValue.Member] {
        let changes = ChangeText(profile: profile, language: .en)
        let value: JSONValue = [
            "id": .string(draft.operation.description),
            "short_id": .string(draft.operation.shortName),
            "ticket": .string(draft.ticket.description), "number": .string(draft.number),
            "act": .string(draft.body.act.name), "actor": .string(draft.body.actor.rawValue),
            "code": .string(draft.rejection.code.name),
            "detail": .string(draft.rejection.detail),
            "refused_at": JSONShape.time(draft.refusedAt),
            "changes": .array(draft.body.changes.map(changes.json)),
        ]
        guard case .object(let members) = value else { preconditionFailure("an object is written") }
        return members
    }
}

extension DraftStory {
    /// The numbers of its tickets, each once.
    var numbers: [String] {
        var seen: Set<String> = []
        return drafts.map(\.number).filter { seen.insert($0).inserted }
    }
}
