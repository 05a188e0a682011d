import ArgumentParser
import Glibc
import Terminal
import TicketModel

/// The entry: parses, runs, and turns every end into a documented exit status.
@main
enum Program {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            let ordered = HubCommand.ordered(arguments)
            try HubCommand.checkHelp(ordered)
            var command = try HubCommand.parseAsRoot(ordered)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(report(error).rawValue)
        }
        exit(ExitStatus.done.rawValue)
    }

    /// Says what is wrong on the standard error stream, or shows the help that was asked for.
    private static func report(_ error: any Error) -> ExitStatus {
        if let failure = HubFailure(error) {
            processConsole.report(failure)
            return failure.status
        }
        let text = HubCommand.fullMessage(for: error)
        if HubCommand.exitCode(for: error).isSuccess {
            print(HelpText.isHelp(text) ? localised(text) : text)
            return .done
        }
        Console.writeError(localised(text))
        return .usage
    }

    /// The parser's text in the language of this run.
    private static func localised(_ text: String) -> String {
        HelpText.localised(text, processConsole.language, commonUsage: CommonOptions.usage)
    }
}

/// `loopdesk-hub`: the hub and everything its operator does with it.
struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loopdesk-hub",
        abstract: said(
            zh: "Loopdesk 的 Hub：保存全部工单，执行规则，为各门店服务。",
            en: "The hub of Loopdesk: keeps every ticket, runs the rules, serves the stores."),
        discussion: said(
            zh: "退出码：0 完成，2 用法错误，3 被拒绝或无效，4 无法连接 Hub，5 存储故障。",
            en: """
                Exit status: 0 done, 2 wrong usage, 3 refused or invalid, 4 hub not reachable, 5 \
                storage fault.
                """),
        version: softwareVersion,
        subcommands: [
            InitCommand.self, ServeCommand.self, InviteCommand.self, DeviceCommand.self,
            StaffCommand.self, PolicyCommand.self, StatusCommand.self, QuarantineCommand.self,
            BackupCommand.self, RestoreCommand.self, RecoveryCommand.self, VerifyCommand.self,
            CompactCommand.self,
        ])
}

extension HubCommand {
    /// With the options that every verb takes behind the verb; help takes none.
    static func ordered(_ arguments: [String]) -> [String] {
        let moved = GlobalOptionOrder.moved(arguments)
        let bare = GlobalOptionOrder.without(moved)
        // With options beside it, `invite --help` would be the page of its default verb.
        let isVerbHelp = bare.count == 2 && ["-h", "--help"].contains(bare[1])
        return isVerbHelp || ["help", "--help"].contains(moved.first) ? bare : moved
    }

    /// Help on a verb that does not exist is a mistake, not the general help.
    ///
    /// - Throws: `HubFailure`.
    static func checkHelp(_ arguments: [String]) throws {
        guard arguments.first == "help", let verb = arguments.dropFirst().first,
            !verb.hasPrefix("-"), verb != "help",
            !configuration.subcommands.contains(where: { $0.configuration.commandName == verb })
        else { return }
        throw HubFailure(
            .usage, zh: "没有命令“\(printable(verb))”。用 loopdesk-hub --help 查看全部。",
            en: "There is no verb “\(printable(verb))”. See all with: loopdesk-hub --help")
    }
}

/// Name and version, for people and for the protocol's greeting.
let softwareVersion = "loopdesk-hub 0.1.0"

/// How help and failures are printed: by the raw arguments, for both may come before any option is
/// understood.
let processConsole = Console(
    arguments: Array(CommandLine.arguments.dropFirst()), environment: processEnvironment)

/// A text of the program in the language of this run.
func said(zh: String, en: String) -> String { processConsole.language.choose(zh: zh, en: en) }

/// A help text in the language of this run.
func help(_ zh: String, _ en: String) -> ArgumentHelp { ArgumentHelp(said(zh: zh, en: en)) }
