import Foundation
import Terminal
import Testing

/// What the verbs that look print, in both languages and for scripts.
@Suite struct OutputSnapshotTests {
    @Test("lists, pages and logs read as agreed", arguments: ["en", "zh"])
    func outputReadsAsAgreed(language: String) async throws {
        let world = try await World.shared.value
        let verbs = [
            ["list"], ["list", "--limit", "1"], ["list", "--text", "无此内容"],
            ["show", world.numbers[0]], ["show", "S001-AA-0004"],
            ["show", world.numbers[1], "--history"], ["log"], ["log", world.numbers[1]],
            ["drafts"], ["drafts", "show", world.numbers[1]], ["status"], ["fields"],
            ["fields", "channel"], ["fields", "渠道"], ["staff"], ["duplicates"],
            ["duplicates", world.numbers[0]],
        ]
        try await snapshot("output.\(language)", of: verbs.map { $0 + ["--lang", language] })
    }

    @Test("what scripts read is as agreed") func jsonReadsAsAgreed() async throws {
        let world = try await World.shared.value
        let verbs = [
            ["list"], ["show", world.numbers[0]], ["show", world.numbers[1], "--history"], ["log"],
            ["drafts"], ["drafts", "show", world.numbers[1]], ["status"], ["fields"], ["staff"],
        ]
        try await snapshot("output.json", of: verbs.map { $0 + ["--json"] })
    }

    @Test("what happened on the way reads as agreed") func storyReadsAsAgreed() async throws {
        let world = try await World.shared.value
        var snapshot = Snapshot("story")
        for name in world.told.keys.sorted() {
            if let ended = world.told[name] { snapshot.add(["(\(name))"], ended) }
        }
        try snapshot.check(world.masks)
    }

    private func snapshot(_ name: String, of verbs: [[String]]) async throws {
        let world = try await World.shared.value
        var snapshot = Snapshot(name)
        for verb in verbs {
            let ended = try await world.run("store", verb)
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(verb): \(ended)")
            snapshot.add(verb, ended)
        }
        try snapshot.check(world.masks)
    }
}

// MARK: - Columns

extension OutputSnapshotTests {
    @Test(
        "the columns of a table stand below each other on the screen",
        arguments: ["list", "log", "drafts", "fields", "staff"], ["en", "zh"])
    func columnsStandBelowEachOther(verb: String, language: String) async throws {
        let world = try await World.shared.value
        let ended = try await world.run("store", [verb, "--lang", language])
        let lines = ended.output.split(separator: "\n").map(screenCells)
        let head = try #require(lines.first)
        let starts = head.indices.dropFirst(2).filter {
            head[$0] != " " && head[$0 - 1] == " " && head[$0 - 2] == " "
        }
        #expect(starts.count >= 3, "\(ended.output)")
        for (start, line) in starts.flatMap({ start in lines.map { (start, $0) } })
        where line.count > start {
            #expect(line[start - 1] == " ", "column \(start) of: \(String(line))")
            #expect(line[start - 2] == " ", "column \(start) of: \(String(line))")
        }
    }

    /// One character for each column of the screen; a wide one takes two.
    private func screenCells(_ line: Substring) -> [Character] {
        line.flatMap { [Character](repeating: $0, count: displayWidth(of: String($0))) }
    }
}
