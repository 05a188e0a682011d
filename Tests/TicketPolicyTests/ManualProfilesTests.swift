import Testing
import TicketModel
import TicketPolicy

/// The four manuals as profiles, exactly as printed (domain.md A1 to A9), and the unified one.
@Suite struct ManualProfilesTests {
    private func profile(_ name: String) throws -> Profile { try Profile.builtIn(name) }

    /// A ticket that arrives at the hub with these fields.
    private func arrived(
        _ name: String, rank: Int64, _ fields: [FieldID: String], tags: [String] = []
    ) throws -> Case {
        var ticket = try Case(priority: rank, profile: profile(name))
        ticket.ticket.capturedAt = wall("2026-11-06 10:00")
        for (field, text) in fields { ticket.set(field, .text(text)) }
        for tag in tags { ticket.tag(tag) }
        ticket.commit(.create, at: wall("2026-11-06 10:00"))
        return ticket
    }

    private func limits(_ name: String, _ clock: String) throws -> [String] {
        let profile = try profile(name)
        let rule = try #require(profile.clock(named: clock))
        return profile.priorities.compactMap { rule.limit(of: $0)?.written }
    }

    // MARK: - A4

    @Test func `A4 000: five feedback types in a closed list`() throws {
        let profile = try profile("feedback")
        #expect(
            profile.categories.map(\.label.zh) == ["服务态度", "响应速度", "产品质量", "流程体验", "建议其他"])
        #expect(profile.kinds.isEmpty)
        #expect(profile.problem(of: .category, value: .text("很慢")) != nil)
    }

    @Test func `A4 001: four classes of two, each with its test`() throws {
        let categories = try profile("qa").categories
        let tops = categories.filter { $0.parent == nil }
        #expect(tops.map(\.label.zh) == ["售前咨询类", "售中支持类", "售后投诉类", "主动服务类"])
        for top in tops {
            #expect(categories.count { $0.parent == top.key } == 2, "\(top.key)")
        }
        let leaves = categories.filter { $0.parent != nil }
        #expect(leaves.allSatisfy { $0.criteria != nil })
        #expect(leaves.contains { $0.label.zh == "售后投诉类-产品质量问题" })
    }

    @Test func `A4 002: types, and classes with a second level for engineering`() throws {
        let profile = try profile("tracking")
        #expect(profile.kinds.map(\.label.zh) == ["功能故障", "流程异常", "需求建议"])
        #expect(
            profile.categories.map(\.label.zh) == [
                "技术类", "技术类-前端问题", "技术类-后端接口", "技术类-数据库异常", "产品类", "运营类",
            ])
    }

    @Test func `A4 003: three kinds, five feedback types`() throws {
        let profile = try profile("complaint")
        #expect(profile.kinds.map(\.label.zh) == ["咨询", "建议", "投诉"])
        #expect(
            profile.categories.map(\.label.zh) == ["产品咨询", "服务建议", "质量投诉", "流程优化需求", "人员服务态度"])
    }

    // MARK: - A5, A6

    @Test(arguments: [
        ("feedback", ["紧急", "一般", "建议"]), ("qa", ["紧急(P1)", "重要(P2)", "一般(P3)", "低频(P4)"]),
        ("tracking", ["紧急", "高", "中", "低"]), ("complaint", ["紧急", "重要", "一般"]),
        ("unified", ["紧急", "重要", "一般"]),
    ]) func `A5: the classes of urgency, each with what belongs there`(
        name: String, labels: [String]
    ) throws {
        let priorities = try profile(name).priorities
        #expect(priorities.map(\.label.zh) == labels)
        #expect(priorities.allSatisfy { !$0.criteria.zh.isEmpty && !$0.criteria.en.isEmpty })
    }

    @Test(arguments: [
        // K19
        ("feedback", "ownership", ["24h", "24h", "24h"]),
        // K1, K3, K12 and K16 to K18, K14, K21, K22
        ("qa", "supervisor", ["1m", "1m", "1m", "1m"]),
        ("qa", "classification", ["10m", "10m", "10m", "10m"]),
        ("qa", "response", ["2h", "4h", "24h", "48h"]), ("qa", "review", ["2h", "2h", "2h", "2h"]),
        ("qa", "inspection", ["24h", "24h", "24h", "24h"]),
        ("qa", "exchange", ["48h", "48h", "48h", "48h"]),
        // K2, K4, K5, K13, K10, K11, K9
        ("tracking", "engagement", ["5m", "5m", "5m", "5m"]),
        ("tracking", "clarification", ["10m", "10m", "10m", "10m"]),
        ("tracking", "acceptance", ["15m", "15m", "15m", "15m"]),
        ("tracking", "investigation", ["2h", "2h", "2h", "2h"]),
        ("tracking", "urgent_progress", ["1h", "1h", "1h", "1h"]),
        ("tracking", "progress", ["4h", "4h", "4h", "4h"]),
        ("tracking", "customer_check", ["1h", "1h", "1h", "1h"]),
        // K7 and K16 and K17, K8, K15, K23, K24
        ("complaint", "response", ["1h", "4h", "24h"]),
        ("complaint", "answer", ["1h", "1h", "1h"]),
        ("complaint", "first_contact", ["2h", "2h", "2h"]),
        ("complaint", "callback", ["24h", "24h", "24h"]),
        ("complaint", "verdict", ["3wd", "3wd", "3wd"]),
    ]) func `A6: every limit as printed, by class`(
        name: String, clock: String, expected: [String]
    ) throws {
        #expect(try limits(name, clock) == expected)
    }

    @Test func `A15: unified keeps the strictest of each promise`() throws {
        for name in ["qa", "tracking", "complaint", "feedback"] {
            for rule in try profile(name).clocks {
                let unified = try #require(
                    try profile("unified").clock(named: rule.name), "\(rule.name) of \(name)")
                let most = try #require(profile(name).priorities.first)
                let own = try #require(rule.limit(of: most))
                let top = try #require(try profile("unified").priorities.first)
                let strict = try #require(unified.limit(of: top))
                #expect(
                    strict.unit == own.unit
                        ? strict.count <= own.count
                        : (strict.milliseconds ?? .max) <= (own.milliseconds ?? 0),
                    "\(rule.name) of \(name)")
            }
        }
    }

    // MARK: - A6, the less common starts

    @Test func `K4: a vague record is asked about within ten minutes`() throws {
        var ticket = try arrived("tracking", rank: 2, [.kind: "fault"])
        #expect(ticket.ticket.clocks["clarification"] == nil)
        ticket.commit(.tag, at: wall("2026-11-06 10:20")) { $0.tag("描述模糊") }
        #expect(ticket.ticket.clocks["clarification"]?.dueAt == wall("2026-11-06 10:30"))
        ticket.commit(.contact, at: wall("2026-11-06 10:25"))
        #expect(ticket.ticket.clocks["clarification"]?.phase == .met)
    }

    @Test func `K15: after-sales contacts the customer within two hours of getting the fault`()
        throws
    {
        var ticket = try arrived(
            "complaint", rank: 2, [.kind: "complaint", .category: "product"])
        #expect(ticket.ticket.department?.rawValue == "售后部")
        #expect(ticket.ticket.clocks["first_contact"]?.dueAt == wall("2026-11-06 12:00"))
        ticket.commit(.contact, at: wall("2026-11-06 11:00"))
        #expect(ticket.ticket.clocks["first_contact"]?.phase == .met)
        let attitude = try arrived(
            "complaint", rank: 2, [.kind: "complaint", .category: "attitude"])
        #expect(attitude.ticket.clocks["first_contact"] == nil)
    }

    @Test func `K19: the head of the department names a person within a day`() throws {
        var ticket = try arrived("feedback", rank: 2, [.category: "quality"])
        #expect(ticket.ticket.clocks["ownership"]?.dueAt == wall("2026-11-07 10:00"))
        ticket.commit(.assign, at: wall("2026-11-06 15:00")) {
            $0.set(.department, .text("客服部"))
        }
        #expect(ticket.ticket.clocks["ownership"]?.phase == .running, "that is no person")
        ticket.commit(.assign, at: wall("2026-11-06 16:00")) { $0.set(.assignee, .text("B07")) }
        #expect(ticket.ticket.clocks["ownership"]?.phase == .met)
    }

    @Test func `K19: a person of another department is a person, and begins no new day`() throws {
        var ticket = try arrived("unified", rank: 2, [.kind: "complaint", .category: "process"])
        ticket.commit(.assign, at: wall("2026-11-06 15:00")) {
            $0.set(.assignee, .text("B07"))
            $0.set(.department, .text("技术部"))
        }
        #expect(ticket.ticket.clocks["ownership"]?.phase == .met)
        #expect(ticket.ticket.clocks["ownership"]?.cycle == 1)
    }

    @Test func `K21 K22: the video begins the inspection, and that the exchange`() throws {
        var ticket = try arrived("qa", rank: 4, [.category: "quality"])
        ticket.commit(.tag, at: wall("2026-11-06 10:30")) { $0.tag("产品安全") }
        #expect(ticket.ticket.clocks["inspection"] == nil, "there is nothing to inspect")
        ticket.commit(.tag, at: wall("2026-11-06 11:00")) { $0.tag("已收故障视频") }
        #expect(ticket.ticket.clocks["inspection"]?.dueAt == wall("2026-11-07 11:00"))
        ticket.commit(.progress, at: wall("2026-11-07 09:00")) {
            $0.set(.step, .text("inspected"))
        }
        #expect(ticket.ticket.clocks["inspection"]?.phase == .met)
        #expect(ticket.ticket.clocks["exchange"]?.dueAt == wall("2026-11-09 09:00"))
        ticket.commit(.progress, at: wall("2026-11-08 09:00"))
        #expect(ticket.ticket.clocks["exchange"]?.phase == .running, "no step was reached")
        ticket.commit(.progress, at: wall("2026-11-08 10:00")) {
            $0.set(.step, .text("exchanged"))
        }
        #expect(ticket.ticket.clocks["exchange"]?.phase == .met)
    }

    @Test func `K21: a video that came before the class begins the inspection with that`() throws {
        var ticket = try arrived("qa", rank: 4, [:])
        ticket.commit(.tag, at: wall("2026-11-06 10:02")) { $0.tag("已收故障视频") }
        #expect(ticket.ticket.clocks["inspection"] == nil)
        ticket.commit(.classify, at: wall("2026-11-06 10:08")) {
            $0.set(.category, .text("quality"))
        }
        #expect(ticket.ticket.clocks["inspection"]?.dueAt == wall("2026-11-07 10:08"))
        ticket.commit(.progress, at: wall("2026-11-06 11:00")) { $0.set(.step, .text("inspected")) }
        ticket.commit(.attach, at: wall("2026-11-06 11:05"))
        ticket.commit(.tag, at: wall("2026-11-06 11:06")) { $0.tag("产品安全") }
        #expect(ticket.ticket.clocks["inspection"]?.phase == .met, "it was inspected")
    }

    // MARK: - A7

    @Test(
        arguments: [
            // RT1, RT4
            ("feedback", [.category: "quality"], [], "产品部", []),
            ("feedback", [.category: "attitude"], [], "客服部", []),
            ("feedback", [.category: "speed"], ["物流破损"], "客服部", ["物流部"]),
            // RT3
            ("qa", [.category: "quality"], [], "客服部", ["技术部"]),
            ("qa", [.category: "logistics"], [], "客服部", ["仓储部"]),
            ("qa", [.category: "price"], [], "客服部", []),
            // RT5, RT8: a class within engineering is engineering's
            ("tracking", [.category: "frontend"], [], "技术部", []),
            ("tracking", [.category: "technical"], [], "技术部", []),
            ("tracking", [.category: "operations"], [], "运营部", []),
            ("tracking", [.category: "backend"], ["支付流程异常"], "技术部", ["财务部", "风控部"]),
            // RT2
            ("complaint", [.kind: "complaint", .category: "product"], [], "售后部", ["技术部"]),
            ("complaint", [.kind: "complaint", .category: "attitude"], [], "客服部", []),
            ("complaint", [.kind: "suggestion", .category: "service"], [], "产品部", []),
            ("unified", [.kind: "suggestion", .category: "service"], [], "产品部", []),
            ("unified", [.kind: "suggestion", .category: "process"], [], "运营部", []),
            ("unified", [.kind: "complaint", .category: "process"], [], "客服部", []),
            (
                "unified", [.kind: "complaint", .category: "process"], ["物流破损"], "客服部",
                ["物流部", "仓储部"]
            ),
        ] as [(String, [FieldID: String], [String], String, [String])])
    func `A7: the rules name who leads and who helps`(
        name: String, fields: [FieldID: String], tags: [String], lead: String, helpers: [String]
    ) throws {
        let ticket = try arrived(name, rank: 2, fields, tags: tags)
        let routing = try #require(profile(name).route(ticket.ticket))
        #expect(routing.department.rawValue == lead)
        #expect(routing.cooperating.map(\.rawValue) == helpers)
        #expect(ticket.ticket.department?.rawValue == lead)
    }

    @Test func `RT4: a tag that comes later brings the helpers, and the rules' department`() throws
    {
        var ticket = try arrived("feedback", rank: 2, [.category: "quality"])
        #expect(ticket.ticket.department?.rawValue == "产品部")
        ticket.commit(.tag, at: wall("2026-11-06 10:20")) { $0.tag("物流破损") }
        #expect(ticket.ticket.department?.rawValue == "客服部")
        #expect(ticket.ticket.cooperatingDepartments.map(\.rawValue) == ["物流部"])
        var held = try arrived("feedback", rank: 2, [.category: "quality"])
        held.commit(.accept, at: wall("2026-11-06 10:10")) { $0.set(.assignee, .text("B07")) }
        held.commit(.tag, at: wall("2026-11-06 10:20")) { $0.tag("物流破损") }
        #expect(held.ticket.department?.rawValue == "产品部", "people decide once somebody has it")
    }

    // MARK: - A8, A11

    @Test func `A8: who approves what, in each manual`() throws {
        let steps = try Profile.builtInNames.map { name in
            (name, try profile(name).approvalSteps.map(\.key))
        }
        #expect(steps.first { $0.0 == "feedback" }?.1 == ["plan"], "AP1")
        #expect(steps.first { $0.0 == "qa" }?.1 == ["exchange"], "AP2")
        #expect(steps.first { $0.0 == "tracking" }?.1 == ["solution"], "AP3")
        #expect(steps.first { $0.0 == "complaint" }?.1 == ["customer"], "AP5")
        #expect(
            steps.first { $0.0 == "unified" }?.1 == ["plan", "exchange", "customer", "solution"])
        #expect(try profile("feedback").approvalStep(named: "plan")?.roles == [.departmentHead])
    }

    @Test func `AP2: only the exchange of a P1 waits for the supervisor`() throws {
        let profile = try profile("qa")
        var ticket = try arrived("qa", rank: 4, [.category: "quality"])
        ticket.set(.plan, .text("换货"))
        #expect(profile.missingApproval(before: .resolve, on: ticket.ticket)?.key == "exchange")
        ticket.set(.priority, .integer(3))
        #expect(profile.missingApproval(before: .resolve, on: ticket.ticket) == nil)
        // The strictest of the manuals ask for it on top of the plan's own approval.
        let unified = try self.profile("unified")
        let step = try #require(unified.approvalStep(named: "exchange"))
        #expect(step.roles == [.supervisor, .manager], "a head of department alone may not")
        for (rank, category, isAsked) in [
            (3, "product", true), (2, "product", false), (3, "attitude", false),
        ] as [(Int64, String, Bool)] {
            let fields: [FieldID: String] = [.kind: "complaint", .category: category]
            let complaint = try arrived("unified", rank: rank, fields).ticket
            #expect(step.concerns(complaint) == isAsked, "\(category) \(rank)")
        }
    }

    @Test func `H6: nothing is closed before the customer agrees to what was done last`() throws {
        let profile = try profile("complaint")
        var ticket = try arrived("complaint", rank: 2, [.kind: "complaint"])
        #expect(profile.lacksConsent(before: .close, on: ticket.ticket))
        ticket.resolve("换新机", at: wall("2026-11-06 11:00"))
        ticket.say(.verified, at: wall("2026-11-06 12:00"))
        #expect(!profile.lacksConsent(before: .close, on: ticket.ticket))
        #expect(!profile.lacksConsent(before: .resolve, on: ticket.ticket))
        ticket.say(.unsolved, at: wall("2026-11-06 13:00"))
        #expect(profile.lacksConsent(before: .close, on: ticket.ticket), "the last word counts")
        ticket.say(.verified, at: wall("2026-11-06 14:00"))
        ticket.resolve("退货", at: wall("2026-11-06 15:00"))
        #expect(profile.lacksConsent(before: .close, on: ticket.ticket), "they agreed to another")
        ticket.rate(.satisfied, at: wall("2026-11-06 16:00"))
        #expect(!profile.lacksConsent(before: .close, on: ticket.ticket))
        ticket.rate(.furtherRemarks, at: wall("2026-11-06 16:30"))
        #expect(!profile.lacksConsent(before: .close, on: ticket.ticket), "that is no no")
        ticket.rate(.unsatisfied, at: wall("2026-11-06 17:00"))
        #expect(profile.lacksConsent(before: .close, on: ticket.ticket))
        ticket.rate(.furtherRemarks, at: wall("2026-11-06 17:30"))
        #expect(profile.lacksConsent(before: .close, on: ticket.ticket), "nor is it a yes")
        let basic = try basic.get()
        #expect(!basic.lacksConsent(before: .close, on: ticket.ticket))
    }

    // MARK: - A3

    @Test func `F3: a complaint is logged with what happened on the spot, nothing else is`() throws
    {
        for name in ["complaint", "unified"] {
            let profile = try profile(name)
            let scene = try #require(profile.field(named: "scene"))
            #expect(profile.missingFields(for: [.kind: .text("complaint")]).contains(scene))
            for kind in ["consultation", "suggestion"] {
                #expect(!profile.missingFields(for: [.kind: .text(kind)]).contains(scene))
            }
        }
    }

    @Test func `F1, K3: what is asked is recorded first, and classified after that`() throws {
        let missing = try profile("qa").missingFields(for: [:])
        #expect(missing.contains(.description) && missing.contains(.demand))
        #expect(!missing.contains(.category) && !missing.contains(.priority))
        var ticket = try Case(profile: profile("qa"))
        ticket.ticket.capturedAt = wall("2026-11-06 10:00")
        ticket.commit(.create, at: wall("2026-11-06 10:00"))
        #expect(ticket.ticket.clocks["classification"]?.dueAt == wall("2026-11-06 10:10"))
        ticket.commit(.classify, at: wall("2026-11-06 10:02"))
        ticket.commit(.classify, at: wall("2026-11-06 10:03")) { $0.set(.category, .text("price")) }
        #expect(ticket.ticket.clocks["classification"]?.phase == .running, "half a class is none")
        ticket.commit(.edit, at: wall("2026-11-06 10:09")) { $0.set(.priority, .integer(2)) }
        #expect(ticket.ticket.clocks["classification"]?.phase == .met)
    }

    @Test func `F6: what is switched off is not asked for, by kind as well`() throws {
        #expect(try !profile("feedback").isOffered(.eventPlace))
        #expect(try !profile("feedback").isOffered(.kind), "it has none")
        let unified = try profile("unified")
        #expect(unified.isOffered(.eventPlace, kind: "complaint"))
        #expect(!unified.isOffered(.eventPlace, kind: "consultation"))
    }

    @Test func `H8: a survey asks for scores in fields of the profile's own`() throws {
        let profile = try profile("tracking")
        #expect(profile.survey.map { profile.label(of: $0, .zh) } == ["问题解决效率", "服务态度"])
    }

    @Test func `a text for customers has no holes`() throws {
        let profile = try profile("complaint")
        var ticket = try arrived(
            "complaint", rank: 2, [.kind: "complaint", .category: "product"])
        let plan = try #require(profile.text(named: "plan"))
        let holes = #expect(throws: Profile.MissingFields.self) {
            try profile.filled(plan, for: ticket.ticket, .zh).get()
        }
        #expect(holes?.fields == [.plan])
        ticket.set(.plan, .text("免费更换"))
        #expect(
            profile.filled(plan, for: ticket.ticket, .zh)
                == .success("我们为您拟定的处理方案是：免费更换。您同意后我们立即执行。"))
        let progress = try #require(profile.text(named: "progress"))
        ticket.set(.step, .text("shipped"))
        ticket.set(.expectedTime, .text("2026-11-07 10:00:00 +00:00"))
        #expect(
            profile.filled(progress, for: ticket.ticket, .zh)
                == .success("您的问题（编号S042-K7-0001）处理进度：已发货，预计2026-11-07 18:00解决。"),
            "by the walls of the shop")
        let received = try #require(profile.text(named: "received"))
        #expect(
            profile.filled(received, for: ticket.ticket, .en)
                == .success("Your case is taken up: number S042-K7-0001, with after-sales."))
    }
}
