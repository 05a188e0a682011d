import Foundation
import TicketPolicy
import Yams

/// What a YAML document says to a program that knows no policy: the core schema of YAML 1.2.
indirect enum Instance: Hashable {
    case null
    case flag(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([Instance])
    case members([String: Instance])

    init(_ node: Node) {
        switch node {
        case .scalar(let scalar) where scalar.style == .plain || scalar.style == .any:
            self = Self.plain(scalar.string)
        case .scalar(let scalar): self = .text(scalar.string)
        case .sequence(let sequence): self = .list(sequence.map { Instance($0) })
        case .mapping(let mapping):
            let pairs = mapping.map { ($0.key.scalar?.string ?? "?", Instance($0.value)) }
            self = .members(Dictionary(pairs, uniquingKeysWith: { first, _ in first }))
        case .alias: self = .null
        }
    }

    private static func plain(_ text: String) -> Instance {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": .flag(true)
        case "false", "False", "FALSE": .flag(false)
        case _ where text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }:
            Int64(text).map(Instance.integer) ?? Double(text).map(Instance.number) ?? .text(text)
        default: .text(text)
        }
    }

    fileprivate var types: Set<String> {
        switch self {
        case .null: ["null"]
        case .flag: ["boolean"]
        case .integer: ["integer", "number"]
        case .number: ["number"]
        case .text: ["string"]
        case .list: ["array"]
        case .members: ["object"]
        }
    }
}

/// The words of JSON Schema that the policy schema is written in; any other one is a mistake.
struct SchemaValidator {
    let document: PolicySchema.Value
    private let patterns: [String: NSRegularExpression]

    init(_ document: PolicySchema.Value) {
        self.document = document
        let pairs = document.patterns.map { ($0, try? NSRegularExpression(pattern: $0)) }
        patterns = Dictionary(pairs, uniquingKeysWith: { first, _ in first }).compactMapValues {
            $0
        }
    }

    /// What came of holding a value against a schema.
    struct Outcome {
        var problems: [String] = []
        /// The places in the schema of the properties that stood in the value.
        var used: Set<String> = []

        mutating func add(_ other: Outcome) {
            problems += other.problems
            used.formUnion(other.used)
        }
    }

    func check(_ yaml: String) throws -> Outcome {
        guard let node = try Yams.compose(yaml: yaml) else { return Outcome(problems: ["empty"]) }
        return check(node)
    }

    func check(_ node: Node) -> Outcome { check(Instance(node), document, "#", at: "") }

    func check(
        _ instance: Instance, _ schema: PolicySchema.Value, _ place: String, at path: String
    ) -> Outcome {
        switch schema {
        case .flag(true): return Outcome()
        case .members(let members):
            let schema = Dictionary(uniqueKeysWithValues: members.map { ($0.name, $0.value) })
            var outcome = Outcome()
            for member in members {
                outcome.add(check(instance, member.name, member.value, schema, place, at: path))
            }
            return outcome
        default: return Outcome(problems: ["\(path): nothing may stand here"])
        }
    }

    private typealias Schema = [String: PolicySchema.Value]

    private func check(
        _ instance: Instance, _ keyword: String, _ value: PolicySchema.Value, _ schema: Schema,
        _ place: String, at path: String
    ) -> Outcome {
        switch keyword {
        case "$schema", "$defs", "title", "description", "then", "else":
            return Outcome()
        case "$ref":
            let reference = value.text ?? ""
            return check(instance, resolved(reference), reference, at: path)
        case "anyOf":
            let outcomes = value.elements.enumerated().map { index, schema in
                check(instance, schema, "\(place)/anyOf/\(index)", at: path)
            }
            let fitting = outcomes.filter(\.problems.isEmpty)
            var result = Outcome(problems: fitting.isEmpty ? ["\(path): fits none"] : [])
            for outcome in fitting { result.add(outcome) }
            return result
        case "if":
            let holds = check(instance, value, "\(place)/if", at: path).problems.isEmpty
            guard let next = schema[holds ? "then" : "else"] else { return Outcome() }
            return check(instance, next, "\(place)/then", at: path)
        case "properties", "additionalProperties", "propertyNames":
            guard case .members(let entries) = instance else { return Outcome() }
            let known = schema["properties"]?.entries ?? []
            return entries.reduce(into: Outcome()) { outcome, entry in
                outcome.add(
                    check(entry, keyword, value, known: known, place, at: "\(path)/\(entry.key)"))
            }
        case "items":
            guard case .list(let elements) = instance else { return Outcome() }
            return elements.enumerated().reduce(into: Outcome()) { outcome, element in
                outcome.add(
                    check(element.element, value, "\(place)/items", at: "\(path)/\(element.offset)")
                )
            }
        default:
            let isFit = holds(instance, keyword, value)
            return Outcome(problems: isFit ? [] : ["\(path): \(keyword) \(value)"])
        }
    }

