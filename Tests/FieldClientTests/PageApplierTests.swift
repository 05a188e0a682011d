import FieldClient
import HubService
import Replication
import Sodium
import Testing
import TicketModel
import TicketPolicy
import Wire

/// What a replica makes of pages, pieces of snapshots and verdicts that the loop would not have
/// asked for: the applier does not rely on the loop (replication.md 3.5, 3.6).
@Suite struct PageApplierTests {
    private func page(
        of client: SyncClient, after cursor: UInt64 = 0, in world: SyncWorld
    ) throws -> Page {
        try world.hubStore.read { hub in
            let scopes = try hub.device(client.device)?.scopes ?? []
            return try hub.page(after: cursor, scopes: Set(scopes), byteCountMax: .max)
                .read(with: world.codec)
        }
    }

    private func apply(_ page: Page, to client: SyncClient, in world: SyncWorld) throws {
        let profile = try client.desk.profile()
        _ = try client.store.transaction {
            try PageApplier.apply(page, profile: profile, now: world.now, to: $0)
        }
    }

    private func install(
        _ piece: SnapshotPiece, at client: SyncClient, isRepair: Bool = false, in world: SyncWorld
    ) throws {
        let profile = try client.desk.profile()
        _ = try client.store.transaction { store in
            guard let epoch = try store.state().epoch else { return }
            _ = try PageApplier.install(
                piece, of: epoch, isRepair: isRepair, codec: world.codec, profile: profile,
                now: world.now, to: store)
        }
    }

    private func state(_ client: SyncClient) throws -> ReplicaState {
        try client.store.read { try $0.state() }
    }

