/// Full-jitter back-off: a random share of a bound that doubles with every failure.
///
/// Full jitter spreads the herd after a hub restart (transport.md 1.5).
package struct BackOff {
    private let delayMin: Duration
    private let delayMax: Duration
    private let jitter: @Sendable () -> Double
    /// Failures since the last reset.
    package private(set) var failureCount = 0

    /// `jitter` gives values in 0..<1.
    package init(delayMin: Duration, delayMax: Duration, jitter: @escaping @Sendable () -> Double) {
        precondition(
            delayMin > .zero && delayMin <= delayMax, "0 < \(delayMin) <= \(delayMax) must hold")
        self.delayMin = delayMin
        self.delayMax = delayMax
        self.jitter = jitter
    }

    /// The bound for the failures so far.
    package var bound: Duration {
        var bound = delayMin
        for _ in 0..<failureCount where bound < delayMax { bound = bound * 2 }
        return min(bound, delayMax)
    }

    /// Counts a failure and gives the time until the next attempt.
    package mutating func nextDelay() -> Duration {
        let share = jitter()
        precondition((0..<1).contains(share), "the jitter source gave \(share), not 0..<1")
        defer { failureCount += 1 }
        return bound * share
    }

    /// Starts anew after a connection that lasted.
    package mutating func reset() { failureCount = 0 }
}
