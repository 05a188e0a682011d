import Foundation
import Testing
import TicketModel
import TicketPolicy

/// A calendar says how far its dates reach (domain.md T18).
@Suite struct CalendarKnownDatesTests {
    @Test func `it knows whole years, in its own zone`() throws {
        let holidays = [date("2026-05-01"): windows("00:00-24:00")]
        let extraDays = [date("2027-01-03"): windows("09:00-18:00")]
        #expect(try office(holidays: holidays).knownUntil == wall("2027-01-01"))
        #expect(
            try office("Europe/Berlin", holidays: holidays).knownUntil
                == wall("2027-01-01", "Europe/Berlin"))
        #expect(
            try office(holidays: holidays, extraDays: extraDays).knownUntil == wall("2028-01-01"))
        #expect(try office().knownUntil == nil, "a plain week is meant as it is")
    }

    @Test func `it is called out sixty days before its dates end, and from then on`() throws {
        let profile = try Profile.builtIn("unified")
        let names = { (time: String) in profile.calendarsToRenew(at: wall(time)).map(\.name) }
        #expect(names("2026-11-01 23:59") == [])
        #expect(names("2026-11-02 00:00") == ["office"])
        #expect(names("2031-07-01 12:00") == ["office"])
        let renewal = try #require(profile.calendars.first).renewal
        #expect(renewal.en.contains("after 2026") && renewal.zh.contains("2027"))
    }

    @Test func `a promise that is due after them says so, from the first instant on`() throws {
        let holidays = [date("2026-05-01"): windows("00:00-24:00")]
        let rule = try clock(
            "4h", calendar: office(weekdays: windows("00:00-24:00"), holidays: holidays))
        let isBeyond = { (rule: ClockRule, start: String) in
            try PromisedTime(
                rule: rule, facts: ClockFacts(startedAt: wall(start), priority: .test(1))
            ).isBeyondKnownDates
        }
        #expect(try isBeyond(rule, "2026-12-31 19:59") == false)
        #expect(try isBeyond(rule, "2026-12-31 20:00"))
        #expect(try isBeyond(clock("4h", calendar: office()), "2040-01-02 10:00") == false)
        #expect(try isBeyond(clock("4h", calendar: nil), "2040-01-02 10:00") == false)
        let open = try PromisedTime(
            rule: rule,
            facts: ClockFacts(
                startedAt: wall("2027-01-04 10:00"), priority: .test(1),
                pauses: [pause("2027-01-04 10:30")]))
        #expect(open.isBeyondKnownDates == false, "while it stands still it is not due")
    }
}
