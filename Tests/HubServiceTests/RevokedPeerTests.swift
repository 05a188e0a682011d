import HubService
import Replication
import Testing
import TicketModel
import Wire

/// What the hub does with a peer that the transport knows as revoked.
@Suite struct RevokedPeerTests {
    private let world: HubWorld
    private var device: TestDevice
    private var peer: Peer { .revoked(device.id) }

    init() throws {
        world = try HubWorld()
        device = try world.greetedDevice()
        _ = try world.administrator.perform(.revoke(device: device.id.rawValue), at: world.now)
    }

    @Test func `it is refused whatever it asks`() throws {
        let requests: [ClientMessage] = [
            .hello(device.hello), .ping(Ping(nonce: 1)), .directoryGet, .verdictsGet([]),
            .pull(Pull(epoch: device.epoch, cursor: 0, bytesMax: 1_000)),
        ]
        for request in requests {
            let answer = world.ask(request, as: peer, route: [7])
            #expect(answer?.failure?.code == .revoked, "\(request)")
        }
        #expect(Peer(name: peer.name) == peer)
    }

    @Test mutating func `its push is kept for review and its chain does not move`() throws {
        let head = try world.memory.read { try $0.head() }
        let batch = device.push([TestDevice.complaint(at: world.now)])
        let ack = try #require(world.ask(.push(batch), as: peer, route: [7])?.ack)
        #expect(ack.verdicts.map(\.disposition) == [.rejected(.quarantined)])
        #expect(ack.head == 0 && ack.verdicts.map(\.sequence) == [0], "it is shown nothing")
        #expect(try world.memory.read { try $0.head() } == head)
        #expect(try world.memory.read { try $0.replica(device.replica) } == nil)
        let again = try #require(world.ask(.push(batch), as: peer, route: [8])?.ack)
        #expect(again.verdicts == ack.verdicts)
        #expect(try world.memory.read { try $0.quarantinedCount() } == 1)
    }

    @Test mutating func `a push that it did not sign is refused`() throws {
        var batch = device.push([TestDevice.complaint(at: world.now)])
        batch.signature[0] ^= 1
        #expect(world.ask(.push(batch), as: peer, route: [7])?.failure?.code == .badSignature)
        var other = try world.device()
        let stolen = other.push([TestDevice.complaint(at: world.now)])
        #expect(world.ask(.push(stolen), as: peer, route: [7])?.failure?.code == .badSignature)
        #expect(try world.memory.read { try $0.quarantinedCount() } == 0)
    }
}
