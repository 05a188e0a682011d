import FieldClient
import Replication
import Testing
import TicketModel

/// Several lives of the log, some of which nobody noticed: whose log is whose
/// (replication.md 3.11).
@Suite struct RestoredAgainTests {
    @Test func `two logs of one epoch are told apart, though one is known to reach far`() throws {
        let scene = try RestoreScene()
        let (world, store, agent, office) = (scene.world, scene.store, scene.agent, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try store.desk.note("先前", isForCustomer: false, on: ticket, by: store.staff)
        for client in [store, office] { try client.sync() }

        // Nobody has noticed yet: the log goes on differently under the same epoch.
        world.restoreHubSilently(backup)
        _ = try agent.desk.note("后来", isForCustomer: false, on: ticket, by: agent.staff)
        try agent.sync()
        // The office proves the cut, the agent proves that its log of that epoch is all here.
        for client in [office, agent, store] {
            try client.sync()
            try world.checkAgreement(of: client)
        }
        #expect(texts(try store.base(ticket)) == ["后来", "先前"])
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `a restore that people knew of does not hide one that nobody had noticed`() throws {
        let scene = try RestoreScene()
        let (world, store, agent) = (scene.world, scene.store, scene.agent)
        let ticket = try store.logComplaint()
        try world.settle()
        let early = world.hubStore.snapshot()
        _ = try store.desk.note("先前", isForCustomer: false, on: ticket, by: store.staff)
        try store.sync()
        world.restoreHubSilently(early)
        _ = try agent.desk.note("后来", isForCustomer: false, on: ticket, by: agent.staff)
        try agent.sync()
        // The store still follows another log that is as long and has the same name.
        try world.restoreHub(world.hubStore.snapshot())
        try store.sync()
        #expect(Set(texts(try store.base(ticket))) == ["先前", "后来"])
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `what came under one epoch is brought back under the next that shares it`() throws {
        let scene = try RestoreScene()
        let (world, store, agent, office) = (scene.world, scene.store, scene.agent, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try store.desk.note("先前", isForCustomer: false, on: ticket, by: store.staff)
        try world.settle()
        try world.restoreHub(backup)
        try office.sync()
        // The epoch that only the office has followed is forgotten.
        try world.restoreHub(backup)
        for client in [store, agent] { try client.sync() }
        _ = try agent.desk.note("后来", isForCustomer: false, on: ticket, by: agent.staff)
        for client in [agent, store] { try client.sync() }
        // The office shows that; another epoch begins, which shares everything.
        try office.sync()
        try store.sync()
        try world.restoreHub(backup)
        // The author of the later note does not come back.
        try store.sync()
        #expect(Set(texts(try world.ticket(ticket))) == ["先前", "后来"])
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `a store that nobody said was put back is found out by the first who knows more`()
        throws
    {
        let scene = try RestoreScene()
        let (world, store) = (scene.world, scene.store)
        let old = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let epoch = try world.hubStore.read { try $0.epoch() }
        let new = try store.logComplaint()
        try world.settle()
        world.restoreHubSilently(backup)
        try store.sync()
        #expect(try world.hubStore.read { try $0.epoch() } != epoch)
        #expect(try world.ticket(new) != nil && world.ticket(old) != nil)
        try world.settle()
        try world.checkAgreement()
    }

    @Test(arguments: [false, true])
    func `what a life between two restores had decided stands against what it had seen`(
        isSilent: Bool
    ) throws {
        let scene = try RestoreScene()
        let (world, store, office) = (scene.world, scene.store, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let first = try world.hubStore.read { try $0.epoch() }
        _ = try store.desk.note("之后", isForCustomer: false, on: ticket, by: store.staff)
        try world.settle()
        let restore = {
            guard isSilent else { return try world.restoreHub(backup) }
            world.restoreHubSilently(backup)
        }
        try restore()
        try world.settle()
        // The hub's routing has more authority than the office, but the office has seen it.
        _ = try office.desk.assign(
            ticket, to: .department(DepartmentID(unchecked: "客服部")), reason: "",
            by: office.staff)
        try world.settle()

        try restore()
        for client in [store, office] { try client.sync() }
        #expect(
            try world.hubStore.read { try $0.epoch() } != first,
            "positions of the first life are in use by others")
        try world.settle()
        #expect(try world.ticket(ticket)?.department == DepartmentID(unchecked: "客服部"))
        try world.checkAgreement()
    }

    /// Found in the design's own model: a replica crosses, its copy of what it had seen is out of
    /// its scopes in the new life, and the hub is restored once more.
    @Test func `what an author had seen comes before their work, also after a second restore`()
        throws
    {
        let scene = try RestoreScene()
        let (world, store, agent, office) = (scene.world, scene.store, scene.agent, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let seen = try store.desk.note("先说的", isForCustomer: false, on: ticket, by: store.staff)
        try store.sync()
        try agent.sync()
        let work = try agent.desk.note("看过再说", isForCustomer: false, on: ticket, by: agent.staff)

        try world.restoreHub(backup)
        try store.sync()
        try office.sync()
        _ = try office.desk.assign(
            ticket, to: .department(DepartmentID(unchecked: "客服部")), reason: "",
            by: office.staff)
        try office.sync()
        try agent.sync(.losesPushes)
        #expect(try agent.store.read { try $0.leftAt(ticket) } != nil)

        try world.restoreHub(backup)
        try agent.sync()
        let positions = try world.hubStore.read { hub in
            try [seen, work].map { try hub.verdict(on: $0.operation)?.sequence }
        }
        let (first, second) = (try #require(positions[0]), try #require(positions[1]))
        #expect(first < second)
        try world.settle()
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `restored again and again, in the middle of coming back, nothing is lost`() throws {
        let scene = try RestoreScene()
        let (world, store, agent, office) = (scene.world, scene.store, scene.agent, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        var said: Set<String> = []
        for round in 0..<6 {
            for client in [store, agent, office] {
                let text = "\(client.staff) \(round)"
                said.insert(text)
                _ = try client.desk.note(text, isForCustomer: false, on: ticket, by: client.staff)
                if round % 2 == 0 { try client.sync() }
            }
            try world.restoreHub(backup)
            try [store, agent, office][round % 3].sync()
        }
        try world.settle()
        try world.settle()
        #expect(Set(texts(try world.ticket(ticket))) == said)
        #expect(texts(try world.ticket(ticket)).count == said.count)
        try world.checkAgreement()
    }
}

/// A snapshot shows what the pages have not told of yet.
extension RestoredAgainTests {
    /// - Parameter isFollowed: whether the log has grown as long again before the replica is back.
    @Test(arguments: [false, true])
    func `a snapshot ahead of the cursor tells that its log was cut`(isFollowed: Bool) throws {
        let scene = try RestoreScene()
        let (world, store, agent, office) = (scene.world, scene.store, scene.agent, scene.office)
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let epoch = try world.hubStore.read { try $0.epoch() }
        _ = try store.desk.note("先前", isForCustomer: false, on: ticket, by: store.staff)
        try store.sync()
        try interruptBehindSnapshot(office, world)
        #expect(texts(try office.base(ticket)) == ["先前"])

        // The office's cursor stands in the part that is left.
        world.restoreHubSilently(backup)
        if isFollowed {
            _ = try agent.desk.note("后来", isForCustomer: false, on: ticket, by: agent.staff)
            try agent.sync()
        }
        try office.sync()
        #expect(try world.hubStore.read { try $0.epoch() } != epoch)
        #expect(Set(texts(try world.ticket(ticket))) == (isFollowed ? ["先前", "后来"] : ["先前"]))
        try world.checkAgreement(of: office)
        try world.settle()
        try world.checkAgreement()
    }

    /// Takes a snapshot and stops before the pages that lead up to it.
    private func interruptBehindSnapshot(_ client: SyncClient, _ world: SyncWorld) throws {
        let cursor = try client.store.transaction { replica in
            var state = try replica.state()
            state.snapshot = SnapshotProgress()
            try replica.save(state)
            return state.cursor
        }
        for stepsCount in 1..<20 {
            try client.connect(stoppingAfter: stepsCount)
            _ = client.loop.handle(.disconnected, at: world.now)
            let state = try client.store.read { try $0.state() }
            try #require(state.cursor == cursor, "the pages have come too")
            if state.snapshot == nil { return }
        }
        throw WorldFailure("no snapshot")
    }
}
