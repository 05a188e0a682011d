import FieldClient
import Foundation
import HubService
import HubStore
import ReplicaStore
import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

/// A new replica fetches everything: both loops, all bytes, no sockets.
struct CatchUpRow: BenchRow {
    let size: BenchSize

    let name = "catch-up"
    let unit = "tickets applied by a new replica"
    let floorDescription = "one row each through the C library, 256 to a commit"

    private var ticketsCount: Int { size.choose(tiny: 256, canonical: 20_480) }

    func measureOurs(in directory: URL) throws -> Measurement {
        let hub = try SQLiteHubStore(path: directory.appendingPathComponent("hub.db").path)
        var workload = try Workload(clientsCount: 1)
        try workload.prepare(hub)
        var loop = HubLoop(
            store: hub, codec: ProtobufCodec(),
            configuration: .init(
                feedEndpoint: "tcp://*:1", software: "bench", recoveryKey: .generate(), seed: 1))
        try fill(&loop, &workload, epoch: try hub.read { try $0.epoch() })
        let replica = try BenchReplica(of: workload.clients[0], in: directory)
        let (head, seconds) = try timed {
            try replica.converse(with: &loop, at: Workload.start).head
        }
        let tickets = try replica.store.read { try $0.counts().tickets }
        guard tickets == ticketsCount else { throw CocoaError(.coderInvalidValue) }
        return Measurement(
            operationsCount: ticketsCount, seconds: seconds,
            resultHash: Digest.sha256(bigEndian(head)).description)
    }

    func measureFloor(in directory: URL) throws -> Measurement {
        let floor = try SQLiteFloor(path: directory.appendingPathComponent("floor.db").path)
        let (_, seconds) = try timed {
            try floor.insertRows(ticketsCount, perCommit: 256, payloadByteCount: 600)
        }
        return Measurement(operationsCount: ticketsCount, seconds: seconds, resultHash: "")
    }

    private func fill(_ loop: inout HubLoop, _ workload: inout Workload, epoch: EpochID) throws {
        let writer = workload.clients[0]
        let peer = Peer.device(writer.device.device).name
        var frames = [Workload.hello(of: writer)]
        for _ in 0..<(ticketsCount / 256) {
            frames.append(
                ClientMessage.push(workload.push(by: 0, count: 256, epoch: epoch)).encode(
                    requestID: 2))
        }
        for bytes in frames {
            _ = loop.process(
                [HubLoop.Inbound(route: writer.route, peer: peer, bytes: bytes)],
                at: Workload.start)
        }
    }
}
