import TicketModel

extension Register {
    /// Everyone whose word the field is, the shown one first.
    package var standing: [Alternate] { [Alternate(value: value, stamp: stamp)] + alternates }

    /// The field when all of these hold: the preferred one is shown, the others stand beside it, at
    /// most as many as a field may keep.
    ///
    /// What says nothing is not kept beside what says something.
    init(_ one: Alternate, and others: some Sequence<Alternate>) {
        let byPreference = ([one] + others).sorted { $0.stamp.isPreferred(over: $1.stamp) }
        let shown = byPreference[0]
        let kept = byPreference.dropFirst().filter {
            !$0.value.isEmpty || $0.value == shown.value
        }
        self.init(
            value: shown.value, stamp: shown.stamp,
            alternates: Array(kept.prefix(Limits.alternatesCountMax)))
    }
}

extension Stamp {
    /// The total order among concurrent values: authority, then clamped time, then identity.
    func isPreferred(over other: Stamp) -> Bool {
        (authority.rawValue, time.rawValue, operation.rawValue)
            > (other.authority.rawValue, other.time.rawValue, other.operation.rawValue)
    }
}
