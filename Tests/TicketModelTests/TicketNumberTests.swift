import Testing
import TicketModel

@Suite struct TicketNumberTests {
    @Test func `A13: the number of the manual prints and reads back`() {
        let number = TicketNumber(businessDate: 20_231_027, ordinal: 1)
        #expect(number.text == "CS202310270001")
        #expect(TicketNumber("CS202310270001") == number)
        #expect(TicketNumber("cs202310270001") == number)
    }

    @Test(arguments: [1, 9, 10, 9_999, 10_000, 123_456, 999_999_999_999_999_999])
    func `a day never runs out of numbers`(ordinal: Int) {
        let number = TicketNumber(businessDate: 20_240_229, ordinal: ordinal)
        #expect(TicketNumber(number.text) == number)
        #expect(number.text.count >= 14)
    }

    @Test func `a longer sequence stays in order`() {
        let small = TicketNumber(businessDate: 20_231_027, ordinal: 9_999)
        let large = TicketNumber(businessDate: 20_231_027, ordinal: 10_000)
        let next = TicketNumber(businessDate: 20_231_028, ordinal: 1)
        #expect(small < large)
        #expect(large < next)
    }

    @Test(arguments: [
        "", "CS", "CS20231027", "CS2023102700", "CS20231027000", "CS202310270000",
        "CS2023102700001", "XX202310270001", "C\u{17F}202310270001", "CS202313270001",
        "CS202300270001", "CS202310320001", "CS202302290001", "CS202304310001",
        "CS190002290001", "CS000010270001", "CS20231027-001", "CS20231027+001",
        "CS202310270001 ", " CS202310270001", "CS2023102700０1", "CS20231027000\u{301}1",
        "CS202310279999999999999999999", "CS20231027" + String(repeating: "9", count: 400),
        "CS2023\u{0}10270001",
    ])
    func `hostile numbers are refused`(text: String) {
        #expect(TicketNumber(text) == nil)
    }

    @Test func `leap days are dates`() {
        #expect(TicketNumber("CS202402290001") != nil)
        #expect(TicketNumber("CS200002290001") != nil)
    }

    @Test func `a provisional number names its store and replica`() throws {
        let store = try #require(StoreID("S042"))
        #expect(
            ProvisionalNumber(store: store, replicaCode: "K7", ordinal: 12).text == "S042-K7-0012")
        #expect(
            ProvisionalNumber(store: store, replicaCode: "K7", ordinal: 12_345).text
                == "S042-K7-12345")
    }
}
