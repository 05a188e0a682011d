import FieldClient
import HubService
import Replication
import Testing
import TicketModel
import Wire

/// What is sent again when the hub could not take it (replication.md 3.6).
@Suite struct ResendTests {
    @Test func `a hub that needs an earlier intent gets everything from there`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        for _ in 0..<3 { _ = try store.logComplaint() }
        let need = Failure(code: .need, message: "Send from intent 1.", counter: 1)
        #expect(try pushes(of: store, after: .connected, refusing: need, in: world) == [1, 1])
        #expect(try store.dispositions() == [.applied, .applied, .applied])
    }

    @Test func `what a busy hub did not take is sent again after the time it names`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        for _ in 0..<3 { _ = try store.logComplaint() }
        let busy = Failure(code: .busy, message: "Later.", retryAfterMilliseconds: 1_000)
        #expect(try pushes(of: store, after: .connected, refusing: busy, in: world) == [1])
        world.now = world.now.adding(milliseconds: 1_000)
        #expect(try pushes(of: store, after: .tick, in: world) == [1])
        #expect(try store.dispositions() == [.applied, .applied, .applied])
    }

    /// Runs the client's loop until it has nothing to say, and gives the first counter of each
    /// batch that it sent; the first batch is answered with `failure`.
    private func pushes(
        of client: SyncClient, after event: SyncLoop.Event, refusing failure: Failure? = nil,
        in world: SyncWorld
    ) throws -> [UInt64] {
        var (events, failure, counters): ([SyncLoop.Event], Failure?, [UInt64]) = (
            [event], failure, []
        )
        while !events.isEmpty {
            for case .send(let bytes) in client.loop.handle(events.removeFirst(), at: world.now) {
                let (id, message) = try ClientMessage.decode(bytes)
                if case .push(let batch) = message {
                    counters += batch.intents.prefix(1).map(\.intent.dot.counter)
                    guard counters.count < 10 else { throw WorldFailure("there is no end to it") }
                    if let refusal = failure {
                        failure = nil
                        events.append(.frame(HubMessage.failure(refusal).encode(requestID: id)))
                        continue
                    }
                }
                let frame = HubLoop.Inbound(
                    route: [1, 2, 3, 4, 5], peer: Peer.device(client.device).name, bytes: bytes)
                events += world.hub.process([frame], at: world.now).replies.map {
                    .frame($0.bytes)
                }
            }
        }
        return counters
    }
}
