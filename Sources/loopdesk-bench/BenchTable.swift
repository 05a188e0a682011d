import Foundation

/// The rows and how one is run and printed.
enum BenchTable {
    static func rows(size: BenchSize) -> [any BenchRow] {
        [
            CommitRow(size: size, shape: .batches), CommitRow(size: size, shape: .singles),
            CatchUpRow(size: size), NewProcessRow(size: size),
        ]
    }

    static let header = "row              ours/s      floor/s   ours/floor  [min-max]      hash"

    /// Runs both sides in turn, once to warm up and then `runsCount` times.
    static func measure(_ row: any BenchRow, runsCount: Int) throws -> Result {
        var ours: [Double] = []
        var floors: [Double] = []
        var hashes: Set<String> = []
        for run in 0...runsCount {
            let our = try inFreshDirectory { try row.measureOurs(in: $0) }
            let floor = try inFreshDirectory { try row.measureFloor(in: $0) }
            hashes.insert(our.resultHash)
            if run == 0 { continue }
            ours.append(our.rate)
            floors.append(floor.rate)
        }
        return Result(row: row, ours: ours, floors: floors, hashes: hashes)
    }

    static func inFreshDirectory<Value>(_ body: (URL) throws -> Value) throws -> Value {
        let directory = FileManager.default.temporaryDirectory
            .appendingPathComponent("loopdesk-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: directory) }
        return try body(directory)
    }

    /// What a row came to.
    struct Result {
        var row: any BenchRow
        var ours: [Double]
        var floors: [Double]
        /// More than one hash means that a run gave another result: a defect.
        var hashes: Set<String>

        private var ratios: [Double] { zip(ours, floors).map { $1 > 0 ? $0 / $1 : 0 } }
        private var hash: String {
            hashes.count == 1 ? String(hashes.first?.prefix(12) ?? "") : "DIFFERENT RESULTS"
        }

        var line: String {
            let ratio = String(format: "%.3f", ratios.median)
            let range = String(
                format: "[%.3f-%.3f]", ratios.min() ?? 0, ratios.max() ?? 0)
            return row.name.padding(toLength: 16, withPad: " ", startingAt: 0)
                + String(format: "%8.0f  %11.0f", ours.median, floors.median)
                + "   \(ratio)       \(range)  \(hash)   \(row.unit); "
                + "floor: \(row.floorDescription)"
        }

        var json: String {
            let text = String(
                format: "\"ours_per_second\":%.1f,\"floor_per_second\":%.1f,\"ratio\":%.4f",
                ours.median, floors.median, ratios.median)
            return "{\"row\":\"\(row.name)\",\"unit\":\"\(row.unit)\",\(text),\"hash\":\"\(hash)\"}"
        }
    }
}
