import Foundation
import TicketModel

/// The day that the hub's zone shows, as `yyyyMMdd` read as a number (replication.md 3.10).
package enum BusinessDate {
    /// The business date at `time` in an IANA zone; UTC if the zone is not known here.
    package static func number(at time: Timestamp, zone: String) -> Int {
        let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1_000)
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: zone) ?? .gmt
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        let year = min(max(parts.year ?? 1_970, 1_000), 9_999)
        return year * 1_00_00 + (parts.month ?? 1) * 1_00 + (parts.day ?? 1)
    }
}
