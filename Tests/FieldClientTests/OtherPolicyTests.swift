import FieldClient
import Replication
import Testing
import TicketModel
import TicketPolicy

/// Verbs under policies with other departments and fewer levels than the one that staff and devices
/// were set up for.
@Suite struct OtherPolicyTests {
    private static let online: [FieldID: FieldValue] = [
        .channel: .text("online_form"), .category: .text("quality"), .priority: .integer(2),
        .contact: .text("u-5"), .description: .text("APP闪退"), .reportedTime: .text("今天"),
        FieldID(rawValue: 1002): .text("今天"),
    ]

    @Test func `somebody whose department the policy does not know gets the ticket where it is`()
        throws
    {
        let world = try SyncWorld(policy: Profile.builtInText("feedback"))
        let store = try world.clerk()
        let agent = try world.agent()
        let boss = try world.supervisor()
        let ticket = try store.desk.log(NewTicket(fields: Self.online), by: store.staff).ticket.id
        try world.settle()
        let owner = try boss.desk.owner(named: agent.staff.rawValue)
        #expect(owner == .staff(agent.staff, nil))
        _ = try boss.desk.assign(ticket, to: owner, reason: "", by: boss.staff)
        try world.settle()
        let shown = try #require(try world.ticket(ticket))
        #expect(shown.assignee == agent.staff && shown.department?.rawValue == "产品部")
    }

    @Test func `escalation ends at the policy's last level`() throws {
        let world = try SyncWorld(policy: Profile.builtInText("feedback"))
        let store = try world.clerk()
        let ticket = try store.desk.log(NewTicket(fields: Self.online), by: store.staff).ticket.id
        for _ in 1...2 {
            _ = try store.desk.escalate(ticket, to: nil, reason: "急", by: store.staff)
            try world.settle()
        }
        #expect(try world.ticket(ticket)?.escalationLevel == 1)
    }
}
