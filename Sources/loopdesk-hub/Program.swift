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
            exit(report(error, arguments: arguments).rawValue)
        }
        exit(ExitStatus.done.rawValue)
    }

    /// Says what is wrong on the standard error stream, or shows the help that was asked for.
    private static func report(_ error: any Error, arguments: [String]) -> ExitStatus {
        if let failure = HubFailure(error) {
            Console(arguments: arguments, environment: processEnvironment).report(failure)
            return failure.status
        }
        let text = HubCommand.fullMessage(for: error)
        if HubCommand.exitCode(for: error).isSuccess {
            print(text)
            return .done
        }
        Console.writeError(text)
        return .usage
    }
}

/// `loopdesk-hub`: the hub and everything its operator does with it.
struct HubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loopdesk-hub",
        abstract: "The hub of Loopdesk: keeps every ticket, runs the rules, serves the stores.",
        discussion: """
            Exit status: 0 done, 2 wrong usage, 3 refused or invalid, 4 hub not reachable, \
            5 storage fault.
            """,
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
        return ["help", "--help"].contains(moved.first) ? GlobalOptionOrder.without(moved) : moved
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
