import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy

/// What stays as it is when the tickets are put back (replication.md 3.11).
@Suite struct HubDecisionsTests {
    private func carry(
        from present: HubWorld, into restored: HubWorld
    ) throws -> HubDecisions.Counts {
        let decisions = try present.memory.read { try HubDecisions(in: $0) }
        return try restored.memory.transaction { try decisions.carryOver(into: $0) }
    }

    @Test func `devices, revocations, people and the policy stay`() throws {
        let world = try HubWorld()
        let early = try world.greetedDevice()
        let backup = world.memory.snapshot()
        let late = try world.greetedDevice()
        _ = try world.administrator.perform(.revoke(device: early.id.rawValue), at: world.now)
        let restored = try HubWorld()
        restored.memory.restore(backup)
        let counts = try carry(from: world, into: restored)
        #expect(counts.joinedCount == 1 && counts.revokedCount == 1)
        try restored.memory.read { hub throws in
            #expect(try hub.device(early.id)?.isRevoked == true)
            #expect(try hub.device(late.id)?.isRevoked == false)
        }
        let codes = try world.memory.read { try $0.devices().map(\.replicaCode) }
        let next = try restored.memory.transaction { try $0.allocateReplicaCode() }
        #expect(!codes.contains(next), "no code is given twice")
    }

    @Test func `T19: policies of between stay too, with the calendars that clocks count by`() throws
    {
        let world = try HubWorld()
        let backup = world.memory.snapshot()
        for version in 2...3 {
            let yaml = try Profile.builtInText("basic")
                .replacing("\nversion: 1\n", with: "\nversion: \(version)\n")
            _ = try world.administrator.perform(.loadPolicy(yaml: yaml), at: world.now)
        }
        let restored = try HubWorld()
        restored.memory.restore(backup)
        #expect(try carry(from: world, into: restored).policyVersion == 3)
        #expect(
            try restored.memory.read { try $0.policies(countMax: 9).map(\.version) } == [3, 2, 1])
    }

    @Test func `work in quarantine goes on waiting, that of the present and that of the backup`()
        throws
    {
        let world = try HubWorld()
        let device = try world.greetedDevice()
        func setAside(_ number: UInt128) throws -> QuarantinedIntent {
            let work = QuarantinedIntent(
                operation: OperationID(rawValue: number), device: device.id, reason: .horizon,
                bodyBytes: [1], receivedAt: world.now)
            try world.memory.transaction { try $0.quarantine(work) }
            return work
        }
        let (decided, waiting) = (try setAside(1), try setAside(2))
        let backup = world.memory.snapshot()
        try world.memory.transaction { try $0.removeQuarantined(decided.operation) }
        let late = try setAside(3)
        let restored = try HubWorld()
        restored.memory.restore(backup)
        #expect(try carry(from: world, into: restored).quarantinedCount == 1)
        let list = try restored.memory.read { try $0.quarantined(after: nil, countMax: 9) }
        #expect(list == [decided, waiting, late])
    }

    @Test func `what the backup knows already is no decision since`() throws {
        let world = try HubWorld()
        _ = try world.greetedDevice()
        let restored = try HubWorld()
        restored.memory.restore(world.memory.snapshot())
        #expect(try carry(from: world, into: restored).isEmpty)
        #expect(
            try restored.memory.transaction { try $0.allocateReplicaCode() }
                == world.memory.transaction { try $0.allocateReplicaCode() }, "none is left out")
    }
}
