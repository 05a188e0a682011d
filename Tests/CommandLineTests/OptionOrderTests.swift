import Terminal
import Testing
import TicketModel

@testable import loopdesk

@Suite struct GlobalOptionOrderTests {
    @Test(
        "options before the verb mean the same behind it",
        arguments: [
            ("--home H list --all", "list --all --home H"),
            ("--json list", "list --json"),
            ("--lang=zh --color never show 1", "show 1 --lang=zh --color never"),
            ("--as A17 note 1 -- --json", "note 1 --as A17 -- --json"),
            ("list --home H", "list --home H"),
            ("--version", "--version"),
            ("--home H --version", "--version --home H"),
            ("--lang zh", "--help --lang zh"),
            ("--home", "--help --home"),
            ("", ""),
        ])
    func optionsMove(given: String, expected: String) {
        #expect(GlobalOptionOrder.moved(words(given)) == words(expected))
    }

    @Test("a value that looks like an option stays with its option")
    func valuesStay() {
        #expect(
            GlobalOptionOrder.moved(["--home", "--json", "list"]) == ["list", "--home", "--json"])
    }
}

@Suite struct HelpTextTests {
    @Test("the parser's words become Chinese, ours stay") func parserWordsBecomeChinese() {
        let page =
            "OVERVIEW: 登记。\n\nUSAGE: loopdesk new <options>\n\n"
            + "OPTIONS:\n  --version   Show the version.\n"
        #expect(HelpText.isHelp(page))
        #expect(
            HelpText.localised(page, .zh)
                == "概述：登记。\n\n用法：loopdesk new <选项>\n\n选项：\n  --version   显示版本。\n")
        #expect(HelpText.localised(page, .en) == page)
    }

    @Test("a list of allowed values is read across a line break")
    func valuesAcrossLines() {
        let text = "何时使用颜色。 (values: never, auto,\n      always; default: auto)"
        #expect(HelpText.localised(text, .zh).hasSuffix("always；默认：auto）"))
    }

    @Test("what the parser refuses is said in Chinese")
    func refusalsInChinese() {
        let refusal =
            "Error: The value 'fr' is invalid for '--lang <lang>'. "
            + "Please provide one of 'zh' and 'en'."
        #expect(HelpText.localised(refusal, .zh) == "错误：“--lang <lang>”不接受“fr”；可用：zh、en")
        #expect(HelpText.localised("Error: Unknown option '--x'", .zh) == "错误：没有选项“--x”")
    }

    @Test("the help of drafts is asked for as such") func helpOfDrafts() {
        #expect(HelpText.requested(by: ["drafts", "-h", "--json"]) == ["help", "drafts"])
        #expect(HelpText.requested(by: ["drafts", "show", "-h"]) == ["drafts", "show", "-h"])
    }
}
