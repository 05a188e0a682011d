import Testing
import TicketModel
import TicketPolicy

@Suite struct DayWindowTests {
    @Test(arguments: ["00:00-24:00", "09:00-12:00", "23:59-24:00", "00:00-00:01"])
    func `a window is read and written alike`(text: String) throws {
        #expect(try DayWindow(text).text == text)
    }

    @Test(arguments: [
        "", "9:00-12:00", "09:00", "09:00-12:00-13:00", "09-12", "24:00-24:00", "09:60-12:00",
        "09:00-24:01", "09:00–12:00", "０９:00-12:00", "09:00 -12:00", "-1:00-02:00", "09:00-",
    ])
    func `anything else is not a window`(text: String) {
        #expect(throws: DayWindow.Mistake.form) { try DayWindow(text) }
    }

    @Test(arguments: ["12:00-09:00", "09:00-09:00", "22:00-00:00"])
    func `a window must end after its start`(text: String) {
        #expect(throws: DayWindow.Mistake.order) { try DayWindow(text) }
    }
}

@Suite struct WorkingCalendarTests {
    @Test func `windows are half-open: the first minute is in, the end is not`() throws {
        let calendar = try office(weekdays: windows("09:00-12:00", "13:30-18:00"))
        let open = ["09:00", "11:59", "13:30", "17:59"]
        let closed = ["08:59", "12:00", "13:29", "18:00", "00:00"]
        for time in open { #expect(try calendar.isOpen(at: wall("2026-10-12 " + time)), "\(time)") }
        for time in closed {
            #expect(try !calendar.isOpen(at: wall("2026-10-12 " + time)), "\(time)")
        }
        #expect(try !calendar.isOpen(at: wall("2026-10-11 10:00")))
    }

    @Test func `T1: a limit runs in working hours, over nights and weekends`() throws {
        let calendar = try office()
        let due = try calendar.adding(milliseconds: 4 * hour, to: wall("2026-10-16 16:00"))
        #expect(due == wall("2026-10-19 11:00"))
        let night = try calendar.adding(milliseconds: 4 * hour, to: wall("2026-10-17 03:00"))
        #expect(night == wall("2026-10-19 13:00"))
    }

    @Test func `a limit that ends with the day ends at closing, not at the next opening`() throws {
        let calendar = try office()
        let due = try calendar.adding(milliseconds: 2 * hour, to: wall("2026-10-12 16:00"))
        #expect(due == wall("2026-10-12 18:00"))
    }

    @Test func `T14: no minute is lost at midnight`() throws {
        let calendar = try alwaysOpen("Asia/Shanghai")
        let start = wall("2026-10-12 23:30")
        #expect(try calendar.adding(milliseconds: hour, to: start) == wall("2026-10-13 00:30"))
        #expect(
            try calendar.milliseconds(from: start, to: wall("2027-10-12 23:30")) == 365 * 24 * hour)
        let nights = try office(weekdays: windows("00:00-06:00", "22:00-24:00"))
        let due = try nights.adding(milliseconds: 3 * hour, to: wall("2026-10-12 22:00"))
        #expect(due == wall("2026-10-13 01:00"))
    }

