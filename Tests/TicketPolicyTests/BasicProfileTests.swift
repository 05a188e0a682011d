import Testing
import TicketModel
import TicketPolicy

@Suite struct BasicProfileTests {
    private let profile: Profile

    init() throws { profile = try basic.get() }

    private let complete: [FieldID: FieldValue] = [
        .contact: .text("王女士 138****0000"), .reportedTime: .text("2024-03-10T10:30+08:00"),
        .channel: .text("hotline"), .kind: .text("complaint"),
        .description: .text("购买的产品使用3天出现故障"), .demand: .text("退货并赔偿"),
        .priority: .integer(2), .eventTime: .text("2024-03-10"), .eventPlace: .text("家中"),
        .product: .text("商品A"),
    ]

    @Test func `the basic profile has the words of manual 003`() {
        #expect(profile.name == "basic")
        #expect(profile.version == 1)
        #expect(profile.zone == "Asia/Shanghai")
        #expect(profile.kinds.map(\.label.zh) == ["咨询", "建议", "投诉"])
        #expect(profile.priorities.map(\.label.zh) == ["紧急", "重要", "一般"])
        #expect(profile.priorities.map(\.rank) == [3, 2, 1])
        #expect(
            profile.priorities.allSatisfy { !$0.criteria.zh.isEmpty && !$0.criteria.en.isEmpty })
        #expect(profile.departments.count == 9)
        #expect(profile.escalationLevels.map(\.label.zh) == ["主管", "部门负责人与值班经理", "管理层"])
        #expect(profile.priority(named: "urgent")?.rank == 3)
        #expect(profile.priority(named: "P1") == nil)
    }

    @Test(arguments: ["store", "business_hall", "hotline", "paper_box", "forum", "third_party"])
    func `CH6 CH7: the channels of a shop are there`(channel: String) {
        #expect(profile.problem(of: .channel, value: .text(channel)) == nil)
    }

    @Test func `every built-in name yields its profile, others are refused`() throws {
        for name in Profile.builtInNames {
            #expect(try Profile.builtIn(name).name == name)
        }
        #expect(throws: ProfileError.self) { try Profile.builtIn("../complaint") }
    }

    // MARK: F2, F3

    @Test func `F2 F3: the phone example of the manual is complete`() {
        #expect(profile.missingFields(for: complete).isEmpty)
    }

    @Test func `F2: an empty form misses every required field, in the order of the form`() {
        let expected: [FieldID] = [
            .contact, .reportedTime, .channel, .kind, .description, .demand, .priority,
        ]
        #expect(profile.missingFields(for: [:]) == expected)
    }

    @Test func `F3: a complaint needs when, where and what`() {
        var fields = complete
        for field in [FieldID.eventTime, .eventPlace, .product] { fields[field] = nil }
        #expect(profile.missingFields(for: fields) == [.eventTime, .eventPlace, .product])
        fields[.kind] = .text("consultation")
        #expect(profile.missingFields(for: fields).isEmpty)
    }

    @Test(arguments: ["", " ", "\n\t", "\u{3000}"])
    func `F2: white space fills nothing`(text: String) {
        var fields = complete
        fields[.contact] = .text(text)
        #expect(profile.missingFields(for: fields) == [.contact])
    }

    @Test func `a value of a newer version fills its field`() {
        var fields = complete
        fields[.contact] = .opaque([1])
        #expect(profile.missingFields(for: fields).isEmpty)
    }

    // MARK: values

    @Test(arguments: [FieldID.kind, .channel, .category, .department])
    func `F6: a closed list takes no free text and says what it takes`(field: FieldID) throws {
        let problem = try #require(profile.problem(of: field, value: .text("whatever")))
        let first = try #require(problem.allowed.first)
        #expect(problem.message.zh.contains(first) && problem.message.en.contains(first))
        #expect(profile.problem(of: field, value: .text(first)) == nil)
        #expect(profile.problem(of: field, value: .integer(1)) != nil)
    }

    @Test func `numbers have their own lists`() {
        for rank in [1, 2, 3] as [Int64] {
            #expect(profile.problem(of: .priority, value: .integer(rank)) == nil)
            #expect(profile.problem(of: .escalation, value: .integer(rank)) == nil)
        }
        #expect(profile.problem(of: .escalation, value: .integer(0)) == nil)
        for rank in [Int64.min, -1, 4, .max] {
            #expect(profile.problem(of: .priority, value: .integer(rank)) != nil)
            #expect(profile.problem(of: .escalation, value: .integer(rank)) != nil)
        }
        #expect(profile.problem(of: .priority, value: .text("urgent"))?.allowed.first == "urgent")
        #expect(profile.problem(of: .status, value: .integer(8)) == nil)
        #expect(profile.problem(of: .status, value: .integer(9)) != nil)
    }

    @Test(arguments: [
        FieldID.status, .priority, .escalation, .classStage, .kind, .department, .cooperating,
        .assignee, .store,
    ])
    func `what the hub acts upon is understood or refused`(field: FieldID) {
        #expect(profile.problem(of: field, value: .opaque([0])) != nil)
        let isNumber = [FieldID.status, .priority, .escalation, .classStage].contains(field)
        #expect((profile.problem(of: field, value: .text("")) != nil) == isNumber)
    }

    @Test func `texts have lengths and no control characters`() {
        let line = String(repeating: "a", count: FieldType.textByteCountMax)
        #expect(profile.problem(of: .subject, value: .text(line)) == nil)
        #expect(profile.problem(of: .subject, value: .text(line + "a")) != nil)
        #expect(profile.problem(of: .subject, value: .text("a\nb")) != nil)
        let long = String(repeating: "a", count: FieldType.longTextByteCountMax)
        #expect(profile.problem(of: .description, value: .text(long)) == nil)
        #expect(profile.problem(of: .description, value: .text(long + "部")) != nil)
        #expect(profile.problem(of: .description, value: .text("a\r\n\tb")) == nil)
        #expect(profile.problem(of: .description, value: .text("a\u{1B}[2Jb")) != nil)
        #expect(profile.problem(of: .tags, value: .text("响应超时")) == nil)
        #expect(profile.problem(of: .tags, value: .text(line)) != nil)
    }

    @Test func `owners and stores are names`() {
        #expect(profile.problem(of: .assignee, value: .text("A17")) == nil)
        #expect(profile.problem(of: .store, value: .text("S 042")) != nil)
    }

    @Test func `3-15: what nobody here knows is carried, not refused`() {
        let unknown = FieldID(rawValue: 77_777)
        #expect(profile.problem(of: unknown, value: .integer(5)) == nil)
        #expect(profile.problem(of: .contact, value: .opaque([9])) == nil)
        #expect(profile.mergePolicy(of: unknown) == .keepBoth)
        #expect(profile.name(of: unknown) == "field_77777")
        #expect(profile.display(.opaque([9]), of: .kind, .en).contains("newer version"))
    }

    @Test func `an empty text clears any field`() {
        for field in [FieldID.assignee, .category, .subject, .tags] {
            #expect(profile.problem(of: field, value: .text("")) == nil)
        }
    }

    // MARK: words

    @Test func `every field has one name and a label in both languages`() throws {
        let ids = (1...24).map { FieldID(rawValue: $0) } + profile.customFields.map(\.id)
        for id in ids {
            let name = profile.name(of: id)
            #expect(!name.hasPrefix("field_"))
            #expect(profile.field(named: name) == id)
            #expect(profile.label(of: id, .zh) != profile.label(of: id, .en))
        }
        #expect(Set(ids.map { profile.name(of: $0) }).count == ids.count)
        #expect(profile.field(named: "nothing") == nil)
    }

    @Test func `values are shown in words`() {
        #expect(profile.display(.integer(3), of: .priority, .zh) == "紧急")
        #expect(profile.display(.integer(3), of: .priority, .en) == "urgent")
        #expect(profile.display(.integer(9), of: .priority, .en) == "9")
        #expect(profile.display(.integer(3), of: .status, .zh) == "处理中")
        #expect(profile.display(.integer(2), of: .escalation, .zh) == "2级(部门负责人与值班经理)")
        #expect(profile.display(.text("store"), of: .channel, .zh) == "门店")
        #expect(profile.display(.text("売店"), of: .channel, .zh) == "売店")
        #expect(profile.display(.text("store"), of: .subject, .zh) == "store")
    }

    @Test func `F3: the scene is a field of the profile that keeps both texts`() throws {
        let scene = try #require(profile.field(named: "scene"))
        #expect(scene.isCustom)
        #expect(profile.mergePolicy(of: scene) == .keepBoth)
        #expect(profile.mergePolicy(of: .status) == .status)
    }

    // MARK: permissions

    @Test func `who may do what`() {
        #expect(profile.allows(.create, roles: [.clerk]))
        #expect(profile.allows(.assign, roles: [.departmentHead]))
        #expect(!profile.allows(.assign, roles: [.clerk]))
        #expect(profile.allows(.assign, roles: [.clerk, .supervisor]))
        #expect(!profile.allows(.create, roles: []))
    }

    @Test func `G15: who handled a case neither closes nor rates it`() {
        #expect(profile.allows(.resolve, roles: [.handler]))
        #expect(!profile.allows(.close, roles: [.handler]))
        #expect(!profile.allows(.rate, roles: [.handler]))
    }

    @Test func `what the hub's rules do is nobody's to do`() {
        for act in [Act.route, .clock] {
            #expect(!profile.allows(act, roles: Set(Role.allCases)))
        }
    }

    @Test func `E5 T35: levels have their roles and the ladder has an end`() {
        #expect(profile.recipients(ofLevel: 0).isEmpty)
        #expect(profile.recipients(ofLevel: -1).isEmpty)
        #expect(profile.recipients(ofLevel: 1) == [.supervisor])
        #expect(profile.recipients(ofLevel: 2) == [.departmentHead, .dutyManager])
        #expect(profile.recipients(ofLevel: 3) == [.manager])
        #expect(profile.recipients(ofLevel: .max) == [.manager])
    }
}

