import Foundation
import TicketModel

/// By when somebody looks again at the classes that tickets got the day before (domain.md K26).
package struct Recheck: Hashable, Sendable {
    /// Minutes from midnight, in the policy's zone.
    package var minute: Int
    /// Whose duty it is.
    package var roles: [Role]

    /// `10:00`, as files write it.
    package var written: String {
        CivilTime(epochDay: 0).at(hour: minute / 60, minute: minute % 60).clockText
    }
}

extension Profile {
    /// The day of the policy's zone that `time` lies in.
    package func day(of time: Timestamp) -> Range<Timestamp> {
        let day = timeZone.civilTime(at: time).at(hour: 0, minute: 0)
        return timeZone.timestamp(of: day)..<timeZone.timestamp(of: day.adding(days: 1))
    }

    /// When the classes of the day before are to be confirmed, on the day of `now`; nil where no
    /// policy asks for it.
    package func recheckDueAt(on now: Timestamp) -> Timestamp? {
        recheck.map { recheck in
            let day = timeZone.civilTime(at: now)
            return timeZone.timestamp(
                of: day.at(hour: recheck.minute / 60, minute: recheck.minute % 60))
        }
    }

    private var timeZone: TimeZone { WorkingCalendar.timeZone(named: zone) ?? .gmt }
}
