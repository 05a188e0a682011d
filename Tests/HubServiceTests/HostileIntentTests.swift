import HubService
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// Intents that no client of ours writes: each is answered under its own name, and neither the
/// work of others nor the hub's rules stop because of it.
@Suite struct HostileIntentTests {
    // MARK: Bytes that are no intent

    @Test func `the same unreadable bytes of two replicas are one refusal and its twin`() throws {
        let world = try HubWorld()
        var (first, second, third) = (
            try world.greetedDevice(), try world.greetedDevice(), try world.greetedDevice()
        )
        let (answers, output) = world.turn([
            (.push(first.push(encoded: [[0xFF]])), first),
            (.push(second.push(encoded: [[0xFF]])), second),
            (.push(third.push([TestDevice.complaint(at: world.now)])), third),
        ])
        #expect(output.storeFault == nil)
        let verdicts = answers.compactMap { $0?.ack?.verdicts.first }
        #expect(verdicts.count == 3 && verdicts[0] == verdicts[1])
        #expect(verdicts[0].disposition == .rejected(.unsupportedKind))
        #expect(verdicts[2].disposition.isAccepted)
        let next = TestDevice.complaint(at: world.now)
        #expect(world.ask(.push(second.push([next])), from: second)?.ack?.watermark == 2)
    }
}