    @Test func `T15: a week without hours is no calendar`() {
        #expect(throws: CalendarError.noUsableHours) {
            try office(weekdays: [], extraDays: [date("2026-10-12"): windows("09:00-10:00")])
        }
    }

    @Test func `T15: what lies too far away is an error, not a loop`() throws {
        let calendar = try office(weekdays: windows("09:00-09:01"))
        let start = wall("2026-10-12 10:00")
        #expect(throws: CalendarError.beyondHorizon(from: start)) {
            try calendar.adding(milliseconds: 8_784 * hour, to: start)
        }
        #expect(throws: CalendarError.beyondHorizon(from: start)) {
            try calendar.subtracting(milliseconds: 8_784 * hour, from: start)
        }
        #expect(throws: CalendarError.beyondHorizon(from: wall("1926-01-01"))) {
            try calendar.milliseconds(from: wall("1926-01-01"), to: start)
        }
    }

    @Test(arguments: [Int64.min, -62_135_596_800_001, 253_402_300_800_000, .max])
    func `times beyond the calendar's years are refused`(milliseconds: Int64) throws {
        let calendar = try office()
        let time = Timestamp(milliseconds: milliseconds)
        #expect(throws: CalendarError.outOfRange(time)) { try calendar.isOpen(at: time) }
        #expect(throws: CalendarError.outOfRange(time)) {
            try calendar.adding(milliseconds: hour, to: time)
        }
        #expect(throws: CalendarError.outOfRange(time)) {
            try calendar.adding(workingDays: 1, to: time)
        }
    }

    @Test func `T16: a sparse week is no reason to be overdue at once`() throws {
        let monthly = try WorkingCalendar(
            name: "rare", version: 1, zone: "Asia/Shanghai",
            week: [windows("09:00-10:00")] + Array(repeating: [], count: 6))
        let due = try monthly.adding(milliseconds: 20 * hour, to: wall("2026-10-12 10:00"))
        #expect(due == wall("2027-03-01 10:00"))
    }

    @Test func `T17: several windows of a day stay, and holidays take hours away`() throws {
        let calendar = try office(
            weekdays: windows("09:00-12:00", "13:00-18:00"),
            holidays: [date("2026-10-13"): windows("11:00-14:00"), date("2026-10-14"): [.wholeDay]])
        let (start, end) = (wall("2026-10-12"), wall("2026-10-16"))
        #expect(try calendar.milliseconds(from: start, to: end) == (8 + 6 + 8) * hour)
        #expect(try !calendar.isOpen(at: wall("2026-10-13 13:59")))
        #expect(try calendar.isOpen(at: wall("2026-10-13 14:00")))
        #expect(try !calendar.isOpen(at: wall("2026-10-14 10:00")))
    }

    @Test func `G21: a make-up day counts with its own windows, on a weekend or not`() throws {
        let calendar = try office(extraDays: [
            date("2026-10-10"): windows("10:00-16:00"), date("2026-10-13"): windows("20:00-22:00"),
        ])
        #expect(try calendar.isOpen(at: wall("2026-10-10 10:00")))
        #expect(try !calendar.isOpen(at: wall("2026-10-10 09:59")))
        #expect(try !calendar.isOpen(at: wall("2026-10-13 10:00")))
        #expect(try calendar.isOpen(at: wall("2026-10-13 21:00")))
    }

    @Test func `a date cannot be a holiday and a make-up day`() {
        #expect(throws: CalendarError.dateTwice(date("2026-10-10"))) {
            try office(
                holidays: [date("2026-10-10"): [.wholeDay]],
                extraDays: [date("2026-10-10"): windows("09:00-10:00")])
        }
    }

    @Test func `other mistakes are refused too`() throws {
        #expect(throws: CalendarError.unknownZone("CST")) { try office("CST") }
        #expect(throws: CalendarError.unknownZone("GMT+8")) { try office("GMT+8") }
        let (one, two) = (windows("09:00-12:00")[0], windows("11:59-13:00")[0])
        #expect(throws: CalendarError.overlappingWindows(one, two)) {
            try office(weekdays: [two, one])
        }
        var many: [CivilTime: [DayWindow]] = [:]
        for day in 0...WorkingCalendar.holidayCountMax {
            many[CivilTime(epochDay: day)] = [.wholeDay]
        }
        #expect(throws: CalendarError.tooManyHolidays(count: many.count)) {
            try office(holidays: many)
        }
    }

    @Test(arguments: ["UTC", "Asia/Kathmandu", "Asia/Urumqi", "America/St_Johns", "Europe/Kyiv"])
    func `IANA zones are known by name`(zone: String) throws {
        #expect(try office(zone).zone == zone)
    }

    @Test func `touching windows are one`() throws {
        let calendar = try office(weekdays: windows("09:00-12:00", "12:00-18:00"))
        let due = try calendar.adding(milliseconds: 3 * hour, to: wall("2026-10-12 09:00"))
        #expect(due == wall("2026-10-12 12:00"))
        #expect(try calendar.isOpen(at: due))
    }
}

