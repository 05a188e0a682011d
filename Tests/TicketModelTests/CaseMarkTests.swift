import Testing
import TicketModel

/// By what two tickets may be found to be one case (domain.md B6, G19).
@Suite struct CaseMarkTests {
    @Test(arguments: [
        "王女士 13800000002", "138-0000-0002", "+86 138 0000 0002", "电话：１３８００００００02（晚上）",
        "008613800000002 王",
    ])
    func `a telephone number is the same however it is written`(text: String) {
        #expect(CaseMark.contacts(in: text) == [.contact("13800000002")])
    }

    @Test func `of several numbers each counts`() {
        #expect(
            CaseMark.contacts(in: "13800000002，010-6554-3210")
                == [.contact("13800000002"), .contact("01065543210")])
        #expect(CaseMark.contacts(in: "13800000002  13900000003").count == 2)
    }

    @Test func `a name alone is too little, another address is enough`() {
        #expect(CaseMark.contacts(in: "王女士").isEmpty)
        #expect(CaseMark.contacts(in: "1234 号").isEmpty)
        #expect(CaseMark.contacts(in: "").isEmpty)
        #expect(CaseMark.contacts(in: "WX: Lina_88") == CaseMark.contacts(in: "wx:lina_88"))
    }

    @Test func `order numbers are compared without case, width and spaces`() {
        #expect(CaseMark.order(in: " ab 2024 ") == .order("ab2024"))
        #expect(CaseMark.order(in: "ＡＢ2024") == CaseMark.order(in: "ab2024"))
        #expect(CaseMark.order(in: "12") == nil && CaseMark.order(in: "") == nil)
        #expect(CaseMark.order(in: "13800000002") != .contact("13800000002"))
    }
}
