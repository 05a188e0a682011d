extension Timestamp {
    /// Reads an instant as tickets store it: `2024-03-10T10:30:00.000+08:00`, with or without the
    /// fraction, the offset as `Z` or with a sign. Nil unless the text is that and the time exists.
    package init?(iso8601 text: some StringProtocol) {
        var bytes = Array(text.utf8)[...]
        guard let year = bytes.takeNumber(4), bytes.take("-"),
            let month = bytes.takeNumber(2), bytes.take("-"), let day = bytes.takeNumber(2),
            bytes.take("T"), let hour = bytes.takeNumber(2), bytes.take(":"),
            let minute = bytes.takeNumber(2), bytes.take(":"), let second = bytes.takeNumber(2)
        else { return nil }
        var millisecond = 0
        if bytes.take(".") {
            guard let number = bytes.takeNumber(3) else { return nil }
            millisecond = number
        }
        let civil = CivilTime(
            year: year, month: month, day: day, hour: hour, minute: minute, second: second,
            millisecond: millisecond)
        guard civil.isValid, let offset = bytes.takeOffsetMinutes(), bytes.isEmpty else {
            return nil
        }
        self.init(milliseconds: civil.wallMilliseconds - Int64(offset) * 60_000)
    }
}

extension ArraySlice<UInt8> {
    fileprivate mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first, UInt32(first) == character.value else { return false }
        removeFirst()
        return true
    }

    /// A number of just so many ASCII digits.
    fileprivate mutating func takeNumber(_ digitsCount: Int) -> Int? {
        let digits = prefix(digitsCount)
        guard digits.count == digitsCount, digits.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        removeFirst(digitsCount)
        return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
    }

    /// `Z`, or `+08:00`.
    fileprivate mutating func takeOffsetMinutes() -> Int? {
        if take("Z") { return 0 }
        let isAhead = take("+")
        guard isAhead || take("-"), let hours = takeNumber(2), hours < 24, take(":"),
            let minutes = takeNumber(2), minutes < 60
        else { return nil }
        return (isAhead ? 1 : -1) * (hours * 60 + minutes)
    }
}
