import TicketModel

/// One thing in a policy file that must be put right.
package struct ProfileProblem: Hashable, Sendable, CustomStringConvertible {
    /// The name that the reader was given.
    package var file: String
    /// From 1.
    package var line: Int
    /// From 1, in Unicode scalars.
    package var column: Int
    /// What is wrong. What the YAML parser itself says is English in both languages.
    package var message: LocalizedText
    /// What to write instead.
    package var remedy: LocalizedText

    /// `file:line:column: message; remedy`, which editors can jump to.
    package func text(_ language: Language) -> String {
        let place = "\(file):\(line):\(column): "
        switch language {
        case .zh: return place + "\(message.zh)；\(remedy.zh)"
        case .en: return place + "\(message.en); \(remedy.en)"
        }
    }

    /// The English text.
    package var description: String { text(.en) }
}

/// A policy file is refused as a whole; this lists everything found wrong with it.
package struct ProfileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// In the order of the file; never empty.
    package var problems: [ProfileProblem]

    /// One problem a line.
    package func text(_ language: Language) -> String {
        problems.map { $0.text(language) }.joined(separator: "\n")
    }

    /// The English text.
    package var description: String { text(.en) }
}