    /// One entry of a mapping, by one of the words about entries.
    private func check(
        _ entry: (key: String, value: Instance), _ keyword: String, _ value: PolicySchema.Value,
        known: [PolicySchema.Member], _ place: String, at path: String
    ) -> Outcome {
        let property = known.first { $0.name == entry.key }
        switch (keyword, property) {
        case ("propertyNames", _):
            return check(.text(entry.key), value, "\(place)/\(keyword)", at: path)
        case ("properties", let property?):
            let inner = "\(place)/properties/\(property.name)"
            var outcome = check(entry.value, property.value, inner, at: path)
            outcome.used.insert(inner)
            return outcome
        case ("additionalProperties", nil):
            return check(entry.value, value, "\(place)/\(keyword)", at: path)
        default: return Outcome()
        }
    }

    private func holds(
        _ instance: Instance, _ keyword: String, _ value: PolicySchema.Value
    ) -> Bool {
        switch (keyword, instance) {
        case ("type", _):
            let types = value.elements.isEmpty ? [value] : value.elements
            return types.contains { instance.types.contains($0.text ?? "") }
        case ("enum", _): return value.elements.contains { instance == .text($0.text ?? "") }
        case ("const", _): return instance == .text(value.text ?? "")
        case ("pattern", .text(let text)): return matches(text, value.text ?? "")
        case ("minLength", .text(let text)): return text.unicodeScalars.count >= value.number
        case ("maxLength", .text(let text)): return text.unicodeScalars.count <= value.number
        case ("minimum", .integer(let number)): return number >= value.number
        case ("maximum", .integer(let number)): return number <= value.number
        case ("minItems", .list(let elements)): return elements.count >= value.number
        case ("uniqueItems", .list(let elements)): return Set(elements).count == elements.count
        case ("minProperties", .members(let entries)): return entries.count >= value.number
        case ("required", .members(let entries)):
            return value.elements.allSatisfy { entries[$0.text ?? ""] != nil }
        case ("pattern", _), ("minLength", _), ("maxLength", _), ("minimum", _), ("maximum", _),
            ("minItems", _), ("uniqueItems", _), ("minProperties", _), ("required", _):
            return true
        default: return false
        }
    }

    /// As ECMAScript matches: by code points, and `$` is the end alone.
    func matches(_ text: String, _ pattern: String) -> Bool {
        guard let regex = patterns[pattern] else { return false }
        let whole = NSRange(text.startIndex..., in: text)
        guard let match = regex.firstMatch(in: text, range: whole) else { return false }
        return !pattern.hasSuffix("$") || match.range == whole
    }

    private func resolved(_ reference: String) -> PolicySchema.Value {
        reference.split(separator: "/").dropFirst().reduce(document) { value, name in
            value[String(name)] ?? .flag(false)
        }
    }
}

extension PolicySchema.Value {
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var number: Int64 { if case .integer(let number) = self { number } else { .min } }
    var elements: [PolicySchema.Value] { if case .list(let list) = self { list } else { [] } }
    var entries: [PolicySchema.Member] { if case .members(let all) = self { all } else { [] } }
    subscript(name: String) -> PolicySchema.Value? { entries.first { $0.name == name }?.value }

    /// Every regular expression within.
    fileprivate var patterns: Set<String> {
        let own = self["pattern"]?.text.map { [$0] } ?? []
        return Set(own + (entries.map(\.value) + elements).flatMap(\.patterns))
    }

    /// The places of all properties within, such as `#/$defs/clock/properties/limits`.
    func properties(_ place: String = "#") -> Set<String> {
        let inner = entries.flatMap { entry in
            entry.value.properties("\(place)/\(entry.name)")
                .union(
                    entry.name == "properties" && !place.hasSuffix("/if")
                        && !place.hasSuffix("/else")
                        ? entry.value.entries.map { "\(place)/properties/\($0.name)" } : [])
        }
        let listed = elements.enumerated().flatMap { index, element in
            element.properties("\(place)/\(index)")
        }
        return Set(inner + listed)
    }
}
