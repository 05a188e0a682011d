import ArgumentParser
import HubService
import Terminal
import TicketModel

/// `quarantine`: work that came too late, or from a device that was revoked.
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: said(
            zh: "隔离的内容：采纳或放弃。", en: "Work that was set aside: take it over, or let it go."),
        discussion: said(
            zh: """
                完成后超过 30 天才送达的内容，或已停用的设备交来的内容，
                连同写下的全部文字保留在此。其作者有一份草稿。
                """,
            en: """
                Work that was done more than 30 days before it arrived, or that a revoked device \
                handed over, is kept here with everything that was typed. Its author has a draft \
                of it.
                """),
        subcommands: [List.self, Show.self, Accept.self, Dismiss.self],
        defaultSubcommand: List.self)

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "列出待处理的内容，最早的在前。", en: "Lists what waits for a decision, oldest first."))
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let work = try await HubAccess(home: common.hubHome).quarantined(.quarantined)
            let console = common.console
            if work.isEmpty {
                console.say(zh: "隔离列表为空。", en: "Nothing is in quarantine.")
            } else {
                console.show(table(of: work, console.language))
            }
            console.emit(.array(work.map(\.json)))
        }

        private func table(of work: [QuarantineView], _ language: Language) -> Table {
            var table = Table(columns: [
                .init("ID"), .init(language.choose(zh: "工单", en: "TICKET")),
                .init(language.choose(zh: "操作", en: "ACT")),
                .init(language.choose(zh: "人员", en: "BY")),
                .init(language.choose(zh: "时间", en: "MADE")),
                .init(language.choose(zh: "原因", en: "REASON")),
                .init(language.choose(zh: "内容", en: "WHAT"), canShrink: true),
            ])
            for piece in work {
                table.append([
                    .init(piece.operation), .init(printable(piece.number)), .init(piece.act),
                    .init(piece.author), .init(shortTime(piece.madeAtMilliseconds, language)),
                    .init(piece.reason),
                    .init(printable(piece.changes.map(\.line).joined(separator: "; "))),
                ])
            }
            return table
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "显示一项内容，包括写下的全部文字。",
                en: "Shows one piece of work with everything that was typed."))
        @OptionGroup var common: CommonOptions
        @Argument(help: workHelp) var id: String

        func run() async throws {
            let access = HubAccess(home: common.hubHome)
            let work = try await access.quarantined(.quarantinedWork(operation: id))
            let console = common.console
            for piece in work {
                let (made, received) = (piece.madeAtMilliseconds, piece.receivedAtMilliseconds)
                console.say(
                    zh: """
                        \(piece.operation)  \(printable(piece.number))  \(piece.act)
                        \(piece.author)，设备 \(piece.device)，写于 \(shortTime(made, .zh))，\
                        收到于 \(shortTime(received, .zh))（\(piece.reason)）
                        """,
                    en: """
                        \(piece.operation)  \(printable(piece.number))  \(piece.act)
                        by \(piece.author) on \(piece.device), made \(shortTime(made, .en)), \
                        received \(shortTime(received, .en)) (\(piece.reason))
                        """)
                for change in piece.changes {
                    for line in printableLines(change.line) { console.say(zh: line, en: line) }
                }
            }
            if console.isJSON, let piece = work.first { console.emit(piece.json) }
        }
    }

    struct Accept: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "现在采纳，仍归其作者；作者的草稿随之消失。",
                en: "Commits the work now, for its author; the draft at the author's goes away."),
            discussion: said(
                zh: "此后发生的一切视为并发：按规则保留较新的值；被拒绝时说明原因。",
                en: """
                    Whatever happened since counts as concurrent: newer values stay where the \
                    rules say so, and a refusal names its reason.
                    """))
        @OptionGroup var common: CommonOptions
        @Argument(help: workHelp) var id: String

        func run() async throws {
            try common.console.confirm(
                try await HubAccess(home: common.hubHome)
                    .perform(.acceptQuarantined(operation: id)))
        }
    }

    struct Dismiss: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: said(
                zh: "移出列表；作者保留草稿。", en: "Takes the work off the list; its author keeps the draft."))
        @OptionGroup var common: CommonOptions
        @Argument(help: workHelp) var id: String
        @Option(help: help("原因，记入 Hub 的运行日志。", "Why, for the hub's log.")) var reason = ""

        func run() async throws {
            try common.console.confirm(
                try await HubAccess(home: common.hubHome)
                    .perform(.dismissQuarantined(operation: id, reason: reason)))
        }
    }
}

private let workHelp = help("内容的编号，或编号的开头。", "The ID of the work, or the beginning of it.")

extension HubAccess {
    /// Asks for quarantined work.
    fileprivate func quarantined(_ command: AdminCommand) async throws -> [QuarantineView] {
        let reply = try await perform(command)
        guard case .quarantined(let work) = reply else { throw unexpected(reply) }
        return work
    }
}

extension QuarantineView {
    fileprivate var json: JSONValue {
        [
            "id": .string(operation), "reason": .string(reason), "device": .string(device),
            "author": .string(author), "act": .string(act), "ticket": .string(ticket),
            "number": .string(number), "made_at": jsonTime(madeAtMilliseconds),
            "received_at": jsonTime(receivedAtMilliseconds),
            "changes": .array(
                changes.map { change -> JSONValue in
                    [
                        "kind": .string(change.kind), "field": JSONValue(change.field),
                        "text": JSONValue(change.text),
                    ]
                }),
        ]
    }
}

extension QuarantineView.Change {
    /// What was to change, in one line per line that was typed.
    fileprivate var line: String {
        "  " + [kind, field, text].compactMap { $0 }.joined(separator: " ")
    }
}
