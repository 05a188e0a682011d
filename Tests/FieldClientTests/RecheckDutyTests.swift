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

    @Test func `where no policy asks for it there is no duty`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        try world.settle()
        #expect(try store.desk.recheckDuty(of: [.inspector], at: world.now) == nil)
    }
}
