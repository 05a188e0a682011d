import TicketModel

/// The frame that the argument parser puts around our own texts, which it knows in English only.
package enum HelpText {
    /// Whether it is a help page; a completion script or a version is to stay as it is.
    package static func isHelp(_ text: String) -> Bool {
        text.hasPrefix("OVERVIEW: ") || text.hasPrefix("USAGE: ")
    }

    /// The parser's text, a help page or an error, with its own words in `language` and short usage
    /// lines: `[options]` stands for `commonUsage`, which is what every verb takes, as the parser
    /// spells it out.
    package static func localised(
        _ text: String, _ language: Language, commonUsage: String
    ) -> String {
        var text = text.replacing(commonUsage, with: "[options]")
        text = text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { trimmedEnd($0) }.joined(separator: "\n")
        if language == .zh { text = chinese(text) }
        return text
    }

    private static func trimmedEnd(_ line: Substring) -> Substring {
        line.lastIndex { $0 != " " }.map { line[...$0] } ?? ""
    }

    private static func chinese(_ text: String) -> String {
        var text = text
        for (english, chinese) in words { text = text.replacing(english, with: chinese) }
        text.replace(/\ ?\(values:\s+([^);]*);\s+default:\s+([^)]*)\)/) {
            "（可用：\($0.1)；默认：\($0.2)）"
        }
        text.replace(/\ ?\(values:\s+([^)]*)\)/) { "（可用：\($0.1)）" }
        text.replace(/\ ?\(default:\s+([^)]*)\)/) { "（默认：\($0.1)）" }
        if text.hasPrefix("Error: ") { text = "错误：" + text.dropFirst(7) }
        text.replace(/Unexpected argument '([^']*)'/) { "多余的参数“\($0.1)”" }
        text.replace(/\d+ unexpected arguments: ([^\n]*)/) { match in
            let names = match.1.matches(of: /'([^']*)'/).map { "“\($0.1)”" }
            return "多余的参数：" + names.joined(separator: "、")
        }
        text.replace(/Unknown option '([^']*)'/) { "没有选项“\($0.1)”" }
        text.replace(/\. Did you mean '([^']*)'\?/) { "；是否指 \($0.1)？" }
        text.replace(/The option '([^']*)' does not take any value, but '([^']*)'[^\n]*/) {
            "选项“\($0.1)”不带值，却给出了“\($0.2)”"
        }
        text.replace(/Missing expected argument '([^']*)'/) { "缺少参数“\($0.1)”" }
        text.replace(/Missing value for '([^']*)'/) { "“\($0.1)”缺少值" }
        text.replace(/The value '([^']*)' is invalid for '([^']*)'/) { "“\($0.2)”不接受“\($0.1)”" }
        text.replace(/\. Please provide one of ([^\n]*)\./) { match in
            let names = match.1.matches(of: /'([^']*)'/).map { String($0.1) }
            return "；可用：" + names.joined(separator: "、")
        }
        text.replace(/See '([^']*)' for more information\./) { "详见 \($0.1)" }
        text.replace(/See '([^']*)' for detailed help\./) { "各命令的说明：\($0.1)" }
        return text
    }

    private static let words = [
        ("OVERVIEW: ", "概述："), ("USAGE: ", "用法："), ("Usage: ", "用法："), ("Help:  ", "说明："),
        ("ARGUMENTS:", "参数："), ("OPTIONS:", "选项："), (" SUBCOMMANDS:", "："),
        ("\nSUBCOMMANDS:", "\n子命令："), ("[options]", "[选项]"), ("<options>", "<选项>"),
        ("<subcommand>", "<子命令>"), ("Show the version.", "显示版本。"),
        ("Show help information.", "显示帮助。"), ("Show subcommand help information.", "显示子命令的帮助。"),
        // A list of many values follows, with a line for each.
        (". Please provide one of the following:", "；可用："),
        // As wide as what it replaces, for a column follows.
        (" (default) ", "（默认）   "),
    ]
}
