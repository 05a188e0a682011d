import Foundation
import Testing

// `merge`, `split` and `duplicates` as a clerk without a connection uses them. They write to the
// home
// `spare` as the other tests of this suite do, one at a time.
extension NewTicketTests {
    private static let complaint = [
        "new", "--no-prompt", "--kind", "complaint", "--channel", "store", "--event-time", "昨天",
        "--event-place", "家", "--category", "product", "--priority", "normal", "--demand", "换货",
        "--product", "台灯", "--description", "灯不亮",
    ]

    /// Logs a complaint of a customer and returns its number.
    private func log(_ world: World, contact: String) async throws -> String {
        let json = try await world.run("spare", Self.complaint + ["--contact", contact, "--json"])
            .json()
        let ticket = (json as? [String: Any])?["ticket"] as? [String: Any]
        return try #require(ticket?["number"] as? String)
    }

    private func ticket(_ json: Any?, _ member: String = "ticket") throws -> [String: Any] {
        try #require((json as? [String: Any])?[member] as? [String: Any])
    }

    @Test("a case that was logged twice becomes one ticket, and two again")
    func mergedAndUndone() async throws {
        let world = try await World.shared.value
        let one = try await log(world, contact: "孙女士 135-1000-0001")
        let logged = try await world.run(
            "spare", Self.complaint + ["--contact", "+86 135 1000 0001", "--lang", "en"])
        #expect(logged.status == 0 && logged.output.hasSuffix(" logged\n"), "\(logged)")
        let found = try await world.run("spare", ["duplicates", one, "--lang", "en"])
        let line = try #require(found.output.firstMatch(of: /^(\S+)  new  灯不亮  \(same (.*)\)\n$/))
        let two = String(line.1)
        #expect(line.2 == "contact, product")

        let merged = try await world.run(
            "spare", ["merge", one, two, "--reason", "同一投诉", "--lang", "en"])
        #expect(merged.status == 0 && merged.output == "\(two) goes on for \(one) too\n")
        let noted = try await world.run("spare", ["note", one, "客户来电", "--lang", "en"])
        #expect(noted.output == "\(one) goes on as \(two)\n\(two) note added\n", "\(noted)")
        let shown = try await world.run("spare", ["show", one, "--lang", "en"])
        #expect(shown.output.contains("merged from \(one)\n"), "\(shown)")
        let itself = try await world.run("spare", ["show", one, "--merged", "--json"]).json()
        let ended = try #require(itself as? [String: Any])
        #expect(ended["status"] as? String == "closed")
        #expect((ended["merged_into"] as? [String: Any])?["number"] as? String == two)
        let nothing = try await world.run("spare", ["duplicates", one, "--lang", "en"])
        #expect(nothing.output.hasSuffix("No ticket looks like \(two).\n"), "\(nothing)")

        let undone = try await world.run("spare", ["merge", one, "--undo", "--json"]).json()
        #expect(try ticket(undone)["status"] as? String == "new")
        #expect(try ticket(undone, "survivor")["former_numbers"] as? [String] == [])
        let again = try await world.run("spare", ["merge", one, "--undo", "--lang", "en"])
        #expect(again.status == 3)
        #expect(
            again.errors == "loopdesk: \(one) has not been merged into another ticket.\n",
            "\(again)")
    }

    @Test("a part becomes a ticket of its own, for people and for scripts")
    func splitOff() async throws {
        let world = try await World.shared.value
        let one = try await log(world, contact: "周先生 135-1000-0002")
        let split = try await world.run(
            "spare", ["split", one, "--description", "包装也破了", "--note", "另一件事", "--json"]
        ).json()
        let (part, original) = (try ticket(split), try ticket(split, "original"))
        let two = try #require(part["number"] as? String)
        #expect((part["split_from"] as? [String: Any])?["number"] as? String == one)
        #expect(original["split_into"] as? [String] == [two])
        let fields = try #require(part["fields"] as? [String: Any])
        #expect(fields["contact"] as? String == "周先生 135-1000-0002")
        #expect(fields["subject"] as? String == "包装也破了")
        let shown = try await world.run("spare", ["show", two, "--lang", "en"])
        #expect(shown.output.contains("split from \(one)"), "\(shown)")
        #expect(shown.output.contains("另一件事"), "\(shown)")
        let empty = try await world.run("spare", ["split", one, "--lang", "en"])
        #expect(empty.status == 3, "\(empty)")
    }

    @Test("whoever logs a case again is told at once")
    func newNamesDuplicates() async throws {
        let world = try await World.shared.value
        let one = try await log(world, contact: "吴女士 135-1000-0003")
        let again = Self.complaint + ["--contact", "吴女士 135-1000-0003"]
        let logged = try await world.run("spare", again + ["--lang", "en"])
        let lines = logged.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 3 && lines[2].hasPrefix("  \(one)  new  灯不亮"), "\(logged)")
        let json = try await world.run("spare", again + ["--json"]).json()
        let alike = (json as? [String: Any])?["duplicates"] as? [[String: Any]]
        #expect(alike?.count == 2)
        #expect(alike?.allSatisfy { $0["same"] as? [String] == ["contact", "product"] } == true)
    }
}
