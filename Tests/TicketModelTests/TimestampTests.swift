import Testing
import TicketModel

@Suite struct TimestampTests {
    @Test func `adding saturates at the ends of time`() {
        #expect(Timestamp(milliseconds: .max).adding(milliseconds: 1).milliseconds == .max)
        #expect(Timestamp(milliseconds: .min).adding(milliseconds: -1).milliseconds == .min)
        #expect(Timestamp(milliseconds: 5).adding(milliseconds: -7).milliseconds == -2)
    }

    @Test func `differences saturate at the ends of time`() {
        let first = Timestamp(milliseconds: .min)
        let last = Timestamp(milliseconds: .max)
        #expect(last.millisecondsSince(first) == .max)
        #expect(first.millisecondsSince(last) == .min)
        #expect(Timestamp(milliseconds: 9).millisecondsSince(Timestamp(milliseconds: 4)) == 5)
    }
}

@Suite struct HybridTimestampTests {
    @Test func `a later wall clock wins`() {
        let reading = HybridTimestamp(Timestamp(milliseconds: 1_000))
        let next = reading.next(at: Timestamp(milliseconds: 2_000))
        #expect(next == HybridTimestamp(Timestamp(milliseconds: 2_000)))
        #expect(next.time.milliseconds == 2_000)
    }

    @Test func `a wall clock that stands still or goes back does not stop it`() {
        var reading = HybridTimestamp(Timestamp(milliseconds: 5_000))
        for wall in [5_000, 4_000, 0, -1, Int64.min] {
            let next = reading.next(at: Timestamp(milliseconds: wall))
            #expect(next > reading)
            reading = next
        }
        #expect(reading.time.milliseconds == 5_000)
    }

    @Test func `the counter carries into the next millisecond`() {
        let last = HybridTimestamp(rawValue: 5 << 16 | 0xFFFF)
        #expect(last.next(at: Timestamp(milliseconds: 5)).time.milliseconds == 6)
    }

    @Test func `the end of its range is no trap`() {
        let end = HybridTimestamp(rawValue: .max)
        #expect(end.next(at: Timestamp(milliseconds: .max)) == end)
        #expect(end.time.milliseconds == 0xFFFF_FFFF_FFFF)
        #expect(HybridTimestamp(Timestamp(milliseconds: .max)).rawValue == 0xFFFF_FFFF_FFFF << 16)
        #expect(HybridTimestamp(Timestamp(milliseconds: -5)).rawValue == 0)
    }
}
