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
        let replica = try joinedReplica(in: directory, workload)
        let (progress, seconds) = try timed { try catchUp(replica, &loop, workload) }
        let tickets = try replica.read { try $0.counts().tickets }
        guard tickets == ticketsCount else { throw CocoaError(.coderInvalidValue) }
        return Measurement(
            operationsCount: ticketsCount, seconds: seconds,
            resultHash: Digest.sha256(bigEndian(progress)).description)
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
        let hello = Hello(
            protocolMin: 1, protocolMax: 1, replica: writer.replica, lastCounter: 0,
            lastHash: .zero, epoch: nil, cursor: .start,
            sessionNonce: [UInt8](repeating: 0, count: 16), wallClock: Workload.start,
            software: "bench", staffVersion: 0, policyVersion: 0)
        var frames = [ClientMessage.hello(hello).encode(requestID: 1)]
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

    private func joinedReplica(
        in directory: URL, _ workload: Workload
    ) throws
        -> SQLiteReplicaStore
    {
        let store = try SQLiteReplicaStore(
            path: directory.appendingPathComponent("replica.db").path, mode: .daemon,
            createsFile: true)
        let device = workload.clients[0].device
        try store.transaction {
            try $0.save(
                ReplicaIdentity(
                    replica: ReplicaID(rawValue: 99), device: device.device, store: device.store,
                    region: nil, replicaCode: "ZZ", roles: device.roles))
        }
        return store
    }

    /// Runs the client's loop against the hub's until it is in step.
    private func catchUp(
        _ replica: SQLiteReplicaStore, _ hub: inout HubLoop, _ workload: Workload
    ) throws -> UInt64 {
        let client = workload.clients[0]
        var loop = SyncLoop(
            store: replica, codec: ProtobufCodec(),
            identity: .init(
                signingKey: client.signingKey,
                software: "bench", sessionNonce: [UInt8](repeating: 1, count: 16), seed: 1))
        let peer = Peer.device(client.device.device).name
        var events: [SyncLoop.Event] = [.connected]
        while !events.isEmpty {
            for action in loop.handle(events.removeFirst(), at: Workload.start) {
                switch action {
                case .send(let bytes):
                    let output = hub.process(
                        [HubLoop.Inbound(route: [9], peer: peer, bytes: bytes)],
                        at: Workload.start)
                    events += output.replies.map { .frame($0.bytes) }
                case .caughtUp(let progress): return progress.head
                case .halted(let halt): throw halt
                default: continue
                }
            }
        }
        throw CocoaError(.coderInvalidValue)
    }
}
