/// A small reproducible source of random numbers (Steele, Lea, Flood 2014: SplitMix64).
///
/// The ranges are computed here and not by the standard library, so that a seed means the same
/// world with every version of the compiler.
package struct SimulatedRandom: Sendable {
    private var state: UInt64

    /// A source that gives the same numbers for the same seed.
    package init(seed: UInt64) { state = seed }

    /// A source of its own for one purpose: what it gives does not depend on what others drew.
    init(_ seed: UInt64, _ purpose: Purpose, _ first: UInt64 = 0, _ second: UInt64 = 0) {
        state = Self.hash(seed, purpose, first, second)
    }

    /// What randomness is drawn for.
    enum Purpose: UInt64 {
        case options = 1
        case world
        case work
        case faults
        case step
        case frame
        case connect
        case identity
        case turn
        case pair
        case merging
        case policy
    }

    /// 64 bits that depend on all four parts and on nothing else.
    static func hash(
        _ seed: UInt64, _ purpose: Purpose, _ first: UInt64, _ second: UInt64 = 0
    ) -> UInt64 {
        var value = finish(seed &+ 0x9E37_79B9_7F4A_7C15 &* (purpose.rawValue &+ 1))
        value = finish(value ^ finish(first &+ 0x6A09_E667_F3BC_C909))
        return finish(value ^ finish(second &+ 0xBB67_AE85_84CA_A73B))
    }

    private static func finish(_ start: UInt64) -> UInt64 {
        var value = start
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.finish(state)
    }

    /// 128 random bits.
    mutating func next128() -> UInt128 { UInt128(next()) << 64 | UInt128(next()) }

    /// `count` random bytes.
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: next() >> 56) }
    }

    /// A number from 0 up to, not including, `bound`.
    mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "nothing lies below \(bound)")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    /// A number of the range.
    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// A number of milliseconds of the range.
    mutating func milliseconds(in range: ClosedRange<Int64>) -> Int64 {
        Int64(number(in: Int(range.lowerBound)...Int(range.upperBound)))
    }

    /// Whether something happens that happens `perMille` times in a thousand.
    mutating func chance(perMille: Int) -> Bool { below(1_000) < perMille }

    /// One of them; there must be one.
    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// One of them, each as often as its weight says.
    mutating func pick<Element>(weighted elements: [(Element, weight: Int)]) -> Element {
        var rest = below(elements.reduce(0) { $0 + $1.weight })
        for (element, weight) in elements {
            if rest < weight { return element }
            rest -= weight
        }
        preconditionFailure("a number below the sum of the weights falls on one of them")
    }

    /// A length that is mostly short and sometimes long: evenly spread over the orders of
    /// magnitude between the ends.
    mutating func skewedMilliseconds(in range: ClosedRange<Int64>) -> Int64 {
        let bits = 64 - max(range.upperBound - range.lowerBound, 1).leadingZeroBitCount
        let width = Int64(1) << below(bits + 1)
        return min(range.upperBound, range.lowerBound + Int64(below(Int(width))))
    }
}
