import Terminal
import Testing
import TicketModel

/// A person who types prepared lines, and the screen they read.
final class Conversation {
    var lines: [String]
    var screen = ""

    init(_ lines: [String]) { self.lines = lines }

    func prompter(_ language: Language = .en) -> Prompter {
        Prompter(
            language: language, readLine: { self.lines.isEmpty ? nil : self.lines.removeFirst() },
            write: { self.screen += $0 })
    }
}

@Suite struct PrompterTests {
    static let channels = [
        PromptOption(key: "phone", label: "电话"), PromptOption(key: "online", label: "在线表单"),
        PromptOption(key: "on-site", label: "门店"), PromptOption(key: "on", label: "其他"),
    ]

    @Test func `a line is asked for and its ends are trimmed`() throws {
        let talk = Conversation(["  退货 now  "])
        #expect(try talk.prompter().line("Title") == "退货 now")
        #expect(talk.screen == "Title: ")
    }

    @Test func `an empty line takes the standard answer`() throws {
        let talk = Conversation([""])
        #expect(try talk.prompter().line("Store", standard: "S042") == "S042")
        #expect(talk.screen == "Store [S042]: ")
    }

    @Test func `wrong answers are asked again and then given up`() throws {
        let talk = Conversation(["", " ", "ok"])
        #expect(try talk.prompter().line("Title") == "ok")
        let stubborn = Conversation(["", "", "", "too late"])
        let error = #expect(throws: PromptError.self) { try stubborn.prompter(.zh).line("标题") }
        #expect(error == .attemptsExhausted(question: "标题", attemptCount: 3))
        #expect(stubborn.lines == ["too late"])
        #expect(stubborn.screen.contains("请输入内容"))
    }

    @Test func `the reason for a refusal is shown`() throws {
        let talk = Conversation(["many", "7"])
        let value = try talk.prompter().value("Count") { answer in
            Int(answer).map { .accepted($0) } ?? .refused("not a number")
        }
        #expect(value == 7)
        #expect(talk.screen == "Count: not a number\nCount: ")
    }

    @Test(arguments: [
        ("1", 0), ("4", 3), ("phone", 0), ("PH", 0), ("online", 1), ("onl", 1), ("电话", 0),
        ("在线", 1), ("on", 3), ("on-", 2),
    ])
    func `a choice goes by number, name or unique beginning`(answer: String, index: Int) throws {
        let talk = Conversation([answer])
        #expect(try talk.prompter().choice("Channel", options: Self.channels) == index)
        #expect(talk.screen == "  1) 电话\n  2) 在线表单\n  3) 门店\n  4) 其他\nChannel: ")
    }

    @Test(arguments: ["0", "5", "-1", "fax", "o", "\u{1B}[A", "99999999999999999999"])
    func `a choice that names nothing or several is refused`(answer: String) {
        let talk = Conversation([answer, answer, answer])
        let error = #expect(throws: PromptError.self) {
            try talk.prompter().choice("Channel", options: Self.channels)
        }
        #expect(error == .attemptsExhausted(question: "Channel", attemptCount: 3))
        #expect(talk.screen.contains(answer == "o" ? "could be 在线表单, 门店, 其他" : "there is no"))
        #expect(!talk.screen.contains("\u{1B}"))
    }

    @Test func `an empty choice takes the standard one`() throws {
        let talk = Conversation([""])
        let index = try talk.prompter().choice("Channel", options: Self.channels, standard: 2)
        #expect(index == 2)
        #expect(talk.screen.hasSuffix("Channel [3]: "))
    }

    @Test func `a text ends at a lone full stop`() throws {
        let talk = Conversation(["first", "", "a . b", " . ", "rest"])
        #expect(try talk.prompter().text("Story") == "first\n\na . b")
        #expect(talk.lines == ["rest"])
    }

    @Test func `the end of input aborts every question`() {
        let end = PromptError.endOfInput(question: "Q")
        #expect(throws: end) { try Conversation([]).prompter().line("Q", standard: "x") }
        #expect(throws: end) { try Conversation(["unfinished"]).prompter().text("Q") }
        #expect(throws: end) { try Conversation([]).prompter().choice("Q", options: Self.channels) }
        #expect(end.message(in: .zh).contains("未保存"))
        #expect(end.message(in: .en).contains("nothing was saved"))
    }

    @Test func `a text without end is given up at the limit`() {
        let talk = Conversation([String](repeating: "x", count: Prompter.lineCountMax + 1))
        let error = #expect(throws: PromptError.self) { try talk.prompter().text("Story") }
        #expect(error == .tooManyLines(question: "Story", lineCountMax: Prompter.lineCountMax))
    }
}
