/// The grammar of policy files as a JSON Schema (draft 2020-12), made of the tables that the reader
/// goes by: editors complete keys, show what they are for and mark mistakes.
///
/// It judges what a place alone tells. It takes every file that the reader takes, as long as
/// numbers, `true` and `false` stand as YAML writes them, without quotes or a plus sign. Only words
/// are used that draft 7 knows too, which some editors stop at; `$defs` is a path like any other to
/// them.
package enum PolicySchema {
    /// A JSON value; members stay in their order, so that the same schema is the same text.
    package indirect enum Value: Hashable, Sendable {
        case flag(Bool)
        case integer(Int64)
        case text(String)
        case list([Value])
        case members([Member])
    }

    /// A name and its value.
    package struct Member: Hashable, Sendable {
        /// A keyword, a key of policy files, or the name of a definition.
        package var name: String
        /// What stands under it.
        package var value: Value

        init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// The schema of a whole policy file.
    package static var document: Value {
        var definitions = Definitions()
        let root = definitions.record(DocumentKey.self, about: about)
        let head = [
            Member("$schema", .text("https://json-schema.org/draft/2020-12/schema")),
            Member("title", .text("Loopdesk policy")),
        ]
        return .members(head + root + [Member("$defs", .members(definitions.inOrder))])
    }

    private static let about = """
        \(DocumentKey.about). This schema tells keys, types and words. `loopdesk-hub policy check` \
        judges the file fully: whether names are declared, rules can be reached, hours overlap, \
        limits and rungs come in order, and calendars have hours. Write numbers, true and false \
        without quotes.
        """
}

extension PolicySchema {
    /// What the schema defines once and refers to by name.
    private struct Definitions {
        private var values: [String: Value] = [:]

        var inOrder: [Member] {
            values.sorted { $0.key < $1.key }.map { Member($0.key, $0.value) }
        }

        /// A reference to a definition, which is made when it is first asked for: classes contain
        /// classes.
        private mutating func reference(
            _ name: String, make: (inout Definitions) -> [Member]
        ) -> [Member] {
            if values[name] == nil {
                values[name] = .flag(true)
                values[name] = .members(make(&self))
            }
            return [Member("$ref", .text("#/$defs/\(name)"))]
        }

        mutating func schema(_ shape: Shape) -> [Member] {
            switch shape {
            case .text: reference("text") { _ in PolicySchema.text }
            case .key: reference("key") { _ in PolicySchema.key }
            case .integer(let range): PolicySchema.integer(range)
            case .flag: PolicySchema.type("boolean")
            case .word(let words): [Member("enum", .list(words.map(Value.text)))]
            case .wordOrKey(let words): schema(.either([.word(words), .key]))
            case .form(let form): reference(form.name + "_text") { _ in PolicySchema.pattern(form) }
            case .list(let element, let least): list(element, least: least)
            case .members(let element):
                list(element, least: 1) + [Member("uniqueItems", .flag(true))]
            case .map(let key, let value): map(key, value)
            case .record(let keys): reference(keys.name) { $0.record(keys, about: keys.about) }
            case .shared(let name, let shape): reference(name) { $0.schema(shape) }
            case .either(let shapes):
                [Member("anyOf", .list(shapes.map { .members(schema($0)) }))]
            }
        }

        private mutating func list(_ element: Shape, least: Int) -> [Member] {
            var result = PolicySchema.type("array")
            result.append(Member("items", .members(schema(element))))
            if least > 0 { result.append(Member("minItems", .integer(Int64(least)))) }
            return result
        }

        private mutating func map(_ key: Shape, _ value: Shape) -> [Member] {
            let value = Value.members(schema(value))
            var result = PolicySchema.type("object")
            if case .word(let words) = key {
                result.append(
                    Member("properties", .members(words.map { Member($0, value) })))
                result.append(Member("additionalProperties", .flag(false)))
            } else {
                result.append(Member("propertyNames", .members(schema(key))))
                result.append(Member("additionalProperties", value))
            }
            return result + [Member("minProperties", .integer(1))]
        }

        mutating func record<Key: RecordKey>(_ keys: Key.Type, about: String) -> [Member] {
            let members = keys.allCases.map { (name: $0.rawValue, member: $0.member) }
            let properties = members.map { name, member in
                Member(
                    name,
                    .members([Member("description", .text(member.about))] + schema(member.shape)))
            }
            let required = members.filter { $0.member.presence == .required }.map(\.name)
            var result = [Member("description", .text(about))] + PolicySchema.type("object")
            result.append(Member("properties", .members(properties)))
            if !required.isEmpty {
                result.append(PolicySchema.required(required))
            }
            result.append(Member("additionalProperties", .flag(false)))
            return result
                + members.flatMap { PolicySchema.condition($0.name, $0.member.presence) }
        }
    }

    private static func type(_ name: String) -> [Member] { [Member("type", .text(name))] }

    private static func required(_ names: [String]) -> Member {
        Member("required", .list(names.map(Value.text)))
    }

    private static func integer(_ range: ClosedRange<Int64>) -> [Member] {
        let least = type("integer") + [Member("minimum", .integer(range.lowerBound))]
        guard range.upperBound < Int64.max else { return least }
        return least + [Member("maximum", .integer(range.upperBound))]
    }

    private static func pattern(_ form: Form) -> [Member] {
        [Member("description", .text(form.about))] + type("string")
            + [Member("pattern", .text(form.pattern))]
    }

    /// YAML takes some texts for numbers, or for true and false, which the reader does not.
    private static let scalars = Member(
        "type", .list(["string", "number", "boolean"].map(Value.text)))

    private static let text = [
        Member("description", .text("One line of text")), scalars, Member("minLength", .integer(1)),
        Member("pattern", .text(#"^[^\u0000-\u001f\u007f-\u009f]*$"#)),
    ]

    private static let key = [
        Member(
            "description",
            .text("A name that the policy declares: lower case, without spaces, commas, : or /")),
        scalars, Member("minLength", .integer(1)),
        Member("maxLength", .integer(Int64(ProfileReader.keyByteCountMax))),
        Member("pattern", .text(#"^[^\s:/,A-Z\u0000-\u001f\u007f-\u009f]+$"#)),
    ]

    /// At most one key of a mapping depends on another one: JSON has `if` once.
    private static func condition(
        _ name: String, _ presence: RecordMember.Presence
    ) -> [Member] {
        func test(_ key: String, _ word: String) -> Member {
            let value = Value.members([Member("const", .text(word))])
            return Member("if", .members([Member("properties", .members([Member(key, value)]))]))
        }
        let needed = Value.members([required([name])])
        switch presence {
        case .required, .optional: return []
        case .unless(let key, let word): return [test(key, word), Member("else", needed)]
        case .only(let key, let word):
            let none = Value.members([Member(name, .flag(false))])
            return [
                test(key, word), Member("then", needed),
                Member("else", .members([Member("properties", none)])),
            ]
        }
    }
}
