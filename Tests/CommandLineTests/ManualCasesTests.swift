import Foundation
import Testing

/// The eight cases of the manuals' own examples (domain.md A14), each in the profile of its manual
/// and all in the unified one, from the record to the close, with the real programs.
///
/// One device is shared by everybody who has a part. A line is a command; what stands before `:` is
/// the exit status, 0 without one. `facts N1` shows what the ticket says then: who leads and helps,
/// how far it is, and which promises run.
@Suite struct ManualCasesTests {
    @Test func `000: a wrong class is corrected by the inspector, damage needs two departments`()
        async throws
    {
        try await tell("feedback", Self.feedback)
    }

    @Test func `001: a product that does not switch on is inspected and exchanged`() async throws {
        try await tell("qa", Self.qa)
    }

    @Test func `002: pictures that do not load, and a payment that needs three departments`()
        async throws
    {
        try await tell("tracking", Self.tracking)
    }

    @Test func `003: money back after three days, a batch fault, an injury`() async throws {
        try await tell("complaint", Self.complaint)
    }

    @Test func `unified: all eight have an owner and their promises at once`() async throws {
        try await tell("unified", Self.unified)
    }

    // MARK: - Stories

    /// Cases 5 and 6.
    private static let feedback = [
        "new --channel online_form --category attitude --priority urgent --contact 用户u-5"
            + " --description APP闪退 --field wished_time=今天",
        "new --channel telephone --category speed --priority normal --contact 陈女士"
            + " --description 物流破损 --tag 物流破损 --field wished_time=三天内"
            + " --field information_source=电话补充",
        "sync", "facts N1", "facts N2",
        // RT10: by ten o'clock the next day.
        "classify N1 --category quality --audit --as qi", "sync", "facts N1",
        // K19, then AP1.
        "assign N1 B07 --as sun", "accept N1 --as B07", "3: resolve N1 --solution 已修复 --as B07",
        "plan N1 修复启动时的崩溃 --as B07", "3: approve N1 --step plan --as B07",
        "approve N1 --as sun", "resolve N1 --solution 已修复闪退 --as B07", "sync", "facts N1",
        // RT11: a hard case is classified by a short meeting.
        "new --channel telephone --category other --priority normal --contact 钱先生"
            + " --description 整体流程混乱 --field wished_time=一周内",
        "sync", "meeting N3 五分钟会议:归为流程体验 --as sun", "classify N3 --category process --as sun",
        "sync", "facts N3",
        // 回访, 评价
        "contact N1 客户已升级,不再闪退", "rate N1 satisfied --score 9", "3: rate N1 satisfied --as B07",
        "close N1", "sync", "facts N1",
    ]

    /// Case 1.
    private static let qa = [
        "3: new --channel online_chat --category quality --priority p1 --contact 客户"
            + " --description 商品A无法开机 --demand 48小时内换货",
        "new --channel online_chat --category quality --priority p1 --contact 客户"
            + " --reported-time 2024-03-10T10:30:00+08:00 --order-number 2024031000123"
            + " --description 商品A收到后无法开机 --demand 48小时内换货 --field cause=疑似主板故障",
        "escalate N1 --reason P1,已报主管", "sync", "facts N1",
        "contact N1 --text calming", "assign N1 B07 --as zhao", "accept N1 --as B07",
        "progress N1 --step reviewed --done 已核实订单 --as B07",
        "plan N1 检测后换货 --eta 2030-03-12T18:00:00+08:00 --as B07", "contact N1 --text plan",
        "3: resolve N1 --solution 已换货 --as B07", "3: approve N1 --step exchange --as B07",
        "approve N1 --as zhao", "progress N1 --step inspected --done 确认质量问题 --as B07", "sync",
        "facts N1", "progress N1 --step exchanged --done 新机已签收 --as B07",
        "resolve N1 --solution 已换货 --as B07", "verify N1 --solved", "close N1", "sync", "facts N1",
        // K3: recorded first, classified within ten minutes of that.
        "new --channel telephone --contact 客户 --description 发票可否补开 --demand 补开发票"
            + " --reported-time 2024-03-10T11:00:00+08:00 --field cause=不了解政策",
        "sync", "facts N2", "classify N2 --category price --priority p3", "sync", "facts N2",
    ]

