import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import Wire

/// Merges of two lives of the hub's log meet (replication.md 3.11, domain.md G19).
@Suite struct RestoredMergeTests {
    private typealias Scene = MergedTicketTests.Scene

    /// Does `lost` in one life and `kept` in the next, which did not see the other, then brings the
    /// first back.
    private func scene(
        prepared: (Scene) throws -> Void = { _ in }, lost: (Scene) throws -> Void,
        kept: (Scene) throws -> Void
    ) throws -> Scene {
        let scene = try Scene()
        try prepared(scene)
        try scene.world.settle()
        let backup = scene.world.hubStore.snapshot()
        try lost(scene)
        try scene.office.sync()
        try scene.world.restoreHub(backup)
        try kept(scene)
        try scene.store.sync()
        for _ in 0..<2 { try scene.world.settle() }
        return scene
    }

    private func merge(_ scene: Scene, _ one: TicketID, into other: TicketID) throws {
        _ = try scene.store.desk.merge(one, into: other, reason: "", by: scene.store.staff)
    }

    @Test func `of two merges of one ticket that of the present life stays`() throws {
        let scene = try scene(
            lost: { try $0.merge($0.one, into: $0.two) },
            kept: { try merge($0, $0.one, into: $0.three) })
        #expect(try scene.ticket(scene.one).mergedInto == scene.three)
        #expect(try scene.ticket(scene.one).status == .closed)
        let number = try scene.number(scene.one)
        #expect(try scene.lookUp(number, at: scene.agent) == scene.three)
        try scene.checkAgreement()
    }

    @Test func `merges of two lives make no circle`() throws {
        let scene = try scene(
            lost: { try $0.merge($0.one, into: $0.two) },
            kept: { try merge($0, $0.two, into: $0.one) })
        #expect(try !scene.ticket(scene.one).isMerged)
        #expect(try scene.ticket(scene.one).status != .closed)
        #expect(try scene.ticket(scene.two).mergedInto == scene.one)
        try scene.checkAgreement()
    }

    @Test func `work that did not know of the merge does not open the ticket again`() throws {
        let scene = try scene(
            lost: { try $0.merge($0.one, into: $0.two) },
            kept: {
                _ = try $0.store.desk.escalate(
                    $0.one, to: nil, reason: "急", by: $0.store.staff)
            })
        let ticket = try scene.ticket(scene.one)
        #expect(ticket.isMerged && ticket.status == .closed)
        #expect(try scene.texts(scene.one) == ["急"], "it was said before the merge came back")
        #expect(ticket.escalationLevel == 1)
        try scene.checkAgreement()
    }

    @Test func `promises of the present life end with a merge that comes back`() throws {
        let scene = try scene(
            prepared: {
                _ = try $0.store.desk.resolve($0.one, solution: "好", by: $0.store.staff)
            },
            lost: { try $0.merge($0.one, into: $0.two) },
            kept: { _ = try $0.store.desk.reopen($0.one, reason: "又坏", by: $0.store.staff) })
        let clock = try #require(try scene.ticket(scene.one).clocks["response"])
        #expect(clock.cycle == 2 && !clock.isRunning)
        #expect(clock.reason == ClockState.mergedReason)
        #expect(try scene.world.hubStore.read { try $0.timers(of: scene.one) } == [])
        #expect(try scene.ticket(scene.one).status == .closed)
        try scene.checkAgreement()
    }

    @Test func `an undone merge comes back undone`() throws {
        let scene = try scene(
            prepared: { try $0.merge($0.one, into: $0.two) },
            lost: { try $0.unmerge($0.one) },
            kept: { try $0.note("之后", on: $0.three, by: $0.store) })
        #expect(try !scene.ticket(scene.one).isMerged)
        #expect(try scene.ticket(scene.two).formerNumbers == [])
        let number = try scene.number(scene.one)
        for client in scene.world.clients {
            #expect(try scene.lookUp(number, at: client) == scene.one)
        }
        try scene.checkAgreement()
    }

