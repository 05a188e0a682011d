import Foundation
import TicketModel

/// Instants as text; the zone is always the caller's.
package enum TimestampText {
    /// ISO 8601 with milliseconds and offset, for `--json`: `2024-03-10T10:30:00.000+08:00`.
    package static func iso8601(_ time: Timestamp, zone: TimeZone) -> String {
        let (civil, offset) = civilTimeAndOffset(time, zone: zone)
        return date(civil) + "T" + clockWithSeconds(civil) + "." + digits(civil.millisecond, 3)
            + offset
    }

    /// The shortest unambiguous form for a person who reads at `now`: `今天 10:30`, `03-10 10:30`
    /// within the same year, else `2023-03-10 10:30`.
    package static func short(
        _ time: Timestamp, now: Timestamp, zone: TimeZone, language: Language
    ) -> String {
        let civil = zone.civilTime(at: time)
        let today = zone.civilTime(at: now)
        let clock = digits(civil.hour, 2) + ":" + digits(civil.minute, 2)
        guard civil.year == today.year else { return date(civil) + " " + clock }
        guard (civil.month, civil.day) == (today.month, today.day) else {
            return digits(civil.month, 2) + "-" + digits(civil.day, 2) + " " + clock
        }
        return language.choose(zh: "今天", en: "today") + " " + clock
    }

    /// Date and time to the second with the offset, for `show`: `2024-03-10 10:30:00 +08:00`.
    package static func full(_ time: Timestamp, zone: TimeZone) -> String {
        let (civil, offset) = civilTimeAndOffset(time, zone: zone)
        return date(civil) + " " + clockWithSeconds(civil) + " " + offset
    }

    /// Zones had offsets with odd seconds before 1900 that no form can name; they are cut to whole
    /// minutes in both parts, so that the text still names the exact instant.
    private static func civilTimeAndOffset(
        _ time: Timestamp, zone: TimeZone
    ) -> (civil: CivilTime, offset: String) {
        let minutes = zone.offsetSeconds(at: time) / 60
        let wall = time.adding(milliseconds: Int64(minutes) * 60_000)
        let sign = minutes < 0 ? "-" : "+"
        let offset = sign + digits(abs(minutes) / 60, 2) + ":" + digits(abs(minutes) % 60, 2)
        return (CivilTime(wallMilliseconds: wall.milliseconds), offset)
    }

    private static func clockWithSeconds(_ civil: CivilTime) -> String {
        [civil.hour, civil.minute, civil.second].map { digits($0, 2) }.joined(separator: ":")
    }

    private static func date(_ civil: CivilTime) -> String {
        let year = (civil.year < 0 ? "-" : "") + digits(abs(civil.year), 4)
        return year + "-" + digits(civil.month, 2) + "-" + digits(civil.day, 2)
    }

    private static func digits(_ value: Int, _ count: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
}
