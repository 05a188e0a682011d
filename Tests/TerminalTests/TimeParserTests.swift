import Foundation
import Terminal
import Testing
import TicketModel

@Suite struct TimeParserTests {
    static func parse(
        _ text: String, zoneName: String = "Asia/Shanghai", dayEdge: TimeParser.DayEdge = .start
    ) throws -> String {
        let zone = try zone(zoneName)
        let parser = TimeParser(now: morning, zone: zone, dayEdge: dayEdge)
        return TimestampText.full(try parser.parse(text), zone: zone)
    }

    @Test(arguments: [
        ("2024-03-10", "2024-03-10 00:00:00"), ("2024-3-1", "2024-03-01 00:00:00"),
        ("2024-03-10 10:30", "2024-03-10 10:30:00"), ("2024-03-10T10:30:15", "2024-03-10 10:30:15"),
        ("today 18:00", "2024-03-10 18:00:00"), ("今天 18:00", "2024-03-10 18:00:00"),
        ("今日18:00", "2024-03-10 18:00:00"), ("明天 9:00", "2024-03-11 09:00:00"),
        ("TOMORROW 9:00", "2024-03-11 09:00:00"), ("yesterday", "2024-03-09 00:00:00"),
        ("后天", "2024-03-12 00:00:00"), ("18:00", "2024-03-10 18:00:00"),
        ("今日18:00", "2024-03-10 18:00:00"), ("今天18点", "2024-03-10 18:00:00"),
        ("18点30分", "2024-03-10 18:30:00"), ("明天9点半", "2024-03-11 09:30:00"),
        ("  今天   18:00 ", "2024-03-10 18:00:00"), ("+2h", "2024-03-10 12:30:00"),
        ("90m", "2024-03-10 12:00:00"), ("1d12h", "2024-03-11 22:30:00"),
        ("1h 30m", "2024-03-10 12:00:00"), ("-30m", "2024-03-10 10:00:00"),
        ("30分钟前", "2024-03-10 10:00:00"), ("2小时后", "2024-03-10 12:30:00"),
        ("2 hours ago", "2024-03-10 08:30:00"), ("1小时30分", "2024-03-10 12:00:00"),
        ("2024/3/1", "2024-03-01 00:00:00"), ("2024/03/10 9:00", "2024-03-10 09:00:00"),
        ("2024年3月1日", "2024-03-01 00:00:00"), ("2024年3月1日9点", "2024-03-01 09:00:00"),
        ("3月11日", "2024-03-11 00:00:00"), ("12月1日 9:00", "2023-12-01 09:00:00"),
        ("1月5号下午3点", "2024-01-05 15:00:00"), ("2月29日", "2024-02-29 00:00:00"),
        ("明天下午3点", "2024-03-11 15:00:00"), ("晚上8:30", "2024-03-10 20:30:00"),
        ("上午9点半", "2024-03-10 09:30:00"), ("中午12点", "2024-03-10 12:00:00"),
        ("中午1点", "2024-03-10 13:00:00"), ("中午11点半", "2024-03-10 11:30:00"),
        ("凌晨2点", "2024-03-10 02:00:00"), ("下午15:00", "2024-03-10 15:00:00"),
        // The 10th of March 2024 is a Sunday.
        ("周五", "2024-03-08 00:00:00"), ("本周日 9:00", "2024-03-10 09:00:00"),
        ("下周一", "2024-03-11 00:00:00"), ("下个星期天", "2024-03-17 00:00:00"),
        ("上星期三 18点", "2024-02-28 18:00:00"), ("下下周二", "2024-03-19 00:00:00"),
        ("半小时后", "2024-03-10 11:00:00"), ("半个小时前", "2024-03-10 10:00:00"),
        ("48h", "2024-03-12 10:30:00"), ("1w", "2024-03-17 10:30:00"),
        ("2024-03-10T10:30:00+08:00", "2024-03-10 10:30:00"),
        ("2024-03-10T02:30:00Z", "2024-03-10 10:30:00"),
        ("2024-03-10T02:30:00.250Z", "2024-03-10 10:30:00"),
        ("2024-03-09T23:00:00-0330", "2024-03-10 10:30:00"),
        ("2024-03-10 10:30 +09", "2024-03-10 09:30:00"),
    ])
    func `a time is read as people type it`(text: String, expected: String) throws {
        #expect(try Self.parse(text) == expected + " +08:00")
    }

