import Foundation

/// A run of bytes and what it means.
struct VectorLine {
    var bytes: [UInt8]
    var meaning: String
    var depth = 0
}

/// One file of `protocol/vectors`; its README says the format.
struct Vector {
    var name: String
    var title: String
    /// Named data beside the bytes: keys, hashes, texts.
    var facts: [(key: String, value: String)] = []
    var lines: [VectorLine]

    var bytes: [UInt8] { lines.flatMap(\.bytes) }

    private static let bytesPerLine = 32

    /// The file's text.
    var text: String {
        var text = "# \(title)\n"
        for (key, value) in facts { text += "@\(key) \(value)\n" }
        for line in lines {
            let margin = String(repeating: "  ", count: line.depth)
            var rest = line.bytes[...]
            repeat {
                let isLast = rest.count <= Self.bytesPerLine
                let digits = hexadecimal(rest.prefix(Self.bytesPerLine))
                text += margin + digits + (isLast ? "  # \(line.meaning)" : "") + "\n"
                rest = rest.dropFirst(Self.bytesPerLine)
            } while !rest.isEmpty
        }
        return text
    }

    var url: URL { Self.folder.appending(path: "\(name).txt") }

    static let folder = ProtocolFolder.url.appending(path: "vectors")

    /// Whether this run writes the files anew instead of comparing.
    static let isRecording =
        ProcessInfo.processInfo.environment["LOOPDESK_RECORD_VECTORS"] == "1"

    /// What stands in the file; while recording, the file is written first.
    func stored() throws -> StoredVector {
        if Self.isRecording { try Data(text.utf8).write(to: url) }
        return try StoredVector(text: String(contentsOf: url, encoding: .utf8))
    }
}

/// A vector as any reader of the file sees it.
struct StoredVector {
    var text: String
    var facts: [String: String] = [:]
    var bytes: [UInt8] = []

    /// A line that is neither comment, named datum nor hexadecimal digits.
    struct Problem: Error {
        var line: String
    }

    init(text: String) throws {
        self.text = text
        for line in text.split(separator: "\n") {
            let content = line.prefix { $0 != "#" }
            if content.hasPrefix("@") {
                let parts = content.dropFirst().split(separator: " ", maxSplits: 1)
                guard parts.count == 2 else { throw Problem(line: String(line)) }
                facts[String(parts[0])] = String(parts[1])
            } else {
                guard let more = parseHexadecimal(content) else {
                    throw Problem(line: String(line))
                }
                bytes += more
            }
        }
    }
}

func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// Reads digits, white space between them left out; nil for anything else.
func parseHexadecimal(_ text: some StringProtocol) -> [UInt8]? {
    let digits = text.filter { !$0.isWhitespace }.map(\.hexDigitValue)
    guard digits.count.isMultiple(of: 2) else { return nil }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
        guard let high = digits[index], let low = digits[index + 1] else { return nil }
        bytes.append(UInt8(high << 4 | low))
    }
    return bytes
}
