import ArgumentParser
import Foundation
import HubService
import Terminal
import TicketModel

/// The environment, read once.
let processEnvironment = ProcessInfo.processInfo.environment

/// What every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "The hub's directory (default: LOOPDESK_HUB_HOME, else ~/.loopdesk-hub).")
    var home: String?

    @Option(help: "Language of messages: zh or en (default: from the locale).")
    var lang: Language?

    @Flag(help: "Print the result as JSON, for scripts.")
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
