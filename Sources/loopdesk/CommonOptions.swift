import ArgumentParser
import FieldClient
import Foundation
import Replication
import Sodium
import StoreSupport
import Terminal
import TicketModel
import Wire

/// What every verb takes.
struct CommonOptions: ParsableArguments {
    @Option(
        help: help(
            "本机数据目录（默认：LOOPDESK_HOME，否则 ~/.loopdesk）。",
            "Where this device keeps its data (default: LOOPDESK_HOME, else ~/.loopdesk)."))
    var home: String?

    @Option(
        name: .customLong("as"),
        help: help(
            "以谁的名义操作（默认：LOOPDESK_AS，否则加入时记住的人员）。",
            "Who acts (default: LOOPDESK_AS, else the person the invite named)."))
    var actor: String?

    @Flag(help: help("以 JSON 输出结果，供脚本使用。", "Print the result as JSON, for scripts."))
    var json = false

    @Option(
        help: help("语言：zh 或 en（默认取自系统）。", "Language: zh or en (default: from the locale)."))
    var lang: Language?

    @Option(help: help("何时使用颜色。", "When to use colour."))
    var color = ColorMode.auto

    /// Where and how the verb prints.
    var console: Console {
        Console(
            language: lang ?? Language(environment: processEnvironment), isJSON: json,
            color: color, environment: processEnvironment)
    }

    /// The device's directory.
    var fieldHome: FieldHome {
        let named = processEnvironment["LOOPDESK_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let expanded = HomePath.expanded(
            home ?? named ?? "~/.loopdesk", environment: processEnvironment)
        return FieldHome(path: URL(fileURLWithPath: expanded).standardizedFileURL.path)
    }

    /// Opens the home for one verb.
    ///
    /// - Throws: `CommandFailure` when the home has not joined, `StoreError`.
    func open() throws -> Workplace {
        try Workplace(fieldHome, console: console, actorOption: actor, mode: .oneShot)
    }
}

extension Language: ExpressibleByArgument {}
extension ColorMode: ExpressibleByArgument {}
