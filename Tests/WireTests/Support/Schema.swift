import Foundation

/// The message types of `protocol/schema`, read from the files that other programs are built from,
/// so that the vectors name each byte as the schema does.
struct Schema {
    struct Field {
        var name: String
        var type: String
    }

    private(set) var messages: [String: [UInt64: Field]] = [:]

    /// Bytes that hold another message word for word, by `Message.field`.
    static let verbatim = [
        "Intent.body": "IntentBody", "PageItem.delta": "LogEntry", "Enter.entry": "LogEntry",
        "Enter.ticket": "Ticket",
    ]

    init() throws {
        for name in ["values", "intent", "log", "messages"] {
            let file = ProtocolFolder.url.appending(path: "schema/loopdesk/v1/\(name).proto")
            read(try String(contentsOf: file, encoding: .utf8))
        }
    }

    private mutating func read(_ text: String) {
        var message = ""
        for line in text.split(separator: "\n") {
            if let match = line.firstMatch(of: /^message (\w+) \{/) {
                message = String(match.1)
                messages[message] = [:]
            } else if let match = line.firstMatch(
                of: /^ +(?:repeated |optional )?(\w+) (\w+) = (\d+);/), let number = UInt64(match.3)
            {
                messages[message]?[number] = Field(name: String(match.2), type: String(match.1))
            }
        }
    }
}

/// `protocol/` of this checkout.
enum ProtocolFolder {
    static let url = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "protocol")
}

/// Takes a message apart, one line a field: its bytes and what the schema calls them.
struct Dissection {
    /// Bytes that do not follow the schema.
    struct Problem: Error {
        var description: String
    }

    let schema: Schema
    private(set) var lines: [VectorLine] = []

    init(_ bytes: [UInt8], as message: String, schema: Schema) throws {
        self.schema = schema
        try dissect(bytes[...], as: message, depth: 0)
    }

    private mutating func dissect(
        _ bytes: ArraySlice<UInt8>, as message: String, depth: Int
    ) throws {
        var rest = bytes
        while !rest.isEmpty {
            let start = rest.startIndex
            let key = try varint(&rest)
            guard let field = schema.messages[message]?[key >> 3] else {
                throw Problem(description: "\(message) has no field \(key >> 3)")
            }
            switch key & 7 {
            case 0: add(bytes[start..<rest.startIndex], [], field, try varint(&rest), depth)
            case 1:
                let value = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                add(bytes[start..<rest.startIndex], Array(rest.prefix(8)), field, value, depth)
                rest = rest.dropFirst(8)
            case 2:
                let count = Int(try varint(&rest))
                let head = bytes[start..<rest.startIndex]
                try open(rest.prefix(count), head, field, in: message, depth)
                rest = rest.dropFirst(count)
            default: throw Problem(description: "wire type \(key & 7) in \(message)")
            }
        }
    }

    private mutating func add(
        _ head: ArraySlice<UInt8>, _ tail: [UInt8], _ field: Schema.Field, _ value: UInt64,
        _ depth: Int
    ) {
        let signed = Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
        let text =
            switch field.type {
            case "sint64": "\(signed)"
            case "bool": value == 0 ? "false" : "true"
            default: "\(value)"
            }
        let bytes = Array(head) + (tail.isEmpty ? encodedVarint(value) : tail)
        lines.append(VectorLine(bytes: bytes, meaning: "\(field.name) = \(text)", depth: depth))
    }

    private mutating func open(
        _ content: ArraySlice<UInt8>, _ head: ArraySlice<UInt8>, _ field: Schema.Field,
        in message: String, _ depth: Int
    ) throws {
        let nested = Schema.verbatim["\(message).\(field.name)"] ?? field.type
        if schema.messages[nested] != nil {
            let isVerbatim = field.type == "bytes"
            let meaning = "\(field.name): \(nested)\(isVerbatim ? ", verbatim" : "")"
            lines.append(VectorLine(bytes: Array(head), meaning: meaning, depth: depth))
            return try dissect(content, as: nested, depth: depth + 1)
        }
        let meaning =
            field.type == "string"
            ? "\(field.name) = \(String(decoding: content, as: UTF8.self).debugDescription)"
            : field.name
        lines.append(VectorLine(bytes: Array(head + content), meaning: meaning, depth: depth))
    }

    private func varint(_ rest: inout ArraySlice<UInt8>) throws -> UInt64 {
        var value: UInt64 = 0
        for (index, byte) in rest.prefix(10).enumerated() {
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte & 0x80 == 0 {
                rest = rest.dropFirst(index + 1)
                return value
            }
        }
        throw Problem(description: "a number without an end")
    }

    private func encodedVarint(_ value: UInt64) -> [UInt8] {
        var (bytes, rest): ([UInt8], UInt64) = ([], value)
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
