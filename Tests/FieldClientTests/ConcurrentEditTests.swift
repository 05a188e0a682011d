import FieldClient
import Replication
import Testing
import TicketModel
import TicketPolicy
import Wire

/// Two replicas edit the same ticket offline in every field of replication.md 3.3: the outcome is
/// the table's, it is equal on all replicas and at the hub, and nothing goes silently.
@Suite struct ConcurrentEditTests {
    /// Who reaches the hub first.
    enum Order: CaseIterable { case storeFirst, agentFirst }

    /// A store and an agent who hold the same ticket, and a supervisor who looks on.
    private struct Scene {
        let world: SyncWorld
        let store: SyncClient
        let agent: SyncClient
        let office: SyncClient
        let id: TicketID

        init(policy: String? = nil) throws {
            world = try SyncWorld(policy: policy)
            store = try world.clerk()
            agent = try world.agent()
            office = try world.supervisor()
            id = try store.logComplaint()
            try world.settle()
            _ = try office.desk.assign(
                id, to: .staff(agent.staff, nil), reason: "", by: office.staff)
            try world.settle()
        }

        /// Both write without a network, then sync in this order; everybody must agree.
        func meet(
            _ order: Order, store inStore: (SyncClient) throws -> Void,
            agent inField: (SyncClient) throws -> Void
        ) throws -> Ticket {
            try inStore(store)
            try inField(agent)
            for client in order == .storeFirst ? [store, agent] : [agent, store] {
                try client.sync()
            }
            try world.settle()
            let ticket = try #require(try world.ticket(id))
            for client in [store, agent, office] {
                #expect(try client.visible(id) == ticket, "\(client.staff)")
                #expect(try client.base(id) == ticket, "\(client.staff)")
                #expect(try client.dispositions().allSatisfy { $0 != nil })
            }
            return ticket
        }

        /// The answer to the newest change of a client.
        func answer(to client: SyncClient) throws -> Disposition {
            try #require(try client.dispositions().last.flatMap { $0 })
        }
    }

    @Test(arguments: Order.allCases)
    func `of two statuses the one that asks for more attention stays`(order: Order) throws {
        let scene = try Scene()
        let ticket = try scene.meet(
            order,
            store: { _ = try $0.desk.resolve(scene.id, solution: "已换货", by: $0.staff) },
            agent: { _ = try $0.desk.accept(scene.id, by: $0.staff) })
        #expect(ticket.status == .resolved)
        let loser = try scene.answer(to: scene.agent)
        #expect(loser.outcome == (order == .agentFirst ? .applied : .superseded))
    }