    @Test(arguments: [false, true])
    func `the halves of an undoing are taken alike, whatever their holders know of the log`(
        officeFirst: Bool
    ) throws {
        let scene = try Scene()
        let (world, office) = (scene.world, scene.office)
        let witness = try world.client("B07", .handler, department: "物流部", syncs: false)
        try scene.merge()
        try office.sync()
        let backup = world.hubStore.snapshot()
        try scene.unmerge()
        _ = try office.desk.assign(
            scene.one, to: .department(DepartmentID(unchecked: "物流部")), reason: "",
            by: office.staff)
        try office.sync()
        // One page has brought it everything: of the log it knows nothing but the end.
        try witness.sync()
        try #require(try witness.visible(scene.one)?.isMerged == false)

        world.restoreHubSilently(backup)
        for client in officeFirst ? [office, witness] : [witness, office] { try client.sync() }
        try world.settle()
        #expect(try !scene.ticket(scene.one).isMerged)
        #expect(try scene.ticket(scene.one).status == .new)
        #expect(try scene.ticket(scene.two).formerNumbers == [])
        try scene.checkAgreement()
    }

    @Test func `a ticket that comes back after the one it was merged into keeps its number`() throws
    {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let two = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let one = try store.logComplaint()
        try world.settle()
        _ = try office.desk.merge(one, into: two, reason: "", by: office.staff)
        try world.settle()
        let number = try #require(try world.ticket(one)?.number)
        try world.restoreHub(backup)
        // The survivor's half comes back alone at first.
        let entries = try office.store.read { store in
            try store.history(of: two, countMax: 99).filter { $0.act == .merge }.map(\.sequence)
        }
        let half = try #require(entries.first)
        let held = try office.store.read {
            try $0.witnessed(after: half - 1, countMax: 1, byteCountMax: 1)
        }
        let epoch = try #require(try office.store.read { try $0.state().epoch })
        try world.hubStore.transaction { hub in
            let committer = try HubCommitter(
                codec: world.codec, profile: try office.desk.profile(), now: world.now,
                store: hub, ruleKey: world.recoveryKey)
            #expect(try committer.refill(held[0].entry.bytes, from: epoch) == .taken)
            #expect(try hub.ticket(numbered: number.text) == two)
        }
        try world.settle()
        #expect(try world.ticket(one)?.number == number)
        #expect(try world.ticket(one)?.mergedInto == two)
        _ = try office.desk.unmerge(one, reason: "", by: office.staff)
        try world.settle()
        #expect(try world.hubStore.read { try $0.ticket(numbered: number.text) } == one)
        try world.checkAgreement()
    }
}

/// Merges of two lives on one way, and numbers on it.
extension RestoredMergeTests {
    private func answers(_ scene: Scene, _ id: TicketID, to other: TicketID) throws -> Bool {
        try Set(scene.ticket(id).allNumbers).isSuperset(of: scene.ticket(other).allNumbers)
    }

    @Test func `the last ticket answers to numbers that came to the first in another life`() throws
    {
        let scene = try scene(
            lost: { try $0.merge($0.three, into: $0.one) },
            kept: { try merge($0, $0.one, into: $0.two) })
        #expect(try scene.ticket(scene.three).mergedInto == scene.one)
        #expect(try scene.ticket(scene.one).mergedInto == scene.two)
        #expect(try answers(scene, scene.two, to: scene.three))
        #expect(try answers(scene, scene.two, to: scene.one))
        try scene.checkAgreement()
        try scene.unmerge(scene.three)
        try scene.world.settle()
        #expect(try !answers(scene, scene.two, to: scene.three))
        #expect(try scene.lookUp(scene.number(scene.three), at: scene.agent) == scene.three)
        try scene.checkAgreement()
    }

