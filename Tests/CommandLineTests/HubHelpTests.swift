import Terminal
import Testing
import TicketModel

/// What `loopdesk-hub` says of itself and of wrong usage, in both languages.
@Suite struct HubHelpTests {
    private static let pages = [
        "", "init", "serve", "invite", "invite create", "invite list", "device", "device list",
        "device set", "device revoke", "staff", "staff add", "staff list", "staff remove",
        "staff away", "staff back", "policy", "policy show", "policy check", "policy load",
        "policy diff", "policy simulate", "policy rebase", "policy due", "policy schema", "status",
        "quarantine", "quarantine list", "quarantine show", "quarantine accept",
        "quarantine dismiss", "backup", "restore", "recovery", "recovery show", "recovery end",
        "verify", "compact",
    ]

    @Test("every page is of one language, and narrow", arguments: ["en", "zh"])
    func pagesAreOfOneLanguage(language: String) async throws {
        let folder = try Folder()
        for page in Self.pages {
            let arguments = words(page) + ["--help", "--lang", language]
            let help = try await Tool.hub.run(arguments, in: folder)
            #expect(help.status == 0 && help.errors.isEmpty, "\(help)")
            if language == "zh" {
                #expect(help.output.hasPrefix("概述："), "\(page): \(help.output.prefix(40))")
                let isEnglish = help.output.contains(/[A-Z][a-z]+ [a-z]+|([a-z]+ ){3}[a-z]+/)
                #expect(!isEnglish, "\(page): \(help.output)")
            } else {
                #expect(help.output.hasPrefix("OVERVIEW: "), "\(page): \(help.output.prefix(40))")
                let isChinese = help.output.unicodeScalars.contains {
                    (0x4E00...0x9FFF).contains($0.value)
                }
                #expect(!isChinese, "\(page): \(help.output)")
            }
            for line in help.output.split(separator: "\n")
            where line.count > 100 && !line.hasPrefix("USAGE: ") && !line.hasPrefix("用法：") {
                Issue.record("\(page): \(line.count) characters: \(line)")
            }
        }
    }

    @Test("a page is the same wherever its language comes from")
    func pageIsTheSame() async throws {
        let folder = try Folder()
        for page in ["invite", "invite create", "policy", "policy due", "quarantine", "status"] {
            let locale = ["LANG": "zh_CN.UTF-8"]
            let expected = try await Tool.hub.run(
                words(page) + ["--help"], in: folder, environment: locale)
            #expect(expected.status == 0 && expected.output.hasPrefix("概述："), "\(expected)")
            for arguments in [
                words(page) + ["--help", "--lang", "zh"], words(page) + ["-h", "--lang=zh"],
                ["--lang", "zh"] + words(page) + ["--help"], ["help"] + words(page) + ["--lang=zh"],
                ["--lang", "zh", "help"] + words(page),
            ] {
                let help = try await Tool.hub.run(arguments, in: folder)
                #expect(help.status == 0 && help.output == expected.output, "\(arguments): \(help)")
            }
        }
    }

    @Test(
        "wrong usage is said in Chinese",
        arguments: [
            ("status --jso", "错误：没有选项“--jso”；是否指 --json？\n用法：loopdesk-hub status "),
            ("status now then", "错误：多余的参数：“now”、“then”\n用法：loopdesk-hub status [选项]"),
            ("staff add", "错误：缺少参数“<staff>”\n说明：<staff>  人员编号，如 A17、wang.li。\n"),
            ("compact --keep-days few", "错误：“--keep-days <keep-days>”不接受“few”\n说明："),
            ("serve --listen here", "错误：地址写作 tcp://HOST:PORT，而不是“here”\n用法："),
            ("serve --log-level loud", "不接受“loud”；可用：\n  - trace\n"),
            ("invite --expires soon", "错误：--expires 写作 30m、12h 或 7d，而不是“soon”\n"),
            ("device set dev-1", "错误：请写明要更改什么。\n"),
            ("restore old --wait 99999", "错误：--wait 为 0 到 10080 分钟，而不是 99999\n"),
        ])
    func wrongUsageInChinese(given: String, expected: String) async throws {
        let folder = try Folder()
        let ended = try await Tool.hub.run(words(given) + ["--lang", "zh"], in: folder)
        #expect(ended.status == 2 && ended.output.isEmpty, "\(ended)")
        #expect(ended.errors.contains(expected), "\(ended)")
        #expect(!ended.errors.contains("Error: ") && ended.errors.contains("详见 loopdesk-hub "))
    }

    @Test("usage lines are short in both languages", arguments: [Language.en, .zh])
    func usageLinesAreShort(language: Language) {
        let page = "OVERVIEW: x\n\nUSAGE: loopdesk-hub verify [--home <home>] [--json] [--now]   \n"
        let text = HelpText.localised(page, language, commonUsage: "[--home <home>] [--json]")
        let usage =
            language == .zh ? "用法：loopdesk-hub verify [选项]" : "USAGE: loopdesk-hub verify [options]"
        #expect(text.hasSuffix(usage + " [--now]\n"), "\(text)")
    }

    @Test("an option that takes no value says so") func optionWithoutValue() {
        let refusal = "Error: The option '--json' does not take any value, but 'x' was specified."
        let text = HelpText.localised(refusal, .zh, commonUsage: "[--json]")
        #expect(text == "错误：选项“--json”不带值，却给出了“x”")
    }
}
