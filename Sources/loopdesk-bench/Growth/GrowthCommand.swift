import ArgumentParser
import Foundation

/// Runs what must not slow as the hub grows, at a small and a large scale in turn.
struct GrowthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "growth",
        abstract: "Compares a hub that holds little with one that holds much.",
        discussion: """
            Prepares two hubs in the temporary directory (TMPDIR), about 15 KB a ticket with their \
            floors, and measures both in turn. A row is flat when it slows by no more than 1.3 \
            times, beyond what SQLite itself slows on the same rows.
            """)

    @Argument(help: "Rows to run; all if none is named.")
    var rows: [String] = []

    @Option(help: "How big: tiny or canonical.")
    var size = "canonical"

    @Option(help: "Tickets, small and large with a comma between, or one number for both.")
    var tickets: String?

    @Option(help: "Stores, small and large with a comma between, or one number for both.")
    var stores: String?

    @Option(help: "Counted samples of each side.")
    var runs = 5

    @Flag(help: "Prints one JSON object a row.")
    var json = false

    func validate() throws {
        guard BenchSize(rawValue: size) != nil else {
            throw ValidationError("--size is tiny or canonical, not \(size).")
        }
        guard (1...100).contains(runs) else { throw ValidationError("--runs is from 1 to 100.") }
        for row in rows where GrowthRow(rawValue: row) == nil {
            let known = GrowthRow.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no row \(row); there are \(known).")
        }
        _ = try scales()
    }

    func run() throws {
        let (small, large) = try scales()
        let chosen = GrowthRow.allCases.filter { rows.isEmpty || rows.contains($0.rawValue) }
        try BenchTable.inFreshDirectory { directory in
            try checkSpace(for: small.byteCountEstimate + large.byteCountEstimate, at: directory)
            let table = try GrowthTable(
                small: small, large: large, size: BenchSize(rawValue: size) ?? .canonical,
                in: directory)
            if !json { show("small: \(small); large: \(large)\n" + GrowthTable.header) }
            for row in chosen {
                let result = try table.measure(row, runsCount: runs)
                show(json ? result.json : result.line)
            }
        }
    }

    /// Prints at once: a run is long, and what `print` writes into a file waits for its end.
    private func show(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private func scales() throws -> (HubScale, HubScale) {
        let isTiny = size == BenchSize.tiny.rawValue
        let tickets = try pair(
            tickets ?? (isTiny ? "200,400" : "10000,1000000"), in: 20...20_000_000, "--tickets")
        let stores = try pair(stores ?? (isTiny ? "2" : "10"), in: 1...10_000, "--stores")
        let scales = (
            HubScale(ticketsCount: tickets.0, storesCount: stores.0),
            HubScale(ticketsCount: tickets.1, storesCount: stores.1)
        )
        guard scales.0.ticketsCount >= 4 * scales.0.storesCount,
            scales.1.ticketsCount >= 4 * scales.1.storesCount
        else { throw ValidationError("There must be four tickets to a store at least.") }
        return scales
    }

    private func pair(
        _ text: String, in range: ClosedRange<Int>, _ name: String
    ) throws -> (Int, Int) {
        let numbers = text.split(separator: ",").map { Int($0) ?? -1 }
        guard let first = numbers.first, let last = numbers.last, numbers.count <= 2,
            numbers.allSatisfy(range.contains)
        else {
            throw ValidationError(
                "\(name) is one or two numbers from \(range.lowerBound) to "
                    + "\(range.upperBound), not \(text).")
        }
        return (first, last)
    }

    private func checkSpace(for byteCount: Int, at directory: URL) throws {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: directory.path)
        guard let free = attributes[.systemFreeSize] as? NSNumber else { return }
        guard free.int64Value > Int64(byteCount) else {
            throw ValidationError(
                "This needs about \(byteCount >> 20) MiB at \(directory.path), where "
                    + "\(free.int64Value >> 20) MiB are free; TMPDIR names another place.")
        }
    }
}