    @Test func `a page that was applied before is refused and moves nothing`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        let first = try page(of: office, in: world)
        _ = try store.desk.note("之后", isForCustomer: false, on: ticket, by: store.staff)
        try world.settle()
        let before = try state(office)
        #expect(throws: PageApplier.Refusal.stale) { try apply(first, to: office, in: world) }
        #expect(try state(office) == before, "a cursor never goes back")
    }

    @Test func `a page of another life of the log is refused`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        _ = try store.logComplaint()
        try store.sync()
        var foreign = try page(of: office, in: world)
        foreign.epoch = EpochID(rawValue: 9)
        #expect(throws: PageApplier.Refusal.epochChanged) {
            try apply(foreign, to: office, in: world)
        }
        #expect(try state(office).cursor.sequence == 0)
    }

    @Test func `a page without anything for the replica moves its cursor`() throws {
        let world = try SyncWorld()
        let (store, other) = (
            try world.clerk(), try world.client("lina", .clerk, store: "S002")
        )
        _ = try store.logComplaint()
        try store.sync()
        var empty = try page(of: other, in: world)
        #expect(empty.to.sequence > 0)
        empty.items = []
        try apply(empty, to: other, in: world)
        #expect(try state(other).cursor == empty.to)
    }

    @Test func `entries change nothing in a ticket that a snapshot brought as it is later`() throws
    {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor(syncs: true))
        let ticket = try store.logComplaint()
        _ = try store.desk.set(.demand, to: .text("退款"), on: ticket, by: store.staff)
        _ = try store.desk.set(.demand, to: .text("换货"), on: ticket, by: store.staff)
        try store.sync()
        let log = try page(of: office, in: world)
        let piece = try world.hubStore.read {
            try $0.snapshot(after: nil, through: nil, scopes: [.all], byteCountMax: .max)
        }
        try install(piece, at: office, isRepair: true, in: world)
        #expect(try office.base(ticket) == world.ticket(ticket))
        var part = log
        part.items = Array(log.items.prefix(1))
        part.to = LogPosition(sequence: 1, hash: .zero)
        part.hasMore = true
        try apply(part, to: office, in: world)
        #expect(try office.base(ticket) == world.ticket(ticket), "it does not go back in time")
    }

    @Test func `a piece of a snapshot that is not the next is refused`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let tickets = try (0..<3).map { _ in try store.logComplaint() }.sorted()
        try world.settle()
        try office.store.transaction { store in
            var state = try store.state()
            state.snapshot = SnapshotProgress(after: tickets[0])
            try store.save(state)
        }
        let piece = try world.hubStore.read {
            try $0.snapshot(after: tickets[1], through: nil, scopes: [.all], byteCountMax: .max)
        }
        #expect(throws: PageApplier.Refusal.stale) {
            try install(piece, at: office, in: world)
        }
        #expect(try state(office).snapshot == SnapshotProgress(after: tickets[0]))
    }

    @Test func `a ticket that is made while a snapshot is read is held, wherever it lies`() throws {
        let world = try SyncWorld()
        let (store, other, office) = (
            try world.clerk(), try world.clerk(), try world.supervisor()
        )
        let early = try store.logComplaint()
        for _ in 0..<2 { _ = try other.logComplaint() }
        try other.sync()
        try office.store.transaction { store in
            var state = try store.state()
            state.snapshot = SnapshotProgress()
            try store.save(state)
        }
        let first = try world.hubStore.read {
            try $0.snapshot(after: nil, through: nil, scopes: [.all], byteCountMax: 1)
        }
        try install(first, at: office, in: world)
        // It comes late and lies before the end of the first piece.
        try store.sync()
        #expect(try early < #require(first.through))
        let second = try world.hubStore.read {
            try $0.snapshot(
                after: first.through, through: nil, scopes: [.all], byteCountMax: .max)
        }
        try install(second, at: office, in: world)
        try apply(page(of: office, in: world), to: office, in: world)
        #expect(try office.base(early) == world.ticket(early))
        try world.checkAgreement(of: office)
    }

    @Test func `a ticket that a snapshot does not hold has left`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let tickets = try (0..<3).map { _ in try store.logComplaint() }
        try world.settle()
        var piece = try world.hubStore.read {
            try $0.snapshot(after: nil, through: nil, scopes: [.all], byteCountMax: .max)
        }
        piece.tickets = try tickets.sorted().dropFirst().map { id in
            world.codec.encode(try #require(try world.ticket(id)))
        }
        try install(piece, at: office, isRepair: true, in: world)
        let held = try office.store.read { try $0.baseTickets(after: nil, through: nil) }
        #expect(held == Array(tickets.sorted().dropFirst()))
        #expect(try office.store.read { try $0.leftAt(tickets.sorted()[0]) } != nil)
    }

    @Test func `a verdict beyond the cursor waits for its entry`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        let operation = OperationID(rawValue: ticket.rawValue)
        let profile = try store.desk.profile()
        let verdict = Verdict(operation: operation, disposition: .applied, sequence: 5)
        let outcome = try store.store.transaction {
            try PageApplier.settle([verdict], profile: profile, now: world.now, in: $0)
        }
        #expect(outcome.settled == [])
        #expect(try store.visible(ticket) != nil, "the ticket is shown until its entry is here")
        try store.sync()
        #expect(try store.dispositions() == [.applied])
    }

    @Test func `an answer is for the operation, whatever dot it has by now`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.sync()
        _ = try store.desk.note("已致电", isForCustomer: false, on: ticket, by: store.staff)
        let copy = try store.copy()
        try copy.sync()
        let identity = ReplicaID(rawValue: world.randomBits())
        _ = try store.store.transaction { try Reidentification.perform(as: identity, in: $0) }
        let cursor = try state(store).cursor.sequence
        try apply(try page(of: store, after: cursor, in: world), to: store, in: world)
        #expect(try store.store.read { try $0.pendingChanges() } == [])
        #expect(try store.visible(ticket) == world.ticket(ticket))
    }

    @Test func `what leaves was seen up to the entry before`() throws {
        let world = try SyncWorld()
        let (store, agent, office) = (
            try world.clerk(), try world.agent(), try world.supervisor()
        )
        let ticket = try store.logComplaint()
        try world.settle()
        _ = try office.desk.assign(
            ticket, to: .department(DepartmentID(unchecked: "客服部")), reason: "", by: office.staff)
        try office.sync()
        try agent.sync()
        let move = try #require(try world.ticket(ticket)).registers[.department]?.stamp.sequence
        #expect(try agent.store.read { try $0.leftAt(ticket) } == move.map { $0 - 1 })
        #expect(throws: ReplicaWriter.Refusal.self, "it is somebody else's by now") {
            try agent.desk.note("之后", isForCustomer: false, on: ticket, by: agent.staff)
        }
    }
}
