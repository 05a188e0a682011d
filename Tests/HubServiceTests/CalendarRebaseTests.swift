import HubService
import Replication
import Testing
import TicketModel
import TicketPolicy
import Wire

/// A hub whose calendar changes while clocks run by the old one (domain.md T19).
@Suite struct CalendarRebaseTests {
    /// The unified profile; from version 2 on with other hours.
    private func policy(_ version: Int) throws -> String {
        let text = try Profile.builtInText("unified")
        return version == 1
            ? text
            : text.replacing(
                "  office:\n    version: 1", with: "  office:\n    version: \(version)"
            )
            .replacing("13:30-18:00]}", with: "13:30-1\(5 + version):00]}")
    }

    /// A hub with complaints that were dispatched; on Wednesday, 2023-11-15 at 06:13 in Shanghai.
    private func world(ticketsCount: Int = 1) throws -> (HubWorld, [TicketID]) {
        let world = try HubWorld()
        _ = try world.administrator.perform(.loadPolicy(yaml: try policy(1)), at: world.now)
        var device = try world.greetedDevice()
        let bodies = (0..<ticketsCount).map { _ in TestDevice.complaint(at: world.now) }
        _ = try #require(world.ask(.push(device.push(bodies)), from: device)?.ack)
        return (world, bodies.map(\.ticket))
    }

    private func clock(_ name: String, of id: TicketID, in world: HubWorld) throws -> ClockState {
        try #require(try world.memory.read { try $0.ticket(id)?.clocks[name] })
    }

    private func rebase(_ world: HubWorld, clock: String? = nil) throws -> RebaseView {
        var total = RebaseView()
        repeat {
            let reply = try world.administrator.perform(
                .rebaseClocks(clock: clock, after: total.next), at: world.now)
            guard case .rebased(let view) = reply else {
                Issue.record("no rebase: \(reply)")
                return total
            }
            total.tickets += view.tickets
            total.moved += view.moved
            total.next = view.next
        } while total.next != nil
        return total
    }

    @Test func `clocks keep the calendar of their start, over restarts, until they are moved`()
        throws
    {
        let (world, ids) = try world()
        let before = try clock("investigation", of: ids[0], in: world)
        #expect(before.calendar == CalendarMark(name: "office", version: 1))
        _ = try world.administrator.perform(.loadPolicy(yaml: try policy(2)), at: world.now)
        world.restart()
        #expect(try world.loop.fireTimers(at: world.now).output.hints.isEmpty)
        #expect(try clock("investigation", of: ids[0], in: world) == before)
        let head = try world.memory.read { try $0.head().sequence }
        let view = try rebase(world)
        #expect(view.tickets == 1 && view.moved == 4, "every clock of office hours")
        #expect(try clock("investigation", of: ids[0], in: world).calendar?.version == 2)
        #expect(try world.memory.read { try $0.head().sequence } == head + 1)
        #expect(try rebase(world).moved == 0, "what has moved is not moved again")
        #expect(try world.memory.read { try $0.head().sequence } == head + 1)
    }

    @Test func `one clock alone can be moved, and one that there is not is named`() throws {
        let (world, ids) = try world(ticketsCount: 3)
        _ = try world.administrator.perform(.loadPolicy(yaml: try policy(2)), at: world.now)
        #expect(try rebase(world, clock: "acceptance").moved == 3)
        #expect(try clock("investigation", of: ids[2], in: world).calendar?.version == 1)
        #expect(throws: HubAdministrator.Refusal.self) { try rebase(world, clock: "nothing") }
    }

    @Test func `a calendar that changed under its version is not loaded`() throws {
        let (world, _) = try world()
        let silent = try policy(2).replacing("    version: 2", with: "    version: 1")
        #expect(throws: HubAdministrator.Refusal.self) {
            try world.administrator.perform(.loadPolicy(yaml: silent), at: world.now)
        }
        _ = try world.administrator.perform(.loadPolicy(yaml: try policy(2)), at: world.now)
        let other = try policy(4).replacing("    version: 4", with: "    version: 1")
        #expect(throws: HubAdministrator.Refusal.self, "nor under one of before") {
            try world.administrator.perform(.loadPolicy(yaml: other), at: world.now)
        }
        _ = try world.administrator.perform(.loadPolicy(yaml: try policy(1)), at: world.now)
    }
}
