/// An instant of wall-clock time in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// Wall time is for people and for promises; it never decides a merge (replication.md 3.13).
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the epoch; negative before 1970.
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// The instant `milliseconds` later; saturates at the ends of time instead of trapping.
    package func adding(milliseconds delta: Int64) -> Timestamp {
        let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
        guard overflow else { return Timestamp(milliseconds: sum) }
        return Timestamp(milliseconds: delta > 0 ? .max : .min)
    }

    /// Milliseconds from `earlier` to this instant; saturates.
    package func millisecondsSince(_ earlier: Timestamp) -> Int64 {
        let (difference, overflow) =
            milliseconds.subtractingReportingOverflow(earlier.milliseconds)
        guard overflow else { return difference }
        return milliseconds > earlier.milliseconds ? .max : .min
    }
}

/// A hybrid logical clock reading: 48 bits of milliseconds and a 16-bit counter
/// (replication.md 3.13).
///
/// It breaks ties between concurrent texts and orders what has no commit order yet. It is persisted
/// with each write and never goes back.
package struct HybridTimestamp: Hashable, Comparable, Sendable {
    /// `milliseconds << 16 | counter`.
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The first reading of a millisecond.
    package init(_ time: Timestamp) {
        let clamped = UInt64(min(max(0, time.milliseconds), 0xFFFF_FFFF_FFFF))
        rawValue = clamped << 16
    }

    /// The wall-clock part.
    package var time: Timestamp { Timestamp(milliseconds: Int64(rawValue >> 16)) }

    /// The reading that follows this one when the wall clock shows `now`.
    ///
    /// Equals `now` when that is later, else one tick after this reading; a clock that has reached
    /// the end of its range stays there.
    package func next(at now: Timestamp) -> HybridTimestamp {
        let wall = HybridTimestamp(now)
        if wall > self { return wall }
        return HybridTimestamp(rawValue: rawValue == .max ? .max : rawValue + 1)
    }

    package static func < (left: HybridTimestamp, right: HybridTimestamp) -> Bool {
        left.rawValue < right.rawValue
    }
}
