import Foundation

/// What zones show, asked quarter by quarter of an hour and remembered; minute by minute within a
/// quarter that changes it.
final class ZoneOffsets {
    /// A zone, and the years that its cases are from.
    struct Span {
        var zone: String
        var years: ClosedRange<Int>
    }

    /// With daylight saving in whole and half hours, at midnight and at a minute past it, in
    /// China's six summers, a zone that moved by a quarter of an hour, and one that lost a day.
    static let spans = [
        Span(zone: "Europe/Berlin", years: 2024...2028),
        Span(zone: "America/New_York", years: 2024...2028),
        Span(zone: "Australia/Lord_Howe", years: 2024...2028),
        Span(zone: "Asia/Shanghai", years: 1986...1991),
        Span(zone: "Asia/Shanghai", years: 2025...2027),
        Span(zone: "Asia/Kathmandu", years: 1985...1987),
        Span(zone: "Asia/Kathmandu", years: 2025...2026),
        Span(zone: "America/Sao_Paulo", years: 2014...2018),
        Span(zone: "America/St_Johns", years: 1995...1999),
        Span(zone: "Pacific/Apia", years: 2011...2012),
        Span(zone: "Africa/Casablanca", years: 2023...2026),
    ]

    /// The offsets of one zone.
    final class Table {
        private static let unknown = Int16.min
        private let zone: TimeZone
        private let first: Int
        // Asked a hundred million times by one thread.
        @exclusivity(unchecked) private var minutes: [Int16]

        init(_ name: String) {
            guard let zone = TimeZone(identifier: name) else {
                preconditionFailure("the zone \(name) is not known here")
            }
            self.zone = zone
            let years = spans.filter { $0.zone == name }.map(\.years)
            let from = newYear(years.map(\.lowerBound).min() ?? 2025) - 60 * 1_440
            let to = newYear((years.map(\.upperBound).max() ?? 2025) + 1) + 400 * 1_440
            first = from / quarter
            minutes = Array(repeating: Self.unknown, count: to / quarter - first)
        }

        /// Minutes that the wall is ahead of UTC.
        func offset(at minute: Int) -> Int {
            let slot = minute / quarter
            let offset = offset(inQuarter: slot)
            return offset == self.offset(inQuarter: slot + 1) ? offset : asked(minute)
        }

        /// The same at the beginning of a quarter of an hour.
        private func offset(inQuarter slot: Int) -> Int {
            let index = slot - first
            guard minutes.indices.contains(index) else { return asked(slot * quarter) }
            if minutes[index] == Self.unknown { minutes[index] = Int16(asked(slot * quarter)) }
            return Int(minutes[index])
        }

        private func asked(_ minute: Int) -> Int {
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(minute) * 60)) / 60
        }
    }

    private static let quarter = 15
    private var tables: [String: Table] = [:]
    private var changes: [String: [Int]] = [:]

    func table(_ zone: String) -> Table {
        if let known = tables[zone] { return known }
        let table = Table(zone)
        tables[zone] = table
        return table
    }

    /// The UTC days in which the zone changes its offset, each by its first minute.
    func changes(of span: Span) -> [Int] {
        let key = "\(span.zone) \(span.years)"
        if let known = changes[key] { return known }
        let table = table(span.zone)
        let (from, to) = (Self.newYear(span.years.lowerBound), Self.newYear(span.years.upperBound))
        let days = stride(from: from, to: to, by: 1_440).filter {
            table.offset(at: $0) != table.offset(at: $0 + 1_440)
        }
        changes[key] = days
        return days
    }

    /// The first minute of a year in UTC.
    static func newYear(_ year: Int) -> Int {
        let before = year - 1
        let days = before * 365 + before / 4 - before / 100 + before / 400
        return (days - 719_162) * 1_440
    }
}
