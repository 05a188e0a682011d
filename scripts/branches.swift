// Reads what `llvm-cov export` says about Swift sources and prints every region that was not
// reached and every condition that had only one outcome. Ends with 1 when there is any.
//
//   swift scripts/branches.swift coverage.json Sources/Replication/Merge

import Foundation

/// What `llvm-cov export -format=text` writes, as far as it is needed here.
struct Export: Decodable {
    struct Unit: Decodable { var functions: [Function] }

    struct Function: Decodable {
        var filenames: [String]
        /// First line and column, last line and column, count, three kinds of numbers.
        var regions: [[Int]]
    }

    var data: [Unit]
}

/// A stretch of a source file with the number of times that it was run.
struct Region: Hashable {
    var start: [Int]
    var end: [Int]
    var count: Int

    func contains(_ other: Region) -> Bool {
        !other.start.lexicographicallyPrecedes(start) && !end.lexicographicallyPrecedes(other.end)
            && (start != other.start || end != other.end)
    }
}

struct Source {
    let path: String
    private let lines: [Substring]
    private(set) var regions: [Region] = []

    init(path: String) throws {
        self.path = path
        lines = try String(contentsOfFile: path, encoding: .utf8)
            .split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// One stretch may belong to several copies of a function, whose counts add up.
    mutating func add(_ region: Region) {
        let same = regions.firstIndex { $0.start == region.start && $0.end == region.end }
        if let same {
            regions[same].count += region.count
        } else {
            regions.append(region)
        }
    }

    /// Whether the file is the one that was measured, as far as its length can tell.
    func holds(_ region: Region) -> Bool { region.end[0] <= lines.count }

    /// What stands before a region in the file, without comments and trailing white space.
    private func before(_ region: Region) -> String {
        let head = lines.prefix(region.start[0] - 1).map { line in
            line.range(of: "//").map { line[..<$0.lowerBound] } ?? line
        }
        let line = String(lines[region.start[0] - 1].utf8.prefix(region.start[1] - 1)) ?? ""
        let text = head.joined(separator: "\n") + "\n" + line
        return String(text.reversed().drop { $0.isWhitespace }.reversed())
    }

    func line(of region: Region) -> String {
        lines[region.start[0] - 1].trimmingCharacters(in: .whitespaces)
    }

    /// The smallest region around another.
    func parent(of region: Region) -> Region? {
        regions.filter { $0.contains(region) }.min { one, other in other.contains(one) }
    }

    /// The block of an `if`, or the right side of an operator that may skip it.
    func isSkippable(_ region: Region) -> Bool {
        let before = before(region)
        if ["&&", "||", "??"].contains(where: before.hasSuffix) { return true }
        let brace = lines[region.start[0] - 1].utf8.dropFirst(region.start[1] - 1).first
        return brace == UInt8(ascii: "{") && endsWithCondition(before)
    }

    /// Whether nothing but a condition stands between an `if` and the end of `text`: no brace,
    /// except inside parentheses, and no parenthesis that is still open.
    private func endsWithCondition(_ text: String) -> Bool {
        var depth = 0
        var word = ""
        for character in text.reversed() {
            if character.isLetter || character.isNumber || character == "_" {
                word.append(character)
                continue
            }
            if depth == 0, word == "fi", !["#", ".", "`"].contains(character) { return true }
            word = ""
            if [")", "]"].contains(character) { depth += 1 }
            if ["(", "["].contains(character) { depth -= 1 }
            if depth < 0 || depth == 0 && ["{", "}"].contains(character) { return false }
        }
        return false
    }
}

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 2, let file = arguments.first, let folder = arguments.last else {
    FileHandle.standardError.write(Data("usage: branches.swift EXPORT.json FOLDER\n".utf8))
    exit(2)
}
let export = try JSONDecoder().decode(
    Export.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
var sources: [String: Source] = [:]
for function in export.data.flatMap(\.functions) {
    guard let path = function.filenames.first, path.contains("/" + folder + "/") else { continue }
    var source = try sources[path] ?? Source(path: path)
    // Kind 0 is code; the others are gaps and expansions.
    for region in function.regions where region[7] == 0 {
        source.add(
            Region(start: [region[0], region[1]], end: [region[2], region[3]], count: region[4]))
    }
    sources[path] = source
}
var (regionsCount, conditionsCount, findings) = (0, 0, [String]())
for source in sources.values.sorted(by: { $0.path < $1.path }) {
    let name = source.path.split(separator: "/").last ?? ""
    for region in source.regions.sorted(by: { $0.start.lexicographicallyPrecedes($1.start) }) {
        guard source.holds(region) else {
            FileHandle.standardError.write(
                Data("branches: \(source.path) is not the file that was measured\n".utf8))
            exit(2)
        }
        regionsCount += 1
        let place = "\(name):\(region.start[0]):\(region.start[1])"
        if region.count == 0 { findings.append("\(place) not reached: \(source.line(of: region))") }
        guard source.isSkippable(region), let parent = source.parent(of: region) else { continue }
        conditionsCount += 1
        if region.count > 0, region.count == parent.count {
            findings.append("\(place) never skipped: \(source.line(of: region))")
        }
    }
}
guard regionsCount > 0 else {
    FileHandle.standardError.write(Data("branches: \(file) says nothing about \(folder)\n".utf8))
    exit(2)
}
print(
    "\(folder): \(regionsCount) regions and \(conditionsCount) skippable branches, "
        + "\(findings.count) with an outcome that was not seen")
findings.forEach { print("  " + $0) }
exit(findings.isEmpty ? 0 : 1)
