/// The languages that Loopdesk speaks. Raw values are ISO 639-1 codes, used in files and flags.
package enum Language: String, CaseIterable, Hashable, Sendable {
    /// Chinese in simplified characters, the language of the manuals.
    case zh
    /// English.
    case en

    /// The language of a POSIX locale such as `zh_CN.UTF-8`; nil if it is neither of ours.
    package init?(locale: some StringProtocol) {
        let code = locale.prefix { $0 != "_" && $0 != "-" && $0 != "." && $0 != "@" }
        self.init(rawValue: code.lowercased())
    }
}

/// A short text in every language of `Language`.
package struct LocalizedText: Hashable, Sendable {
    /// The Chinese text.
    package var zh: String
    /// The English text.
    package var en: String

    /// Takes both texts; neither stands in for the other.
    package init(zh: String, en: String) {
        self.zh = zh
        self.en = en
    }

    /// The text in `language`.
    package subscript(language: Language) -> String {
        switch language {
        case .zh: zh
        case .en: en
        }
    }
}
