import Foundation
import Terminal
import TicketModel

/// The frame that the argument parser puts around our own texts, which it knows in English only.
enum HelpText {
    /// What every verb takes, as the parser spells it out in a usage line.
    private static let commonUsage =
        "[--home <home>] [--as <as>] [--json] [--lang <lang>] [--color <color>]"

    /// `drafts --help` means the verb with all that it can do, not what it does by default.
    ///
    /// `help VERB` knows the options that every verb takes: the language of a page is one of them,
    /// and the parser would take it for a part of the verb's name.
    static func requested(by arguments: [String]) -> [String] {
        if arguments.first == "help" { return GlobalOptionOrder.without(arguments) }
        guard arguments.first == "drafts", arguments.count > 1,
            ["-h", "--help"].contains(arguments[1])
        else { return arguments }
        return ["help", "drafts"]
    }

    /// Whether it is a help page; a completion script or a version is to stay as it is.
    static func isHelp(_ text: String) -> Bool {
        text.hasPrefix("OVERVIEW: ") || text.hasPrefix("USAGE: ")
    }

    /// The parser's text with short usage lines and its own words in `language`.
    static func localised(_ text: String, _ language: Language) -> String {
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
        text.replace(/Unknown option '([^']*)'/) { "没有选项“\($0.1)”" }
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
        // As wide as what it replaces, for a column follows.
        (" (default) ", "（默认）   "),
    ]
}
