import Foundation
import Testing

/// `new` as a clerk meets it: at a terminal, from flags, and from files.
@Suite(.serialized) struct NewTicketTests {
    @Test("at a terminal a walk-in complaint is asked for in Chinese and logged")
    func walkInComplaintIsLogged() async throws {
        let world = try await World.shared.value
        let screen = try Screen(
            Tool.client.process(["new", "--home", "spare", "--lang", "zh"], in: world.folder))
        let status = try await screen.converse([
            ("反馈类型", "投诉"), ("问题分类", "3"), ("客户联系方式", "王女士 138-0000-0002"),
            ("渠道", "store"), ("核心内容", "电水壶加热时漏电"), ("客户诉求", "换货"), ("紧急程度", "紧急"),
            ("事件发生时间", "昨天"), ("事件发生地点", "家"), ("涉及产品/服务", "电水壶"),
        ])
        #expect(status == 0, "\(screen.text)")
        let logged = try #require(screen.text.firstMatch(of: /(S002-AB-\d{4}) 已登记/))
        let shown = try await world.run("spare", ["show", String(logged.1), "--json"]).json()
        let ticket = try #require(shown as? [String: Any])
        let fields = try #require(ticket["fields"] as? [String: Any])
        #expect(fields["kind"] as? String == "complaint")
        #expect(fields["category"] as? String == "product")
        #expect(fields["description"] as? String == "电水壶加热时漏电")
        #expect(fields["subject"] as? String == "电水壶加热时漏电")
        #expect((fields["event_time"] as? String)?.hasSuffix("00:00:00 +08:00") == true)
        #expect(ticket["priority"] as? String == "urgent")
        var snapshot = Snapshot("new.terminal")
        snapshot.add(
            ["new", "--lang", "zh"], Ended(status: status, output: screen.text, errors: ""))
        try snapshot.check(
            Masks(path: world.folder.path, numbers: [])
                .hiding(String(logged.1), behind: "S002-AB-0001"))
    }

    @Test("an answer that ends early saves nothing") func endOfInputSavesNothing() async throws {
        let world = try await World.shared.value
        let before = try await count(world)
        let screen = try Screen(
            Tool.client.process(["new", "--home", "spare", "--lang", "zh"], in: world.folder))
        // Control-D at the beginning of a line ends the input.
        let status = try await screen.converse([("反馈类型", "投诉"), ("问题分类", "\u{4}")])
        #expect(status == 3, "\(screen.text)")
        #expect(screen.text.contains("未保存任何内容"))
        #expect(try await count(world) == before)
    }

    @Test("--from takes an object and an array, and refuses the rest as a whole")
    func fromFiles() async throws {
        let world = try await World.shared.value
        let consultation =
            #"{"kind":"consultation","channel":"门店","category":"inquiry","priority":"normal","#
            + #""contact":"陈女士","description":"能用 110 V 吗","demand":"答复","tags":["电压"],"#
            + #""note":"请用英文回复"}"#
        let before = try await count(world)
        let taken = [consultation, "[\(consultation),\(consultation)]"]
        for (index, text) in taken.enumerated() {
            try world.folder.write(text, to: "taken-\(index).json")
            let ended = try await world.run("spare", ["new", "--from", "taken-\(index).json"])
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.output.split(separator: "\n").count == index + 1)
        }
        #expect(try await count(world) == before + 3)
        let piped = try await world.run("spare", ["new", "--from", "-"], input: consultation)
        #expect(piped.status == 0, "\(piped)")
        try await refused(world)
        #expect(try await count(world) == before + 4)
    }

    private func refused(_ world: World) async throws {
        let inputs = [
            "{", "[]", "7", #"{"colour":"red"}"#, #"{"kind":["complaint"]}"#, #"{"tags":"安全"}"#,
            #"{"kind":true}"#, #"{"kind":null}"#, #"{"kind":"rumour"}"#, #"{"assignee":"no/name"}"#,
            #"{"kind":"complaint"}"#, #"{"status":"closed"}"#,
            #"[{"kind":"complaint"},{"colour":"red"}]"#,
        ]
        for language in ["en", "zh"] {
            var snapshot = Snapshot("new.from.\(language)")
            for input in inputs {
                let arguments = ["new", "--from", "-", "--lang", language]
                let ended = try await world.run("spare", arguments, input: input)
                #expect([2, 3].contains(ended.status), "\(input): \(ended)")
                snapshot.add(arguments + ["<<<", input], ended)
            }
            let missing = ["new", "--from", "none.json", "--lang", language]
            snapshot.add(missing, try await world.run("spare", missing))
            try snapshot.check(world.masks)
        }
    }

    private func count(_ world: World) async throws -> Int {
        let list = try await world.run("spare", ["list", "--json"]).json() as? [String: Any]
        return try #require(list?["count"] as? Int)
    }
}

/// Where options may stand.
@Suite struct OptionPlaceTests {
    @Test("the common options mean the same before and after the verb")
    func beforeAndAfterTheVerb() async throws {
        let world = try await World.shared.value
        let options = [
            ["--home", "store", "--json"], ["--home=store", "--lang", "zh"],
            ["--home", "store", "--lang=en", "--color", "never"],
        ]
        for option in options {
            let before = try await Tool.client.run(option + ["staff"], in: world.folder)
            let after = try await Tool.client.run(["staff"] + option, in: world.folder)
            #expect(before.status == 0 && before.output == after.output, "\(option): \(before)")
        }
        let byVariable = try await Tool.client.run(
            ["staff"], in: world.folder, environment: ["LOOPDESK_HOME": world.folder.file("store")])
        let byOption = try await world.run("store", ["staff"])
        #expect(byVariable.output == byOption.output, "\(byVariable)")
    }

    @Test("the language comes from the locale unless it is asked for")
    func languageOfTheLocale() async throws {
        let world = try await World.shared.value
        let byLocale = try await world.run(
            "store", ["staff"], environment: ["LANG": "zh_CN.UTF-8"])
        let asked = try await world.run("store", ["staff", "--lang", "zh"])
        #expect(byLocale.output == asked.output)
        #expect(byLocale.output.hasPrefix("编号"))
    }
}
