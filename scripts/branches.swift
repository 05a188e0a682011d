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

    /// One stretch may belong to several copies of a function: what one of them ran was run.
    mutating func add(_ region: Region) {
        let same = regions.firstIndex { $0.start == region.start && $0.end == region.end }
        if let same {
            regions[same].count = max(regions[same].count, region.count)
        } else {
            regions.append(region)
        }
    }

    /// The text of a region's first line, from its first column.
    func text(of region: Region) -> String {
        String(lines[region.start[0] - 1].utf8.dropFirst(region.start[1] - 1)) ?? ""
    }

    /// What stands before a region, across lines, without the white space in between.
    func before(_ region: Region) -> String {
        let head = lines.prefix(region.start[0] - 1).suffix(3).joined(separator: " ")
        let line = String(lines[region.start[0] - 1].utf8.prefix(region.start[1] - 1)) ?? ""
        return String((head + " " + line).reversed().drop { $0.isWhitespace }.reversed())
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
        guard text(of: region).hasPrefix("{"), let keyword = lastKeyword(in: before) else {
            return false
        }
        return keyword == "if"
    }

    /// The keyword that a block before its brace belongs to; nil where there is none near.
    private func lastKeyword(in text: String) -> Substring? {
        let words = text.split { !$0.isLetter }
        return words.last { ["if", "else", "for", "while", "in", "do", "guard"].contains($0) }
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
