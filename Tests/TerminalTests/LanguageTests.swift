import Terminal
import Testing
import TicketModel

@Suite struct LanguageTests {
    @Test(
        arguments: [
            ("zh_CN.UTF-8", Language.zh), ("zh-Hans", .zh), ("ZH", .zh), ("en_US.UTF-8", .en),
            ("en", .en), ("C", nil), ("POSIX", nil), ("fr_FR", nil), ("", nil), ("zho", nil),
        ] as [(String, Language?)])
    func `a locale's name starts with its language`(name: String, language: Language?) {
        #expect(Language(locale: name) == language)
    }

    @Test(
        arguments: [
            ([:], .en), (["LANG": "zh_CN.UTF-8"], .zh),
            (["LC_ALL": "en_US", "LANG": "zh_CN"], .en),
            (["LC_ALL": "", "LC_MESSAGES": "zh_CN", "LANG": "en_US"], .zh),
            (["LC_ALL": "C.UTF-8", "LANG": "zh_CN"], .en), (["LC_CTYPE": "zh_CN"], .en),
        ] as [([String: String], Language)])
    func `the strongest variable decides`(environment: [String: String], language: Language) {
        #expect(Language(environment: environment) == language)
    }
}
