import Testing
import TicketModel
import TicketPolicy

/// Mistakes in the calendars of a policy file, each with its place and a remedy.
@Suite struct CalendarErrorTests {
    /// The small profile with a calendar from line 29 on, which its clock counts by (line 23).
    static let yaml =
        ProfileErrorTests.small.replacing(
            "met_by: [accept]", with: "met_by: [accept]\n    calendar: office"
        )
        .replacing("{high: 30s, low: 60s}", with: "{high: 4h, low: 3wd}") + """

            calendars:
              office:
                version: 3
                zone: Asia/Shanghai
                week:
                  mon-thu: [09:00-12:00, 13:30-18:00]
                  fri: [09:00-12:00]
                holidays:
                  2026-10-01..2026-10-07: all
                  2026-12-31: [10:00-24:00]
                extra_days:
                  2026-10-10: [09:00-12:00]
            """

    static func problems(_ yaml: String) -> [ProfileProblem] {
        do {
            _ = try Profile(yaml: yaml, file: "demo.yaml")
            return []
        } catch {
            return error.problems
        }
    }

    @Test func `a calendar is read with its week, holidays and make-up days`() throws {
        let profile = try Profile(yaml: Self.yaml, file: "demo.yaml")
        let calendar = try #require(profile.clock(named: "response")?.calendar)
        #expect(profile.calendars == [calendar])
        #expect(calendar.name == "office" && calendar.version == 3)
        #expect(calendar.zone == "Asia/Shanghai")
        #expect(calendar.weekMilliseconds == (4 * 450 + 180) * minute)
        let known = calendar.knownDates
        #expect(known.holidayCount == 8 && known.extraDayCount == 1)
        #expect(try calendar.isOpen(at: wall("2026-12-31 09:59")))
        #expect(try !calendar.isOpen(at: wall("2026-12-31 10:00")))
        #expect(try calendar.isOpen(at: wall("2026-10-10 09:00")))
        #expect(try !calendar.isOpen(at: wall("2026-10-07 09:00")))
    }

    /// What is replaced, by what, what the refusal and its remedy must say, and where.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var old: String
        var new: String
        var message: String
        var remedy: String
        var place: String
        var testDescription: String { "\(old) → \(new)" }

