import ArgumentParser
import Foundation

/// The floor of `loopdesk new`: a process that opens a file, makes one row durable and exits.
struct InsertOnceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "insert-once", abstract: "One durable row, then exit (a floor).",
        shouldDisplay: false)

    @Argument(help: "The database file.")
    var path: String

    func run() throws {
        try SQLiteFloor(path: path).insertRows(1, perCommit: 1, payloadByteCount: 80)
    }
}
