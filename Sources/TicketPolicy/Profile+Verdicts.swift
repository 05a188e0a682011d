import TicketModel

extension Profile {
    /// The kind that the manuals decide (domain.md K24), where no clock tells otherwise.
    private static let suggestion = "suggestion"

    /// The kinds of tickets that get a verdict, in the order of the form; nil where every ticket
    /// does.
    ///
    /// They are those that a clock which a verdict keeps is about; without such a clock it is
    /// `suggestion`, if the policy has it.
    package var kindsWithVerdict: [String]? {
        let clocks = clocks.filter { $0.metBy.contains(.verdict) }
        guard !clocks.isEmpty else {
            return kinds.map(\.key).filter { $0 == Self.suggestion }
        }
        let conditions = clocks.compactMap { $0.conditions[.kind] }
        guard conditions.count == clocks.count else { return nil }
        let wanted = conditions.reduce(into: Set()) { $0.formUnion($1) }
        return kinds.map(\.key).filter { wanted.contains(.text($0)) }
    }
}
