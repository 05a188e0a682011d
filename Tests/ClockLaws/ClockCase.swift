/// A clock and what happens to it, in whole minutes since 1970-01-01T00:00Z and in plain numbers:
/// what both the engine and the oracle are made from.
package struct ClockCase: Sendable {
    /// A limit: minutes that count, or working days.
    package enum Limit: Sendable, Equatable {
        case minutes(Int)
        case workingDays(Int)
    }

    package enum Rung: Sendable {
        case percent(Int)
        case before(minutes: Int)
    }

    package struct Pause: Sendable {
        package var start: Int
        package var end: Int?
    }

    package struct Change: Sendable {
        package var time: Int
        /// An index into `limits`; larger is more urgent.
        package var rank: Int
    }

    /// A calendar: windows in minutes of a day, days in days since 1970-01-01.
    package struct Hours: Sendable {
        package var zone: String
        /// From Monday.
        package var week: [[Range<Int>]]
        package var holidays: [Int: [Range<Int>]]
        package var extraDays: [Int: [Range<Int>]]
    }

    /// Around the clock if nil.
    package var hours: Hours?
    package var start: Int
    package var rank: Int
    /// By rank.
    package var limits: [Limit]
    package var rungs: [Rung]
    package var pauses: [Pause]
    package var changes: [Change]
    package var stop: Int?
    /// An instant that readings are compared at.
    package var probe: Int
    /// A length that is added and subtracted.
    package var length: Int
}

/// Why a case breaks a law, with everything that repeats it.
package struct ClockLawViolation: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// SplitMix64: small, fast, the same everywhere.
struct Dice {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func roll(_ range: Range<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    mutating func roll(_ range: ClosedRange<Int>) -> Int {
        roll(range.lowerBound..<range.upperBound + 1)
    }

    /// Whether something happens that does so in `percent` of 100 cases.
    mutating func chance(_ percent: Int) -> Bool { roll(0..<100) < percent }

    mutating func one<Value>(of values: [Value]) -> Value { values[roll(0..<values.count)] }
}
