/// Which calendar a clock counts by: a name and a version of the policy file, so that a changed
/// calendar does not rewrite what was promised before (domain.md T19).
package struct CalendarMark: Hashable, Sendable {
    /// The calendar's name; empty where time counts around the clock.
    package var name: String
    /// The calendar's version; 0 around the clock.
    package var version: Int

    package init(name: String, version: Int) {
        self.name = name
        self.version = version
    }

    /// No calendar: every hour counts.
    package static let aroundTheClock = CalendarMark(name: "", version: 0)
}