    /// Cases 2 and 7.
    private static let tracking = [
        "new --kind fault --channel app --category frontend --priority high --contact u-20240310"
            + " --description APP首页商品图片加载失败 --event-time 2024-03-10T09:00:00+08:00"
            + " --field source=customer --field impact=首页 --field wished_time=今天",
        "new --kind fault --channel monitoring --category backend --priority urgent"
            + " --contact 监控 --description 支付接口超时 --event-time 2024-03-10T10:00:00+08:00"
            + " --field source=monitoring --field impact=影响10%用户下单 --field wished_time=立即"
            + " --field anomaly=支付接口超时 --tag 支付流程异常",
        "fields", "sync", "facts N1", "facts N2",
        "assign N1 B07 --as sun", "accept N1 --as B07", "set N1 analysis CDN节点故障 --as B07",
        "progress N1 --done 定位为CDN节点故障 --next 切换备用节点"
            + " --eta 2030-03-10T18:00:00+08:00 --as B07",
        "contact N1 --text progress", "resolve N1 --solution 已切换CDN备用节点 --as B07", "sync",
        "facts N1", "3: verify N1 --solved", "3: approve N1 --step solution --as B07",
        "approve N1 --as sun", "contact N1 --text check", "3: close N1",
        "verify N1 --unsolved --remark 仍有一张加载失败", "sync", "facts N1",
        "resolve N1 --solution 已刷新全部缓存 --as B07", "approve N1 --as sun", "verify N1 --solved",
        "rate N1 satisfied --score 9 --dimension efficiency=8 --dimension 服务态度=10",
        "2: rate N1 satisfied --dimension efficiency=11", "close N1", "sync", "facts N1",
        "meeting N2 技术部定位,财务部对账,风控部复核,今晚八点前 --with 财务部 --as zhao", "sync", "facts N2",
    ]

    /// Cases 3, 4 and 8.
    private static let complaint = [
        "3: new --kind complaint --channel hotline --category product --priority important"
            + " --contact 李先生 --description 使用三天后出现故障 --demand 退货并赔偿",
        "new --kind complaint --channel hotline --category product --priority important"
            + " --contact 李先生 --description 使用三天后出现故障 --demand 退货并赔偿"
            + " --event-time 2024-03-10 --event-place 家 --product 商品B --purchase-date 2024-03-07"
            + " --field scene=开机后死机",
        "new --kind complaint --channel store --category product --priority important"
            + " --contact 批次联系人 --description 同批次多台故障 --demand 免费更换"
            + " --event-time 2024-03-10 --event-place 多地 --product 批次2024-02"
            + " --field scene=多台无法充电",
        "new --kind complaint --channel hotline --category product --priority urgent"
            + " --contact 家属 --description 使用产品时受伤 --demand 立即处理"
            + " --event-time 2024-03-10 --event-place 家 --product 商品D"
            + " --field scene=插电时漏电",
        "fields", "sync", "facts N1", "facts N2", "facts N3",
        "accept N2 --as B07", "contact N2 已确认故障细节 --as B07",
        "progress N2 --step inspected --done 批次质量问题 --as B07",
        "plan N2 免费更换同型号产品,延长保修期1年 --as B07", "contact N2 --text plan --as B07",
        "3: resolve N2 --solution 已更换 --as B07", "approve N2 --step customer --reason 客户同意",
        "resolve N2 --solution 已更换并延保一年 --as B07", "3: close N2", "verify N2 --solved", "close N2",
        "sync", "facts N2", "accept N3 --as B07", "sync", "facts N3",
    ]

    /// All eight; the texts are those of the manuals.
    private static let unified = [
        logged("online", "product", "urgent", "商品A收到后无法开机", "48小时内换货", "商品A"),
        logged("app", "process", "important", "APP首页商品图片加载失败", "恢复", "APP"),
        logged("hotline", "product", "important", "使用三天后出现故障", "退货并赔偿", "商品B"),
        logged("store", "product", "important", "同批次多台故障", "免费更换", "批次2024-02"),
        logged("app", "attitude", "normal", "APP闪退", "修复", "APP"),
        logged("ecommerce", "process", "important", "物流运输导致破损", "补发", "商品C", tag: "物流破损"),
        logged("monitoring", "process", "urgent", "支付接口超时,影响10%用户", "恢复", "支付", tag: "支付流程异常"),
        logged("hotline", "product", "urgent", "使用产品时受伤", "立即处理", "商品D", tag: "产品安全"),
        "sync", "facts N1", "facts N2", "facts N3", "facts N4", "facts N5", "facts N6", "facts N7",
        "facts N8", "classify N5 --category product --audit --as qi", "sync", "facts N5",
    ]

