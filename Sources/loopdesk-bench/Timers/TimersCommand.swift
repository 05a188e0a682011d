import ArgumentParser
import Foundation
import TicketModel

/// How punctual a hub with many open clocks is, and how fast it is there again.
struct TimersCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timers",
        abstract: "Measures how punctual a hub with many open clocks is.",
        discussion: """
            Fills a real hub's store with open clocks, kills and restarts the hub, and watches \
            from outside when they ring: so many a second first, then all that are left in one \
            instant. At the end every clock must have rung once, in order.
            """)

    @Option(help: "Open clocks.")
    var clocks = 100_000

    @Option(help: "Clocks that ring in each second, before all that are left ring at once.")
    var perSecond = 100

    @Option(help: "How many seconds they ring one by one.")
    var seconds = 60

    @Option(help: "Counted restarts.")
    var runs = 5

    @Option(help: "Kill the hub so many times at random moments while clocks ring.")
    var kills = 0

    @Option(help: "The seed of those moments; a new one if not given.")
    var seed: UInt64?

    @Flag(help: "Prints one JSON object a row.")
    var json = false

    func validate() throws {
        for (name, value, range) in [
            ("clocks", clocks, 10...10_000_000), ("per-second", perSecond, 1...1_000),
            ("seconds", seconds, 1...3_600), ("runs", runs, 1...100), ("kills", kills, 0...1_000),
        ] where !range.contains(value) {
            throw ValidationError(
                "--\(name) is from \(range.lowerBound) to \(range.upperBound), not \(value).")
        }
        guard clocks > perSecond * seconds else {
            throw ValidationError("--clocks must be more than ring one by one.")
        }
    }

    func run() throws {
        let plan = TimersMeasurement.Plan(
            clocksCount: clocks, perSecond: perSecond, secondsCount: seconds, runsCount: runs,
            killsCount: kills, seed: seed ?? .random(in: 0 ... .max))
        if !json { print("\(plan)") }
        let result = try BenchTable.inFreshDirectory { try TimersMeasurement(plan, in: $0).run() }
        for row in result.rows { print(json ? row.json : row.line) }
    }
}
