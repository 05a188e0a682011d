import TicketModel

// Questions to a calendar, each for itself. Whoever asks several keeps an `OpenHours`.
extension WorkingCalendar {
    /// Whether `time` is within working hours.
    ///
    /// - Throws: `CalendarError.outOfRange`.
    package func isOpen(at time: Timestamp) throws(CalendarError) -> Bool {
        var hours = OpenHours(self)
        return try hours.isOpen(at: time)
    }

    /// The first instant by which so much working time has passed since `time`; `time` itself for
    /// none.
    ///
    /// So four hours that end with the day end at closing time, not at the next morning's opening.
    ///
    /// - Throws: `CalendarError.outOfRange`, `.beyondHorizon`.
    package func adding(
        milliseconds: Int64, to time: Timestamp
    ) throws(CalendarError) -> Timestamp {
        var hours = OpenHours(self)
        return try hours.adding(milliseconds, to: time)
    }

    /// The last instant from which on so much working time passes until `time`; `time` itself for
    /// none.
    ///
    /// The inverse of adding: from a time within working hours there and back leads to the same
    /// time, and so does back and there from a time that adding can lead to (domain.md T12).
    ///
    /// - Throws: `CalendarError.outOfRange`, `.beyondHorizon`.
    package func subtracting(
        milliseconds: Int64, from time: Timestamp
    ) throws(CalendarError) -> Timestamp {
        var hours = OpenHours(self)
        return try hours.subtracting(milliseconds, from: time)
    }

    /// The working time between two instants; none if they are the other way round.
    ///
    /// - Throws: `CalendarError.outOfRange`, `.beyondHorizon`.
    package func milliseconds(
        from start: Timestamp, to end: Timestamp
    ) throws(CalendarError) -> Int64 {
        var hours = OpenHours(self)
        return try hours.length(from: start, to: end)
    }

    /// When the last working hour of the `count`th working day after the date of `time` ends.
    ///
    /// A working day is a date of the zone with any working hours at all. The date of `time` does
    /// not count, whatever is left of it: 3 working days from a Friday at 16:00, or from the
    /// weekend after it, end on Wednesday at closing time. This is how days are counted in the law
    /// that promises to customers are read by: the first day is not counted in, and the last one
    /// ends when business ends (Civil Code of China, articles 201 and 203). The usual other
    /// reading, the same time of day some days later, has no answer for a time outside of working
    /// hours, and is up to a day stricter than what the customer was told.
    ///
    /// - Throws: `CalendarError.outOfRange`, `.beyondHorizon`.
    package func adding(
        workingDays count: Int64, to time: Timestamp
    ) throws(CalendarError) -> Timestamp {
        var hours = OpenHours(self)
        return try hours.end(ofWorkingDay: count, after: time)
    }
}
