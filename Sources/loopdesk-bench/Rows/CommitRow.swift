import Foundation
import HubService
import HubStore
import Replication
import Sodium
import TicketModel
import Wire

/// Durable commits at the hub, from received bytes to the bytes of the answer: decode, verify the
/// signature, authorise, merge, route, start the clocks, store, fsync.
struct CommitRow: BenchRow {
    /// Who pushes how much.
    enum Shape {
        /// Eight clients with batches of 256.
        case batches
        /// Sixty-four clients with one intent each, answered together.
        case singles
    }

    let size: BenchSize
    let shape: Shape

    var name: String { shape == .batches ? "commit-256" : "commit-64x1" }
    let unit = "intents committed"
    let floorDescription = "one row each through the C library, the same rows to a commit"

    private var clientsCount: Int { shape == .batches ? 8 : 64 }
    private var intentsPerPush: Int { shape == .batches ? 256 : 1 }
    private var roundsCount: Int {
        shape == .batches
            ? size.choose(tiny: 1, canonical: 20) : size.choose(tiny: 2, canonical: 200)
    }
    private var pushesPerTurn: Int { shape == .batches ? 1 : clientsCount }
    private var intentsCount: Int {
        shape == .batches
            ? roundsCount * clientsCount * intentsPerPush : roundsCount * clientsCount
    }

    func measureOurs(in directory: URL) throws -> Measurement {
        let store = try SQLiteHubStore(path: directory.appendingPathComponent("hub.db").path)
        var workload = try Workload(clientsCount: clientsCount)
        try workload.prepare(store)
        let epoch = try store.read { try $0.epoch() }
        var loop = HubLoop(
            store: store, codec: ProtobufCodec(),
            configuration: .init(
                feedEndpoint: "tcp://*:1", software: "bench", recoveryKey: .generate(), seed: 1))
        try greet(&loop, workload)
        let turns = makeTurns(&workload, epoch)
        let (_, seconds) = try timed {
            for turn in turns {
                let output = loop.process(turn, at: Workload.start)
                try expectAcks(output.replies)
            }
        }
        let head = try store.read { try $0.head() }
        return Measurement(
            operationsCount: intentsCount, seconds: seconds,
            resultHash: Digest.sha256(bigEndian(head.sequence)).description)
    }

    func measureFloor(in directory: URL) throws -> Measurement {
        let floor = try SQLiteFloor(path: directory.appendingPathComponent("floor.db").path)
        let (_, seconds) = try timed {
            try floor.insertRows(
                intentsCount, perCommit: intentsPerPush * pushesPerTurn, payloadByteCount: 600)
        }
        return Measurement(operationsCount: intentsCount, seconds: seconds, resultHash: "")
    }

    private func greet(_ loop: inout HubLoop, _ workload: Workload) throws {
        for client in workload.clients {
            _ = loop.process(
                [inbound(client, Workload.hello(of: client))],
                at: Workload.start)
        }
    }

    private func makeTurns(_ workload: inout Workload, _ epoch: EpochID) -> [[HubLoop.Inbound]] {
        var frames: [HubLoop.Inbound] = []
        for _ in 0..<roundsCount {
            for index in 0..<clientsCount {
                let batch = workload.push(by: index, count: intentsPerPush, epoch: epoch)
                frames.append(
                    inbound(
                        workload.clients[index], ClientMessage.push(batch).encode(requestID: 2)))
            }
        }
        return stride(from: 0, to: frames.count, by: pushesPerTurn).map {
            Array(frames[$0..<min($0 + pushesPerTurn, frames.count)])
        }
    }

    private func inbound(_ client: Workload.Client, _ bytes: [UInt8]) -> HubLoop.Inbound {
        HubLoop.Inbound(
            route: client.route, peer: Peer.device(client.device.device).name, bytes: bytes)
    }

    private func expectAcks(_ replies: [HubLoop.Outbound]) throws {
        for reply in replies {
            guard case .ack(let ack) = try HubMessage.decode(reply.bytes).message,
                ack.verdicts.allSatisfy({ $0.disposition.isAccepted })
            else { throw CocoaError(.coderInvalidValue) }
        }
    }
}
