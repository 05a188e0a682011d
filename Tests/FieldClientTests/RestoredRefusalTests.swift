import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy
import Wire

/// An author sends again what a former life of the hub had accepted, before anybody comes back who
/// holds the entry, and this life would decide otherwise (replication.md 3.11).
@Suite struct RestoredRefusalTests {
    /// A note that the first life accepts, that others have seen and its author has not, and that
    /// the second life refuses.
    private struct RefusedScene {
        let scene: RestoreScene
        let ticket: TicketID
        let operation: OperationID

        init() throws {
            scene = try RestoreScene()
            let (world, store, office) = (scene.world, scene.store, scene.office)
            ticket = try store.logComplaint()
            try world.settle()
            let backup = world.hubStore.snapshot()
            operation = try store.desk.note(
                "已致电", isForCustomer: false, on: ticket, by: store.staff
            ).operation
            try store.pushUnheard(operation)
            try office.sync()
            try #require(texts(try office.visible(ticket)) == ["已致电"])
            try world.restoreHub(backup)
            try world.perform(
                .addStaff(
                    StaffRequest(
                        staff: "lina", name: "lina", roles: ["clerk"], store: "S001",
                        department: nil, phone: "", isActive: false)))
            try store.sync()
            try #require(try world.verdict(on: operation)?.disposition.outcome == .rejected)
            try #require(try store.desk.drafts().map(\.operation) == [operation])
        }
    }

    @Test func `what people have seen accepted is accepted, and no draft any more`() throws {
        let refused = try RefusedScene()
        let (world, store, ticket) = (refused.scene.world, refused.scene.store, refused.ticket)
        try refused.scene.office.sync()
        #expect(texts(try refused.scene.office.visible(ticket)) == ["已致电"])
        #expect(try world.verdict(on: refused.operation)?.disposition == .applied)
        try world.settle()
        #expect(texts(try world.ticket(ticket)) == ["已致电"], "once")
        #expect(try store.desk.drafts() == [])
        #expect(try store.dispositions().last == .applied)
        try world.checkAgreement()
    }

