import ArgumentParser
import Foundation
import Glibc
import Terminal
import TicketModel

/// The entry: parses, runs, and turns every end into a documented exit status.
@main
enum Program {
    static func main() async {
        let arguments = GlobalOptionOrder.moved(Array(CommandLine.arguments.dropFirst()))
        do {
            try LoopdeskCommand.checkVerb(arguments)
            try LoopdeskCommand.checkDashes(arguments)
            var command = try LoopdeskCommand.parseAsRoot(HelpText.requested(by: arguments))
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
        if let failure = CommandFailure(error) {
            processConsole.report(
                failure.text[processConsole.language], status: failure.status,
                program: "loopdesk", details: failure.details)
            return failure.status
        }
        let language = processConsole.language
        if LoopdeskCommand.exitCode(for: error).isSuccess {
            let text = LoopdeskCommand.fullMessage(for: error)
            Console.write(
                (HelpText.isHelp(text) ? HelpText.localised(text, language) : text) + "\n")
            return .done
        }
        if processConsole.isJSON {
            let message = HelpText.localised(LoopdeskCommand.message(for: error), language)
            processConsole.report(message, status: .usage, program: "loopdesk")
        } else {
            let text = LoopdeskCommand.fullMessage(for: error)
            Console.writeError(HelpText.localised(text, language))
        }
        return .usage
    }
}

/// `loopdesk`: what clerks, agents and supervisors work with.
struct LoopdeskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loopdesk",
        abstract: said(
            zh: "记录投诉并处理到客户认可为止；断网也能用。",
            en: "Logs complaints and follows them until the customer agrees, online or not."),
        discussion: said(
            zh: """
                先用 loopdesk join 加入，再用 loopdesk new 登记。工单可用编号、编号末尾几位或内部标识指定。
                --home、--as、--json、--lang、--color 可放在子命令之前或之后。
                退出码：0 完成，2 用法错误，3 被拒绝或无效，4 无法连接 Hub，5 存储故障。
                补全脚本：loopdesk --generate-completion-script bash|zsh|fish
                """,
            en: """
                Start with loopdesk join, then loopdesk new. A ticket is named by its number, the \
                end of its number, or the start of its identity.
                --home, --as, --json, --lang and --color go before or after the verb.
                Exit status: 0 done, 2 wrong usage, 3 refused or invalid, 4 hub not reachable, 5 \
                storage fault.
                Completions: loopdesk --generate-completion-script bash|zsh|fish
                """),
        version: softwareVersion,
        groupedSubcommands: [
            CommandGroup(
                name: said(zh: "登记与查看", en: "Log and look"),
                subcommands: [
                    NewCommand.self, ListCommand.self, ShowCommand.self, DuplicatesCommand.self,
                ]),
            CommandGroup(
                name: said(zh: "处理", en: "Work on a ticket"),
                subcommands: [
                    AcceptCommand.self, RefuseCommand.self, AssignCommand.self,
                    ProgressCommand.self, NoteCommand.self, SetCommand.self, TagCommand.self,
                    EscalateCommand.self, ResolveCommand.self, CloseCommand.self,
                    ReopenCommand.self, MergeCommand.self, SplitCommand.self,
                ]),
            CommandGroup(
                name: said(zh: "流程", en: "Follow the process"),
                subcommands: [
                    ClassifyCommand.self, PlanCommand.self, ApproveCommand.self,
                    PauseCommand.self, ResumeCommand.self, MeetingCommand.self,
                    PromiseCommand.self, ContactCommand.self, VerdictCommand.self,
                    UrgeCommand.self, RateCommand.self, WhyCommand.self,
                ]),
            CommandGroup(
                name: said(zh: "跟进", en: "Follow"),
                subcommands: [WatchCommand.self, DraftsCommand.self, LogCommand.self]),
            CommandGroup(
                name: said(zh: "本机", en: "This device"),
                subcommands: [
                    JoinCommand.self, SyncCommand.self, StatusCommand.self, VerifyCommand.self,
                    StaffCommand.self, FieldsCommand.self, TextsCommand.self,
                ]),
        ])
}

extension LoopdeskCommand {
    /// Refuses text that begins with a dash: the parser would take it for options of one letter,
    /// and an h among them for a request of help.
    ///
    /// - Throws: `CommandFailure`.
    static func checkDashes(_ arguments: [String]) throws {
        let options = arguments.prefix { $0 != "--" }
        let letters: Set<Character> = ["h", "q"]
        let text = options.first { argument in
            argument.count > 2 && argument.first == "-" && !argument.hasPrefix("--")
                && !argument.dropFirst().allSatisfy(letters.contains)
        }
        guard let text else { return }
        throw CommandFailure(
            .usage,
            zh: "“\(printable(text))”以短横开头，会被当作选项。文字前请加 --，如：loopdesk note 0001 -- \"-…\"；"
                + "选项的值写作 --reason=-…",
            en: "“\(printable(text))” begins with a dash and would be taken for options. Put -- "
                + "before text, as in: loopdesk note 0001 -- \"-…\"; a value is written --reason=-…"
        )
    }

    /// Names a verb that does not exist; the parser would blame the options after it.
    ///
    /// - Throws: `CommandFailure`.
    static func checkVerb(_ arguments: [String]) throws {
        let rest = arguments.first == "help" ? arguments.dropFirst() : arguments[...]
        guard let verb = rest.first, !verb.hasPrefix("-"), verb != "help" else { return }
        let known = configuration.groupedSubcommands.flatMap(\.subcommands)
        guard !known.contains(where: { $0.configuration.commandName == verb }) else { return }
        throw CommandFailure(
            .usage, zh: "没有命令“\(printable(verb))”。用 loopdesk --help 查看全部。",
            en: "There is no verb “\(printable(verb))”. See all with: loopdesk --help")
    }
}

/// Name and version, for people and for the protocol's greeting.
let softwareVersion = "loopdesk 0.1.0"

/// The environment, read once.
let processEnvironment = ProcessInfo.processInfo.environment

/// How help and failures are printed: by the raw arguments, for both may come before any option is
/// understood.
let processConsole = Console(
    arguments: Array(CommandLine.arguments.dropFirst()), environment: processEnvironment)

/// A text of the program in the language of this run.
func said(zh: String, en: String) -> String { processConsole.language.choose(zh: zh, en: en) }

/// A help text in the language of this run.
func help(_ zh: String, _ en: String) -> ArgumentHelp { ArgumentHelp(said(zh: zh, en: en)) }