    @Test func `numbers that a merge of the present life brought go on with one that comes back`()
        throws
    {
        let scene = try scene(
            lost: { try $0.merge($0.one, into: $0.two) },
            kept: { try merge($0, $0.three, into: $0.one) })
        #expect(try scene.ticket(scene.one).mergedInto == scene.two)
        #expect(try answers(scene, scene.two, to: scene.three))
        try scene.checkAgreement()
    }

    @Test func `numbers do not come to a ticket into which nothing was merged`() throws {
        let scene = try scene(
            lost: { try $0.merge($0.one, into: $0.two) },
            kept: { try merge($0, $0.one, into: $0.three) })
        #expect(try scene.ticket(scene.two).formerNumbers == [])
        #expect(try answers(scene, scene.three, to: scene.one))
    }

    @Test func `what was undone in one life and done again in another keeps its numbers`() throws {
        let scene = try scene(
            prepared: { try $0.merge($0.one, into: $0.two) },
            lost: { try $0.unmerge($0.one) },
            kept: {
                _ = try $0.store.desk.unmerge($0.one, reason: "", by: $0.store.staff)
                try merge($0, $0.one, into: $0.two)
            })
        #expect(try scene.ticket(scene.one).mergedInto == scene.two)
        #expect(try answers(scene, scene.two, to: scene.one))
        #expect(try scene.ticket(scene.one).status == .closed)
        try scene.checkAgreement()
    }

    @Test func `the survivor answers to a number that the duplicate had in another life`() throws {
        let world = try SyncWorld()
        let (store, office, witness) = (
            try world.clerk(), try world.supervisor(), try world.supervisor()
        )
        let two = try office.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let one = try store.logComplaint()
        let waiting = store.store.snapshot()
        for client in [store, witness] { try client.sync() }
        let shown = try #require(try witness.visible(one)).displayNumber
        try world.restoreHub(backup)
        store.store.restore(waiting)
        for client in [store, office] { try client.sync() }
        #expect(try world.ticket(one)?.displayNumber != shown, "nobody had told of that one yet")
        _ = try office.desk.merge(one, into: two, reason: "", by: office.staff)
        try office.sync()
        try world.settle()
        #expect(try world.ticket(one)?.allNumbers.contains(shown) == true)
        #expect(try world.ticket(two)?.allNumbers.contains(shown) == true)
        for client in [office, witness] { #expect(try client.desk.find(shown).ticket.id == two) }
        try world.checkAgreement()
        _ = try office.desk.unmerge(one, reason: "", by: office.staff)
        try world.settle()
        #expect(try world.ticket(two)?.formerNumbers == [])
        #expect(try witness.desk.find(shown).ticket.id == one)
    }

    @Test(arguments: [true, false])
    func `a merge that waits is done when its survivor's author pushes that again`(
        authorMerged: Bool
    ) throws {
        let world = try SyncWorld()
        let (store, office, witness) = (
            try world.clerk(), try world.supervisor(), try world.supervisor()
        )
        let one = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let two = try office.logComplaint()
        var waiting = office.store.snapshot()
        for client in [office, witness] { try client.sync() }
        let author = authorMerged ? office : witness
        if authorMerged { office.store.restore(waiting) }
        _ = try author.desk.merge(one, into: two, reason: "同一投诉", by: author.staff)
        if authorMerged { waiting = office.store.snapshot() }
        for client in [author, store] { try client.sync() }

        try world.restoreHub(backup)
        office.store.restore(waiting)
        try store.sync()
        #expect(try world.hubStore.read { try $0.parkedCount() } == 1)
        try office.sync()
        #expect(try world.ticket(one)?.mergedInto == two)
        #expect(try world.ticket(one)?.systemNotes.count == 1)
        #expect(try office.desk.drafts().isEmpty)
        for _ in 0..<2 { try world.settle() }
        #expect(try world.hubStore.read { try $0.parkedCount() } == 0)
        #expect(try world.ticket(two)?.mergedNumbers.count == 1)
        try world.checkAgreement()
    }

    @Test func `a merge waits for its survivor to come back`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let one = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let two = try office.logComplaint()
        try office.sync()
        _ = try office.desk.merge(one, into: two, reason: "同一投诉", by: office.staff)
        try office.sync()
        // The store's clerk sees how the first ended, but not the second.
        try store.sync()
        #expect(try store.visible(one)?.isMerged == true && store.visible(two) == nil)

        try world.restoreHub(backup)
        try store.sync()
        #expect(try world.ticket(one)?.isMerged == false, "nobody knows where it went")
        #expect(try world.hubStore.read { try $0.parkedCount() } == 1)
        #expect(
            try store.visible(one)?.systemNotes.map(\.key) == [.mergedInto],
            "what was shown stays, though it waits")
        try world.settle()
        #expect(try world.ticket(one)?.mergedInto == two)
        #expect(try world.hubStore.read { try $0.parkedCount() } == 0)
        try world.checkAgreement()
        _ = try office.desk.unmerge(one, reason: "", by: office.staff)
        try world.settle()
        #expect(try world.ticket(one)?.isMerged == false)
        try world.checkAgreement()
    }

    @Test func `what is said while a merge waits comes behind its note, also when it is here`()
        throws
    {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let one = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        let two = try office.logComplaint()
        _ = try office.desk.merge(one, into: two, reason: "同一投诉", by: office.staff)
        try office.sync()
        try store.sync()

        try world.restoreHub(backup)
        try store.sync()
        _ = try store.desk.note("客户又来电", isForCustomer: false, on: one, by: store.staff)
        try store.sync()
        let shown = try #require(try world.ticket(one)?.comments)
        #expect(shown.map(\.kind) == [.system, .note])
        try world.settle()
        let ticket = try #require(try world.ticket(one))
        #expect(ticket.mergedInto == two)
        #expect(ticket.comments == shown)
        let order = ticket.comments.map(\.stamp.sequence)
        #expect(order == order.sorted(), "the order shown is that of the log: \(order)")
        try world.checkAgreement()
    }
}

