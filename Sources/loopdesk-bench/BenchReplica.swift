import FieldClient
import Foundation
import HubService
import ReplicaStore
import Replication
import StoreSupport
import TicketModel
import Wire

/// A replica of one of the clients: its store, and its loop against the hub's without sockets.
struct BenchReplica {
    let store: SQLiteReplicaStore
    private let client: Workload.Client

    /// A replica that has joined and fetched nothing yet.
    init(of client: Workload.Client, in directory: URL) throws {
        self.client = client
        store = try SQLiteReplicaStore(
            path: directory.appendingPathComponent("replica.db").path, mode: .daemon,
            createsFile: true)
        let device = client.device
        try store.transaction {
            try $0.save(
                ReplicaIdentity(
                    replica: ReplicaID(rawValue: 99), device: device.device, store: device.store,
                    region: device.region, replicaCode: "ZZ", roles: device.roles))
        }
    }

    /// Runs the client's loop against the hub's until both are in step and hold the same.
    func converse(
        with hub: inout HubLoop, at now: Timestamp
    ) throws -> (head: UInt64, fetched: UInt64) {
        var loop = SyncLoop(
            store: store, codec: ProtobufCodec(),
            identity: .init(
                signingKey: client.signingKey, software: "bench",
                sessionNonce: [UInt8](repeating: 1, count: 16), seed: 1))
        loop.isVerifying = true
        let peer = Peer.device(client.device.device).name
        var events: [SyncLoop.Event] = [.connected]
        while !events.isEmpty {
            for action in loop.handle(events.removeFirst(), at: now) {
                switch action {
                case .send(let bytes):
                    let output = hub.process(
                        [HubLoop.Inbound(route: [9], peer: peer, bytes: bytes)], at: now)
                    events += output.replies.map { .frame($0.bytes) }
                case .caughtUp(let progress): return (progress.head, progress.fetched)
                case .halted(let halt): throw halt
                case .notice(let notice): throw BenchFailure("a replica says \(notice)")
                case .reconnect(let reason): throw BenchFailure("a replica gives up: \(reason)")
                default: continue
                }
            }
        }
        throw BenchFailure("a conversation ended before both were in step")
    }
}
