import ArgumentParser
import Foundation
import HubService

/// `backup`: a verified copy of the store.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Writes a verified copy of the store; the hub may go on running.",
        discussion: "The key file hub.key is not in it: keep a copy of that apart, and safe.")

    @OptionGroup var common: CommonOptions
    @Argument(help: "The file to write; it must not exist yet.") var path: String

    func run() async throws {
        // The running hub has another working directory.
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        let reply = try await HubAccess(home: common.hubHome).perform(.backup(path: absolute))
        try common.console.confirm(reply)
    }
}