    private static func logged(
        _ channel: String, _ category: String, _ priority: String, _ description: String,
        _ demand: String, _ product: String, tag: String? = nil
    ) -> String {
        "new --kind complaint --channel \(channel) --category \(category) --priority \(priority)"
            + " --contact 客户 --description \(description) --demand \(demand)"
            + " --event-time 2024-03-10 --event-place 家 --product \(product)"
            + " --field scene=如描述"
            + (tag.map { " --tag \($0)" } ?? "")
    }

    // MARK: - Telling

    private func tell(_ profile: String, _ lines: [String]) async throws {
        let folder = try Folder()
        let story = Story(folder: folder)
        try await story.prepareHub(policy: profile)
        for person in ["sun --name 孙丽 --role department_head", "qi --name 齐鸣 --role inspector"] {
            try await story.hub(["staff", "add"] + words(person))
        }
        try await story.serve { story in
            let roles = ["clerk", "handler", "inspector", "department_head", "supervisor"]
            let invite = try await story.hub(
                words("invite --store S001 --staff lina") + roles.flatMap { ["--role", $0] })
            try folder.write(invite.output.trimmingCharacters(in: .newlines), to: "invite")
            try await story.at("desk", ["join", "--label", "desk", "-"])
            var snapshot = Snapshot("manual.\(profile)")
            var numbers: [String] = []
            for line in lines {
                try await step(line, folder, &numbers, &snapshot)
            }
            try snapshot.check(Masks(path: folder.path, numbers: []))
        }
    }

    private func step(
        _ line: String, _ folder: Folder, _ numbers: inout [String], _ snapshot: inout Snapshot
    ) async throws {
        let parts = line.split(separator: ": ", maxSplits: 1)
        let expected = parts.count == 2 ? Int32(parts[0]) : 0
        let written = words(String(parts.last ?? ""))
        let known = numbers
        let arguments = written.map { word in
            word.hasPrefix("N") ? Int(word.dropFirst()).map { known[$0 - 1] } ?? word : word
        }
        if written[0] == "facts" {
            return snapshot.add(written, try await facts(arguments[1], folder))
        }
        let prompted = written[0] == "new" ? ["--no-prompt"] : []
        let options = written[0] == "sync" ? ["--quiet"] : ["--lang", "zh"] + prompted
        let ended = try await run(arguments + options, folder)
        #expect(ended.status == expected, "\(line): \(ended)")
        if written[0] == "new", ended.status == 0, let number = words(ended.output).first {
            numbers.append(number)
        }
        // Official numbers carry the day; those from the counter do not, and both name a ticket.
        snapshot.add(
            written,
            Ended(status: ended.status, output: plain(ended.output), errors: plain(ended.errors)))
    }

    /// Without what differs from day to day.
    private func plain(_ text: String) -> String {
        text.replacing(/CS\d{8}(\d{4})/) { "CS--------\($0.output.1)" }
    }

    /// What a ticket says, in a few lines that no time of day changes.
    private func facts(_ number: String, _ folder: Folder) async throws -> Ended {
        let ended = try await run(["show", number, "--json"], folder)
        let ticket = try #require(try ended.json() as? [String: Any], "\(ended)")
        let text = { (name: String) in ticket[name] as? String ?? "-" }
        let helpers = (ticket["cooperating"] as? [String] ?? []).joined(separator: ", ")
        let clocks = (ticket["clocks"] as? [[String: Any]] ?? []).map { clock in
            "  \(clock["name"] as? String ?? "-") \(clock["phase"] as? String ?? "-")\n"
        }
        let lines = [
            "\(text("status")), \(text("class_stage")), level \(ticket["escalation_level"] ?? "-")",
            "leads: \(text("department")) / \(text("assignee")); helps: \(helpers)",
        ]
        return Ended(
            status: ended.status,
            output: lines.map { $0 + "\n" }.joined() + clocks.joined(), errors: ended.errors)
    }

    private func run(_ arguments: [String], _ folder: Folder) async throws -> Ended {
        try await Tool.client.run(arguments + ["--home", "desk"], in: folder)
    }
}
