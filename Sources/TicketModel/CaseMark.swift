/// Something by which two tickets may be found to be one case: no more than a hint to people, who
/// alone merge (domain.md B6, G19).
package enum CaseMark: Hashable, Sendable {
    /// Digits of a telephone number, or what else a customer is reached by.
    case contact(String)
    case order(String)

    /// Short digits name too many people, short words too many things.
    private static let phoneDigitsCountMin = 7
    private static let wordCountMin = 6
    private static let orderCountMin = 4

    /// The field that bears it.
    package var field: FieldID {
        switch self {
        case .contact: .contact
        case .order: .orderNumber
        }
    }

    /// The telephone numbers of a text, or the whole of it if it has none and is long enough.
    package static func contacts(in text: String) -> Set<CaseMark> {
        let folded = SearchText.folded(text)
        let phones = phoneNumbers(in: folded)
        if !phones.isEmpty { return Set(phones.map(CaseMark.contact)) }
        let word = folded.filter { !$0.isWhitespace }
        return word.count >= wordCountMin ? [.contact(word)] : []
    }

    /// The order number of a text, if it is long enough.
    package static func order(in text: String) -> CaseMark? {
        let word = SearchText.folded(text).filter { !$0.isWhitespace }
        return word.count >= orderCountMin ? .order(word) : nil
    }

    /// Digits that belong together: a space or a hyphen between two digits is how numbers are
    /// written, and the prefix of China is left out.
    private static func phoneNumbers(in text: String) -> [String] {
        var (numbers, digits) = ([String](), "")
        var gap = false
        for character in text {
            if ("0"..."9").contains(character) {
                digits.append(character)
                gap = false
            } else if !gap, !digits.isEmpty, character == "-" || character == " " {
                gap = true
            } else {
                numbers.append(digits)
                (digits, gap) = ("", false)
            }
        }
        return (numbers + [digits]).map(withoutCountry)
            .filter { $0.count >= phoneDigitsCountMin }
    }

    private static func withoutCountry(_ digits: String) -> String {
        let mobileCount = 11
        for prefix in ["0086", "86"]
        where digits.hasPrefix(prefix) && digits.count == prefix.count + mobileCount {
            return String(digits.dropFirst(prefix.count))
        }
        return digits
    }
}

extension Ticket {
    /// By what another ticket of the same case may be found.
    package var caseMarks: Set<CaseMark> {
        CaseMark.contacts(in: text(.contact))
            .union(CaseMark.order(in: text(.orderNumber)).map { [$0] } ?? [])
    }
}
