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
        "9223372036854775807s", "99999999999999999999h", "1wd", "one h", "1h\u{301}", "0x1h",
    ])
    func `anything else is not a limit`(text: String) {
        #expect(Limit(text) == nil)
    }

    @Test func `limits compare by length and are read back as written`() throws {
        let day = try #require(Limit("1d"))
        let hours = try #require(Limit("4h"))
        #expect(hours < day)
        #expect(hours.text[.zh] == "4小时")
        #expect(hours.text[.en] == "4 h")
    }
}
