import TicketModel

/// What is said to customers in the same words (标准话术, domain.md A10), with names of fields in
/// braces: `您的反馈 {number} 预计 {promised_time} 完成`.
package struct TextTemplate: Hashable, Sendable {
    /// The name in files and flags.
    package var key: String
    /// The text, one for each language.
    package var text: LocalizedText

    /// What stands for the ticket's number, which is no field.
    static let number = "number"

    /// The names in braces, in the order of the text; nil if a brace has no partner.
    static func placeholders(in text: String) -> [String]? {
        parts(of: text)?.compactMap { if case .field(let name) = $0 { name } else { nil } }
    }

    fileprivate enum Part {
        case literal(Substring)
        case field(String)
    }

    fileprivate static func parts(of text: String) -> [Part]? {
        var result: [Part] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{",
                let close = rest[rest.index(after: open)...].firstIndex(where: { "{}".contains($0) }
                ),
                rest[close] == "}"
            else { return nil }
            result.append(.literal(rest[..<open]))
            result.append(.field(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        return result + [.literal(rest)]
    }
}

extension Profile {
    /// The text of this name; nil if there is none.
    package func text(named key: some StringProtocol) -> TextTemplate? {
        texts.first { $0.key == key }
    }

    /// `template` with what stands in the ticket.
    ///
    /// - Returns: the text, or the fields that it needs and the ticket lacks: nobody sends a
    ///   customer a sentence with a hole in it.
    package func filled(
        _ template: TextTemplate, for ticket: Ticket, _ language: Language
    ) -> Result<String, MissingFields> {
        var missing: [FieldID] = []
        var result = ""
        for part in TextTemplate.parts(of: template.text[language]) ?? [] {
            switch part {
            case .literal(let text): result += text
            case .field(TextTemplate.number): result += ticket.displayNumber
            case .field(let name):
                guard let field = field(named: name), let value = ticket.registers[field]?.value,
                    !value.isEmpty
                else {
                    if let field = field(named: name) { missing.append(field) }
                    continue
                }
                result += forCustomers(value, of: field, language)
            }
        }
        return missing.isEmpty ? .success(result) : .failure(MissingFields(fields: missing))
    }

    /// A value as a customer reads it: times by the walls of the shop, without their zone.
    private func forCustomers(
        _ value: FieldValue, of field: FieldID, _ language: Language
    ) -> String {
        let times: Set<FieldID> = [
            .reportedTime, .eventTime, .purchaseDate, .expectedTime, .promisedTime,
        ]
        if times.contains(field), let time = value.text.flatMap(instant) {
            return wallText(of: time)
        }
        return display(value, of: field, language)
    }

    /// An instant as tickets store it, or as the program wrote down what people gave:
    /// `2024-03-10 10:30:00 +08:00`. Nil for a time in somebody's own words.
    private func instant(_ text: String) -> Timestamp? {
        let parts = text.split(separator: " ")
        return Timestamp(iso8601: parts.count == 3 ? "\(parts[0])T\(parts[1])\(parts[2])" : text)
    }

    /// What a text for customers needs and a ticket lacks.
    package struct MissingFields: Error, Hashable, Sendable {
        /// In the order of the text.
        package var fields: [FieldID]
    }
}
