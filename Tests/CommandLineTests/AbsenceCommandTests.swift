import Foundation
import Testing

/// Who is away and who stands in, as people and scripts read it without a connection (domain.md
/// G30): lina is a clerk who stands in for the supervisor zhao, B07 a handler for whom nobody does,
/// wangqiang a clerk who will be away.
@Suite struct AbsenceCommandTests {
    /// Command lines by turns, as `Counter.run` takes them.
    private static let lines = [
        "staff", "3: assign N1 B07 --as zhao", "assign N1 B07 --although-away --as zhao",
        "3: assign N2 zhao --as wangqiang", "assign N2 lina", "list", "list --away", "show N1",
        "list --mine", "assign N2 wangqiang", "assign N2 zhao --although-away", "list --mine",
        "2: list --mine --away", "2: assign N1", "2: assign N1 B07 --nobody", "assign N1 --nobody",
        "2: assign N1 --nobody", "list --away",
    ]

    @Test("each verb says who is away and who stands in", arguments: ["en", "zh"])
    func verbsReadAsAgreed(language: String) async throws {
        let counter = try await counter()
        var snapshot = Snapshot("absence.\(language)")
        for line in Self.lines {
            try await counter.run(line, ["--lang", language], into: &snapshot)
        }
        for line in Self.office { try await office(line, language, counter.folder, &snapshot) }
        try snapshot.check(masks(counter.folder))
    }

    @Test("scripts read who is away") func scriptsReadWhoIsAway() async throws {
        let counter = try await counter()
        var snapshot = Snapshot("absence.json")
        for line in [
            "staff", "3: assign N1 B07 --as zhao", "assign N2 zhao --although-away", "list --mine",
        ] {
            try await counter.run(line, ["--json"], into: &snapshot)
        }
        let arguments = ["staff", "list", "--json"]
        snapshot.add(
            arguments,
            try await Tool.hub.run(arguments + ["--home", "hub"], in: counter.folder), of: .hub)
        try snapshot.check(masks(counter.folder))
    }

    // MARK: the office

    /// What the operator is told, and what is refused, as `lines`.
    private static let office = [
        "staff list", "3: staff away zhao --until +1d --substitute zhao",
        "3: staff away zhao --from 2098-01-01 --until 2099-01-01",
        "3: staff away zhao --until 2020-01-01", "2: staff away zhao --until someday",
        "3: staff away nobody --until tomorrow",
        "3: staff away zhao --until tomorrow --substitute nobody",
        "staff away zhao --until tomorrow", "staff back zhao", "staff back zhao", "staff list",
    ]

    private func office(
        _ line: String, _ language: String, _ folder: Folder, _ snapshot: inout Snapshot
    ) async throws {
        let parts = line.split(separator: ": ", maxSplits: 1)
        let arguments = words(String(parts.last ?? "")) + ["--lang", language]
        let ended = try await Tool.hub.run(arguments + ["--home", "hub"], in: folder)
        #expect(ended.status == (parts.count == 2 ? Int32(parts[0]) : 0), "\(line): \(ended)")
        snapshot.add(arguments, ended, of: .hub)
    }

    /// An absence of a year ends in a year that follows the one of the test.
    private func masks(_ folder: Folder) -> Masks {
        let year = Calendar(identifier: .gregorian).component(.year, from: .now)
        return (0...2).reduce(Masks(path: folder.path, numbers: [])) { masks, years in
            masks.hiding("\(year + years)-", behind: "2024-")
        }
    }

    private func counter() async throws -> Counter {
        let until = ["--until", "+366d"]
        return try await Counter(in: try Folder()) { story in
            try await story.hub(words("staff away zhao --substitute lina --note 培训") + until)
            try await story.hub(words("staff away B07") + until)
            try await story.hub(
                words("staff away wangqiang --from +366d --until +367d --substitute lina"))
        }
    }
}
