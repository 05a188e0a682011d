import Foundation

/// One side of a row: how much work was done in how much time.
struct Measurement {
    /// Operations, in the row's unit.
    var operationsCount: Int
    var seconds: Double
    /// A digest of what came out, so that a fast wrong answer is visible.
    var resultHash: String

    var rate: Double { seconds > 0 ? Double(operationsCount) / seconds : 0 }
}

/// A row of the table: our way of doing something and the least that the machine needs for it.
protocol BenchRow {
    /// The name on the command line.
    var name: String { get }
    /// What one operation is.
    var unit: String { get }
    /// What the floor does, in a few words.
    var floorDescription: String { get }
    /// Runs our side once.
    func measureOurs(in directory: URL) throws -> Measurement
    /// Runs the floor once.
    func measureFloor(in directory: URL) throws -> Measurement
}

/// How big a run is. The tiny size runs inside the tests, so that no row can rot.
enum BenchSize: String, CaseIterable {
    case tiny
    case canonical

    /// The value for this size.
    func choose<Value>(tiny: Value, canonical: Value) -> Value {
        self == .tiny ? tiny : canonical
    }
}

/// Times one call.
func timed<Value>(_ body: () throws -> Value) rethrows -> (value: Value, seconds: Double) {
    let clock = ContinuousClock()
    let start = clock.now
    let value = try body()
    let duration = clock.now - start
    let (seconds, attoseconds) = duration.components
    return (value, Double(seconds) + Double(attoseconds) / 1e18)
}

extension [Double] {
    /// The middle value; of an even number the lower middle.
    var median: Double { isEmpty ? 0 : sorted()[(count - 1) / 2] }
}

/// Something that was measured did not do what it should: its figure would mean nothing.
struct BenchFailure: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
}
