import TicketModel

/// The wall clock of one host: what its programs read, right or wrong.
///
/// Virtual time is what really passes; a wait of ten seconds takes ten seconds whatever the wall
/// clock shows meanwhile.
struct HostClock {
    /// What a right clock shows when a world begins.
    static let start = Timestamp(milliseconds: 1_700_000_000_000)

    private var anchor: Int64 = 0
    private var shownAtAnchor: Int64
    /// Milliseconds shown per thousand that pass; 0 for a clock that stands still.
    private var ratePerMille: Int64 = 1_000

    init(skewMilliseconds: Int64 = 0) {
        shownAtAnchor = Self.start.milliseconds + skewMilliseconds
    }

    /// What the clock shows.
    func now(at time: Int64) -> Timestamp {
        Timestamp(milliseconds: shownAtAnchor + (time - anchor) * ratePerMille / 1_000)
    }

    /// Somebody, or a time server, sets the clock.
    mutating func jump(byMilliseconds delta: Int64, at time: Int64) {
        shownAtAnchor = now(at: time).milliseconds + delta
        anchor = time
    }

    /// From now on the clock runs at this rate.
    mutating func run(ratePerMille rate: Int64, at time: Int64) {
        shownAtAnchor = now(at: time).milliseconds
        anchor = time
        ratePerMille = rate
    }
}
