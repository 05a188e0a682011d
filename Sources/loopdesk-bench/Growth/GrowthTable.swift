import Foundation

/// Measures rows at a small and a large scale in turn.
struct GrowthTable {
    /// Slower than this, beyond what the floor slows, is not flat (performance.md, budgets).
    static let slowdownMax = 1.3

    static let header =
        "row              ours/s small     large  slower  [min-max]      "
        + "floor/s small     large  slower  verdict"

    private let small: GrowthRow.Side
    private let large: GrowthRow.Side
    private let effort: GrowthRow.Effort

    /// Prepares both sides in a directory, and says on the standard error how long that took.
    init(small: HubScale, large: HubScale, size: BenchSize, in directory: URL) throws {
        let perStore = [small, large].map { $0.ticketsCount / $0.storesCount }.min() ?? 0
        let pageTicketsCount = min(64, max(1, perStore / 4))
        effort = GrowthRow.Effort(size: size, pageTicketsCount: pageTicketsCount)
        self.small = try Self.prepared(
            small, pageTicketsCount, in: directory.appendingPathComponent("small"))
        self.large = try Self.prepared(
            large, pageTicketsCount, in: directory.appendingPathComponent("large"))
    }

    private static func prepared(
        _ scale: HubScale, _ pageTicketsCount: Int, in directory: URL
    ) throws -> GrowthRow.Side {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: false)
        let places = scale.lastPositions(
            count: pageTicketsCount, storesCountMax: GrowthRow.pulledStoresCountMax)
        guard !places.isEmpty else { throw BenchFailure("no store has enough tickets: \(scale)") }
        let (side, seconds) = try timed {
            GrowthRow.Side(
                hub: try GrownHub(scale, in: directory),
                floor: try GrowthFloor(scale, in: directory), places: places)
        }
        let text = String(format: "prepared %@ in %.0f s\n", "\(scale)", seconds)
        FileHandle.standardError.write(Data(text.utf8))
        return side
    }

    /// Takes samples of both scales step by step in turn, once to warm up and then `runsCount`
    /// times.
    func measure(_ row: GrowthRow, runsCount: Int) throws -> Result {
        var samples: [Sample] = []
        for run in 0...runsCount {
            try row.prepare(small)
            try row.prepare(large)
            var (smallTimes, largeTimes): ([GrowthRow.Times], [GrowthRow.Times]) = ([], [])
            for _ in 0..<effort.stepsCount {
                smallTimes.append(try row.step(small, effort))
                largeTimes.append(try row.step(large, effort))
            }
            if run == 0 { continue }
            samples.append(
                Sample(small: rates(of: smallTimes, row), large: rates(of: largeTimes, row)))
        }
        return Result(row: row, samples: samples)
    }

    private func rates(
        of times: [GrowthRow.Times], _ row: GrowthRow
    ) -> (ours: Double, floor: Double) {
        let count = Double(row.operationsCount(effort))
        return (
            count / row.typical(times.map(\.ours)), count / row.typical(times.map(\.floor))
        )
    }

    /// Rates at both scales.
    struct Sample {
        var small: (ours: Double, floor: Double)
        var large: (ours: Double, floor: Double)
    }

    /// What a row came to.
    struct Result {
        var row: GrowthRow
        var samples: [Sample]

        private var slowdowns: [Double] { samples.map { $0.small.ours / $0.large.ours } }
        private var slowdown: Double { slowdowns.median }
        private var floorSlowdown: Double {
            samples.map { $0.small.floor / $0.large.floor }.median
        }
        /// A floor that happens to be faster at the large scale asks no more of ours.
        private var isFlat: Bool {
            slowdown <= GrowthTable.slowdownMax * max(1, floorSlowdown)
        }

        var line: String {
            let range = String(
                format: "[%.2f-%.2f]", slowdowns.min() ?? 0, slowdowns.max() ?? 0)
            return row.rawValue.padding(toLength: 16, withPad: " ", startingAt: 0)
                + String(
                    format: " %12.0f  %8.0f   x%.2f", samples.map(\.small.ours).median,
                    samples.map(\.large.ours).median, slowdown)
                + "  " + range.padding(toLength: 14, withPad: " ", startingAt: 0)
                + String(
                    format: " %13.0f  %8.0f   x%.2f", samples.map(\.small.floor).median,
                    samples.map(\.large.floor).median, floorSlowdown)
                + (isFlat ? "  flat     " : "  NOT FLAT ")
                + "\(row.unit); floor: \(row.floorDescription)"
        }

        var json: String {
            let text = String(
                format: "\"slowdown\":%.4f,\"floor_slowdown\":%.4f,\"is_flat\":", slowdown,
                floorSlowdown)
            return "{\"row\":\"\(row.rawValue)\",\"unit\":\"\(row.unit)\",\(text)\(isFlat)}"
        }
    }
}