/// A ticket that was closed when it was merged.
extension RestoredMergeTests {
    @Test func `a merge that comes back closes what this life has opened`() throws {
        let scene = try scene(
            prepared: {
                _ = try $0.store.desk.resolve($0.one, solution: "好", by: $0.store.staff)
                try $0.world.settle()
                _ = try $0.store.desk.close($0.one, note: "", by: $0.store.staff)
            },
            lost: { try $0.merge($0.one, into: $0.two) },
            kept: { _ = try $0.store.desk.reopen($0.one, reason: "又坏", by: $0.store.staff) })
        let ticket = try scene.ticket(scene.one)
        #expect(ticket.mergedInto == scene.two && ticket.status == .closed)
        try scene.unmerge(scene.one)
        try scene.world.settle()
        #expect(try scene.ticket(scene.one).status == .reopened)
        try scene.checkAgreement()
    }
}

/// Halves of one act that come back apart: a store's clerk sees the duplicate alone, the office
/// both, and whoever merged was put back to before the answer, so that they push their act again.
extension RestoredMergeTests {
    private struct Halves {
        let world: SyncWorld
        let (store, office, witness): (SyncClient, SyncClient, SyncClient)
        /// The store's ticket, and the office's that goes on.
        let (one, two): (TicketID, TicketID)

        init(priority: Int64 = 2) throws {
            world = try SyncWorld()
            (store, office, witness) = (
                try world.clerk(), try world.supervisor(), try world.supervisor()
            )
            one = try store.logComplaint(priority: priority)
            two = try office.logComplaint()
            try world.settle()
        }

        func merge(by client: SyncClient) throws {
            _ = try client.desk.merge(one, into: two, reason: "", by: client.staff)
        }

        func unmerge(by client: SyncClient) throws {
            _ = try client.desk.unmerge(one, reason: "", by: client.staff)
        }

