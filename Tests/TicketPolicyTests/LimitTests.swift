import Testing
import TicketModel
import TicketPolicy

@Suite struct LimitTests {
    @Test(
        arguments: [
            ("30s", 30_000), ("15m", 900_000), ("1h", 3_600_000), ("24h", 86_400_000),
            ("2d", 172_800_000), ("366d", 31_622_400_000),
        ] as [(String, Int64)])
    func `written limits are read`(text: String, milliseconds: Int64) {
        #expect(Limit(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        "", "h", "0h", "-1h", "+1h", "1", "1H", "1 h", " 1h", "1.5h", "1h30m", "３h", "367d",
        "9223372036854775807s", "99999999999999999999h", "wd", "0wd", "367wd", "1dw", "1w", "one h",
        "1h\u{301}", "0x1h",
    ])
    func `anything else is not a limit`(text: String) {
        #expect(Limit(text) == nil)
    }

    @Test func `T20: a working day is no length of its own`() throws {
        let days = try #require(Limit("3wd"))
        #expect(days.milliseconds == nil)
        #expect(days.count == 3 && days.unit == .workingDay)
        #expect(Limit("366wd") != nil)
    }

    @Test func `limits are read back as written`() throws {
        let hours = try #require(Limit("4h"))
        #expect(hours.text[.zh] == "4小时")
        #expect(hours.text[.en] == "4 h")
        #expect(hours.written == "4h")
        let days = try #require(Limit("3wd"))
        #expect(days.text[.zh] == "3个工作日")
        #expect(days.text[.en] == "3 working days")
        #expect(Limit("1wd")?.text[.en] == "1 working day")
        #expect(days.written == "3wd")
    }
}
