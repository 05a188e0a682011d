import Terminal
import TicketModel

extension HelpText {
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

    /// The parser's text with short usage lines and its own words in `language`.
    static func localised(_ text: String, _ language: Language) -> String {
        localised(text, language, commonUsage: commonUsage)
    }
}