        /// Does an act of the office that everybody sees, and puts back the hub and the office.
        func lose(_ act: () throws -> Void) throws {
            let backup = world.hubStore.snapshot()
            try act()
            let waiting = office.store.snapshot()
            for client in [office, store, witness] { try client.sync() }
            try world.restoreHub(backup)
            office.store.restore(waiting)
        }

        func ticket(_ id: TicketID) throws -> Ticket { try #require(try world.ticket(id)) }

        /// What the witness was shown of both tickets: it must not go again.
        func shown() throws -> [Set<OperationID>] {
            try [one, two].map { try Set(witness.visible($0)?.comments.map(\.id) ?? []) }
        }

        func checkAgreement() throws {
            try world.checkAgreement()
        }
    }

    @Test func `the survivor tells of a merge whose other half came back first`() throws {
        let halves = try Halves()
        try halves.lose { try halves.merge(by: halves.office) }
        let shown = try halves.shown()
        try halves.store.sync()
        #expect(try halves.ticket(halves.one).mergedInto == halves.two)
        #expect(try halves.ticket(halves.two).systemNotes == [], "that half is not back yet")
        try halves.office.sync()
        let number = try halves.ticket(halves.one).displayNumber
        #expect(try halves.ticket(halves.two).systemNotes == [SystemNote(.mergedFrom, number)])
        try halves.world.settle()
        #expect(try halves.ticket(halves.two).systemNotes == [SystemNote(.mergedFrom, number)])
        for (now, before) in zip(try halves.shown(), shown) { #expect(now.isSuperset(of: before)) }
        try halves.checkAgreement()
    }

    @Test func `the survivor keeps the promise of a duplicate whose half came back first`() throws {
        let halves = try Halves(priority: 3)
        let due = try #require(try halves.ticket(halves.one).clocks["response"]?.dueAt)
        #expect(try due < (#require(try halves.ticket(halves.two).clocks["response"]).dueAt))
        try halves.lose { try halves.merge(by: halves.office) }
        try halves.store.sync()
        try halves.office.sync()
        #expect(try halves.ticket(halves.one).clocks["response"]?.isRunning == false)
        #expect(try halves.ticket(halves.two).clocks["response"]?.dueAt == due)
        try halves.world.settle()
        #expect(try halves.ticket(halves.two).clocks["response"]?.dueAt == due)
        try halves.checkAgreement()
    }

    @Test func `numbers go back when the other half of undoing a merge came back first`() throws {
        let halves = try Halves()
        try halves.merge(by: halves.office)
        try halves.world.settle()
        try halves.lose { try halves.unmerge(by: halves.office) }
        let shown = try halves.shown()
        try halves.store.sync()
        #expect(try !halves.ticket(halves.one).isMerged)
        try halves.office.sync()
        #expect(try halves.ticket(halves.two).formerNumbers == [])
        try halves.world.settle()
        let (one, two) = (try halves.ticket(halves.one), try halves.ticket(halves.two))
        #expect(two.formerNumbers == [] && two.mergedNumbers == [])
        for number in one.allNumbers {
            let found = try halves.office.desk.find(number).ticket.id
            #expect(found == halves.one)
        }
        for (now, before) in zip(try halves.shown(), shown) { #expect(now.isSuperset(of: before)) }
        try halves.checkAgreement()
    }

    @Test func `notes of a merge stay where this life had another one first`() throws {
        let halves = try Halves()
        try halves.lose { try halves.merge(by: halves.office) }
        let shown = try halves.shown()
        let other = try halves.world.supervisor()
        try halves.merge(by: other)
        try other.sync()
        try halves.office.sync()
        #expect(
            try halves.office.dispositions().suffix(2).map(\.?.outcome) == [.merged, .merged],
            "they were answered before the witness brought back what they had done")
        try halves.world.settle()
        for (now, before) in zip(try halves.shown(), shown) { #expect(now.isSuperset(of: before)) }
        #expect(try halves.ticket(halves.two).mergedNumbers.count == 1)
        try halves.checkAgreement()
    }
}
