import Testing
import TicketModel

@Suite struct NameTests {
    @Test(arguments: ["A17", "wang.li", "售后部", "S-042", "é", String(repeating: "a", count: 64)])
    func `a short visible text is a name`(text: String) {
        #expect(StaffID(text)?.rawValue == text)
        #expect(DepartmentID(text)?.description == text)
    }

    @Test(arguments: [
        "", " ", "a b", "a\u{3000}b", "a\tb", "a\nb", "a:b", "a/b", "a\u{0}b", "a\u{1B}[31m",
        "a\u{200B}b", "a\u{202E}b", "a\u{2028}b", "\u{FEFF}a", "a\u{E000}", "\u{FFFF}",
        String(repeating: "a", count: 65), String(repeating: "部", count: 22),
    ])
    func `what could deceive or break a scope is no name`(text: String) {
        #expect(StoreID(text) == nil)
        #expect(StaffID(text) == nil)
    }

    @Test func `names order as text`() {
        let names = ["A1", "A10", "A2"].compactMap { StaffID($0) }
        #expect(names.sorted() == names)
    }
}
