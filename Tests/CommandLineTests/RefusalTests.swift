import Foundation
import Testing

/// What is refused, with its exit status, its reason and its remedy, in both languages.
@Suite struct RefusalTests {
    /// Command lines by the exit status that they must have; `N1` is a ticket's number,
    /// `EMPTY` an empty argument.
    private static let refused: [Int32: [String]] = [
        2: [
            "nonsense", "help nonsense", "list --nonsense", "fields colour", "list --limit 0",
            "list --limit many",
            "list --status finished", "list --assignee no/name", "set N1 status closed",
            "set N1 colour red", "note N1 -he", "progress N1",
            "progress N1 --done 已检测 --eta someday", "tag N1",
            "note N1 -", "show", "join here", "join LDI1-AAAA", "watch", "watch everything",
            "new --no-prompt --field scene", "list --lang fr", "refuse N1", "log --limit 0",
            "merge N1", "merge N1 N3 --undo", "merge N1 N1", "split",
            "note N1 text --as no/name", "new --no-prompt --reported-time",
            "escalate N1 --reason x --level 0",
        ],
        3: [
            "show 9999", "show 000", "note 9999 text", "drafts show 9999", "drafts retry 9999",
            "new --no-prompt", "new --no-prompt --kind complaint --channel store",
            "new --no-prompt --kind rumour", "new --no-prompt --priority huge",
            "list --priority huge", "assign N1 B07", "assign N1 nobody", "accept N1 --as nobody",
            "close N3", "reopen N3 --reason again", "resolve N3 --solution x --as B07",
            "merge N1 9999", "merge N3 --undo", "merge N1 N3 --as B07", "split N1", "split 9999",
            "duplicates 9999", "set N1 channel pigeon", "sync --home none", "list --home none",
            "watch warnings --home none", "tag N1 EMPTY",
            "progress N1 --done x --eta 1999-03-10T18:00:00+08:00", "set N1 event_time 3024-03-10",
        ],
        4: ["sync", "status --check"],
    ]

    @Test("refusals say why and what to do", arguments: ["en", "zh"])
    func refusalsSayWhy(language: String) async throws {
        try await snapshot("refusals.\(language)", options: ["--lang", language])
    }

    @Test("refusals for scripts are one object on the error stream")
    func refusalsForScripts() async throws {
        let world = try await World.shared.value
        for line in ["nonsense", "new --no-prompt", "sync"] {
            let ended = try await world.run("store", arguments(line, world) + ["--json"])
            let json = try JSONSerialization.jsonObject(with: Data(ended.errors.utf8))
            let error = (json as? [String: Any])?["error"] as? [String: Any]
            #expect(error?["status"] is String && error?["message"] is String, "\(ended)")
        }
        try await snapshot("refusals.json", options: ["--json"])
    }

    private static var lines: [(Int32, String)] {
        refused.sorted { $0.key < $1.key }.flatMap { status, lines in lines.map { (status, $0) } }
    }

    private func arguments(_ line: String, _ world: World) -> [String] {
        line.split(separator: " ").map { word in
            switch word {
            case "N1": world.numbers[0]
            case "EMPTY": ""
            case "N3": world.numbers[2]
            default: String(word)
            }
        }
    }

    private func snapshot(_ name: String, options: [String]) async throws {
        let world = try await World.shared.value
        var snapshot = Snapshot(name)
        for (status, line) in Self.lines {
            let arguments = arguments(line, world) + options
            let home = line.contains("--home") ? [] : ["--home", "store"]
            let ended = try await Tool.client.run(arguments + home, in: world.folder)
            #expect(ended.status == status, "\(line): \(ended)")
            snapshot.add(arguments, ended)
        }
        try snapshot.check(world.masks)
    }
}
