import Foundation
import Glibc

/// A hub and four devices with one story behind them: made once, then only read.
///
/// The hub is stopped when the story is told, so nothing changes under the tests and nothing is
/// left running. `store` has an escalated ticket with two texts for one field, a refused close that
/// is a draft, and a ticket that waits to be sent; `spare` is for tests that write.
struct World: Sendable {
    /// The story of the first test that asks, for all tests.
    static let shared = Task { try await World() }

    let folder: Folder
    /// What commands of the story printed, by the name that they were given.
    let told: [String: Ended]
    /// Official numbers of the tickets in the order in which they were logged.
    let numbers: [String]
    /// The short id of the draft.
    private let draft: String

    /// What hides the marks of this run of the story.
    var masks: Masks {
        Masks(path: folder.path, numbers: numbers).hiding(draft, behind: "ffffffff")
    }

    private init() async throws {
        let folder = try Folder()
        let story = Story(folder: folder)
        self.folder = folder
        try await story.prepareHub()
        try await story.serve { try await $0.tell() }
        told = await story.told
        numbers = await story.numbers
        let drafts =
            try await Tool.client.run(
                ["drafts", "--json", "--home", "store"], in: folder
            ).json() as? [[String: Any]]
        guard let draft = drafts?.first?["short_id"] as? String, drafts?.count == 1 else {
            throw Failed("the story has another draft than one: \(drafts ?? [])")
        }
        self.draft = draft
    }

    /// Runs `loopdesk` as the device in the folder `home`.
    func run(
        _ home: String, _ arguments: [String], environment: [String: String] = [:],
        input: String = ""
    ) async throws -> Ended {
        try await Tool.client.run(
            arguments + ["--home", home], in: folder, environment: environment, input: input)
    }
}

