import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy
import Wire

/// What another policy would have made of what people did.
@Suite struct PolicyRehearsalTests {
    private func world() throws -> (HubWorld, IntentBody) {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let complaint = TestDevice.complaint(at: world.now)
        _ = try #require(world.ask(.push(device.push([complaint])), from: device)?.ack)
        world.now = world.now.adding(milliseconds: 2 * 3_600_000)
        let accept = IntentBody(
            operation: OperationID(time: world.now, random: 1 << 64), ticket: complaint.ticket,
            act: .accept, actor: StaffID(unchecked: "B07"), time: HybridTimestamp(world.now),
            captured: CapturedTime(wall: world.now, offsetMilliseconds: 0),
            changes: [.write(.assignee, .text("B07"))])
        let ack = try #require(world.ask(.push(device.push([accept])), from: device)?.ack)
        #expect(ack.verdicts.allSatisfy { $0.disposition.isAccepted })
        return (world, complaint)
    }

    private func rehearse(
        _ world: HubWorld, _ new: Profile, _ choice: PolicyRehearsal.Choice? = nil
    ) throws -> PolicyRehearsal {
        try world.memory.read { reader throws in
            let before = try reader.head()
            let rehearsal = try PolicyRehearsal(
                from: try Profile.builtIn("basic"), to: new,
                of: choice ?? .since(world.now.adding(milliseconds: -86_400_000)), in: reader,
                codec: ProtobufCodec(), until: world.now.adding(milliseconds: 86_400_000))
            #expect(try reader.head() == before)
            return rehearsal
        }
    }

    private func profile(_ old: String, _ new: String) throws -> Profile {
        let text = try Profile.builtInText("basic")
        #expect(text.contains(old))
        return try Profile(yaml: text.replacing(old, with: new), file: "new.yaml")
    }

    @Test func `the same policy makes the same`() throws {
        let (world, _) = try world()
        let rehearsal = try rehearse(world, try Profile.builtIn("basic"))
        #expect(rehearsal.ticketsCount == 1 && rehearsal.differences.isEmpty)
        #expect(rehearsal.old == rehearsal.new)
        #expect(rehearsal.old.startedCounts == ["response": 1])
        #expect(rehearsal.old.brokenCounts.isEmpty, "accepted after two hours of four")
    }

    @Test func `a shorter limit would have been broken, and a rule of routing sends elsewhere`()
        throws
    {
        let (world, complaint) = try world()
        let shorter = try profile(
            "limits: {urgent: 1h, important: 4h, normal: 24h}",
            "limits: {urgent: 30m, important: 1h, normal: 24h}")
        let rehearsal = try rehearse(world, shorter, .ticket(complaint.ticket))
        #expect(rehearsal.new.brokenCounts == ["response": 1])
        #expect(rehearsal.differences.map(\.broken) == [["response"]])
        let back = try world.memory.read { reader in
            try PolicyRehearsal(
                from: shorter, to: try Profile.builtIn("basic"),
                of: .ticket(complaint.ticket), in: reader, codec: ProtobufCodec(),
                until: world.now)
        }
        #expect(back.differences.map(\.kept) == [["response"]])
        let routed = try rehearse(
            world, try profile("department: 售后部\n", "department: 运营部\n"))
        let departments = try #require(routed.differences.first?.departments)
        #expect(departments.old == DepartmentID("售后部"))
        #expect(departments.new == DepartmentID("运营部"))
    }

    @Test func `tickets of before are not looked at`() throws {
        let (world, _) = try world()
        let rehearsal = try rehearse(
            world, try Profile.builtIn("unified"), .since(world.now.adding(milliseconds: 1)))
        #expect(rehearsal.ticketsCount == 0)
    }
}
