import Foundation
import Testing

/// Who is away and who stands in, as people and scripts read it without a connection (domain.md
/// G30): lina is a clerk who stands in for the supervisor zhao, B07 a handler for whom nobody does,
/// wangqiang a clerk who will be away.
@Suite struct AbsenceCommandTests {
    /// Command lines by turns; `N1` and `N2` are tickets. What stands before `:` is the exit
    /// status, 0 without one.
    private static let lines = [
        "staff", "3: assign N1 B07 --as zhao", "assign N1 B07 --although-away --as zhao",
        "3: assign N2 zhao --as wangqiang", "assign N2 lina", "list", "list --away", "show N1",
        "list --mine", "assign N2 wangqiang", "assign N2 zhao --although-away", "list --mine",
        "2: list --mine --away", "2: assign N1", "2: assign N1 B07 --nobody", "assign N1 --nobody",
        "2: assign N1 --nobody", "list --away",
    ]

    @Test("each verb says who is away and who stands in", arguments: ["en", "zh"])
    func verbsReadAsAgreed(language: String) async throws {
        let folder = try await counter()
        var snapshot = Snapshot("absence.\(language)")
        for line in Self.lines {
            let parts = line.split(separator: ": ", maxSplits: 1)
            let expected = parts.count == 2 ? Int32(parts[0]) : 0
            let arguments = words(String(parts.last ?? "")).map(Self.argument)
            let ended = try await run(arguments + ["--lang", language], folder)
            #expect(ended.status == expected, "\(line): \(ended)")
            snapshot.add(arguments + ["--lang", language], ended)
        }
        for line in Self.office { try await office(line, language, folder, &snapshot) }
        try snapshot.check(masks(folder))
    }

    @Test("scripts read who is away") func scriptsReadWhoIsAway() async throws {
        let folder = try await counter()
        var snapshot = Snapshot("absence.json")
        for line in [
            "staff", "assign N1 B07 --as zhao", "assign N2 zhao --although-away", "list --mine",
        ] {
            let arguments = words(line).map(Self.argument) + ["--json"]
            snapshot.add(arguments, try await run(arguments, folder))
        }
        let arguments = ["staff", "list", "--json"]
        snapshot.add(
            arguments, try await Tool.hub.run(arguments + ["--home", "hub"], in: folder), of: .hub)
        try snapshot.check(masks(folder))
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

    private static func argument(_ word: String) -> String {
        ["N1": "S001-AA-0001", "N2": "S001-AA-0002"][word] ?? word
    }

    /// An absence of a year ends in a year that follows the one of the test.
    private func masks(_ folder: Folder) -> Masks {
        let year = Calendar(identifier: .gregorian).component(.year, from: .now)
        return (0...2).reduce(Masks(path: folder.path, numbers: [])) { masks, years in
            masks.hiding("\(year + years)-", behind: "2024-")
        }
    }

    private func run(_ arguments: [String], _ folder: Folder) async throws -> Ended {
        try await Tool.client.run(arguments + ["--home", "counter"], in: folder)
    }

    /// A device that people share, with two complaints that have not been sent.
    private func counter() async throws -> Folder {
        let folder = try Folder()
        let story = Story(folder: folder)
        try await story.prepareHub()
        let until = ["--until", "+366d"]
        try await story.hub(
            words("staff away zhao --substitute lina --note 培训") + until)
        try await story.hub(words("staff away B07") + until)
        try await story.hub(
            words("staff away wangqiang --from +366d --until +367d --substitute lina"))
        try await story.serve { story in
            let invite = try await story.hub(
                words("invite --store S001 --staff lina --role clerk --role handler")
                    + ["--role", "supervisor"])
            try folder.write(invite.output.trimmingCharacters(in: .newlines), to: "invite")
            try await story.at("counter", ["join", "--label", "counter", "-"])
            try await story.at("counter", ["sync", "--quiet"])
        }
        for description in ["台灯不亮", "台灯很烫"] {
            try await story.at(
                "counter",
                Story.complaint + words("--category product --priority normal --demand 换货")
                    + words("--product 台灯 --contact 孙女士") + ["--description", description])
        }
        return folder
    }
}
