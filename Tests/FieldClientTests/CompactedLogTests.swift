import FieldClient
import HubService
import Replication
import Testing
import TicketModel

/// Replicas that come back when the log does not reach back to them any more
/// (replication.md 3.6.4, 3.14).
@Suite struct CompactedLogTests {
    private static let day: Int64 = 24 * 3_600 * 1_000

    /// Forgets the log up to its end, as far as nothing needs it.
    private func compact(_ world: SyncWorld) throws {
        try world.hubStore.transaction { hub in
            let head = try hub.head().sequence
            try hub.raiseDurable(to: head)
            _ = try hub.compact(
                through: head, eventsSince: world.now.adding(milliseconds: -400 * Self.day),
                countMax: .max)
        }
    }

    @Test func `a replica that joins gets the tickets without the log`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let tickets = try (0..<20).map { _ in try store.logComplaint() }
        try store.sync()
        try compact(world)
        let office = try world.supervisor(syncs: false)
        let notices = try office.notices { try office.sync() }
        let isWhole = notices.allSatisfy { if case .snapshot = $0 { true } else { false } }
        #expect(isWhole && !notices.isEmpty, "nothing had to be mended: \(notices)")
        for id in tickets { #expect(try office.visible(id) == world.ticket(id)) }
        try world.checkAgreement()
        let told = try office.store.read { try $0.feed(.assignments, after: 0, countMax: 99) }
        #expect(told.count == 20, "events outlive the log that they stood in")
    }

    @Test func `after 400 days unsent work is kept and what is too old is quarantined`() throws {
        let world = try SyncWorld()
        let (store, agent, office) = (
            try world.clerk(), try world.agent(), try world.supervisor()
        )
        let (known, gone) = (try store.logComplaint(), try store.logComplaint())
        try world.settle()
        _ = try agent.desk.note("旧的", isForCustomer: false, on: known, by: agent.staff)
        world.now = world.now.adding(milliseconds: 400 * Self.day)
        _ = try office.desk.note("办公室", isForCustomer: false, on: known, by: office.staff)
        _ = try office.desk.assign(
            gone, to: .department(DepartmentID(unchecked: "客服部")), reason: "", by: office.staff)
        try office.sync()
        try compact(world)
        _ = try agent.desk.note("新的", isForCustomer: false, on: known, by: agent.staff)
        try agent.sync()
        let drafts = try agent.desk.drafts()
        #expect(drafts.map(\.rejection.code) == [.quarantined])
        #expect(
            try world.hubStore.read { try $0.quarantined(after: nil, countMax: 9) }.count == 1,
            "a supervisor can decide")
        #expect(try agent.visible(known)?.comments.map(\.text) == ["办公室", "新的"])
        #expect(try agent.store.read { try $0.leftAt(gone) } != nil, "it is somebody else's by now")
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `an answer that stood in a part of the log that is gone is asked for`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try world.settle()
        _ = try store.desk.note("已致电", isForCustomer: false, on: ticket, by: store.staff)
        // The same replica as far as the hub can see; this database never hears of the answer.
        let twin = try store.copy()
        try twin.sync()
        try compact(world)
        try store.sync()
        #expect(try store.dispositions() == [.applied, .applied])
        try world.checkAgreement(of: store)
    }

    @Test func `an interrupted snapshot goes on where it stopped`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        for _ in 0..<30 { _ = try store.logComplaint() }
        try store.sync()
        try compact(world)
        var tuning = SyncLoop.Tuning()
        tuning.snapshotByteCountMax = 4_000
        let office = try world.supervisor(tuning: tuning, syncs: false)
        var piecesCount = 0
        while true {
            piecesCount += 1
            try office.connect(stoppingAfter: 4)
            _ = office.loop.handle(.disconnected, at: world.now)
            let state = try office.store.read { try $0.state() }
            if state.snapshot == nil, state.snapshotThrough.sequence > 0 { break }
            // Somebody goes on working meanwhile.
            _ = try store.logComplaint()
            try store.sync()
            try #require(piecesCount < 200)
        }
        #expect(piecesCount > 3)
        try world.settle()
        try world.checkAgreement()
    }

    @Test func `a replica that lost a ticket notices it and mends itself`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let tickets = try (0..<80).map { _ in try store.logComplaint() }
        try world.settle()
        try office.store.transaction { replica in
            guard var ticket = try replica.base(tickets[17]) else { return }
            ticket.registers[.subject] = nil
            try replica.saveBase(ticket)
            try replica.markLeft(tickets[60], sequence: 1, at: world.now)
            var state = try replica.state()
            state.verifiedAt = nil
            try replica.save(state)
        }
        let notices = try office.notices { try office.sync() }
        #expect(notices.contains(.differs(scope: .all)))
        for id in tickets { #expect(try office.visible(id) == world.ticket(id)) }
        try world.checkAgreement(of: office)
        #expect(
            try office.store.read { try $0.state().verifiedAt } == world.now,
            "what was mended is compared once more")
        let again = try office.notices { try office.sync() }
        #expect(again == [], "nothing is left to mend")
    }

    @Test func `who stays on the line compares again and again, not just once`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        try office.connect()
        for _ in 0..<3 {
            try office.store.transaction { replica in
                guard var ticket = try replica.base(ticket) else { return }
                ticket.registers[.subject] = nil
                try replica.saveBase(ticket)
            }
            world.now = world.now.adding(milliseconds: 16 * 60_000)
            _ = try office.hear(.localChange)
            #expect(try office.visible(ticket) == world.ticket(ticket))
        }
    }
}

/// Work while a snapshot is under way.
extension CompactedLogTests {
    @Test func `a ticket that is made behind a snapshot under way is not missed`() throws {
        let world = try SyncWorld()
        var tuning = SyncLoop.Tuning()
        tuning.snapshotByteCountMax = 1
        let store = try world.client("lina", .clerk, store: "S001", tuning: tuning)
        let tickets = try (0..<3).map { _ in try store.logComplaint() }
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try store.desk.note("之后", isForCustomer: false, on: tickets[0], by: store.staff)
        try world.settle()
        try world.restoreHub(backup)
        // Hello, refill and the first pieces; then a ticket of which the identity comes before
        // them.
        var stepsCount = 1
        while try store.store.read({ try $0.state().snapshot?.after }) == nil {
            try store.connect(stoppingAfter: stepsCount)
            _ = store.loop.handle(.disconnected, at: world.now)
            stepsCount += 1
            guard stepsCount < 40 else { throw WorldFailure("no snapshot") }
        }
        store.clockMilliseconds = -3_600_000
        let late = try store.logComplaint()
        try store.sync()
        try world.settle()
        #expect(try store.base(late) != nil && world.ticket(late) != nil)
        try world.checkAgreement()
    }
}
