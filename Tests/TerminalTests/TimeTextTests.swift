import Foundation
import Terminal
import Testing
import TicketModel

/// 2024-03-10 10:30:00 in Shanghai.
let morning = Timestamp(milliseconds: 1_710_037_800_000)

func zone(_ name: String) throws -> TimeZone { try #require(TimeZone(identifier: name)) }

func minutes(_ count: Int64) -> Timestamp { morning.adding(milliseconds: count * 60_000) }

@Suite struct DurationTextTests {
    @Test(arguments: [
        (65, "还剩 1小时05分", "1h 05m left"), (0, "还剩 不到1分", "<1m left"),
        (-3, "超时 3分", "3m overdue"), (59, "还剩 59分", "59m left"),
        (1_620, "还剩 1天03小时", "1d 03h left"), (-1_440, "超时 1天00小时", "1d 00h overdue"),
    ])
    func `a countdown says what is left or overdue`(left: Int64, zh: String, en: String) {
        #expect(DurationText.countdown(to: minutes(left), now: morning, language: .zh) == zh)
        #expect(DurationText.countdown(to: minutes(left), now: morning, language: .en) == en)
    }

    @Test(arguments: [
        (0, "刚刚", "just now"), (5, "5分前", "5m ago"), (2_940, "2天01小时前", "2d 01h ago"),
        (-5, "5分后", "in 5m"),
    ])
    func `an age says how long ago`(age: Int64, zh: String, en: String) {
        #expect(DurationText.age(of: minutes(-age), now: morning, language: .zh) == zh)
        #expect(DurationText.age(of: minutes(-age), now: morning, language: .en) == en)
    }

    @Test func `seconds are cut, never rounded up`() {
        #expect(DurationText.duration(milliseconds: 119_999, language: .en) == "1m")
        #expect(DurationText.duration(milliseconds: 59_999, language: .zh) == "不到1分")
    }

    @Test func `the ends of time do not trap`() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(DurationText.countdown(to: first, now: last, language: .en).hasSuffix("overdue"))
        #expect(DurationText.age(of: last, now: first, language: .en).hasPrefix("in "))
        for time in [first, last] {
            #expect(TimestampText.iso8601(time, zone: .gmt).contains("T"))
        }
    }
}

@Suite struct TimestampTextTests {
    @Test(arguments: [
        ("Asia/Shanghai", "2024-03-10T10:30:00.000+08:00"),
        ("GMT", "2024-03-10T02:30:00.000+00:00"),
        ("America/St_Johns", "2024-03-09T23:00:00.000-03:30"),
        ("Asia/Kathmandu", "2024-03-10T08:15:00.000+05:45"),
    ])
    func `ISO 8601 carries the offset of the zone`(name: String, expected: String) throws {
        #expect(try TimestampText.iso8601(morning, zone: zone(name)) == expected)
    }

    @Test(arguments: [
        (0, "今天 10:30", "today 10:30"), (-1_440, "03-09 10:30", "03-09 10:30"),
        (-525_600, "2023-03-11 10:30", "2023-03-11 10:30"),
    ])
    func `people get the shortest form`(age: Int64, zh: String, en: String) throws {
        let shanghai = try zone("Asia/Shanghai")
        let time = minutes(age)
        #expect(TimestampText.short(time, now: morning, zone: shanghai, language: .zh) == zh)
        #expect(TimestampText.short(time, now: morning, zone: shanghai, language: .en) == en)
    }

    /// Years before 1583 are counted back by the same rules (ISO 8601).
    @Test func `the first year is counted back`() {
        let time = Timestamp(milliseconds: -62_135_596_800_000)
        #expect(TimestampText.iso8601(time, zone: .gmt) == "0001-01-01T00:00:00.000+00:00")
    }

    @Test func `the full form names the offset`() throws {
        let text = try TimestampText.full(morning, zone: zone("Asia/Shanghai"))
        #expect(text == "2024-03-10 10:30:00 +08:00")
    }

    @Test(arguments: [0, -1, 951_782_400_000, -11_644_473_600_000, 253_402_300_799_999] as [Int64])
    func `another calendar agrees on the date`(milliseconds: Int64) {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1_000)
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .hour], from: date)
        let text = TimestampText.iso8601(Timestamp(milliseconds: milliseconds), zone: .gmt)
        let numbers = text.split(whereSeparator: { "-T:.+".contains($0) }).compactMap { Int($0) }
        #expect(Array(numbers.prefix(4)) == [parts.year, parts.month, parts.day, parts.hour])
    }
}
