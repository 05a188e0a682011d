import TicketModel

extension Prompter {
    /// Shows a numbered list and asks for one entry; gives its index from 0.
    ///
    /// An entry is named by its number, its key, its label, or a beginning of either that fits no
    /// other entry; case does not count. An empty answer takes `standard` if there is one.
    ///
    /// - Throws: ``PromptError`` at the end of input and after too many wrong answers.
    package func choice(
        _ question: String, options: [PromptOption], standard: Int? = nil
    ) throws(PromptError) -> Int {
        precondition(!options.isEmpty, "nothing to choose from")
        precondition(standard.map(options.indices.contains) ?? true, "no such standard choice")
        for (index, option) in options.enumerated() {
            let number = String(index + 1).padded(toColumns: 3, alignment: .trailing)
            show("\(number)) \(printable(option.label))\n")
        }
        return try value(question, standard: standard.map { String($0 + 1) }) { answer in
            let matches = matchingIndices(of: answer, in: options)
            if matches.count == 1, let index = matches.first { return .accepted(index) }
            return .refused(refusal(of: answer, matches: matches.map { options[$0] }, options))
        }
    }

    private func refusal(
        of answer: String, matches: [PromptOption], _ options: [PromptOption]
    ) -> String {
        let answer = printable(answer)
        let labels = matches.map { printable($0.label) }
        if matches.isEmpty {
            return language.choose(
                zh: "没有“\(answer)”；请输入 1 到 \(options.count) 或选项名称",
                en: "there is no “\(answer)”; enter 1 to \(options.count) or a name")
        }
        return language.choose(
            zh: "“\(answer)”不明确：" + labels.joined(separator: "、"),
            en: "“\(answer)” could be " + labels.joined(separator: ", "))
    }
}

/// The entries that `answer` may mean: by number, else by whole name, else by beginning.
private func matchingIndices(of answer: String, in options: [PromptOption]) -> [Int] {
    // Chinese input methods often give full-width digits.
    if let number = Int(SearchText.folded(answer)), options.indices.contains(number - 1) {
        return [number - 1]
    }
    let wanted = answer.lowercased()
    let names = options.map { [$0.key.lowercased(), $0.label.lowercased()] }
    let exact = options.indices.filter { names[$0].contains(wanted) }
    guard exact.isEmpty else { return exact }
    return options.indices.filter { index in names[index].contains { $0.hasPrefix(wanted) } }
}
