import ArgumentParser
import Foundation
import HubService
import Terminal
import TicketModel

/// The environment, read once.
let processEnvironment = ProcessInfo.processInfo.environment

/// What every command takes.
struct CommonOptions: ParsableArguments {
    /// What every command takes, as the parser spells it out in a usage line.
    static let usage = "[--home <home>] [--lang <lang>] [--json]"

    @Option(
        help: help(
            "Hub 的目录（默认：LOOPDESK_HUB_HOME，否则 ~/.loopdesk-hub）。",
            "The hub's directory (default: LOOPDESK_HUB_HOME, else ~/.loopdesk-hub)."))
    var home: String?

    @Option(
        help: help(
            "语言：zh 或 en（默认取自系统）。", "Language of messages: zh or en (default: from the locale)."))
    var lang: Language?

    @Flag(help: help("以 JSON 输出结果，供脚本使用。", "Print the result as JSON, for scripts."))
    var json = false

    /// Where and how the command prints.
    var console: Console {
        Console(
            language: lang ?? Language(environment: processEnvironment), isJSON: json,
            environment: processEnvironment)
    }

    /// The hub's directory, absolute.
    var hubHome: HubHome {
        let chosen =
            home ?? processEnvironment["LOOPDESK_HUB_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        let path = chosen ?? "~/.loopdesk-hub"
        let expanded = HomePath.expanded(path, environment: processEnvironment)
        return HubHome(path: URL(fileURLWithPath: expanded).standardizedFileURL.path)
    }
}

extension Language: ExpressibleByArgument {}
