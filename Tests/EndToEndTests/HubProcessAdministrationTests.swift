import Foundation
import GRDB
import Glibc
import Testing

/// Every admin verb does the same through the socket of a running hub and on the store of a stopped
/// one.
@Suite(.serialized) struct HubProcessAdministrationTests {
    @Test(arguments: [true, false])
    func `staff are added, listed and removed`(isRunning: Bool) async throws {
        try await withHub(isRunning) { hub in
            try await hub.runChecked([
                "staff", "add", "A17", "--name", "李娜", "--role", "clerk", "--role", "handler",
                "--store", "S001", "--department", "售后部", "--phone", "13800000000",
            ])
            let people = try #require(
                try await hub.run(["staff", "list", "--json"]).json() as? [[String: Any]])
            #expect(people.count == 1)
            #expect(people.first?["name"] as? String == "李娜")
            #expect(people.first?["roles"] as? [String] == ["clerk", "handler"])
            #expect(people.first?["active"] as? Bool == true)
            try await hub.runChecked(["staff", "remove", "A17"])
            let left = try #require(
                try await hub.run(["staff", "list", "--json"]).json() as? [[String: Any]])
            #expect(left.first?["active"] as? Bool == false)
            let unknown = try await hub.run(["staff", "remove", "B07"])
            #expect(unknown.status == 3 && unknown.errors.contains("B07"))
            let role = try await hub.run(["staff", "add", "B07", "--role", "king"])
            #expect(role.status == 3 && role.errors.contains("department_head"))
        }
    }

    @Test(arguments: [true, false])
    func `invites are made for known people, and listed without their secret`(
        isRunning: Bool
    ) async throws {
        try await withHub(isRunning) { hub in
            let endpoint = ["--endpoint", "tcp://127.0.0.1:7401"]
            let invite = try await hub.invite(["--store", "S001", "--role", "clerk"] + endpoint)
            #expect(!invite.isEmpty && !invite.contains("\n"))
            let stranger = try await hub.run(
                ["invite", "--staff", "Z99", "--role", "clerk"] + endpoint)
            #expect(stranger.status == 3 && stranger.errors.contains("staff add Z99"))
            let blind = try await hub.run(["invite", "--role", "clerk"] + endpoint)
            #expect(blind.status == 3 && blind.errors.contains("--store"))
            let list = try await hub.runChecked(["invite", "list", "--json"])
            #expect(list.contains("S001") && !list.contains(invite))
            #expect(try await hub.run(["invite", "list", "--json"]).json() is [[String: Any]])
        }
    }

    @Test func `an invite carries the port that the running hub was given`() async throws {
        let hub = try await TestHub()
        let stopped = try await hub.run(["invite", "--store", "S001", "--role", "clerk"])
        #expect(stopped.status == 3 && stopped.errors.contains("--endpoint"))
        let (process, ready) = try await hub.start()
        let made =
            try await hub.run(
                ["invite", "--store", "S001", "--role", "clerk", "--json"]
            ).json() as? [String: Any]
        #expect(made?["endpoint"] as? String == ready.sync)
        #expect(try await hub.stop(process).status == 0)
    }

    @Test(arguments: [true, false])
    func `devices are listed, and an unknown one is not revoked`(isRunning: Bool) async throws {
        try await withHub(isRunning) { hub in
            #expect(try await hub.run(["device", "list", "--json"]).output == "[]\n")
            let revoked = try await hub.run(["device", "revoke", "dev-1"])
            #expect(revoked.status == 3 && revoked.errors.contains("device list"))
        }
    }

    @Test(arguments: [true, false])
    func `a policy is checked, loaded and shown`(isRunning: Bool) async throws {
        try await withHub(isRunning) { hub in
            let yaml = try await hub.runChecked(["policy", "show"])
            let again = try await hub.runChecked(["policy", "load", "-"], input: yaml)
            #expect(again.contains("in force already"))
            let changed = yaml + "\n# changed\n"
            let loaded = try await hub.runChecked(["policy", "load", "-"], input: changed)
            #expect(loaded.contains("version 2"))
            #expect(try await hub.runChecked(["policy", "show"]) == changed)
            let broken = try await hub.run(["policy", "load", "-"], input: "name: [\n")
            #expect(broken.status == 3, "\(broken)")
            #expect(try await hub.runChecked(["policy", "show"]) == changed)
        }
    }

    @Test func `a calendar without the holidays to come is called out where it comes into force`()
        async throws
    {
        let hub = try await TestHub()
        let unified = try await hub.runChecked(["policy", "show", "unified"])
        let past = unified.replacingOccurrences(of: "2026-", with: "2020-")
            .replacingOccurrences(of: "office:\n    version: 1", with: "office:\n    version: 2")
        let loaded = try await hub.run(["policy", "load", "-", "--lang", "en"], input: past)
        #expect(loaded.status == 0, "\(loaded)")
        #expect(loaded.output.contains("Calendar office is version 2 now"), "\(loaded)")
        #expect(
            loaded.errors.contains("Note: Calendar office version 2 has no holidays after 2020"))
        let status = try await hub.runChecked(["status", "--lang", "zh"])
        #expect(status.contains("注意：日历 office 版本 2 没有 2020 年之后的节假日"))
        let json = try await hub.run(["status", "--json"]).json() as? [String: Any]
        #expect((json?["calendars_to_renew"] as? [String])?.count == 1)
    }

    @Test func `a built-in policy is shown without a hub, and help only of what there is`()
        async throws
    {
        let shown = try await Program.hub.run(["policy", "show", "complaint"])
        #expect(shown.status == 0 && shown.output.contains("profile: complaint\n"))
        let unknown = try await Program.hub.run(["policy", "show", "praise"])
        #expect(unknown.status == 3 && unknown.errors.contains("complaint"), "\(unknown)")
        let before = try await Program.hub.run(["--lang", "zh", "policy", "show", "praise"])
        #expect(before.status == 3, "the options of every verb go before it as well")
        let page = try await Program.hub.run(["--lang", "zh", "help", "policy", "show"])
        #expect(page.status == 0 && page.output.contains("loopdesk-hub policy show"), "\(page)")
        let help = try await Program.hub.run(["help", "nonsense", "--lang", "en"])
        #expect(help.status == 2 && help.output.isEmpty)
        #expect(help.errors.contains("There is no verb “nonsense”"), "\(help)")
        #expect(try await Program.hub.run(["help", "policy", "load"]).status == 0)
    }

    @Test func `policy check names file, line and column of every problem`() async throws {
        let hub = try await TestHub()
        let yaml = try await hub.runChecked(["policy", "show"])
        let good = try hub.directory.write(yaml, to: "good.yaml")
        #expect(try await Program.hub.run(["policy", "check", good]).status == 0)
        let text = yaml + "\nsurprise: 1\nother_surprise: 2\n"
        let bad = try hub.directory.write(text, to: "bad.yaml")
        let result = try await Program.hub.run(["policy", "check", bad])
        #expect(result.status == 3)
        let places = result.errors.split(separator: "\n").filter { $0.contains("\(bad):") }
        #expect(places.count == 2, "\(result)")
        let lineCount = text.split(separator: "\n", omittingEmptySubsequences: false).count
        #expect(result.errors.contains("\(bad):\(lineCount - 2):"))
        #expect(try await Program.hub.run(["policy", "check", "/nonexistent"]).status == 3)
    }

    @Test(arguments: [true, false])
    func `G30: a person is away until they are back, whether the hub runs or not`(
        isRunning: Bool
    ) async throws {
        try await withHub(isRunning) { hub in
            for person in ["A17", "B07"] {
                try await hub.runChecked(["staff", "add", person, "--role", "clerk"])
            }
            func absence() async throws -> [String: Any]? {
                let people =
                    try await hub.run(["staff", "list", "--json"]).json() as? [[String: Any]]
                return people?.first { $0["staff"] as? String == "A17" }?["absence"]
                    as? [String: Any]
            }
            try await hub.runChecked(["staff", "add", "A17", "--phone", "10086", "--store", "S001"])
            try await hub.runChecked(["staff", "add", "A17", "--name", "李娜", "--store", ""])
            let people = try await hub.run(["staff", "list", "--json"]).json() as? [[String: Any]]
            let person = people?.first { $0["staff"] as? String == "A17" }
            #expect(person?["phone"] as? String == "10086" && person?["name"] as? String == "李娜")
            #expect(
                person?["roles"] as? [String] == ["clerk"] && person?["store"] as? String == nil)
            let away = ["staff", "away", "A17", "--until", "+2d", "--substitute"]
            try await hub.runChecked(away + ["B07", "--note", "培训"])
            #expect(try await absence()?["substitute"] as? String == "B07")
            let refused = try await hub.run(away + ["A17"])
            #expect(refused.status == 3 && refused.errors.contains("themselves"), "\(refused)")
            #expect(try await absence()?["note"] as? String == "培训", "nothing has changed")
            try await hub.runChecked(["staff", "back", "A17"])
            #expect(try await absence() == nil)
        }
    }

    @Test(arguments: [true, false])
    func `a backup is a store of its own and overwrites nothing`(isRunning: Bool) async throws {
        try await withHub(isRunning) { hub in
            try await hub.runChecked(["staff", "add", "A17", "--role", "clerk"])
            let path = hub.directory.file("copy.sqlite")
            try await hub.runChecked(["backup", path])
            let head = try #require(FileManager.default.contents(atPath: path)?.prefix(15))
            #expect(head == Data("SQLite format 3".utf8))
            let again = try await hub.run(["backup", path])
            #expect(again.status == 3 && again.errors.contains("exists"))
            let nowhere = try await hub.run(["backup", "/nonexistent/copy.sqlite"])
            #expect(nowhere.status == 5, "\(nowhere)")
        }
    }

    @Test(arguments: [true, false])
    func `a store that contradicts itself gives no backup, and verify says where`(
        isRunning: Bool
    ) async throws {
        try await withHub(isRunning) { hub in
            try await hub.runChecked(["staff", "add", "A17", "--role", "clerk"])
            #expect(try await hub.runChecked(["verify"]).contains("tickets (0): ok"))
            let store = try DatabaseQueue(path: hub.home + "/hub.sqlite")
            try await store.write {
                try $0.execute(sql: "INSERT INTO ticket_number VALUES ('X', randomblob(16))")
            }
            let found = try await hub.run(["verify", "--json"])
            #expect(found.status == 5 && found.errors.contains("storage_fault"), "\(found)")
            let report = try #require(try found.json() as? [String: Any])
            let checks = try #require(report["checks"] as? [[String: Any]])
            let bad = checks.filter { $0["problems_count"] as? Int != 0 }
            #expect(bad.map { $0["check"] as? String } == ["numbers"])
            let path = hub.directory.file("copy.sqlite")
            let backup = try await hub.run(["backup", path])
            #expect(backup.status == 5 && backup.errors.contains("numbers"), "\(backup)")
            let left = try FileManager.default.contentsOfDirectory(atPath: hub.directory.path)
            #expect(!left.contains { $0.hasPrefix("copy") })
            try await store.write { try $0.execute(sql: "DELETE FROM ticket_number") }
            try store.close()
            try await hub.runChecked(["verify"])
            #expect(try hub.storeFiles() == ["hub.sqlite"], "no copy is left behind")
        }
    }

    @Test(arguments: [true, false])
    func `what has nothing to do says so`(isRunning: Bool) async throws {
        try await withHub(isRunning) { hub in
            #expect(try await hub.runChecked(["compact"]).contains("loopdesk-hub backup"))
            #expect(try await hub.runChecked(["quarantine"]).contains("Nothing"))
            #expect(try await hub.run(["quarantine", "list", "--json"]).output == "[]\n")
            for verb in ["show", "accept", "dismiss"] {
                let unknown = try await hub.run(["quarantine", verb, "0123456789"])
                #expect(unknown.status == 3, "\(unknown)")
            }
            #expect(try await hub.runChecked(["recovery"]).contains("not recovering"))
            let nothing = try await hub.run(["device", "set", "till"])
            #expect(nothing.status == 2, "\(nothing)")
            let unknown = try await hub.run(["device", "set", "till", "--store", "S002"])
            #expect(unknown.status == 3 && unknown.errors.contains("device list"))
            let status = try await hub.read(["status"])
            #expect(status["durable"] as? Int == 0 && status["log_base"] as? Int == 0)
            #expect(status["recovering_until"] is NSNull && status["quarantined"] as? Int == 0)
        }
    }

    @Test func `a device that was given to another store works there after its next sync`()
        async throws
    {
        let hub = try await TestHub()
        let (process, _) = try await hub.start()
        let lina = try await hub.join("lina", role: "clerk", store: "S001")
        let wang = try await hub.join("wang", role: "clerk", store: "S002")
        _ = try await wang.log([TicketInput(description: "there")])
        try await wang.runChecked(["sync"])
        _ = try await lina.log([TicketInput(description: "here")])
        let name = try await lina.status().device
        let told = try await hub.runChecked(["device", "set", name, "--store", "S002"])
        #expect(told.contains("store:S002"))
        try await lina.runChecked(["sync"])
        let there = try await wang.list().map(\.number)
        #expect(try await lina.list().map(\.number) == there)
        _ = try await lina.log([TicketInput(description: "also there")])
        try await lina.runChecked(["sync"])
        try await wang.runChecked(["sync"])
        #expect(try await wang.list().count == 2)
        #expect(try await lina.status().drafts == 0)
        #expect(try await hub.stop(process).status == 0)
    }

    /// Runs `body` on a hub that runs, or on a home that nobody serves.
    private func withHub(_ isRunning: Bool, _ body: (TestHub) async throws -> Void) async throws {
        let hub = try await TestHub()
        guard isRunning else { return try await body(hub) }
        let (process, _) = try await hub.start()
        try await body(hub)
        #expect(process.isRunning)
        #expect(try await hub.stop(process).status == 0)
    }
}