@Suite struct RoutingTests {
    @Test(
        arguments: [
            ("product", "售后部", ["技术部"]), ("attitude", "客服部", []), ("process", "客服部", []),
            ("", "客服部", []),
        ] as [(String, String, [String])])
    func `RT2: the class decides the department`(
        category: String, department: String, cooperating: [String]
    ) throws {
        var ticket = try Case(priority: 2)
        ticket.set(.category, .text(category))
        let routing = ticket.profile.route(ticket.ticket)
        #expect(routing?.department.rawValue == department)
        #expect(routing?.cooperating.map(\.rawValue) == cooperating)
        let reactions = ticket.commit(.create, at: at(0))
        guard case .route(let move) = reactions.first else {
            return #expect(Bool(false), "\(reactions)")
        }
        #expect(move.department?.rawValue == department)
        #expect(move.joining.map(\.rawValue) == cooperating)
        #expect(move.rule == routing?.rule)
    }

    @Test func `RT2: a department chosen by a person stays`() throws {
        var ticket = try Case(priority: 2)
        ticket.set(.department, .text("产品部"))
        ticket.set(.category, .text("attitude"))
        ticket.commit(.create, at: at(0))
        ticket.commit(.edit, at: at(minute)) { $0.set(.category, .text("product")) }
        #expect(ticket.ticket.department?.rawValue == "产品部")
    }

    @Test func `RT10: a corrected class moves a ticket that waits`() throws {
        var ticket = try Case(priority: 2)
        ticket.set(.category, .text("attitude"))
        ticket.commit(.create, at: at(0))
        ticket.commit(.edit, at: at(minute)) { $0.set(.category, .text("product")) }
        #expect(ticket.ticket.department?.rawValue == "售后部")
    }

    @Test func `RT10: a ticket that somebody has is not moved under their hands`() throws {
        var ticket = try Case(priority: 2)
        ticket.commit(.create, at: at(0))
        ticket.set(.assignee, .text("B2"))
        ticket.commit(.edit, at: at(minute)) { $0.set(.category, .text("product")) }
        #expect(ticket.ticket.department?.rawValue == "客服部")
    }

    @Test func `an edit that changes no route moves nothing`() throws {
        var ticket = try Case(priority: 2)
        ticket.commit(.create, at: at(0))
        #expect(ticket.commit(.edit, at: at(minute)) { $0.set(.subject, .text("…")) }.isEmpty)
    }
}
