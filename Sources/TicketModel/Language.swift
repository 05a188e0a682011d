/// A language that people read Loopdesk in; every text for people exists in both.
package enum Language: String, CaseIterable, Hashable, Sendable {
    case zh
    case en

    /// The language of a locale's name such as `zh_CN.UTF-8`, `zh-Hans` or `en`.
    ///
    /// Nil for every other language and for `C` and `POSIX`.
    package init?(localeName: some StringProtocol) {
        let code = localeName.prefix { $0.isASCII && $0.isLetter }
        self.init(rawValue: code.lowercased())
    }
}
