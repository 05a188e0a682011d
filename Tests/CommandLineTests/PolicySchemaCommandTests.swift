import Foundation
import Testing

/// `loopdesk-hub policy schema`, and the file that is published.
@Suite struct PolicySchemaCommandTests {
    private static let published = testFolder.deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("protocol/policy.schema.json")

    /// `LOOPDESK_RECORD_SNAPSHOTS=1` writes the file anew.
    @Test("the published schema is what the command prints", arguments: [[], ["--json"]])
    func publishedIsPrinted(options: [String]) async throws {
        let folder = try Folder()
        let ended = try await Tool.hub.run(["policy", "schema"] + options, in: folder)
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended)")
        _ = try ended.json()
        if ProcessInfo.processInfo.environment["LOOPDESK_RECORD_SNAPSHOTS"] == "1" {
            return try Data(ended.output.utf8).write(to: Self.published)
        }
        let published = try String(contentsOf: Self.published, encoding: .utf8)
        #expect(ended.output == published, "record it anew and read what changed")
    }

    @Test("a policy may begin with the line that names its schema")
    func policyMayNameItsSchema() async throws {
        let folder = try Folder()
        let help = try await Tool.hub.run(["policy", "schema", "--help"], in: folder)
        let line = "# yaml-language-server: $schema=policy.schema.json"
        #expect(help.output.contains(line), "\(help)")
        let shipped = try String(
            contentsOf: Self.published.deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Sources/TicketPolicy/Profiles/basic.yaml"),
            encoding: .utf8)
        try folder.write("\(line)\n\(shipped)", to: "own.yaml")
        let checked = try await Tool.hub.run(["policy", "check", "own.yaml"], in: folder)
        #expect(checked.status == 0, "\(checked)")
    }
}