        init(_ old: String, _ new: String, _ message: String, _ remedy: String, at place: String) {
            (self.old, self.new, self.message, self.remedy) = (old, new, message, remedy)
            self.place = place
        }
    }

    static let mistakes: [Mistake] = [
        Mistake(
            "13:30-18:00", "11:30-18:00", "11:30-18:00 overlaps 09:00-12:00",
            "let each window end before the next one starts", at: "34:30"),
        Mistake(
            "13:30-18:00", "18:00-13:30", "does not end after its start", "write the earlier time",
            at: "34:30"),
        Mistake(
            "13:30-18:00", "18:00-18:00", "does not end after its start", "a night shift is two",
            at: "34:30"),
        Mistake(
            "13:30-18:00", "13:30", "not a window of a day", "such as 09:00-12:00", at: "34:30"),
        Mistake(
            "13:30-18:00", "13:30-25:00", "not a window of a day", "24:00 for", at: "34:30"),
        Mistake(
            "zone: Asia/Shanghai", "zone: Asia/Peking", "not an IANA time zone",
            "such as Asia/Shanghai", at: "32:11"),
        Mistake(
            "zone: Asia/Shanghai", "zone: CST", "not an IANA time zone", "write a name", at: "32:11"
        ),
        Mistake("    zone: Asia/Shanghai\n", "", "zone is missing", "add zone", at: "31:5"),
        Mistake("version: 3", "version: 0", "whole number", "from 1", at: "31:14"),
        Mistake("    version: 3\n", "", "version is missing", "add version", at: "31:5"),
        Mistake("holidays:", "holiday:", "unknown key holiday", "holidays", at: "36:5"),
        Mistake(
            "mon-thu: [09:00-12:00, 13:30-18:00]\n      fri: [09:00-12:00]", "mon-fri: []",
            "the week has no working hours", "give at least one day a window", at: "34:7"),
        Mistake("fri: [", "thu: [", "thu is given twice", "keep one", at: "35:7"),
        Mistake("fri: [", "thu-sat: [", "thu is given twice", "keep one", at: "35:7"),
        Mistake("fri: [", "friday: [", "friday is not a day", "mon, tue", at: "35:7"),
        Mistake("fri: [", "fri-mon: [", "not a day", "mon-fri", at: "35:7"),
        Mistake(
            "fri: [09:00-12:00]", "fri: 09:00-12:00", "a list is expected", "[a, b]", at: "35:12"),
        Mistake(
            "2026-10-10:", "2026-10-07:", "2026-10-07 is given twice", "keep it once", at: "40:7"),
        Mistake(
            "2026-12-31:", "2026-10-01..2026-10-02:", "2026-10-01 is given twice", "keep it once",
            at: "38:7"),
        Mistake(
            "2026-12-31:", "2026-10-01..2026-10-07:", "given twice", "keep one", at: "37:7"),
        Mistake(
            "2026-12-31", "2026-02-29", "02-29 is not a date", "a day that exists", at: "38:7"),
        Mistake("2026-12-31", "2026-1-31", "is not a date", "2026-10-01", at: "38:7"),
        Mistake("2026-12-31", "31.12.2026", "is not a date", "2026-10-01", at: "38:7"),
        Mistake("..2026-10-07", "..2026-09-30", "is not a date", "from and to", at: "37:7"),
        Mistake("..2026-10-07", "..2028-10-07", "is not a date", "within a year", at: "37:7"),
        Mistake("07: all", "07: whole", "a list is expected", "[a, b]", at: "37:31"),
        Mistake("[10:00-24:00]", "[]", "changes nothing", "write `all`", at: "38:19"),
        Mistake(
            "2026-10-10: [09:00-12:00]", "2026-10-10: []", "is no working day", "make it a holiday",
            at: "40:19"),
        Mistake(
            "2026-10-01..2026-10-07: all",
            "2027-01-01..2027-12-31: all\n      2028-01-01..2028-12-30: all",
            "holidays are too many", "keep at most 512", at: "37:7"),
        Mistake(
            "calendar: office", "calendar: bank", "unknown calendar bank", "use one of: office",
            at: "23:15"),
        Mistake(
            "    calendar: office\n", "", "3wd counts working days, but the clock has no calendar",
            "add `calendar: NAME` to the clock, or write 3d", at: "21:29"),
        Mistake(
            "high: 4h", "high: 2d", "2d would be 48 working hours",
            "write 2wd for working days, or 48h",
            at: "21:20"),
        Mistake("high: 4h", "high: 0h", "0h is not a limit", "3wd", at: "21:20"),
        Mistake("low: 3wd", "low: 0wd", "0wd is not a limit", "from 1", at: "21:29"),
        Mistake("low: 3wd", "low: 400wd", "400wd is not a limit", "at most 366d", at: "21:29"),
        Mistake(
            "low: 3wd", "low: 3500h", "takes more than 106 weeks of calendar office",
            "give the calendar more hours", at: "21:29"),
        Mistake(
            "high: 4h", "high: 31h", "high has more time than a less urgent class",
            "promise at most 3 working days", at: "21:20"),
        Mistake(
            "high: 4h, low: 3wd", "high: 3wd, low: 2wd", "more time", "at most 2 working days",
            at: "21:20"),
        Mistake(
            "high: 4h, low: 3wd", "high: 3wd, low: 2h", "more time", "at most 2 h", at: "21:20"),
        Mistake(
            "at: 90%", "at: 1d before", "not a time before the limit", "30m before", at: "24:45"),
        Mistake(
            "at: 90%", "at: 0m before", "not a time before the limit", "30m before", at: "24:45"),
        Mistake(
            "at: 90%", "at: 2h before", "2h before is not behind the rung 50% of high",
            "later rung",
            at: "24:45"),
        Mistake(
            "at: 50%", "at: 4h before", "4h before is not behind the start of high", "later rung",
            at: "24:19"),
        Mistake(
            "at: 100%", "at: 1m before", "not possible for this rung", "write 100%", at: "24:71"),
    ]

    @Test(arguments: mistakes)
    func `a mistake is named with its place and a remedy`(mistake: Mistake) {
        #expect(Self.yaml.contains(mistake.old))
        let problems = Self.problems(
            Self.yaml.replacing(mistake.old, with: mistake.new, maxReplacements: 1))
        let match = problems.first { $0.message.en.contains(mistake.message) }
        #expect(match != nil, "\(problems)")
        guard let match else { return }
        #expect(match.remedy.en.contains(mistake.remedy))
        #expect("\(match.line):\(match.column)" == mistake.place, "\(problems)")
    }

    @Test func `one mistake of a calendar does not bring forth others`() {
        for (old, new) in [
            ("zone: Asia/Shanghai", "zone: Asia/Peking"), ("calendar: office", "calendar: bank"),
            ("fri: [", "friday: ["),
        ] {
            let problems = Self.problems(Self.yaml.replacing(old, with: new, maxReplacements: 1))
            #expect(problems.count == 1, "\(new): \(problems)")
        }
    }

    @Test func `a clock cannot count by a calendar where there is none`() {
        let yaml = ProfileErrorTests.small.replacing(
            "met_by: [accept]", with: "met_by: [accept]\n    calendar: office")
        let problems = Self.problems(yaml)
        #expect(problems.map(\.message.en) == ["the profile has no calendar"])
        #expect(problems.first?.remedy.en.contains("calendars:") == true)
    }

    @Test func `limits that only might be longer are not refused`() throws {
        for limits in ["{high: 20h, low: 3wd}", "{high: 1wd, low: 4h}", "{high: 3wd, low: 3wd}"] {
            let yaml = Self.yaml.replacing("{high: 4h, low: 3wd}", with: limits)
            #expect(throws: Never.self, "\(limits)") { try Profile(yaml: yaml, file: "demo.yaml") }
        }
    }
}