    @Test(arguments: [
        "", " ", "soon", "2024-13-01", "2023-02-29", "2024-03-10 24:00", "2024-03-10 10:60",
        "2024-03-10 10", "10", "+", "+2", "2x", "2h2h", "30m1h", "2024-03-10Z", "18:00 tomorrow",
        "+-2h", "9999999h", "999999w", "2024-03-10T10:30:00+25:00", "今天 18:00 \u{1B}[A",
        "2024/03-10", "2024年3月", "13月1日", "2月30日", "12月1", "下周", "周八", "下午", "下午 ",
        "下午25点", "下周一 9", "半", "2024-03-10T10:30:00.Z", "٢٠٢٤-03-10", "24-03-10", "+2h ago",
    ])
    func `anything else is refused with the text and examples`(text: String) throws {
        let error = try #require(throws: TimeParsingError.self) { try Self.parse(text) }
        #expect(error.text == text)
        #expect(error.message(in: .zh).contains("今天 18:00"))
        #expect(error.message(in: .en).contains("today 18:00"))
        #expect(!error.message(in: .en).contains("\u{1B}"))
    }

    @Test func `a promised day lasts until its end`() throws {
        #expect(try Self.parse("2024-03-12", dayEdge: .end) == "2024-03-12 23:59:00 +08:00")
        #expect(try Self.parse("明天", dayEdge: .end) == "2024-03-11 23:59:00 +08:00")
        #expect(try Self.parse("明天 9:00", dayEdge: .end) == "2024-03-11 09:00:00 +08:00")
    }

    /// Berlin: 02:30 does not exist on 2024-03-31 and exists twice on 2024-10-27.
    @Test(arguments: [
        ("2024-03-31 01:59", "2024-03-31 01:59:00 +01:00"),
        ("2024-03-31 02:30", "2024-03-31 03:30:00 +02:00"),
        ("2024-03-31 03:00", "2024-03-31 03:00:00 +02:00"),
        ("2024-10-27 02:30", "2024-10-27 02:30:00 +02:00"),
        ("2024-10-27 03:00", "2024-10-27 03:00:00 +01:00"),
    ])
    func `a changed clock gives one defined instant`(text: String, expected: String) throws {
        #expect(try Self.parse(text, zoneName: "Europe/Berlin") == expected)
    }

    @Test(arguments: [
        (0, 5, "23:58", "2024-03-09 23:58:00"), (0, 5, "晚上11点58分", "2024-03-09 23:58:00"),
        (0, 5, "00:06", "2024-03-10 00:06:00"), (0, 5, "今天 23:58", "2024-03-10 23:58:00"),
        (0, 5, "2024-03-10 23:58", "2024-03-10 23:58:00"), (0, 5, "+20h", "2024-03-10 20:05:00"),
        (17, 0, "18:00", "2024-03-10 18:00:00"), (23, 59, "0:01", "2024-03-10 00:01:00"),
    ])
    func `a time of day alone of what has happened is the nearest one`(
        hour: Int, minute: Int, text: String, expected: String
    ) throws {
        let shanghai = try zone("Asia/Shanghai")
        let now = shanghai.timestamp(
            of: CivilTime(year: 2024, month: 3, day: 10).at(hour: hour, minute: minute))
        let parser = TimeParser(now: now, zone: shanghai)
        let past = TimestampText.full(try parser.parsePast(text), zone: shanghai)
        #expect(past == expected + " +08:00")
    }

    @Test func `a printed time reads back as the same instant`() throws {
        let shanghai = try zone("Asia/Shanghai")
        let parser = TimeParser(now: morning, zone: shanghai)
        for step in Int64(-500)...500 {
            let time = morning.adding(milliseconds: step * 97_654_321_987)
            guard (1...9998).contains(1970 + time.milliseconds / 31_556_952_000) else { continue }
            let text = TimestampText.iso8601(time, zone: shanghai)
            #expect(try parser.parse(text) == time, "\(text)")
        }
    }
}
