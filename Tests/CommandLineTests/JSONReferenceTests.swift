import Foundation
import Replication
import Testing

/// `JSON.md` tells of everything that scripts can meet.
@Suite struct JSONReferenceTests {
    private static let file = testFolder.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Sources/loopdesk/loopdesk.docc/JSON.md")

    @Test("every member that the program prints is named")
    func everyMemberIsNamed() async throws {
        let reference = try String(contentsOf: Self.file, encoding: .utf8)
        let printed = try await everythingPrinted()
        #expect(printed.count > 90, "only \(printed.count) members: \(printed.sorted())")
        for name in printed.sorted() where !reference.contains("`\(name)`") {
            Issue.record("JSON.md does not name `\(name)`")
        }
    }

    @Test("every code and outcome is named") func everyCodeIsNamed() throws {
        let reference = try String(contentsOf: Self.file, encoding: .utf8)
        let names = RejectionCode.allCases.map(\.name) + Disposition.Outcome.allCases.map(\.name)
        for name in names where !reference.contains("`\(name)`") {
            Issue.record("JSON.md does not name `\(name)`")
        }
    }

    @Test("every example is JSON") func everyExampleIsJSON() throws {
        let reference = try String(contentsOf: Self.file, encoding: .utf8)
        let examples = reference.matches(of: /```json\n((?:.|\n)*?)\n```/)
        #expect(examples.count >= 11)
        for example in examples {
            let text = String(example.1)
            #expect(throws: Never.self, "\(text)") {
                try JSONSerialization.jsonObject(with: Data(text.utf8))
            }
        }
    }

    /// The names of all members in all results and errors of the story and of the verbs that look.
    private func everythingPrinted() async throws -> Set<String> {
        let world = try await World.shared.value
        let number = world.numbers[1]
        var names: Set<String> = []
        let lines = [
            ["list"], ["show", world.numbers[0]], ["show", number, "--history"], ["log"],
            ["drafts"], ["drafts", "show", number], ["status"], ["fields"], ["staff"],
            ["duplicates"], ["duplicates", number], ["new", "--no-prompt", "--priority", "huge"],
            ["new", "--no-prompt"],
        ]
        var ended = world.told.filter { $0.key.hasSuffix("json") }.map(\.value)
        for line in lines { ended.append(try await world.run("store", line + ["--json"])) }
        for text in ended.flatMap({ [$0.output, $0.errors] }) {
            for object in documents(text) { collect(object, into: &names) }
        }
        return names
    }

    /// One document, or one in each line.
    private func documents(_ text: String) -> [Any] {
        let whole = try? JSONSerialization.jsonObject(with: Data(text.utf8))
        return whole.map { [$0] }
            ?? text.split(separator: "\n").compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8))
            }
    }

    /// The members of `fields` are names of the policy, not of this program.
    private func collect(_ value: Any, into names: inout Set<String>) {
        if let array = value as? [Any] {
            for element in array { collect(element, into: &names) }
        } else if let object = value as? [String: Any] {
            for (name, member) in object {
                names.insert(name)
                if name != "fields" { collect(member, into: &names) }
            }
        }
    }
}
