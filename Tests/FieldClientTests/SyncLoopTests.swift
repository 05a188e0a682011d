import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy
import Wire

/// The client's loop against a hub that answers late, twice, or not at all.
@Suite struct SyncLoopTests {
    @Test func `an answer that was lost costs nothing: the intent is at the hub once`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let id = try store.logComplaint()
        #expect(try store.sync(.losesAnswers) == nil)
        #expect(try world.ticket(id) != nil, "the hub had committed")
        try store.sync()
        #expect(try world.hubStore.read { try $0.counts().tickets } == 1)
        #expect(try store.dispositions() == [.applied])
        #expect(try store.store.read { try $0.queuedCount() } == 0)
    }

    @Test func `answers that come twice change nothing`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let id = try store.logComplaint()
        try store.sync(.doublesAnswers)
        try store.sync()
        #expect(try store.visible(id) == world.ticket(id))
        #expect(try store.dispositions() == [.applied])
    }

    @Test func `a hub that restarts between two syncs goes on where it was`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        for _ in 0..<3 {
            _ = try store.logComplaint()
            world.restartHub()
            try store.sync()
        }
        #expect(try world.hubStore.read { try $0.counts().tickets } == 3)
    }

    @Test func `a thousand intents go up in batches and are all answered`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let id = try store.logComplaint()
        for index in 1...1_000 {
            _ = try store.desk.note(
                "备注 \(index)", isForCustomer: false, on: id, by: store.staff)
        }
        let progress = try store.sync()
        #expect(progress?.pushed == 1_001)
        #expect(try store.visible(id)?.comments.count == 1_000)
        #expect(try store.dispositions().allSatisfy { $0 == .applied })
    }

    @Test func `bytes that are no frame make the loop greet again, not fail`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        _ = store.loop.handle(.connected, at: world.now)
        let actions = store.loop.handle(.frame([1, 2, 3]), at: world.now)
        #expect(
            actions.contains { if case .reconnect = $0 { true } else { false } }, "\(actions)")
        try store.sync()
    }

    @Test func `a hub that stays silent is given up after the limit`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let actions = store.loop.handle(.connected, at: world.now)
        guard case .wake(let deadline) = actions.last else {
            Issue.record("no deadline: \(actions)")
            return
        }
        #expect(deadline > world.now)
        let after = store.loop.handle(.tick, at: deadline)
        #expect(after.contains { if case .reconnect = $0 { true } else { false } }, "\(after)")
    }

    @Test func `a clock that is set back does not make the loop wait as long`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        _ = store.loop.handle(.connected, at: world.now)
        let yesterday = world.now.adding(milliseconds: -86_400_000)
        let actions = store.loop.handle(.tick, at: yesterday)
        #expect(
            actions.contains { if case .reconnect = $0 { true } else { false } }, "\(actions)")
        guard case .wake(let wake) = store.loop.handle(.connected, at: yesterday).last else {
            Issue.record("no deadline")
            return
        }
        #expect(wake.millisecondsSince(yesterday) <= 15_000)
    }

    @Test func `a hub that is busy is asked again after the time it names, from the beginning`()
        throws
    {
        let world = try SyncWorld()
        let store = try world.clerk()
        let actions = store.loop.handle(.connected, at: world.now)
        guard case .send(let hello) = actions.first else {
            Issue.record("nothing was said: \(actions)")
            return
        }
        let id = try ClientMessage.decode(hello).requestID
        let busy = HubMessage.failure(
            Wire.Failure(code: .busy, message: "The disk is full.", retryAfterMilliseconds: 700))
        let answers = store.loop.handle(.frame(busy.encode(requestID: id)), at: world.now)
        #expect(
            answers.contains { if case .busy("The disk is full.") = $0 { true } else { false } })
        let later = world.now.adding(milliseconds: 700)
        guard case .wake(let wake) = answers.last else {
            Issue.record("no deadline: \(answers)")
            return
        }
        #expect(wake == later)
        guard case .send(let again) = store.loop.handle(.tick, at: later).first,
            case .hello = try ClientMessage.decode(again).message
        else {
            Issue.record("the loop did not greet again")
            return
        }
    }

    @Test func `a required field cannot be emptied, here or at the hub`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let id = try store.logComplaint()
        for field in [FieldID.contact, .product] {
            #expect(throws: ReplicaWriter.Refusal.self) {
                try store.desk.set(field, to: .text(""), on: id, by: store.staff)
            }
        }
        _ = try store.desk.set(.subject, to: .text(""), on: id, by: store.staff)
    }

    @Test func `a name that several people have names nobody`() throws {
        let world = try SyncWorld()
        let office = try world.supervisor()
        for staff in ["D1", "D2"] {
            try world.perform(
                .addStaff(
                    StaffRequest(
                        staff: staff, name: "张伟", roles: ["handler"], store: nil,
                        department: nil, phone: "", isActive: true)))
        }
        try office.sync()
        #expect { try office.desk.owner(named: "张伟") } throws: { error in
            guard case .ambiguousOwner("张伟", let people) = error as? Desk.Failure else {
                return false
            }
            return people.map(\.rawValue) == ["D1", "D2"]
        }
        #expect(
            try office.desk.owner(named: "D2") == .staff(StaffID(unchecked: "D2"), nil))
    }

    @Test func `a replica that follows a quiet hub still knows that it is in step`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let (epoch, head) = try world.hubStore.read { (try $0.epoch(), try $0.head().sequence) }
        try store.connect()
        let before = try store.store.read { try $0.state().syncedAt }
        world.now = world.now.adding(milliseconds: 3_600_000)
        let heartbeat = Topic.heartbeat + Hint(epoch: epoch, head: head, sequence: 0).encode()
        _ = store.loop.handle(.hint(heartbeat), at: world.now)
        #expect(try store.store.read { try $0.state().syncedAt } == world.now)
        #expect(before != world.now)
    }

    @Test(arguments: [true, false])
    func `a replica on the line hears of new people and a new policy`(byHeartbeat: Bool) throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        try store.connect()
        let known = try store.store.read { try $0.directory() }
        try world.perform(
            .addStaff(
                StaffRequest(
                    staff: "D1", name: "张伟", roles: ["handler"], store: nil, department: nil,
                    phone: "", isActive: true)))
        try world.perform(.loadPolicy(yaml: try Profile.builtInText("unified")))
        let hint = try world.hubStore.read { hub in
            Hint(
                epoch: try hub.epoch(), head: try hub.head().sequence, sequence: 0,
                directory: DirectoryVersion(
                    staff: try hub.staffVersion(), policy: try hub.policyVersion()))
        }
        if byHeartbeat {
            try store.hear(.hint(Topic.heartbeat + hint.encode()))
        } else {
            world.now = world.now.adding(milliseconds: 60_000)
            try store.hear(.tick)
        }
        let learned = try #require(try store.store.read { try $0.directory() })
        #expect(learned.staff.contains { $0.name == "张伟" } && learned != known)
        #expect(learned.policy.version == hint.directory?.policy)
    }

    @Test func `an escalation is in the supervisor's feed once, whatever is repeated`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let id = try store.logComplaint()
        _ = try store.desk.escalate(id, to: nil, reason: "急", by: store.staff)
        try store.sync(.losesAnswers)
        try store.sync()
        try office.sync(.doublesAnswers)
        try office.sync()
        let items = try office.store.read { try $0.feed(.escalations, after: 0, countMax: 10) }
        #expect(items.map(\.event.reason) == ["急"])
        #expect(items.first?.event.level == 1)
    }

    @Test func `a missed limit escalates by itself and reaches the feed once`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let id = try store.logComplaint(priority: 3)
        try store.sync()
        world.now = world.now.adding(milliseconds: 3_600_000)
        for _ in 0..<3 { _ = try world.hub.fireTimers(at: world.now) }
        world.restartHub()
        _ = try world.hub.fireTimers(at: world.now)
        try office.sync()
        let items = try office.store.read { try $0.feed(.escalations, after: 0, countMax: 10) }
        #expect(items.map(\.ticket) == [id])
        #expect(items.first?.event.clock == "response")
        #expect(try office.visible(id)?.escalationLevel == 1)
    }
}
