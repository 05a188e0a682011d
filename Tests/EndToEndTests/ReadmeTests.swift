import Foundation
import Testing

/// What the README tells to type does what it says.
@Suite struct ReadmeTests {
    /// The commands of the blocks of one section, in the order of the file, without remarks.
    private static func blocks(of section: String) throws -> [[[String]]] {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        let parts = text.split(separator: "\n## ").filter { $0.hasPrefix(section + "\n") }
        let fenced = try #require(parts.first).split(
            separator: "```", omittingEmptySubsequences: false)
        return fenced.enumerated().filter { $0.offset % 2 == 1 }.map { block in
            block.element.split(separator: "\n").dropFirst().map { words(String($0)) }
        }
    }

    /// The words of a line as a shell reads it; a remark and a final `&` are left out.
    private static func words(_ line: String) -> [String] {
        var words: [String] = []
        for (index, part) in line.split(
            separator: "\"", omittingEmptySubsequences: false
        ).enumerated() {
            if index % 2 == 1 {
                words.append(String(part))
                continue
            }
            let said = part.split(separator: "#", omittingEmptySubsequences: false)[0]
            words += said.split(separator: " ").filter { $0 != "&" }.map(String.init)
            if part.contains("#") { break }
        }
        return words
    }

    /// What the store's clerk answers to the questions of `new`.
    private static let answers = [
        "--no-prompt", "--kind", "complaint", "--channel", "store", "--priority", "normal",
        "--contact", "王先生 139-0000-0001", "--description", "屏幕不亮", "--demand", "换货",
        "--event-time", "昨天", "--event-place", "家", "--product", "X1",
        "--field", "scene=开机后黑屏",
    ]

    @Test func `the walk-through works from the first command to the last`() async throws {
        var blocks = try Self.blocks(of: "Run it")
        let hub = try await TestHub(profile: "unified")
        var clients: [TestClient] = []
        var running: RunningProgram?
        for line in blocks.removeFirst() {
            let arguments = Array(line.dropFirst())
            #expect(line[0] == "loopdesk-hub")
            switch arguments[0] {
            case "init": break
            case "serve": running = try await hub.start().process
            case "invite":
                let client = try TestClient()
                let invite = try await hub.invite(Array(arguments.dropFirst()))
                try await client.runChecked(["join", invite, "--label", "device"])
                clients.append(client)
            default: try await hub.runChecked(arguments)
            }
        }
        let process = try #require(running)
        // Invites are for a store, a handler and a supervisor, in this order.
        let (store, handler, office) = (clients[0], clients[1], clients[2])
        let owners = [store, office, handler, office, store, handler, office, store]
        try #require(blocks.count == owners.count)
        for (block, client) in zip(blocks, owners) {
            for line in block where line[1] != "join" && !line.contains("--watch") {
                var arguments = Array(line.dropFirst())
                if arguments[0] == "new" { arguments += Self.answers }
                if arguments[0] == "watch" { arguments.append("--once") }
                // Everybody stays in step, as the walk-through has it.
                try await client.runChecked(["sync"])
                let printed = try await client.runChecked(arguments)
                try await client.runChecked(["sync"])
                if arguments[0] == "list" {
                    #expect(printed.contains("0001"), "\(line): \(printed)")
                }
            }
        }
        let ticket = try await store.read(TicketOutput.self, ["show", "0001"])
        #expect(ticket.status == "closed" && ticket.official)
        #expect(try await store.status().drafts == 0)
        #expect(try await hub.stop(process).status == 0)
    }
}