    @Test func `a close that did not see a comment is a draft that can be tried again`() throws {
        let scene = try Scene()
        _ = try scene.store.desk.resolve(scene.id, solution: "已换货", by: scene.store.staff)
        try scene.world.settle()
        let ticket = try scene.meet(
            .agentFirst,
            store: { _ = try $0.desk.close(scene.id, note: "客户满意", by: $0.staff) },
            agent: {
                _ = try $0.desk.note(
                    "客户又来电", isForCustomer: false, on: scene.id, by: $0.staff)
            })
        #expect(ticket.status == .resolved)
        let draft = try #require(try scene.store.desk.drafts().first)
        #expect(draft.rejection == Rejection(code: .staleClose, detail: "comments"))
        _ = try scene.store.desk.retry(draft, by: scene.store.staff)
        try scene.world.settle()
        #expect(try scene.world.ticket(scene.id)?.status == .closed)
        #expect(try scene.store.desk.drafts().isEmpty)
        #expect(
            try scene.world.ticket(scene.id)?.comments.map(\.text).suffix(2)
                == ["客户又来电", "客户满意"])
    }

    @Test(arguments: Order.allCases)
    func `the office's word on the owner outweighs a claim, whatever the time`(
        order: Order
    ) throws {
        let scene = try Scene()
        // The office and the agent this time: the office must sync in its turn.
        _ = try scene.office.desk.assign(
            scene.id, to: .staff(StaffID(unchecked: "C08"), nil), reason: "换人",
            by: scene.office.staff)
        _ = try scene.agent.desk.refuse(scene.id, reason: "不会", by: scene.agent.staff)
        let first = order == .storeFirst ? scene.office : scene.agent
        try first.sync()
        try scene.world.settle()
        let ticket = try #require(try scene.world.ticket(scene.id))
        #expect(ticket.assignee == StaffID(unchecked: "C08"))
        #expect(ticket.comments.map(\.text).sorted() == ["不会", "换人"])
        #expect(try scene.store.visible(scene.id) == ticket)
        #expect(try scene.office.visible(scene.id) == ticket)
    }

    @Test(arguments: Order.allCases)
    func `the higher of two escalations stays`(order: Order) throws {
        let scene = try Scene()
        let ticket = try scene.meet(
            order,
            store: {
                _ = try $0.desk.escalate(scene.id, to: 1, reason: "急", by: $0.staff)
            },
            agent: {
                _ = try $0.desk.escalate(scene.id, to: 3, reason: "更急", by: $0.staff)
            })
        #expect(ticket.escalationLevel == 3)
        #expect(ticket.comments.map(\.text).sorted() == ["急", "更急"])
    }

    @Test(arguments: Order.allCases)
    func `of two priorities the more urgent stays`(order: Order) throws {
        let scene = try Scene()
        let ticket = try scene.meet(
            order,
            store: {
                _ = try $0.desk.set(.priority, to: .integer(3), on: scene.id, by: $0.staff)
            },
            agent: {
                _ = try $0.desk.set(.priority, to: .integer(1), on: scene.id, by: $0.staff)
            })
        #expect(ticket.integer(.priority) == 3)
    }

    @Test(arguments: Order.allCases)
    func `a tag that one adds again survives the other's removal`(order: Order) throws {
        let scene = try Scene()
        _ = try scene.store.desk.tag(
            adding: ["漏电", "旧"], removing: [], on: scene.id, by: scene.store.staff)
        try scene.world.settle()
        let ticket = try scene.meet(
            order,
            store: {
                _ = try $0.desk.tag(
                    adding: [], removing: ["漏电", "旧"], on: scene.id, by: $0.staff)
            },
            agent: {
                _ = try $0.desk.tag(
                    adding: ["漏电", "新"], removing: [], on: scene.id, by: $0.staff)
            })
        #expect(ticket.tags == ["新", "漏电"].sorted())
    }

    @Test(
        arguments: Order.allCases,
        [FieldID.subject, .description, .resolution, .contact, .demand, FieldID(rawValue: 1000)])
    func `of two texts one is shown and the other kept in sight`(
        order: Order, field: FieldID
    ) throws {
        let scene = try Scene()
        let ticket = try scene.meet(
            order,
            store: {
                _ = try $0.desk.set(field, to: .text("门店说法"), on: scene.id, by: $0.staff)
            },
            agent: {
                _ = try $0.desk.set(field, to: .text("现场说法"), on: scene.id, by: $0.staff)
            })
        let register = try #require(ticket.registers[field])
        // The store's word outweighs the agent's, whatever the order.
        #expect(register.value == .text("门店说法"))
        #expect(register.alternates.map(\.value) == [.text("现场说法")])
    }

    @Test(arguments: Order.allCases)
    func `comments of both stand in the order of their commits`(order: Order) throws {
        let scene = try Scene()
        let say = { (text: String) in
            { (client: SyncClient) in
                _ = try client.desk.note(
                    text, isForCustomer: false, on: scene.id, by: client.staff)
            }
        }
        let ticket = try scene.meet(order, store: say("门店"), agent: say("现场"))
        let expected = order == .storeFirst ? ["门店", "现场"] : ["现场", "门店"]
        #expect(ticket.comments.map(\.text) == expected)
    }

    @Test func `of a former owner's work words are taken late and decisions become drafts`() throws
    {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let (former, next) = (
            try world.client("B07", .handler), try world.client("C08", .handler)
        )
        let id = try store.logComplaint()
        try world.settle()
        for owner in [former, next] {
            _ = try office.desk.assign(
                id, to: .staff(owner.staff, nil), reason: "", by: office.staff)
            try office.sync()
            if owner === former { try former.sync() }
        }
        _ = try former.desk.note("已到现场", isForCustomer: false, on: id, by: former.staff)
        _ = try former.desk.resolve(id, solution: "已修好", by: former.staff)
        try former.sync()
        try world.settle()
        let answers = try former.dispositions()
        #expect(answers.map { $0?.outcome } == [.lateAccepted, .rejected])
        #expect(answers.last??.rejection?.code == .leftScope)
        #expect(try former.desk.drafts().map(\.body.act) == [.resolve])
        let ticket = try #require(try world.ticket(id))
        #expect(ticket.comments.map(\.text) == ["已到现场"])
        #expect(ticket.comments.first?.isLate == true)
        #expect(ticket.status == .assigned)
        #expect(try next.visible(id) == ticket)
        #expect(try former.store.read { try $0.leftAt(id) } != nil)
    }

    @Test(arguments: Order.allCases)
    func `attachments of both are there`(order: Order) throws {
        let scene = try Scene()
        let attach = { (name: String) in
            { (client: SyncClient) in
                _ = try client.write(
                    .attach, [.add(.attachments, .text(name))], on: scene.id)
            }
        }
        let ticket = try scene.meet(order, store: attach("小票.jpg"), agent: attach("主板.jpg"))
        let values = ticket.sets[.attachments]?.compactMap(\.value.text).sorted()
        #expect(values == ["主板.jpg", "小票.jpg"].sorted())
    }

    @Test func `two answers to one survey are both kept`() throws {
        let scene = try Scene()
        let rate = { (client: SyncClient, remark: String) in
            try client.write(
                .rate, [.rate(token: "t1", .satisfied, score: 9, remark: remark)], on: scene.id)
        }
        _ = try rate(scene.store, "好")
        _ = try rate(scene.office, "很好")
        try scene.world.settle()
        let ticket = try #require(try scene.world.ticket(scene.id))
        #expect(ticket.ratings.map(\.remark).sorted() == ["好", "很好"])
    }

    @Test(arguments: Order.allCases)
    func `custom fields merge as the policy declares`(order: Order) throws {
        let scene = try Scene(policy: Self.policyWithCustomFields)
        let ticket = try scene.meet(
            order, store: { try Self.writeCustomFields($0, scene.id, text: "甲", number: 5) },
            agent: { try Self.writeCustomFields($0, scene.id, text: "乙", number: 7) })
        let last = order == .storeFirst ? "乙" : "甲"
        let first = order == .storeFirst ? "甲" : "乙"
        #expect(ticket.text(FieldID(rawValue: 1001)) == last)
        #expect(ticket.integer(FieldID(rawValue: 1002)) == 7)
        #expect(
            Set(ticket.sets[FieldID(rawValue: 1003)]?.compactMap(\.value.text) ?? [])
                == ["甲", "乙"])
        #expect(ticket.text(FieldID(rawValue: 1004)) == first)
        let late = order == .storeFirst ? scene.agent : scene.store
        #expect(try late.desk.drafts().map(\.rejection.code) == [.staleValue])
    }

    private static func writeCustomFields(
        _ client: SyncClient, _ id: TicketID, text: String, number: Int64
    ) throws {
        try client.write(.edit, [.write(FieldID(rawValue: 1001), .text(text))], on: id)
        try client.write(.edit, [.write(FieldID(rawValue: 1002), .integer(number))], on: id)
        try client.write(.edit, [.add(FieldID(rawValue: 1003), .text(text))], on: id)
        try client.write(.edit, [.write(FieldID(rawValue: 1004), .text(text))], on: id)
    }

    private static let policyWithCustomFields: String = {
        let text = (try? Profile.builtInText("basic")) ?? ""
        return text.replacing(
            "\nfields:\n",
            with: """

                fields:
                  newest: {id: 1001, zh: 最新, en: newest, type: text, merge: last}
                  largest: {id: 1002, zh: 最大, en: largest, type: integer, merge: max}
                  words: {id: 1003, zh: 词, en: words, type: words, merge: set}
                  guarded: {id: 1004, zh: 独占, en: guarded, type: text, merge: cas}

                """)
    }()
}
