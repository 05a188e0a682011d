/// A JSON document to print, with its members in the order given.
///
/// Scripts compare outputs, so the same value always gives the same bytes.
package indirect enum JSONValue: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int64)
    /// A number; what is not finite has no JSON form and is written as `null`.
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    /// A name and its value; names should not repeat within an object.
    package struct Member: Hashable, Sendable {
        /// The key, unescaped.
        package var name: String
        /// What stands under the key.
        package var value: JSONValue

        /// A member of an object.
        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    /// The string, or `null` when there is none.
    package init(_ text: String?) { self = text.map(JSONValue.string) ?? .null }

    /// The JSON text (RFC 8259) in UTF-8, without a line break at its end.
    ///
    /// Control, direction and invisible characters are escaped, so that the text is safe on a
    /// terminal too. `pretty` breaks lines and indents by two spaces; empty arrays and objects stay
    /// on their line.
    package func text(pretty: Bool = false) -> String {
        var result = ""
        write(to: &result, indentation: pretty ? 0 : nil)
        return result
    }

    private func write(to text: inout String, indentation: Int?) {
        switch self {
        case .null: text += "null"
        case .boolean(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value): text += value.isFinite ? "\(value)" : "null"
        case .string(let value): writeQuoted(value, to: &text)
        case .array(let elements):
            writeList(elements, "[", "]", to: &text, indentation: indentation) {
                $0.write(to: &$1, indentation: $2)
            }
        case .object(let members):
            writeList(members, "{", "}", to: &text, indentation: indentation) {
                writeQuoted($0.name, to: &$1)
                $1 += $2 == nil ? ":" : ": "
                $0.value.write(to: &$1, indentation: $2)
            }
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .boolean(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Keeps the members in the order written.
    package init(dictionaryLiteral members: (String, JSONValue)...) {
        self = .object(members.map { Member($0.0, $0.1) })
    }
}

private func writeList<Element>(
    _ elements: [Element], _ opening: String, _ closing: String, to text: inout String,
    indentation: Int?, writeElement: (Element, inout String, Int?) -> Void
) {
    let inner = indentation.map { $0 + 2 }
    text += opening
    for (index, element) in elements.enumerated() {
        if index > 0 { text += "," }
        startLine(inner, in: &text)
        writeElement(element, &text, inner)
    }
    if !elements.isEmpty { startLine(indentation, in: &text) }
    text += closing
}

private func startLine(_ indentation: Int?, in text: inout String) {
    if let indentation { text += "\n" + String(repeating: " ", count: indentation) }
}

private func writeQuoted(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case _ where isUnsafeToPrint(scalar): writeEscaped(scalar, to: &text)
        default: text.unicodeScalars.append(scalar)
        }
    }
    text += "\""
}

private func writeEscaped(_ scalar: Unicode.Scalar, to text: inout String) {
    for unit in Character(scalar).utf16 {
        let digits = String(unit, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}
