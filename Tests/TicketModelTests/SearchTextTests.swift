import Testing
import TicketModel

@Suite struct SearchTextTests {
    /// The words that an index over `text` holds, as `unicode61` would cut them.
    private func words(_ text: String) -> [String] {
        SearchText.segmented(text).split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    @Test(arguments: ["退货", "物流", "客户", "投诉", "开机"])
    func `B7: a two-character word inside a sentence is a phrase of the index`(word: String) {
        let indexed = words("客户投诉商品A无法开机,要求退货,物流已签收")
        let phrase = Array(word).map(String.init)
        let isFound = indexed.indices.contains { indexed[$0...].starts(with: phrase) }
        #expect(isFound)
        #expect(
            SearchText.matchExpression(word)
                == "\"\(phrase[0]) \(phrase[1])\" *")
    }

    @Test func `Latin words stay whole between Han characters`() {
        #expect(words("我的iPhone手机坏了") == ["我", "的", "iphone", "手", "机", "坏", "了"])
        #expect(SearchText.matchExpression("iPhone手机") == "\"iphone 手 机\" *")
        #expect(SearchText.matchExpression("手机iPhone") == "\"手 机 iphone\" *")
    }

    @Test func `full-width and half-width forms are one`() {
        #expect(SearchText.folded("ＣＳ２０２３") == "cs2023")
        #expect(SearchText.matchExpression("ＡＢＣ") == SearchText.matchExpression("abc"))
        #expect(SearchText.segmented("ｶﾞ") == SearchText.segmented("ガ"))
    }

    @Test func `only the last word is a prefix`() {
        #expect(SearchText.matchExpression("退货 CS2023") == "\"退 货\" AND \"cs2023\" *")
    }

    @Test(arguments: [
        ("退货 AND 换货", "\"退 货\" AND \"and\" AND \"换 货\" *"),
        ("NEAR(a b)", "\"near(a\" AND \"b)\" *"),
        ("a OR b NOT c", "\"a\" AND \"or\" AND \"b\" AND \"not\" AND \"c\" *"),
        ("a*", "\"a*\" *"), ("^a", "\"^a\" *"), ("subject:a", "\"subject:a\" *"),
        ("{a b} : c", "\"{a\" AND \"b}\" AND \"c\" *"), ("a + b", "\"a\" AND \"b\" *"),
        ("-a", "\"-a\" *"),
    ])
    func `operators of the query language are words`(query: String, expected: String) {
        #expect(SearchText.matchExpression(query) == expected)
    }

    @Test func `quotes are doubled`() {
        #expect(SearchText.matchExpression("a\"b") == "\"a\"\"b\" *")
        #expect(
            SearchText.matchExpression("\"a\" OR \"b") == "\"\"\"a\"\"\" AND \"or\" AND \"\"\"b\" *"
        )
    }

    @Test(arguments: [
        "", " ", "\n\t", "\"", "* ^ : ( )", "!!! ???", "\u{0}", "。,!", "😀", "\u{3000}",
    ])
    func `a query without a letter or digit looks for nothing`(query: String) {
        #expect(SearchText.matchExpression(query) == nil)
    }

    @Test func `a word that no index can hold does not hide the others`() {
        #expect(SearchText.matchExpression("退货 !!") == "\"退 货\" *")
        #expect(SearchText.matchExpression("😀 坏") == "\"坏\" *")
    }

    @Test func `control characters separate and cannot end the expression`() {
        #expect(SearchText.matchExpression("a\u{0}\" OR b") == "\"a\" AND \"or\" AND \"b\" *")
        #expect(SearchText.matchExpression("a\u{1B}[31mb") == "\"a\" AND \"[31mb\" *")
    }

    @Test func `any query leaves balanced quotes and nothing outside them but AND`() {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        let alphabet = Array("ab退货\"*^:(){}+- \u{0}\n,ＡAND")
        for _ in 0..<500 {
            var query = ""
            for _ in 0..<12 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                query.append(alphabet[Int(state >> 33) % alphabet.count])
            }
            guard let expression = SearchText.matchExpression(query) else { continue }
            let outside = expression.replacing("\"\"", with: "").split(
                separator: "\"", omittingEmptySubsequences: false)
            let syntax = outside.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            #expect(
                syntax.allSatisfy { ["", " AND ", " *"].contains($0) }
                    && outside.count % 2 == 1 && !expression.contains("\u{0}"),
                "seed \(seed), query \(query.debugDescription), got \(expression)")
        }
    }

    @Test func `an index entry has a limit`() {
        let text = String(repeating: "投", count: 200_000)
        let count = SearchText.segmented(text).utf8.count
        #expect(count >= SearchText.indexedByteCountMax)
        #expect(count < SearchText.indexedByteCountMax + 16)
    }

    @Test func `the short way of folding gives what the long way gives`() {
        for value in UInt32(0)...0x9FFF {
            guard let scalar = Unicode.Scalar(value) else { continue }
            // A full-width letter beside it forces the long way for the pair.
            let alone = SearchText.folded(String(Character(scalar)))
            let beside = SearchText.folded("Ａ\u{0}" + String(Character(scalar)))
            #expect("a\u{0}" + alone == beside, "U+\(String(value, radix: 16))")
        }
    }
}
