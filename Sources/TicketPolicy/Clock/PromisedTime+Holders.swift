import TicketModel

/// Who has a ticket from an instant on, until the next tenure begins.
package struct Tenure: Hashable, Sendable {
    /// Somebody who can have a ticket.
    package enum Holder: Hashable, Sendable {
        case staff(StaffID)
        /// Nobody in a department's queue.
        case department(DepartmentID)
        case nobody
    }

    package var holder: Holder
    package var since: Timestamp

    package init(_ holder: Holder, since: Timestamp) {
        self.holder = holder
        self.since = since
    }
}

/// How much of a clock's time passed while one holder had the ticket.
package struct HolderShare: Hashable, Sendable {
    package var holder: Tenure.Holder
    /// Counted as the clock counts: in its calendar, without pauses (domain.md T37).
    package var milliseconds: Int64
}

extension PromisedTime {
    /// Whose time it was that the clock counted by `time`, or by the stop if that came before: of a
    /// broken promise not the last holder's alone (domain.md T36). The shares sum up to what
    /// `reading(at:)` counts.
    ///
    /// - Parameter tenures: in any order. The earliest also holds what came before it.
    /// - Returns: in the order in which the holders first had the ticket, without those in whose
    ///   hands nothing was counted.
    /// - Throws: as `reading(at:)`.
    package func shares(
        of tenures: [Tenure], at time: Timestamp
    ) throws(ClockFactsError) -> [HolderShare] {
        let ordered = tenures.enumerated()
            .sorted { ($0.element.since, $0.offset) < ($1.element.since, $1.offset) }
            .map(\.element)
        let end = try reading(at: time).countedMilliseconds
        var shares: [HolderShare] = []
        var counted: Int64 = 0
        for (index, tenure) in ordered.enumerated() {
            var sum = end
            if index + 1 < ordered.count {
                let next = max(facts.startedAt, min(ordered[index + 1].since, time))
                sum = try reading(at: next).countedMilliseconds
            }
            let length = max(0, sum - counted)
            counted += length
            guard length > 0 else { continue }
            if let known = shares.firstIndex(where: { $0.holder == tenure.holder }) {
                shares[known].milliseconds += length
            } else {
                shares.append(HolderShare(holder: tenure.holder, milliseconds: length))
            }
        }
        return shares
    }
}
