import Testing
import TicketModel
import TicketPolicy

/// Requirements of the manuals that are told nowhere else, by their ids in domain.md.
/// `Tests/REQUIREMENTS.md` names the test of every one.
@Suite struct RequirementTests {
    private func profile(_ name: String) throws -> Profile { try Profile.builtIn(name) }

    /// A ticket of a profile that arrived on a Friday at ten.
    private func arrived(
        _ name: String, rank: Int64 = 2, _ fields: [FieldID: String] = [:]
    ) throws -> Case {
        var ticket = try Case(priority: rank, profile: profile(name))
        ticket.ticket.capturedAt = wall("2026-11-06 10:00")
        for (field, text) in fields { ticket.set(field, .text(text)) }
        ticket.commit(.create, at: wall("2026-11-06 10:00"))
        return ticket
    }

    // MARK: - A1

    @Test(
        arguments: [
            // Records, classifies first, asks the customer back.
            (
                "RO1", "feedback", Role.clerk,
                [.create, .classify, .contact, .rate, .verify, .close], [.assign]
            ),
            // Checks classes again.
            ("RO2", "feedback", .inspector, [.classify, .note], [.assign, .resolve, .close]),
            // Names who is responsible, approves the plan, reviews the fix.
            ("RO3", "feedback", .departmentHead, [.assign, .approve, .progress], []),
            ("RO3", "tracking", .departmentHead, [.assign, .approve, .progress], []),
            // Coordinates, confirms classes, chairs the meeting.
            ("RO4", "tracking", .supervisor, [.assign, .classify, .meeting], []),
            ("RO5", "tracking", .dutyManager, [.accept, .assign, .meeting], []),
            // Takes the case, refuses it with a reason, reports, solves; does not close it.
            (
                "RO6", "tracking", .handler, [.accept, .refuse, .progress, .resolve],
                [.close, .rate, .approve]
            ),
            // Takes over.
            ("RO10", "complaint", .manager, [.accept, .plan, .resolve, .assign, .close], []),
        ] as [(String, String, Role, [Act], [Act])])
    func `RO1 RO2 RO3 RO4 RO5 RO6 RO10: roles may do their duties and no others'`(
        id: String, name: String, role: Role, allowed: [Act], refused: [Act]
    ) throws {
        let profile = try profile(name)
        for act in allowed { #expect(profile.allows(act, roles: [role]), "\(id) \(act)") }
        for act in refused { #expect(!profile.allows(act, roles: [role]), "\(id) \(act)") }
    }

    @Test func `RO7: one is responsible, named departments help`() throws {
        let routing = try #require(
            profile("complaint").route(
                arrived("complaint", [.kind: "complaint", .category: "product"]).ticket))
        #expect(routing.department.rawValue == "售后部")
        #expect(routing.cooperating.map(\.rawValue) == ["技术部"])
    }

    @Test func `RO11: every department that the manuals name is there`() throws {
        let names = ["客服部", "产品部", "物流部", "仓储部", "技术部", "售后部", "运营部", "财务部", "风控部"]
        let known = try profile("unified").departments.map(\.label.zh)
        #expect(known == names)
    }

    // MARK: - A2

    @Test(arguments: [
        ("CH1", "feedback", "在线表单"), ("CH2", "feedback", "APP弹窗"), ("CH3", "feedback", "电话反馈"),
        ("CH3", "qa", "电话"), ("CH4", "qa", "在线客服"), ("CH4", "qa", "邮件"), ("CH4", "qa", "公众号/小程序"),
        ("CH4", "qa", "APP内留言"), ("CH5", "complaint", "社交媒体"), ("CH5", "complaint", "电商平台评价"),
        ("CH6", "complaint", "门店"), ("CH6", "complaint", "营业厅"), ("CH6", "complaint", "纸质意见箱"),
        ("CH6", "complaint", "座谈会"), ("CH7", "complaint", "消费者协会转介"),
        ("CH7", "complaint", "行业监管部门转介"), ("CH7", "complaint", "媒体转介"),
        ("CH8", "complaint", "满意度调研"), ("CH8", "complaint", "回访"), ("CH8", "feedback", "短信/APP推送"),
        ("CH9", "tracking", "系统监测"), ("CH10", "tracking", "内部转办"), ("CH9", "unified", "系统监测"),
        ("CH10", "unified", "内部转办"), ("CH6", "unified", "门店"),
    ]) func `CH1 CH2 CH3 CH4 CH5 CH6 CH7 CH8 CH9 CH10: every way to reach us is there`(
        id: String, name: String, label: String
    ) throws {
        #expect(try profile(name).channels.contains { $0.label.zh == label }, "\(id)")
    }

    @Test func `CH1: a form on the web brings the address of its sender`() throws {
        let profile = try profile("feedback")
        let field = try #require(profile.field(named: "client_ip"))
        #expect(profile.problem(of: field, value: .text("203.0.113.7")) == nil)
    }

    // MARK: - A6

    @Test func `K5 RT7: a refusal with its reason keeps the fifteen minutes, silence does not`()
        throws
    {
        var refused = try arrived("tracking", [.kind: "fault", .category: "frontend"])
        #expect(refused.ticket.clocks["acceptance"]?.dueAt == wall("2026-11-06 10:15"))
        refused.commit(.refuse, at: wall("2026-11-06 10:10"))
        #expect(refused.ticket.clocks["acceptance"]?.phase == .met)
        refused.advance(to: wall("2026-11-06 10:24"))
        #expect(refused.escalations.isEmpty)
        refused.advance(to: wall("2026-11-06 10:25"))
        #expect(refused.escalations.count == 1, "nobody has found the next one")
        refused.commit(.assign, at: wall("2026-11-06 10:40")) { $0.set(.assignee, .text("C08")) }
        #expect(refused.ticket.clocks["reassignment"]?.stoppedAt == wall("2026-11-06 10:40"))
        #expect(refused.ticket.clocks["acceptance"]?.dueAt == wall("2026-11-06 10:55"))
        var silent = try arrived("tracking", [.kind: "fault", .category: "frontend"])
        silent.advance(to: wall("2026-11-06 10:15"))
        #expect(silent.ticket.clocks["acceptance"]?.phase == .breached)
        #expect(silent.escalations.count == 1, "E3: the supervisor coordinates")
        #expect(try profile("tracking").recipients(ofLevel: 1) == [.supervisor])
    }

    @Test(arguments: [
        ("tracking", "reassignment", "2026-11-06 11:15"),
        ("unified", "reassignment", "2026-11-06 11:15"),
        ("unified", "ownership", "2026-11-07 11:00"), ("feedback", "ownership", "2026-11-07 11:00"),
        ("complaint", "response", "2026-11-06 15:00"), ("qa", "response", "2026-11-07 11:00"),
        ("basic", "response", "2026-11-06 15:00"),
    ])
    func `E3: who gives back what they had taken leaves a promise that somebody has it`(
        name: String, clock: String, due: String
    ) throws {
        var ticket = try arrived(name)
        ticket.commit(.assign, at: wall("2026-11-06 10:05")) { $0.set(.assignee, .text("B07")) }
        ticket.commit(.accept, at: wall("2026-11-06 10:10"))
        #expect(ticket.ticket.clocks[clock]?.isRunning != true)
        let before = ticket.ticket.clocks
        ticket.commit(.refuse, at: wall("2026-11-06 10:50"), actedAt: wall("2026-11-06 10:08"))
        #expect(ticket.ticket.clocks == before, "somebody else has it by then")
        ticket.commit(.refuse, at: wall("2026-11-06 11:00")) { $0.set(.assignee, .text("")) }
        #expect(ticket.ticket.clocks[clock]?.phase == .running)
        #expect(ticket.ticket.clocks[clock]?.dueAt == wall(due))
        ticket.commit(.accept, at: wall("2026-11-06 11:10")) { $0.set(.assignee, .text("C08")) }
        #expect(ticket.ticket.clocks[clock]?.phase == .met)
        #expect(ticket.escalations.isEmpty)
    }

    @Test func `K8: a question is answered within the hour`() throws {
        var ticket = try arrived("complaint", [.kind: "consultation", .category: "inquiry"])
        #expect(ticket.ticket.clocks["answer"]?.dueAt == wall("2026-11-06 11:00"))
        ticket.commit(.contact, at: wall("2026-11-06 10:40"))
        #expect(ticket.ticket.clocks["answer"]?.phase == .met)
        let complaint = try arrived("complaint", [.kind: "complaint"])
        #expect(complaint.ticket.clocks["answer"] == nil)
    }

    @Test func `K9 K23: after the solution the customer is asked, then called back`() throws {
        var ticket = try arrived("unified", [.kind: "complaint"])
        ticket.commit(.resolve, at: wall("2026-11-06 14:00")) { $0.set(.status, .integer(5)) }
        #expect(ticket.ticket.clocks["customer_check"]?.dueAt == wall("2026-11-06 15:00"))
        #expect(ticket.ticket.clocks["callback"]?.dueAt == wall("2026-11-07 14:00"))
        ticket.commit(.verify, at: wall("2026-11-06 14:30")) {
            $0.say(.verified, at: wall("2026-11-06 14:30"))
        }
        #expect(ticket.ticket.clocks["customer_check"]?.phase == .met)
        #expect(ticket.ticket.clocks["customer_answer"]?.phase == .met)
        #expect(ticket.ticket.clocks["callback"]?.phase == .running, "X7: the call is another step")
        ticket.commit(.rate, at: wall("2026-11-07 09:00"))
        #expect(ticket.ticket.clocks["callback"]?.phase == .met)
    }

    @Test func `K9: who was reached and has said neither yes nor no is not forgotten`() throws {
        var ticket = try arrived("unified", [.kind: "complaint"])
        ticket.commit(.resolve, at: wall("2026-11-06 14:00")) { $0.set(.status, .integer(5)) }
        ticket.commit(.contact, at: wall("2026-11-06 14:20"))
        #expect(ticket.ticket.clocks["customer_check"]?.phase == .met, "they were reached")
        // What they had to add is an answer to the call, and no word of whether it is solved.
        ticket.commit(.rate, at: wall("2026-11-06 17:00")) {
            $0.rate(.furtherRemarks, at: wall("2026-11-06 17:00"))
        }
        #expect(ticket.ticket.clocks["callback"]?.phase == .met)
        #expect(ticket.ticket.clocks["customer_answer"]?.dueAt == wall("2026-11-07 14:00"))
        ticket.advance(to: wall("2026-11-07 14:00"))
        #expect(ticket.escalations.contains { $0.isOf("customer_answer") })
    }

    @Test func `K9: the hour of the customer begins when the department has looked at it`() throws {
        var ticket = try arrived("tracking", [.kind: "fault"])
        ticket.commit(.resolve, at: wall("2026-11-06 14:00")) {
            $0.set(.status, .integer(5))
            $0.resolve("已修复", at: wall("2026-11-06 14:00"))
        }
        #expect(ticket.ticket.clocks["customer_check"] == nil)
        ticket.commit(.approve, at: wall("2026-11-06 14:10")) {
            $0.answer("solution", .rejected)
            $0.set(.status, .integer(6))
        }
        #expect(ticket.ticket.clocks["customer_check"] == nil, "there is nothing to check")
        ticket.commit(.resolve, at: wall("2026-11-06 15:00")) {
            $0.set(.status, .integer(5))
            $0.resolve("已修复并测试", at: wall("2026-11-06 15:00"))
        }
        ticket.commit(.approve, at: wall("2026-11-06 15:40")) { $0.answer("solution", .approved) }
        #expect(ticket.ticket.clocks["customer_check"]?.dueAt == wall("2026-11-06 16:40"))
        ticket.commit(.contact, at: wall("2026-11-06 16:00"))
        ticket.commit(.approve, at: wall("2026-11-06 17:30"), actedAt: wall("2026-11-06 15:50")) {
            $0.answer("solution", .approved, by: "qian")
        }
        #expect(ticket.ticket.clocks["customer_check"]?.cycle == 1, "a second yes brings nothing")
        #expect(ticket.ticket.clocks["customer_check"]?.phase == .met)
    }

    @Test func `K9: a yes to what is no solution any more begins no hour`() throws {
        var ticket = try arrived("tracking", [.kind: "fault"])
        ticket.commit(.resolve, at: wall("2026-11-06 14:00")) {
            $0.set(.status, .integer(5))
            $0.resolve("已修复", at: wall("2026-11-06 14:00"))
        }
        var turnedDown = ticket
        turnedDown.commit(.approve, at: wall("2026-11-06 14:10")) {
            $0.answer("solution", .rejected)
            $0.set(.status, .integer(6))
        }
        turnedDown.commit(.approve, at: wall("2026-11-06 14:20")) {
            $0.answer("solution", .approved, by: "qian")
        }
        #expect(turnedDown.ticket.clocks["customer_check"] == nil, "of two the no counts")
        ticket.commit(.approve, at: wall("2026-11-06 14:30")) {
            $0.answer("solution", .approved)
            $0.resolve("已修复并测试", at: wall("2026-11-06 14:05"))
        }
        #expect(ticket.ticket.clocks["customer_check"] == nil, "another version stands by then")
    }

    @Test func `H6: who is called back and content has given the yes that was waited for`() throws {
        var ticket = try arrived("unified", [.kind: "complaint"])
        ticket.commit(.resolve, at: wall("2026-11-06 14:00")) { $0.set(.status, .integer(5)) }
        ticket.commit(.rate, at: wall("2026-11-06 16:00")) {
            $0.rate(.satisfied, at: wall("2026-11-06 16:00"))
        }
        for clock in ["customer_answer", "callback"] {
            #expect(ticket.ticket.clocks[clock]?.phase == .met, "\(clock)")
        }
    }

    @Test func `K2: who has solved it in time has engaged`() throws {
        for name in ["unified", "tracking"] {
            var ticket = try arrived(name, rank: name == "unified" ? 3 : 4)
            ticket.commit(.resolve, at: wall("2026-11-06 10:02")) { $0.set(.status, .integer(5)) }
            #expect(ticket.ticket.clocks["engagement"]?.phase == .met, "\(name)")
        }
    }

    @Test func `K10: an urgent case is reported on every hour, also at night`() throws {
        var ticket = try arrived("tracking", rank: 4, [.kind: "fault"])
        ticket.commit(.accept, at: wall("2026-11-06 22:00")) { $0.set(.assignee, .text("B07")) }
        #expect(ticket.ticket.clocks["urgent_progress"]?.dueAt == wall("2026-11-06 23:00"))
        #expect(ticket.ticket.clocks["progress"] == nil)
        ticket.commit(.progress, at: wall("2026-11-06 22:50"))
        #expect(ticket.ticket.clocks["urgent_progress"]?.dueAt == wall("2026-11-06 23:50"))
    }

    @Test(arguments: [(4, "12:00"), (3, "14:00")] as [(Int64, String)])
    func `K12 K18: a question of a class is answered by its time`(rank: Int64, due: String) throws {
        let ticket = try arrived("qa", rank: rank, [.category: "price"])
        #expect(ticket.ticket.clocks["response"]?.dueAt == wall("2026-11-06 \(due)"))
        let rare = try arrived("qa", rank: 1, [.category: "price"])
        #expect(rare.ticket.clocks["response"]?.dueAt == wall("2026-11-08 10:00"))
    }

    @Test func `K13: the two hours begin when the handler has it, accepted or not`() throws {
        var ticket = try arrived("tracking", [.kind: "fault", .category: "frontend"])
        #expect(ticket.ticket.clocks["investigation"] == nil, "a queue is nobody")
        ticket.commit(.assign, at: wall("2026-11-06 11:00")) { $0.set(.assignee, .text("B07")) }
        #expect(ticket.ticket.clocks["investigation"]?.dueAt == wall("2026-11-06 13:00"))
        ticket.commit(.accept, at: wall("2026-11-06 11:05"))
        #expect(ticket.ticket.clocks["investigation"]?.phase == .running)
        ticket.commit(.progress, at: wall("2026-11-06 12:00"))
        #expect(ticket.ticket.clocks["investigation"]?.phase == .met)
    }

    @Test func `K14: a quality problem is reviewed within two hours`() throws {
        var ticket = try arrived("qa", [.category: "quality"])
        #expect(ticket.ticket.clocks["review"]?.dueAt == wall("2026-11-06 12:00"))
        ticket.commit(.progress, at: wall("2026-11-06 11:00")) { $0.set(.step, .text("reviewed")) }
        #expect(ticket.ticket.clocks["review"]?.phase == .met)
        let service = try arrived("qa", [.category: "service"])
        #expect(service.ticket.clocks["review"] == nil)
        var unified = try arrived("unified", [.kind: "complaint", .category: "product"])
        for act in [Act.progress, .plan] { unified.commit(act, at: wall("2026-11-06 10:30")) }
        #expect(unified.ticket.clocks["review"]?.phase == .running, "that is no review")
        unified.advance(to: wall("2026-11-06 13:30"))
        #expect(unified.ticket.clocks["review"]?.phase == .breached)
    }

    // MARK: - A7, A8, A9

    @Test func `RT5: a first class sends it to the department, a finer one keeps it there`() throws
    {
        var ticket = try arrived("tracking", [.kind: "fault"])
        #expect(ticket.ticket.department?.rawValue == "客服部")
        ticket.commit(.classify, at: wall("2026-11-06 10:10")) {
            $0.set(.category, .text("technical"))
        }
        #expect(ticket.ticket.department?.rawValue == "技术部")
        ticket.commit(.classify, at: wall("2026-11-06 10:20")) {
            $0.set(.category, .text("database"))
        }
        #expect(ticket.ticket.department?.rawValue == "技术部")
    }

    @Test func `AP4: a complaint is settled in one of the manual's ways`() throws {
        let profile = try profile("complaint")
        let field = try #require(profile.field(named: "remedy"))
        guard case .choice(let ways) = profile.type(of: field) else {
            Issue.record("it is no closed list")
            return
        }
        #expect(ways.map(\.label.zh) == ["退货", "换货", "维修", "补偿", "道歉"])
    }

    @Test func `AP5: a complaint's plan waits for the customer, a question's does not`() throws {
        let profile = try profile("complaint")
        var ticket = try arrived("complaint", [.kind: "complaint"])
        ticket.set(.plan, .text("换货"))
        #expect(profile.missingApproval(before: .resolve, on: ticket.ticket)?.key == "customer")
        let question = try arrived("complaint", [.kind: "consultation"])
        #expect(profile.missingApproval(before: .resolve, on: question.ticket) == nil)
    }

    @Test func `E1: what is urgent is the supervisor's after a minute, by itself`() throws {
        var ticket = try arrived("qa", rank: 4, [.category: "quality"])
        ticket.advance(to: wall("2026-11-06 10:01"))
        #expect(ticket.ticket.escalationLevel == 1 && ticket.escalations.count == 1)
        #expect(try profile("qa").recipients(ofLevel: 1) == [.supervisor])
    }

    @Test func `E2: nobody engaged in five minutes, the head and the duty manager are told`() throws
    {
        var ticket = try arrived("tracking", rank: 4, [.kind: "fault", .category: "technical"])
        ticket.advance(to: wall("2026-11-06 10:05"))
        #expect(ticket.ticket.escalationLevel == 2)
        #expect(
            try profile("tracking").recipients(ofLevel: 2) == [.departmentHead, .dutyManager])
    }

