import TicketModel

/// Why a conversation at the terminal ended without an answer.
package enum PromptError: Error, Hashable, Sendable {
    /// The input ended (Control-D, or a script that ran out of lines).
    case endOfInput(question: String)
    /// Every attempt was wrong.
    case attemptsExhausted(question: String, attemptCount: Int)
    /// A text of several lines grew beyond the limit.
    case tooManyLines(question: String, lineCountMax: Int)

    /// What happened and what to do, for the person.
    package func message(in language: Language) -> String {
        switch self {
        case .endOfInput(let question):
            language.choose(
                zh: "输入已结束，没有回答“\(question)”；未保存任何内容",
                en: "input ended before “\(question)” was answered; nothing was saved")
        case .attemptsExhausted(let question, let count):
            language.choose(
                zh: "“\(question)”连续 \(count) 次回答无效；未保存任何内容",
                en: "“\(question)” got \(count) wrong answers; nothing was saved")
        case .tooManyLines(let question, let limit):
            language.choose(
                zh: "“\(question)”超过 \(limit) 行；未保存任何内容",
                en: "“\(question)” has more than \(limit) lines; nothing was saved")
        }
    }
}

/// One entry of a numbered list to choose from.
package struct PromptOption: Hashable, Sendable {
    /// What the program calls it; may be typed, in full or its beginning.
    package var key: String
    /// What the person reads; may be typed as well.
    package var label: String

    /// An entry.
    package init(key: String, label: String) {
        self.key = key
        self.label = label
    }
}

/// Asks a person questions, one line at a time.
///
/// Where lines come from and go to is the caller's, so that no test needs a terminal. A question
/// is asked a limited number of times.
package struct Prompter {
    /// The number of answers that are tried before giving up, unless told otherwise.
    package static let attemptCountDefault = 3
    private let attemptCountMax: Int
    /// The number of lines that one text may have.
    package static let lineCountMax = 1_000

    let language: Language
    private let readLine: () -> String?
    private let write: (String) -> Void

    /// `readLine` gives the next line without its line break, nil at the end of input; `write`
    /// prints a text as it is, without adding a line break.
    package init(
        language: Language, attemptCountMax: Int = Prompter.attemptCountDefault,
        readLine: @escaping () -> String?, write: @escaping (String) -> Void
    ) {
        self.attemptCountMax = attemptCountMax
        self.language = language
        self.readLine = readLine
        self.write = write
    }

    /// Asks for one line; blanks around the answer are dropped.
    ///
    /// An empty answer takes `standard` if there is one, else it is asked again.
    ///
    /// - Throws: ``PromptError`` at the end of input and after too many empty answers.
    package func line(_ question: String, standard: String? = nil) throws(PromptError) -> String {
        try value(question, standard: standard) { .accepted($0) }
    }

    /// What reading an answer gave.
    package enum Reading<Value> {
        case accepted(Value)
        /// Not understood; the text tells the person why.
        case refused(String)
    }

    /// Asks for one line until `read` understands it.
    ///
    /// - Throws: ``PromptError`` at the end of input and after too many refused answers.
    package func value<Value>(
        _ question: String, standard: String? = nil, read: (String) -> Reading<Value>
    ) throws(PromptError) -> Value {
        let hint = standard.map { " [\(printable($0))]" } ?? ""
        for _ in 0..<attemptCountMax {
            write("\(question)\(hint): ")
            guard let line = readLine() else { throw .endOfInput(question: question) }
            let answer = trimmed(line)
            let text = answer.isEmpty ? standard ?? "" : answer
            guard !text.isEmpty else {
                write(language.choose(zh: "请输入内容\n", en: "an answer is needed\n"))
                continue
            }
            switch read(text) {
            case .accepted(let value): return value
            case .refused(let reason): write(reason + "\n")
            }
        }
        throw .attemptsExhausted(question: question, attemptCount: attemptCountMax)
    }

    /// Asks for lines until a line that holds only `.`; they are joined by line breaks.
    ///
    /// - Throws: ``PromptError`` at the end of input and beyond ``lineCountMax`` lines.
    package func text(_ question: String) throws(PromptError) -> String {
        write(
            language.choose(
                zh: "\(question)（单独一行 . 结束）：\n",
                en: "\(question) (end with a line that holds only .):\n"))
        var lines: [String] = []
        while let line = readLine() {
            if trimmed(line) == "." { return lines.joined(separator: "\n") }
            guard lines.count < Self.lineCountMax else {
                throw .tooManyLines(question: question, lineCountMax: Self.lineCountMax)
            }
            lines.append(line)
        }
        throw .endOfInput(question: question)
    }

    func show(_ text: String) { write(text) }
}

/// `text` without white space at its ends.
func trimmed(_ text: String) -> String {
    let front = text.drop(while: \.isWhitespace)
    let end = front.lastIndex { !$0.isWhitespace }
    return end.map { String(front[...$0]) } ?? ""
}