    @Test func `refusals are named again when the hub was too busy to hear of them`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.sync()
        let backup = world.hubStore.snapshot()
        _ = try store.desk.note("已致电", isForCustomer: false, on: ticket, by: store.staff)
        try world.addStaff("lina", .handler, department: "售后部")
        try store.sync()
        try #require(try store.desk.drafts().count == 1)
        try world.restoreHub(backup)
        var named: [[OperationID]] = []
        var frames = store.loop.handle(.connected, at: world.now)
        while !frames.isEmpty {
            guard case .send(let bytes) = frames.removeFirst() else { continue }
            let (id, message) = try ClientMessage.decode(bytes)
            guard case .refill(let refill) = message else {
                frames += store.answers(to: bytes, nil).flatMap {
                    store.loop.handle(.frame($0), at: world.now)
                }
                continue
            }
            named.append(refill.refused.map(\.operation))
            guard named.count == 1 else { break }
            let busy = HubMessage.failure(
                Wire.Failure(code: .busy, message: "full", retryAfterMilliseconds: 700))
            _ = store.loop.handle(.frame(busy.encode(requestID: id)), at: world.now)
            world.now = world.now.adding(milliseconds: 700)
            frames = store.loop.handle(.tick, at: world.now)
        }
        #expect(named.count == 2 && named.first == named.last && named.first?.isEmpty == false)
    }

    @Test func `that it was refused in between is forgotten, however often the hub is put back`()
        throws
    {
        let refused = try RefusedScene()
        let (world, store, ticket) = (refused.scene.world, refused.scene.store, refused.ticket)
        let backup = world.hubStore.snapshot()
        try refused.scene.office.sync()
        try store.sync()
        try world.restoreHub(backup)
        try #require(try world.verdict(on: refused.operation)?.disposition.outcome == .rejected)
        try world.settle()
        #expect(texts(try world.ticket(ticket)) == ["已致电"])
        #expect(try world.verdict(on: refused.operation)?.disposition == .applied)
        #expect(try store.desk.drafts() == [])
        try world.checkAgreement()
    }

    @Test func `what waited for its ticket is accepted too when that is back`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let agent = try world.agent()
        let backup = world.hubStore.snapshot()
        let ticket = try store.logComplaint()
        for client in [store, agent] { try client.sync() }
        let before = agent.store.snapshot()
        _ = try agent.desk.note("在修", isForCustomer: false, on: ticket, by: agent.staff)
        for client in [agent, office] { try client.sync() }
        let entry = try #require(try world.entry(of: "在修", on: ticket))
        // The agent's laptop is put back too: it holds the note and not the ticket's making.
        try world.restoreHub(backup)
        agent.store.restore(before)
        try world.hubStore.transaction { hub in
            let committer = try HubCommitter(
                codec: world.codec, profile: try .builtIn("basic"), now: world.now, store: hub,
                ruleKey: world.recoveryKey)
            let life = try #require(try hub.lineage().keys.first)
            #expect(try committer.refill(entry.bytes, from: life) == .parked)
            try committer.refuseAgain(
                Verdict(
                    operation: entry.operation, disposition: .rejected(.unknownTicket),
                    sequence: 0), of: try #require(try agent.identity()), from: life)
        }
        try store.sync()
        #expect(texts(try world.ticket(ticket)) == ["在修"])
        #expect(try world.verdict(on: entry.operation)?.disposition == .applied)
        #expect(try world.hubStore.read { try $0.parkedCount() } == 0)
    }

    @Test func `work that a supervisor has taken over is not done twice`() throws {
        let refused = try RefusedScene()
        let (world, ticket) = (refused.scene.world, refused.ticket)
        try world.hubStore.transaction { hub in
            let change = try #require(
                try refused.scene.store.store.read { try $0.change(refused.operation) })
            try hub.quarantine(
                QuarantinedIntent(
                    operation: refused.operation, device: refused.scene.store.device,
                    reason: .horizon, bodyBytes: change.intent.bodyBytes, receivedAt: world.now))
        }
        try world.perform(
            .addStaff(
                StaffRequest(
                    staff: "lina", name: "lina", roles: ["clerk"], store: "S001",
                    department: nil, phone: "", isActive: true)))
        try world.hubStore.transaction { hub in
            let committer = try HubCommitter(
                codec: world.codec, profile: try .builtIn("basic"), now: world.now, store: hub,
                ruleKey: world.recoveryKey)
            let work = try #require(try hub.quarantined(refused.operation))
            #expect(try committer.accept(work).isAccepted)
        }
        try world.settle()
        #expect(texts(try world.ticket(ticket)).count { $0 == "已致电" } == 1)
    }

    @Test(arguments: [false, true])
    func `words stay where people have seen them, whichever life had taken them on`(
        isMergedSince: Bool
    ) throws {
        let scene = try RestoreScene()
        let (world, store, office) = (scene.world, scene.store, scene.office)
        let (one, two) = (try store.logComplaint(), try store.logComplaint())
        try world.settle()
        let backup = world.hubStore.snapshot()
        if !isMergedSince {
            _ = try office.desk.merge(one, into: two, reason: "同一投诉", by: office.staff)
            try office.sync()
        }
        let note = try store.desk.note("来电", isForCustomer: false, on: one, by: store.staff)
        try store.pushUnheard(note.operation)
        try scene.agent.sync()
        try office.sync()
        let shown = isMergedSince ? one : two
        try #require(texts(try scene.agent.visible(shown)).contains("来电"))

        try world.restoreHub(backup)
        if isMergedSince {
            let other = try world.supervisor(syncs: true)
            _ = try other.desk.merge(one, into: two, reason: "同一投诉", by: other.staff)
            try other.sync()
        }
        try store.sync()
        #expect(!texts(try world.ticket(shown)).contains("来电"), "the author came first")
        try world.settle()
        #expect(texts(try world.ticket(shown)).contains("来电"))
        try world.checkAgreement()
    }
}

extension SyncClient {
    /// Sends what waits and hangs up before anything is heard of it.
    fileprivate func pushUnheard(_ operation: OperationID) throws {
        var stepsCount = 0
        while try world.verdict(on: operation) == nil {
            stepsCount += 1
            try #require(stepsCount < 20)
            try connect(stoppingAfter: stepsCount)
            _ = loop.handle(.disconnected, at: world.now)
        }
    }
}

extension SyncWorld {
    fileprivate func verdict(on operation: OperationID) throws -> Verdict? {
        try hubStore.read { try $0.verdict(on: operation) }
    }

    /// The entry with which these words came to the ticket.
    fileprivate func entry(
        of words: String, on ticket: TicketID
    ) throws -> (bytes: [UInt8], operation: OperationID)? {
        try hubStore.read { hub in
            for sequence in 1...(try hub.head().sequence) {
                guard let bytes = try hub.entry(at: sequence)?.bytes else { continue }
                let entry = try codec.decodeEntry(bytes)
                for case .commented(let comment) in entry.effects
                where entry.ticket == ticket && comment.text == words {
                    return (bytes, entry.operation)
                }
            }
            return nil
        }
    }
}
