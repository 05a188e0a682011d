import TicketModel

extension Language {
    /// The variables that name the language of messages, the strongest first (POSIX).
    private static let variableNames = ["LC_ALL", "LC_MESSAGES", "LANG"]

    /// The language that the environment asks for.
    ///
    /// The first variable that is set and not empty decides, as POSIX has it; a language that we do
    /// not speak, `C`, and no variable at all give English.
    package init(environment: [String: String]) {
        let names = Self.variableNames.lazy.compactMap { environment[$0] }
        self = names.first { !$0.isEmpty }.flatMap { Language(locale: $0) } ?? .en
    }

    /// Picks the text of this language.
    package func choose(zh: @autoclosure () -> String, en: @autoclosure () -> String) -> String {
        switch self {
        case .zh: zh()
        case .en: en()
        }
    }
}
