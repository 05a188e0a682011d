/// How a text is emphasised on a terminal that can.
package struct Style: Hashable, Sendable {
    /// The eight colours that every terminal theme keeps readable.
    package enum Color: Int, CaseIterable, Hashable, Sendable {
        case black, red, green, yellow, blue, magenta, cyan, white
    }

    /// The colour of the letters; nil for the terminal's own.
    package var color: Color?
    /// Whether the letters are heavier.
    package var isBold: Bool
    /// Whether the letters are fainter.
    package var isDim: Bool

    /// A style; without arguments the plain one.
    package init(color: Color? = nil, isBold: Bool = false, isDim: Bool = false) {
        self.color = color
        self.isBold = isBold
        self.isDim = isDim
    }

    /// As the terminal prints by itself.
    package static let plain = Style()
    /// Titles and column heads.
    package static let heading = Style(isBold: true)
    /// What may be overlooked.
    package static let quiet = Style(isDim: true)
    /// Done, kept, in time.
    package static let success = Style(color: .green)
    /// Soon too late.
    package static let warning = Style(color: .yellow)
    /// Too late, refused, lost.
    package static let alarm = Style(color: .red, isBold: true)

    /// The parameters of the terminal's "select graphic rendition" sequence (ECMA-48 8.3.117).
    fileprivate var parameters: [Int] {
        var parameters: [Int] = []
        if isBold { parameters.append(1) }
        if isDim { parameters.append(2) }
        if let color { parameters.append(30 + color.rawValue) }
        return parameters
    }
}

/// The choice of `--color`.
package enum ColorMode: String, CaseIterable, Hashable, Sendable {
    case never
    case auto
    case always
}

/// Puts styles around texts, or leaves them plain where colour is not wanted.
package struct Painter: Hashable, Sendable {
    /// Whether styles are written at all.
    package let isEnabled: Bool

    /// A painter that always, or never, writes styles.
    package init(isEnabled: Bool) { self.isEnabled = isEnabled }

    /// Decides for one stream.
    ///
    /// `never` and `always` are obeyed. `auto` colours a terminal unless `NO_COLOR` is set and not
    /// empty, or `TERM` is `dumb`.
    package init(mode: ColorMode, environment: [String: String], isTerminal: Bool) {
        switch mode {
        case .never: isEnabled = false
        case .always: isEnabled = true
        case .auto:
            let isRefused = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
            isEnabled = isTerminal && !isRefused && environment["TERM"] != "dumb"
        }
    }

    /// `text` in `style`; the empty text and the plain style stay as they are.
    package func paint(_ text: String, _ style: Style) -> String {
        let parameters = style.parameters
        guard isEnabled, !parameters.isEmpty, !text.isEmpty else { return text }
        let list = parameters.map(String.init).joined(separator: ";")
        return "\u{1B}[\(list)m\(text)\u{1B}[0m"
    }
}
