import Terminal
import Testing

@Suite struct DisplayWidthTests {
    @Test(arguments: [
        ("", 0), ("abc", 3), ("a b", 3), ("退货", 4), ("APP闪退", 7), ("カナ", 4), ("ｶﾅ", 2),
        ("한글", 4), ("Ａ１", 4), (",。!", 4), ("「」", 4), ("é", 1), ("e\u{301}", 1),
        ("\u{1112}\u{1161}\u{11AB}", 2), ("😀", 2), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇨🇳", 2), ("❤", 1),
        ("❤\u{FE0F}", 2), ("①", 1), ("…", 1), ("a\u{200B}b", 2), ("𠀀", 2), ("ไทย", 3), ("1", 1),
        ("㋿", 2), ("\u{1B}", 0), ("ä", 1),
    ])
    func `text takes the columns that a terminal draws`(text: String, width: Int) {
        #expect(displayWidth(of: text) == width)
    }

    @Test(arguments: [
        ("退货申请", 8, "退货申请"), ("退货申请", 7, "退货申…"), ("退货申请", 6, "退货…"),
        ("退货申请", 2, "…"), ("退货申请", 1, "…"), ("退货申请", 0, ""), ("abcdef", 4, "abc…"),
        ("", 0, ""), ("a", 1, "a"), ("👨‍👩‍👧👨‍👩‍👧", 3, "👨‍👩‍👧…"),
    ])
    func `a cut text keeps whole characters and shows the cut`(
        text: String, columns: Int, expected: String
    ) {
        #expect(text.truncated(toColumns: columns) == expected)
        #expect(displayWidth(of: expected) <= columns)
    }

    @Test func `padding counts columns and stands on the side asked for`() {
        #expect("退货".padded(toColumns: 6) == "退货  ")
        #expect("退货".padded(toColumns: 6, alignment: .trailing) == "  退货")
        #expect("退货".padded(toColumns: 3) == "退货")
        #expect("退货申请".fitted(toColumns: 6) == "退货… ")
    }
}
