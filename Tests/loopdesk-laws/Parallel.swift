import Dispatch
import Foundation

/// Calls `body` for every index on whatever core is free; the results are in the order of the
/// indexes.
func inParallel<Value: Sendable>(
    _ indexes: Range<Int>, _ body: @escaping @Sendable (Int) -> Value
) -> [Value] {
    let results = Results<Value>()
    DispatchQueue.concurrentPerform(iterations: indexes.count) { offset in
        results.set(offset, body(indexes.lowerBound + offset))
    }
    return results.inOrder
}

/// Values that several threads bring.
private final class Results<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Int: Value] = [:]

    func set(_ index: Int, _ value: Value) { lock.withLock { values[index] = value } }

    var inOrder: [Value] {
        lock.withLock { values.sorted { $0.key < $1.key }.map(\.value) }
    }
}

/// How long something took.
struct Stopwatch {
    private let start = ContinuousClock.now

    /// `12.3 s`.
    var text: String {
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return String(format: "%.1f s", seconds)
    }
}
