import FieldClient
import HubService
import Replication
import Testing
import TicketModel

/// Work that came too late: a supervisor takes it over or lets it go, and its author's draft
/// follows (replication.md 3.8).
@Suite struct QuarantineTests {
    private static let day: Int64 = 24 * 3_600 * 1_000

    /// A world in which an agent comes back after 40 days with a note and a whole new ticket.
    private struct Scene {
        let world: SyncWorld
        let store: SyncClient
        let agent: SyncClient
        let ticket: TicketID
        let made: TicketID

        /// - Parameters:
        ///   - before: what everybody still sees.
        ///   - more: what else comes too late.
        init(
            before: (SyncClient, TicketID) throws -> Void = { _, _ in },
            more: (SyncClient, SyncClient, TicketID) throws -> Void = { _, _, _ in }
        ) throws {
            world = try SyncWorld()
            (store, agent) = (try world.clerk(), try world.agent())
            ticket = try store.logComplaint()
            try world.settle()
            try before(agent, ticket)
            try world.settle()
            _ = try agent.desk.note("旧的", isForCustomer: false, on: ticket, by: agent.staff)
            made = try store.logComplaint()
            _ = try store.desk.note("补充", isForCustomer: false, on: made, by: store.staff)
            try more(store, agent, ticket)
            world.now = world.now.adding(milliseconds: 40 * QuarantineTests.day)
            try world.settle()
        }

        func list() throws -> [QuarantineView] {
            let reply = try HubAdministrator(store: world.hubStore) { world.recoveryKey }
                .perform(.quarantined, at: world.now)
            guard case .quarantined(let work) = reply else { throw WorldFailure("\(reply)") }
            return work
        }

        func perform(_ command: AdminCommand) -> AdminReply {
            HubAdministrator(store: world.hubStore) { world.recoveryKey }.answer(
                command, at: world.now)
        }

        /// The reason of a refusal, in English; nil when it was done.
        func refusal(_ command: AdminCommand) -> String? {
            if case .refused(let text) = perform(command) { text.en } else { nil }
        }
    }

    @Test func `half a merge is no merge, and words for a merged ticket follow the case`() throws {
        let scene = try Scene(more: { store, _, ticket in
            let other = try store.logComplaint()
            _ = try store.desk.merge(other, into: ticket, reason: "同一投诉", by: store.staff)
        })
        let office = try scene.world.supervisor()
        let survivor = try office.logComplaint()
        try office.sync()
        _ = try office.desk.merge(scene.ticket, into: survivor, reason: "", by: office.staff)
        try office.sync()
        for half in try scene.list().filter({ $0.act == "merge" }) {
            let kind = half.changes.map(\.kind)
            #expect(kind == ["absorb"] || kind == ["merge"])
            #expect(scene.refusal(.acceptQuarantined(operation: half.operation)) != nil)
        }
        let note = try #require(try scene.list().first { $0.author == "B07" })
        #expect(scene.refusal(.acceptQuarantined(operation: note.operation)) == nil)
        let ticket = try scene.world.ticket(survivor)
        #expect(ticket?.comments.filter { $0.kind == .note }.map(\.text) == ["旧的"])
        try scene.world.settle()
        for client in scene.world.clients { try scene.world.checkAgreement(of: client) }
    }

    @Test func `half a merge is not taken over, also where both tickets are known`() throws {
        let scene = try Scene()
        let (world, store) = (scene.world, scene.store)
        let other = try store.logComplaint()
        try world.settle()
        _ = try store.desk.merge(scene.ticket, into: other, reason: "", by: store.staff)
        world.now = world.now.adding(milliseconds: 40 * Self.day)
        try world.settle()
        let halves = try scene.list().filter { $0.act == "merge" }
        #expect(halves.flatMap { $0.changes.map(\.kind) }.sorted() == ["absorb", "merge"])
        for half in halves {
            let refusal = scene.refusal(.acceptQuarantined(operation: half.operation))
            #expect(refusal?.contains("invalid_value (group)") == true, "\(refusal ?? "taken")")
        }
        let (ended, goes) = (
            try #require(try world.ticket(scene.ticket)), try #require(try world.ticket(other))
        )
        #expect(!ended.isMerged && goes.formerNumbers == [] && goes.mergedNumbers == [])
        #expect(try scene.list().filter { $0.act == "merge" }.count == 2, "both stay listed")
        try world.checkAgreement()
    }

    @Test func `the list says who did what, when, on which ticket`() throws {
        let scene = try Scene()
        let work = try scene.list()
        #expect(work.count == 3)
        let note = try #require(work.first { $0.author == "B07" })
        #expect(note.reason == "horizon" && note.act == "note")
        #expect(note.number == (try scene.world.ticket(scene.ticket)?.number?.text))
        #expect(note.changes.map(\.text) == ["旧的"])
        #expect(note.madeAtMilliseconds < note.receivedAtMilliseconds - 39 * Self.day)
        let create = try #require(work.first { $0.act == "create" })
        #expect(create.number.hasPrefix("S001-"), "the number that the clerk gave")
        #expect(create.changes.contains { $0.field == "demand" && $0.text == "换货" })
    }

