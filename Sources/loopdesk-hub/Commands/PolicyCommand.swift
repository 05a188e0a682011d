import ArgumentParser
import HubService
import Terminal
import TicketPolicy

/// `policy`: the rules that the hub runs.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "Shows, checks and loads the rules.",
        subcommands: [Show.self, Check.self, Load.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints the policy in force, as it was loaded.")
        @OptionGroup var common: CommonOptions

        func run() async throws {
            let reply = try await HubAccess(home: common.hubHome).perform(.showPolicy)
            guard case .policy(let version, let yaml) = reply else { throw unexpected(reply) }
            let console = common.console
            if !console.isJSON { print(yaml, terminator: yaml.hasSuffix("\n") ? "" : "\n") }
            console.emit(["version": .integer(Int64(version)), "yaml": .string(yaml)])
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks a policy file without a hub; prints every problem and its place.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The policy file; - for the standard input.") var file: String

        func run() async throws {
            let profile = try PolicyFile.profile(try PolicyFile.read(file), file: file)
            common.console.say(
                zh: "\(file)：规则 \(profile.name) 没有问题。",
                en: "\(file): policy \(profile.name) has no problems.")
            common.console.emit([
                "file": .string(file), "name": .string(profile.name), "problems": [],
            ])
        }
    }

    struct Load: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Checks a policy file and puts it in force.")
        @OptionGroup var common: CommonOptions
        @Argument(help: "The policy file; - for the standard input.") var file: String

        func run() async throws {
            let yaml = try PolicyFile.read(file)
            _ = try PolicyFile.profile(yaml, file: file)
            let reply = try await HubAccess(home: common.hubHome).perform(.loadPolicy(yaml: yaml))
            try common.console.confirm(reply)
        }
    }
}
