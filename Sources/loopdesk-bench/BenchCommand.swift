import ArgumentParser
import Foundation

/// Measures Loopdesk beside the floors of this machine.
///
/// Absolute figures say something about the disk; the ratio of two figures taken in turn in one run
/// says something about Loopdesk.
@main
struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loopdesk-bench",
        abstract: "Measures Loopdesk beside the floors of this machine.",
        discussion: """
            Each row runs our side and its floor in turn, after a warm-up, and prints the medians, \
            the ratio, and a hash of the result. A ratio near 1 means that nothing is left to gain.
            """,
        subcommands: [
            RunCommand.self, GrowthCommand.self, TimersCommand.self, InsertOnceCommand.self,
        ],
        defaultSubcommand: RunCommand.self)
}

/// Runs rows; what happens unless something else is asked for.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs rows and prints the table.")

    @Argument(help: "Rows to run; all if none is named.")
    var rows: [String] = []

    @Option(help: "How big: tiny or canonical.")
    var size = "canonical"

    @Option(help: "Counted runs of each side.")
    var runs = 5

    @Flag(help: "Lists the rows.")
    var list = false

    @Flag(help: "Prints one JSON object a row.")
    var json = false

    func validate() throws {
        guard BenchSize(rawValue: size) != nil else {
            throw ValidationError("--size is tiny or canonical, not \(size).")
        }
        guard (1...100).contains(runs) else { throw ValidationError("--runs is from 1 to 100.") }
    }

    func run() throws {
        let all = BenchTable.rows(size: BenchSize(rawValue: size) ?? .canonical)
        if list {
            return all.forEach { print("\($0.name)\t\($0.unit), floor: \($0.floorDescription)") }
        }
        let unknown = rows.filter { name in !all.contains { $0.name == name } }
        guard unknown.isEmpty else {
            throw ValidationError("There is no row \(unknown[0]); see --list.")
        }
        let chosen = rows.isEmpty ? all : all.filter { rows.contains($0.name) }
        if !json { print(BenchTable.header) }
        for row in chosen {
            let result = try BenchTable.measure(row, runsCount: runs)
            print(json ? result.json : result.line)
        }
    }
}