/// Adding and subtracting are inverse to each other (T12).
@Suite struct CalendarSubtractionTests {
    @Test func `from opening hours there and back leads to the same time`() throws {
        let calendar = try office(weekdays: windows("09:00-12:00", "13:00-18:00"))
        for minutes in stride(from: 0, through: 4_000, by: 37) as StrideThrough<Int64> {
            let start = wall("2026-10-12 11:20")
            let end = try calendar.adding(milliseconds: minutes * minute, to: start)
            let back = try calendar.subtracting(milliseconds: minutes * minute, from: end)
            #expect(back == start, "\(minutes) minutes")
        }
    }

    @Test func `back and there leads to the same time, closing time included`() throws {
        let calendar = try office(weekdays: windows("09:00-12:00", "13:00-18:00"))
        for end in ["2026-10-12 18:00", "2026-10-12 12:00", "2026-10-12 13:01"].map({ wall($0) }) {
            for minutes in stride(from: 0, through: 4_000, by: 41) as StrideThrough<Int64> {
                let start = try calendar.subtracting(milliseconds: minutes * minute, from: end)
                let there = try calendar.adding(milliseconds: minutes * minute, to: start)
                #expect(there == end, "\(minutes) minutes")
            }
        }
    }

    @Test func `T12: before an opening lies the last working day, not the night`() throws {
        let calendar = try office()
        let monday = wall("2026-10-19 10:00")
        #expect(
            try calendar.subtracting(milliseconds: 2 * hour, from: monday)
                == wall("2026-10-16 17:00"))
        // With an hour left it is opening time: nobody can be told at the closing before.
        #expect(
            try calendar.subtracting(milliseconds: hour, from: monday) == wall("2026-10-19 09:00"))
    }
}

/// Days are counted as the law counts them: not the first one, and the last one to its close.
@Suite struct WorkingDayTests {
    @Test(
        arguments: [
            ("2026-10-16 16:00", 3, "2026-10-21 18:00"),
            ("2026-10-16 08:00", 3, "2026-10-21 18:00"),
            ("2026-10-16 23:59", 3, "2026-10-21 18:00"),
            ("2026-10-17 10:00", 3, "2026-10-21 18:00"),
            ("2026-10-18 23:59", 3, "2026-10-21 18:00"),
            ("2026-10-19 00:00", 3, "2026-10-22 18:00"),
            ("2026-10-19 09:00", 1, "2026-10-20 18:00"),
        ] as [(String, Int64, String)])
    func `K24 T20: working days end at the close of the last one`(
        start: String, count: Int64, end: String
    ) throws {
        #expect(try office().adding(workingDays: count, to: wall(start)) == wall(end))
    }

    @Test func `holidays do not count, make-up days and half days do`() throws {
        let calendar = try office(
            holidays: [
                date("2026-10-19"): [.wholeDay], date("2026-10-20"): windows("12:00-24:00"),
            ], extraDays: [date("2026-10-18"): windows("10:00-11:00")])
        let start = wall("2026-10-16 16:00")
        #expect(try calendar.adding(workingDays: 1, to: start) == wall("2026-10-18 11:00"))
        #expect(try calendar.adding(workingDays: 2, to: start) == wall("2026-10-20 12:00"))
        #expect(try calendar.adding(workingDays: 3, to: start) == wall("2026-10-21 18:00"))
    }

    @Test func `a day that only a skipped hour would have opened does not count`() throws {
        let calendar = try office(
            "Europe/Berlin", weekdays: windows("09:00-10:00"), sunday: windows("02:00-03:00"))
        let start = wall("2026-03-27 12:00", "Europe/Berlin")
        #expect(
            try calendar.adding(workingDays: 1, to: start)
                == wall("2026-03-30 10:00", "Europe/Berlin"))
    }

    @Test func `the date is the zone's, wherever the hub is`() throws {
        let kathmandu = try office("Asia/Kathmandu")
        // 20:00 on Sunday in UTC is Monday in Kathmandu.
        let start = wall("2026-10-18 20:00", "UTC")
        #expect(
            try kathmandu.adding(workingDays: 1, to: start)
                == wall("2026-10-20 18:00", "Asia/Kathmandu"))
    }
}

