import TicketModel

extension ClockRule {
    /// Less than this share of a limit left is soon.
    private static let soonPercent: Int64 = 25

    /// Whether less than a quarter of the counted time between `start` and `dueAt` is left at
    /// `now`, in the clock's own calendar; not when it is overdue.
    package func isDueSoon(startedAt start: Timestamp, dueAt: Timestamp, at now: Timestamp) -> Bool
    {
        guard now <= dueAt, start < dueAt else { return false }
        var hours = OpenHours(calendar)
        guard let whole = try? hours.length(from: start, to: dueAt),
            let left = try? hours.length(from: max(now, start), to: dueAt)
        else { return false }
        return left * 100 < whole * Self.soonPercent
    }
}
