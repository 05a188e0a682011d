import FieldClient
import Replication
import Testing
import TicketModel
import TicketPolicy

/// What an inspector has to look at today (domain.md K26).
@Suite struct RecheckDutyTests {
    @Test func `yesterday's classes that nobody has confirmed are counted, for whose duty it is`()
        throws
    {
        let world = try SyncWorld(
            policy: Profile.builtInText("basic") + "\nrecheck: {by: 10:00}\n")
        let store = try world.clerk()
        let first = try store.logComplaint(category: "product")
        _ = try store.logComplaint(category: "attitude")
        try world.settle()
        let duty = { (roles: Set<Role>) throws in
            try store.desk.recheckDuty(of: roles, at: world.now)
        }
        #expect(try duty([.inspector])?.count == 0, "they were logged today")
        world.now = world.now.adding(milliseconds: 86_400_000)
        // 2023-11-16 10:00 in Shanghai.
        let dueAt = Timestamp(milliseconds: 1_700_100_000_000)
        let found = try duty([.clerk, .inspector])
        #expect(found?.count == 2 && found?.dueAt == dueAt)
        #expect(try duty([.clerk]) == nil)
        _ = try store.desk.classify(first, as: Desk.Classification(), by: store.staff)
        #expect(try duty([.inspector])?.count == 1, "confirmed here, sent or not")
        world.now = world.now.adding(milliseconds: 86_400_000)
        #expect(try duty([.inspector])?.count == 0, "each day has its own")
    }

    @Test func `what was captured offline is looked at the morning after the hub got it`() throws {
        let world = try SyncWorld(
            policy: Profile.builtInText("basic") + "\nrecheck: {by: 10:00}\n")
        let store = try world.clerk()
        let office = try world.supervisor()
        try world.settle()
        let count = { try office.desk.recheckDuty(of: [.inspector], at: world.now)?.count }
        _ = try store.logComplaint(category: "product")
        let day: Int64 = 86_400_000
        world.now = world.now.adding(milliseconds: day)
        try office.sync()
        #expect(try count() == 0)
        world.now = world.now.adding(milliseconds: day)
        try world.settle()
        #expect(try count() == 0, "the rules have classified it today")
        world.now = world.now.adding(milliseconds: day)
        #expect(try count() == 1)
        #expect(try store.desk.recheckDuty(of: [.inspector], at: world.now)?.count == 1)
    }

    @Test func `where no policy asks for it there is no duty`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        try world.settle()
        #expect(try store.desk.recheckDuty(of: [.inspector], at: world.now) == nil)
    }
}