    @Test func `what is taken over is committed for its author and the draft goes away`() throws {
        let scene = try Scene()
        let (world, agent) = (scene.world, scene.agent)
        let note = try #require(try scene.list().first { $0.author == "B07" })
        #expect(try agent.desk.drafts().map(\.rejection.code) == [.quarantined])
        #expect(scene.refusal(.acceptQuarantined(operation: note.operation)) == nil)
        let comment = try #require(try world.ticket(scene.ticket)?.comments.last)
        #expect(comment.text == "旧的" && comment.stamp.actor == agent.staff)
        #expect(try scene.list().count == 2)
        #expect(
            scene.refusal(.acceptQuarantined(operation: note.operation))?
                .contains("quarantine list") == true, "it is done once")
        try world.settle()
        #expect(try agent.desk.drafts() == [])
        #expect(try agent.visible(scene.ticket)?.comments.map(\.text) == ["旧的"])
        try world.checkAgreement()
    }

    @Test func `a ticket that is taken over gets its number and then its notes`() throws {
        let scene = try Scene()
        let (world, store) = (scene.world, scene.store)
        let work = try scene.list().filter { $0.author == "lina" }
        let (create, note) = (
            try #require(work.first { $0.act == "create" }),
            try #require(work.first { $0.act == "note" })
        )
        let early = scene.refusal(.acceptQuarantined(operation: note.operation))
        #expect(early?.contains("unknown_ticket") == true, "its ticket comes first")
        #expect(scene.refusal(.acceptQuarantined(operation: create.operation)) == nil)
        #expect(scene.refusal(.acceptQuarantined(operation: note.operation)) == nil)
        try world.settle()
        #expect(try store.desk.drafts() == [])
        let tickets = try store.store.read { store in
            try store.baseTickets(after: nil, through: nil).compactMap { try store.base($0) }
        }
        let made = try #require(tickets.first { $0.id != scene.ticket })
        #expect(made.number != nil && made.provisionalNumber == create.number)
        #expect(made.comments.map(\.text) == ["补充"])
        try world.checkAgreement()
    }

    @Test func `newer values stay, and what the rules refuse names its reason`() throws {
        let scene = try Scene { agent, ticket in
            _ = try agent.desk.resolve(ticket, solution: "已换新", by: agent.staff)
        } more: { store, agent, ticket in
            _ = try agent.desk.set(.demand, to: .text("旧诉求"), on: ticket, by: agent.staff)
            _ = try store.desk.close(ticket, note: "", by: store.staff)
        }
        let (world, store) = (scene.world, scene.store)
        _ = try store.desk.set(.demand, to: .text("新诉求"), on: scene.ticket, by: store.staff)
        try store.sync()
        for piece in try scene.list() where piece.act != "create" && piece.number.hasPrefix("CS") {
            let refusal = scene.refusal(.acceptQuarantined(operation: piece.operation))
            switch piece.act {
            case "close": #expect(refusal?.contains("stale_close") == true, "\(piece)")
            default: #expect(refusal == nil, "\(piece.act): \(refusal ?? "")")
            }
        }
        let register = try #require(try world.ticket(scene.ticket)?.registers[.demand])
        #expect(register.value == .text("新诉求"), "it was written later")
        #expect(register.alternates.map(\.value) == [.text("旧诉求")], "and nothing is lost")
        #expect(try scene.list().contains { $0.act == "close" }, "what is refused stays listed")
    }

    @Test func `somebody who has left the staff has nothing taken over`() throws {
        let scene = try Scene()
        let note = try #require(try scene.list().first { $0.author == "B07" })
        try scene.world.perform(.removeStaff(staff: "B07"))
        #expect(
            scene.refusal(.acceptQuarantined(operation: note.operation))?
                .contains("unauthorised (B07)") == true)
    }

    @Test func `dismissing takes it off the list and leaves the draft to its author`() throws {
        let scene = try Scene()
        let note = try #require(try scene.list().first { $0.author == "B07" })
        let name = String(note.operation.prefix(31))
        guard
            case .done(let text) = scene.perform(
                .dismissQuarantined(operation: name, reason: "已电话处理"))
        else { return #expect(Bool(false), "dismissing") }
        #expect(text.en.contains("已电话处理") && text.en.contains("B07"))
        #expect(try !scene.list().contains { $0.operation == note.operation })
        try scene.world.settle()
        #expect(try scene.agent.desk.drafts().count == 1)
        #expect(scene.refusal(.dismissQuarantined(operation: "0", reason: "")) != nil)
        #expect(scene.refusal(.quarantinedWork(operation: "ffff")) != nil)
    }

    @Test func `taken over twice, as after a restore, it stands once`() throws {
        let scene = try Scene()
        let (world, agent) = (scene.world, scene.agent)
        let note = try #require(try scene.list().first { $0.author == "B07" })
        let backup = world.hubStore.snapshot()
        #expect(scene.refusal(.acceptQuarantined(operation: note.operation)) == nil)
        try world.settle()
        try world.restoreHub(backup)
        try world.settle()
        #expect(scene.refusal(.acceptQuarantined(operation: note.operation)) == nil)
        try world.settle()
        #expect(try world.ticket(scene.ticket)?.comments.map(\.text) == ["旧的"])
        #expect(try agent.desk.drafts() == [])
        try world.checkAgreement()
    }
}
