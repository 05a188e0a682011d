import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// What one intent, one group and one device may come to in the log of everybody.
@Suite struct HubLimitTests {
    // MARK: Numbers

    @Test func `an official number leads to the ticket that the hub gave it to`() throws {
        let world = try HubWorld()
        var device = try world.greetedDevice()
        let next = "CS202311150001"
        var forged = TestDevice.complaint(at: world.now)
        forged.changes[0] = .create(provisionalNumber: next)
        let honest = TestDevice.complaint(at: world.now)
        let ack = try #require(
            world.ask(.push(device.push([forged, honest])), from: device)?.ack)
        #expect(
            ack.verdicts.map(\.disposition) == [.rejected(.invalidValue, "create"), .applied])
        #expect(try world.memory.read { try $0.ticket(numbered: next) } == honest.ticket)
    }
}