/// Zones that change their offset: exact in instants (T21).
@Suite struct DaylightSavingTests {
    @Test(
        arguments: [
            ("Europe/Berlin", "2026-03-29", 1_380), ("Europe/Berlin", "2026-10-25", 1_500),
            ("America/New_York", "2026-03-08", 1_380), ("America/New_York", "2026-11-01", 1_500),
            ("Australia/Lord_Howe", "2026-10-04", 1_410),
            ("Australia/Lord_Howe", "2026-04-05", 1_470),
            ("Asia/Shanghai", "1986-05-04", 1_380), ("Asia/Shanghai", "1986-09-14", 1_500),
            ("Asia/Shanghai", "1991-04-14", 1_380), ("Asia/Shanghai", "1991-09-15", 1_500),
            ("Asia/Shanghai", "2026-05-04", 1_440), ("Asia/Kathmandu", "1986-01-01", 1_425),
            ("America/Sao_Paulo", "2018-11-04", 1_380), ("Pacific/Apia", "2011-12-30", 0),
        ] as [(String, String, Int64)])
    func `T21: a day has as many minutes as its wall shows`(
        zone: String, day: String, minutes: Int64
    ) throws {
        // The week's own window is three days away from the day.
        var week = [[DayWindow]](repeating: [], count: 7)
        week[(date(day).epochDay + 3 + 3) % 7] = windows("09:00-09:01")
        let calendar = try WorkingCalendar(
            name: "one-day", version: 1, zone: zone, week: week,
            extraDays: [date(day): [.wholeDay]])
        let noon = wall(day + " 12:00", zone)
        let counted = try calendar.milliseconds(
            from: noon.adding(milliseconds: -40 * hour), to: noon.adding(milliseconds: 40 * hour))
        #expect(counted == minutes * minute)
    }

    @Test func `an hour that is shown twice counts twice`() throws {
        let calendar = try office("Europe/Berlin", sunday: windows("02:00-02:30"))
        let (start, end) = (
            wall("2026-10-25 00:00", "Europe/Berlin"), wall("2026-10-25 12:00", "Europe/Berlin")
        )
        #expect(try calendar.milliseconds(from: start, to: end) == hour)
        // 02:10 to 02:30 in summer time, then from 02:00 in winter time.
        let due = try calendar.adding(
            milliseconds: 30 * minute, to: wall("2026-10-25 02:10", "Europe/Berlin"))
        #expect(due == wall("2026-10-25 01:10", "UTC"))
    }

    @Test func `nine o'clock is nine o'clock in summer and in winter`() throws {
        let calendar = try office("Europe/Berlin")
        let due = try calendar.adding(
            milliseconds: 10 * hour, to: wall("2026-03-27 17:00", "Europe/Berlin"))
        #expect(due == wall("2026-03-30 18:00", "Europe/Berlin"))
        #expect(due == wall("2026-03-30 16:00", "UTC"))
    }

    @Test func `China's summer time of 1986 moved its working hours`() throws {
        let calendar = try office()
        #expect(try calendar.isOpen(at: wall("1986-07-07 00:00", "UTC")))
        #expect(try !calendar.isOpen(at: wall("1986-04-07 00:00", "UTC")))
        #expect(try calendar.isOpen(at: wall("1986-04-07 01:00", "UTC")))
    }
}

/// The calendar that ships (T18).
@Suite struct ShippedCalendarTests {
    @Test func `T18: the holidays and make-up days of 2026 are those announced`() throws {
        let profile = try basic.get()
        let calendar = try #require(profile.calendars.first { $0.name == "office" })
        #expect(calendar.version == 1)
        let known = calendar.knownDates
        #expect(known.holidayCount == 3 + 9 + 3 + 5 + 3 + 3 + 7)
        #expect(known.extraDayCount == 6)
        #expect(known.last == date("2026-10-10"))
        // National day: the week before ends on Wednesday, and Saturday the 10th is worked.
        let due = try calendar.adding(workingDays: 3, to: wall("2026-09-30 16:00"))
        #expect(due == wall("2026-10-10 18:00"))
        // 261 weekdays, less 19 holidays on weekdays, and 6 make-up days.
        let year = try calendar.milliseconds(from: wall("2026-01-01"), to: wall("2027-01-01"))
        #expect(year == Int64(261 - 19 + 6) * (7 * hour + 30 * minute))
    }
}
