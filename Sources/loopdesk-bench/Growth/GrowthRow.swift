import Foundation

/// What must cost the same however much the hub holds.
enum GrowthRow: String, CaseIterable {
    // In this order: commits change what the others look at.
    case pull = "growth-pull"
    case noOp = "growth-noop"
    case commit = "growth-commit"

    /// What one operation is.
    var unit: String {
        switch self {
        case .pull: "pages of a store's last entries"
        case .noOp: "conversations with nothing to tell"
        case .commit: "edits of random tickets, 256 to a commit"
        }
    }

    var floorDescription: String {
        switch self {
        case .pull: "one row an entry through the C library"
        case .noOp: "as many reads and durable writes through the C library"
        case .commit: "a ticket read and written and two rows appended through the C library"
        }
    }

    /// Both sides at one scale.
    struct Side {
        var hub: GrownHub
        var floor: GrowthFloor
        /// Where `pull` fetches: stores and positions.
        var places: [(store: Int, cursor: UInt64)]
    }

    /// How much one sample does.
    struct Effort {
        var size: BenchSize
        /// New tickets of which a page of `pull` tells.
        var pageTicketsCount: Int

        var stepsCount: Int { size.choose(tiny: 1, canonical: 32) }
        var roundsCount: Int { size.choose(tiny: 1, canonical: 2) }
    }

    static let pulledStoresCountMax = 10

    /// Seconds of ours and of the floor.
    struct Times {
        var ours: Double
        var floor: Double
    }

    /// Operations of one step.
    func operationsCount(_ effort: Effort) -> Int {
        switch self {
        case .pull: Self.pulledStoresCountMax * effort.roundsCount
        case .noOp: 1
        case .commit: GrownHub.intentsPerBatch
        }
    }

    /// Of what costs the same each time the middle counts; the cost of a commit includes its share
    /// of the rare moments when the write-ahead log is copied into the file.
    func typical(_ seconds: [Double]) -> Double {
        self == .commit ? seconds.reduce(0, +) / Double(seconds.count) : seconds.median
    }

    /// What comes before a sample and is not measured.
    func prepare(_ side: Side) throws {
        // After commits there may be something to tell.
        if self == .noOp { try side.hub.converse() }
    }

    /// One step of a sample.
    func step(_ side: Side, _ effort: Effort) throws -> Times {
        switch self {
        case .pull:
            let entries = effort.pageTicketsCount * HubScale.entriesPerTicket
            let ours = try side.hub.pullPages(
                side.places, entriesCount: entries, roundsCount: effort.roundsCount)
            let floor = try side.floor.pullPages(
                side.places, entriesCount: entries, roundsCount: effort.roundsCount)
            let scale = Double(Self.pulledStoresCountMax) / Double(side.places.count)
            return Times(ours: ours * scale, floor: floor * scale)
        case .noOp:
            let (fetched, ours) = try timed { try side.hub.converse() }
            guard fetched == 0 else { throw BenchFailure("there was something to tell") }
            return Times(ours: ours, floor: try timed { try side.floor.converse() }.seconds)
        case .commit:
            return Times(
                ours: try side.hub.commitEdits(batchesCount: 1),
                floor: try side.floor.commitEdits(batchesCount: 1))
        }
    }
}