    @Test func `E7: injury, batch faults and exposure are what urgent means, with an hour`() throws
    {
        let profile = try profile("complaint")
        let urgent = try #require(profile.priorities.first)
        for word in ["人身安全", "批量质量问题", "舆情"] { #expect(urgent.criteria.zh.contains(word)) }
        let ticket = try arrived("complaint", rank: 3, [.kind: "complaint"])
        #expect(ticket.ticket.clocks["response"]?.dueAt == wall("2026-11-06 11:00"))
    }

    // MARK: - A11

    @Test func `H2: a plan is an immediate fix, an iteration or somebody else's`() throws {
        guard case .choice(let kinds) = try profile("tracking").type(of: .planKind) else {
            Issue.record("it is no closed list")
            return
        }
        #expect(kinds.map(\.label.zh) == ["即时修复", "优化迭代", "外部协调"])
    }

    @Test func `H4: what the handling has reached is one of the manual's words`() throws {
        let profile = try profile("complaint")
        #expect(profile.steps.map(\.label.zh) == ["已检测", "已联系供应商", "已发货"])
        #expect(profile.problem(of: .step, value: .text("inspected")) == nil)
        #expect(profile.problem(of: .step, value: .text("lost")) != nil)
    }

    @Test func `H5: the review comes before the customer, and both before the end`() throws {
        let profile = try profile("tracking")
        var ticket = try arrived("tracking", [.kind: "fault"])
        ticket.resolve("已修复", at: wall("2026-11-06 12:00"))
        #expect(profile.missingApproval(before: .verify, on: ticket.ticket)?.key == "solution")
        #expect(profile.lacksConsent(before: .close, on: ticket.ticket))
    }

    // MARK: - B5

    @Test func `T4: nothing breaks while a case waits, and what broke before stays as it was`()
        throws
    {
        var ticket = try arrived("unified", [.kind: "complaint"])
        ticket.commit(.accept, at: wall("2026-11-06 10:10")) { $0.set(.assignee, .text("B07")) }
        let due = wall("2026-11-06 15:40")
        #expect(ticket.ticket.clocks["progress"]?.dueAt == due)
        ticket.commit(.pause, at: wall("2026-11-06 15:30"))
        ticket.advance(to: wall("2026-11-09 17:00"))
        #expect(ticket.ticket.clocks["progress"]?.phase == .running)
        #expect(ticket.ticket.clocks["progress"]?.dueAt == due, "it does not grow either")
        ticket.commit(.resume, at: wall("2026-11-09 17:00"))
        #expect(ticket.ticket.clocks["progress"]?.dueAt == wall("2026-11-09 17:10"))
        let others = ticket.escalations.count
        ticket.advance(to: wall("2026-11-09 17:10"))
        #expect(ticket.ticket.clocks["progress"]?.phase == .breached)
        #expect(ticket.escalations.count == others + 1)
        let broken = ticket.ticket.clocks["progress"]
        ticket.commit(.pause, at: wall("2026-11-09 17:20"))
        ticket.commit(.resume, at: wall("2026-11-10 10:00"))
        #expect(ticket.ticket.clocks["progress"] == broken, "a pause mends nothing")
    }

    @Test func `T6: a limit that a new policy changes or drops leaves no alarm of the old one`()
        throws
    {
        var ticket = try arrived("tracking", [.kind: "fault"])
        let timers = ticket.timers.filter { $0.key.clock == "acceptance" }
        #expect(!timers.isEmpty)
        let text = try Profile.builtInText("tracking")
        let start = try #require(text.firstRange(of: "  # K5\n")).lowerBound
        let end = try #require(text.firstRange(of: "  # K13:")).lowerBound
        ticket.profile = try Profile(yaml: String(text[..<start] + text[end...]), file: "shorter")
        #expect(ticket.profile.clock(named: "acceptance") == nil)
        ticket.advance(to: wall("2026-11-06 10:14"))
        #expect(ticket.ticket.clocks["acceptance"]?.phase == .running, "it may come back")
        ticket.advance(to: wall("2026-11-06 18:00"))
        #expect(ticket.escalations.isEmpty && ticket.ticket.escalationLevel == 0, "dropped")
        #expect(ticket.ticket.clocks["acceptance"]?.phase == .cancelled)
        #expect(ticket.ticket.clocks["acceptance"]?.reason == ClockState.changedReason)
        #expect(ticket.ticket.nextDue?.name != "acceptance")

        var broken = try arrived("tracking", [.kind: "fault"])
        broken.advance(to: wall("2026-11-06 10:15"))
        broken.profile = ticket.profile
        broken.commit(.note, at: wall("2026-11-06 10:20")) { $0.say(.note) }
        #expect(broken.ticket.clocks["acceptance"]?.phase == .breached, "that stays a fact")
        #expect(broken.ticket.clocks["acceptance"]?.stoppedAt == wall("2026-11-06 10:20"))

        var changed = try arrived("tracking", [.kind: "fault"])
        let longer = text.replacing(
            "limits: {urgent: 15m, high: 15m, medium: 15m, low: 15m}",
            with: "limits: {urgent: 30m, high: 30m, medium: 30m, low: 30m}")
        changed.profile = try Profile(yaml: longer, file: "longer")
        #expect(changed.ticket.clocks["acceptance"]?.dueAt == wall("2026-11-06 10:15"))
        changed.commit(.accept, at: wall("2026-11-06 10:14")) { $0.set(.assignee, .text("B07")) }
        #expect(changed.ticket.clocks["acceptance"]?.phase == .met, "by what it was begun with")
        changed.commit(.assign, at: wall("2026-11-06 11:00")) { $0.set(.assignee, .text("C08")) }
        #expect(changed.ticket.clocks["acceptance"]?.dueAt == wall("2026-11-06 11:30"))
        changed.advance(to: wall("2026-11-06 11:29"))
        #expect(!changed.escalations.contains { $0.isOf("acceptance") })
    }

    @Test func `T10: what the hub's rules write sets off no rule, whatever it changes`() throws {
        var ticket = try arrived("unified", [.kind: "complaint"])
        for act in [Act.route, .clock] {
            let reactions = ticket.commit(act, at: wall("2026-11-06 10:05")) {
                $0.set(.priority, .integer(3), by: "hub")
                $0.set(.department, .text("技术部"), by: "hub")
                $0.tag("描述模糊")
            }
            #expect(reactions.isEmpty, "\(act)")
        }
    }

    @Test func `T33: what staff say among themselves is no word to the customer`() throws {
        var ticket = try arrived("complaint", [.kind: "consultation"])
        ticket.commit(.note, at: wall("2026-11-06 10:10")) { $0.say(.note, .staff) }
        #expect(ticket.ticket.clocks["answer"]?.phase == .running)
        ticket.commit(.note, at: wall("2026-11-06 10:20")) {
            $0.say(.note, .customer, at: wall("2026-11-06 10:20"))
        }
        #expect(ticket.ticket.clocks["answer"]?.phase == .met)
    }

    @Test func `T27: the time of filling in the form is not the customer's`() throws {
        var ticket = try Case(priority: 3, profile: profile("complaint"))
        ticket.ticket.capturedAt = wall("2026-11-06 10:07")
        ticket.set(.reportedTime, .text("2026-11-06 10:00"))
        ticket.commit(.create, at: wall("2026-11-06 10:09"))
        #expect(ticket.ticket.clocks["response"]?.dueAt == wall("2026-11-06 11:07"))
    }

    @Test func `T34: who accepted and then says nothing is noticed`() throws {
        var ticket = try arrived("unified", [.kind: "complaint"])
        ticket.commit(.accept, at: wall("2026-11-06 10:10")) { $0.set(.assignee, .text("B07")) }
        ticket.commit(.progress, at: wall("2026-11-06 11:00"))
        ticket.advance(to: wall("2026-11-06 16:30"))
        #expect(ticket.ticket.clocks["progress"]?.phase == .breached)
    }
}