/// Tells the story of the `World`.
actor Story {
    let folder: Folder
    private(set) var told: [String: Ended] = [:]
    private(set) var numbers: [String] = []

    init(folder: Folder) { self.folder = folder }

    static let complaint = [
        "new", "--no-prompt", "--kind", "complaint", "--channel", "store", "--event-time", "昨天",
        "--event-place", "家",
    ]

    /// - Parameter policy: a file; nil for the built-in basic profile.
    func prepareHub(policy: String? = nil) async throws {
        try await hub(
            [
                "init", "--listen", "tcp://127.0.0.1:*", "--feed", "tcp://127.0.0.1:*",
                "--advertise", "127.0.0.1", "--policy", policy ?? "basic",
            ])
        let people = [
            "lina --name 李娜 --role clerk --store S001 --phone 138-0000-0001",
            "wangqiang --name 王强 --role clerk --store S002",
            "B07 --name 张伟 --role handler --department 售后部 --phone 139-0000-0007",
            "zhao --name 赵敏 --role supervisor",
        ]
        for person in people { try await hub(["staff", "add"] + words(person)) }
    }

    /// Runs a hub for as long as `body` takes.
    func serve(_ body: (Story) async throws -> Void) async throws {
        let process = Tool.hub.process(
            ["serve", "--home", "hub", "--ready-file", folder.file("ready")], in: folder)
        let log = FileHandle(forWritingAtPath: try folder.write("", to: "hub.log"))
        (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, log)
        process.standardError = log
        let guarded = Guarded(process)
        defer { try? log?.close() }
        try process.run()
        defer { guarded.kill() }
        let deadline = ContinuousClock.now + .seconds(30)
        while !FileManager.default.fileExists(atPath: folder.file("ready")) {
            guard process.isRunning, .now < deadline else {
                throw Failed("the hub did not start: \(try folder.read("hub.log"))")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        try await body(self)
    }

    func tell() async throws {
        try await joinAll()
        try await logTickets()
        try await workOnFirst()
        try await refuseClosing()
        let late =
            "--category product --priority important --contact 赵先生 --demand 维修"
            + " --product 电饭煲 --description 指示灯不亮"
        try await at("store", Self.complaint + words(late) + ["--json"], as: "new json")
        try await watch()
        try await hub(words("device revoke banned"))
        for language in ["en", "zh"] {
            try await at(
                "banned", words("sync --lang \(language)"), status: 3, as: "revoked \(language)")
        }
    }

    private func joinAll() async throws {
        let devices = [
            ("store", "--store S001 --staff lina --role clerk"),
            ("spare", "--store S002 --staff wangqiang --role clerk"),
            ("banned", "--store S002 --staff wangqiang --role clerk"),
            ("agent", "--staff B07 --department 售后部 --role handler"),
            ("boss", "--staff zhao --role supervisor"),
        ]
        var invite = ""
        for (name, options) in devices {
            invite = try await hub(["invite"] + words(options)).output
                .trimmingCharacters(in: .newlines)
            try folder.write(invite, to: "invite")
            try await at(name, ["join", "--label", name, "-", "--json"], as: "join json")
        }
        for language in ["en", "zh"] {
            let used = ["join", invite, "--lang", language]
            try await at("thief", used, status: 3, as: "used invite \(language)")
        }
        try await at("store", ["join", invite], status: 3, as: "joined already")
    }

    private func logTickets() async throws {
        try await at(
            "store",
            Self.complaint + words("--category product --priority urgent --demand 换货")
                + words("--product 电水壶 --order-number 2024031000123 --tag 安全") + [
                    "--contact", "王女士 138-0000-0002", "--description", "电水壶加热时漏电，手被麻了一下",
                ])
        try await at(
            "store",
            Self.complaint + words("--category attitude --priority normal --contact 李先生")
                + words("--demand 道歉 --product 导购服务 --description 导购员态度冷淡"))
        try await at(
            "store",
            words("new --no-prompt --kind consultation --channel store --category inquiry")
                + words("--priority important --contact 陈女士 --demand 答复 --note 请用英文回复")
                + ["--description", "Is the kettle safe for 110 V?"])
        try await at("store", ["sync", "--json"], as: "sync json")
        try await sync("boss", "agent")
        let list = try await at("boss", ["list", "--json"]).json() as? [String: Any]
        let tickets = list?["tickets"] as? [[String: Any]] ?? []
        numbers = tickets.compactMap { $0["number"] as? String }.sorted()
        guard numbers.count == 3 else { throw Failed("the hub has \(numbers)") }
    }

    /// Two people edit one field without seeing each other; then help is called for.
    private func workOnFirst() async throws {
        let number = numbers[0]
        try await at("boss", ["assign", number, "B07", "--reason", "请今天联系客户"], as: "assign")
        try await sync("boss", "agent")
        try await at("agent", ["accept", number])
        try await at(
            "agent",
            ["progress", number, "--done", "已检测", "--next", "更换主板", "--eta", "明天 18:00"])
        try await at("agent", ["set", number, "demand", "换新机"])
        try await at("store", ["set", number, "demand", "退货"])
        try await at("store", ["note", number, "客户再次来店"])
        try await sync("agent", "store", "agent")
        try await at("agent", ["escalate", number, "--reason", "客户要求赔偿"])
        try await sync("agent", "store")
    }

    /// A close that did not see the office's assignment becomes a draft.
    private func refuseClosing() async throws {
        let number = numbers[1]
        try await at("store", ["accept", number])
        try await at("store", ["resolve", number, "--solution", "已道歉"])
        try await sync("store", "boss")
        try await at("store", ["close", number, "--note", "客户满意"])
        try await at("boss", ["assign", number, "客服部", "--reason", "先回访"])
        try await sync("boss")
        try await at("store", ["sync"], as: "sync with draft")
    }

    private func watch() async throws {
        let watch = words("watch escalations assignments --once --consumer")
        try await at("boss", watch + ["one", "--lang", "en"], as: "watch en")
        try await at("boss", watch + ["two", "--lang", "zh"], as: "watch zh")
        try await at("boss", watch + ["three", "--json"], as: "watch json")
    }

    // MARK: Commands

    private func sync(_ homes: String...) async throws {
        for home in homes { try await at(home, ["sync", "--quiet"]) }
    }

    /// Runs `loopdesk` as a device; it must end with `status`.
    @discardableResult
    func at(
        _ home: String, _ arguments: [String], status: Int32 = 0, as name: String? = nil
    ) async throws -> Ended {
        let input = arguments.first == "join" ? try folder.read("invite") : ""
        return try await expect(
            status,
            try await Tool.client.run(arguments + ["--home", home], in: folder, input: input),
            arguments, name)
    }

    @discardableResult
    func hub(_ arguments: [String]) async throws -> Ended {
        try await expect(
            0, try await Tool.hub.run(arguments + ["--home", "hub"], in: folder), arguments, nil)
    }

    private func expect(
        _ status: Int32, _ ended: Ended, _ arguments: [String], _ name: String?
    ) async throws -> Ended {
        guard ended.status == status else {
            throw Failed("\(arguments.joined(separator: " ")): \(ended)")
        }
        if let name { told[name] = ended }
        return ended
    }
}

/// The words of a command line without blanks inside arguments.
func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }
