import Foundation
import Testing
import TicketPolicy

/// A policy changes while people work by it: what was promised stays, and the operator sees what
/// will be otherwise before and says when it is.
@Suite struct PolicyChangeTests {
    @Test func `a changed calendar is told, tried, loaded, and moves clocks when it is said to`()
        async throws
    {
        let text = try Profile.builtInText("unified")
        let changed = text.replacing("  office:\n    version: 1", with: "  office:\n    version: 2")
            .replacing("13:30-18:00]}", with: "13:30-21:00]}")
            .replacing(
                "limits: {urgent: 1h, important: 4h", with: "limits: {urgent: 1h, important: 3h")
        let hub = try await TestHub(policy: text)
        let next = try hub.directory.write(changed, to: "next.yaml")
        let (process, _) = try await hub.start()
        let store = try await hub.join("lina", role: "clerk", store: "S001")
        let tickets = try await store.log([
            TicketInput(priority: "normal", description: "台灯不亮")
        ])
        let number = try #require(tickets.first?.number)
        try await store.runChecked(["promise", number, "+30h", "--remark", "明天修好"])
        try await store.runChecked(["sync"])

        let shown = try await store.runChecked([
            "why", number, "--clock", "promise", "--lang", "en",
        ])
        #expect(shown.contains("the customer was promised"))
        let why = ["why", number, "--clock", "acceptance", "--lang", "en"]
        #expect(try await store.runChecked(why).contains("calendar office version 1"))
        let passed = try await store.run(["promise", number, "2020-01-01", "--lang", "en"])
        #expect(passed.status == 3 && passed.errors.contains("has passed"))

        let difference = try await hub.runChecked(["policy", "diff", next, "--lang", "en"])
        #expect(difference.contains("response, limit of important: 4h -> 3h"))
        #expect(difference.contains("office, version: 1 -> 2"))
        let trial = try await hub.read(["policy", "simulate", next])
        #expect(trial["tickets"] as? Int == 1)
        try await hub.runChecked(["policy", "load", next])
        try await store.runChecked(["sync"])
        #expect(try await store.runChecked(why).contains("calendar office version 1"))
        let rebase = try await hub.read(["policy", "rebase"])
        #expect(rebase["tickets"] as? Int == 1)
        #expect((rebase["moved"] as? Int ?? 0) + (rebase["kept"] as? Int ?? 0) > 0)
        let silent = try hub.directory.write(
            changed.replacing("13:30-21:00]}", with: "13:30-20:00]}"), to: "silent.yaml")
        let refused = try await hub.run(["policy", "load", silent, "--lang", "en"])
        #expect(refused.status == 3 && refused.errors.contains("raise it"))
        #expect(try await hub.stop(process).status == 0)
    }

    @Test func `K26: the inspector's list has what was come on a day and is confirmed by nobody`()
        async throws
    {
        let hub = try await TestHub(policy: try Profile.builtInText("unified"))
        let (process, _) = try await hub.start()
        let store = try await hub.join("lina", role: "clerk", store: "S001")
        let tickets = try await store.log([
            TicketInput(priority: "normal", description: "台灯不亮"),
            TicketInput(priority: "normal", description: "台灯很烫"),
        ])
        try await store.runChecked(["classify", try #require(tickets.first?.number)])
        let list = ["list", "--recheck", "--day", "today"]
        let before = try await store.read(ListOutput.self, list)
        #expect(before.tickets.isEmpty, "the rules have not seen them yet")
        try await store.runChecked(["sync"])
        let today = try await store.read(ListOutput.self, list)
        #expect(today.tickets.map(\.provisionalNumber) == [tickets[1].provisionalNumber])
        // The day is that of the policy's zone, wherever the device is.
        for zone in ["UTC", "America/New_York", "Pacific/Kiritimati"] {
            let there = try await Program.client.run(
                list + ["--json", "--home", store.home], environment: ["TZ": zone])
            #expect((try there.json() as? [String: Any])?["count"] as? Int == 1, "\(zone)")
        }
        let yesterday = try await store.read(ListOutput.self, ["list", "--recheck"])
        #expect(yesterday.tickets.isEmpty)
        let all = try await store.read(ListOutput.self, ["list", "--day", "today"])
        #expect(all.tickets.count == 2)
        #expect(try await hub.stop(process).status == 0)
    }
}
