import Foundation
import HubService
import HubStore
import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// A hub that holds as much as its scale says, in step with a replica of its quiet store.
final class GrownHub {
    /// Editors of everything.
    static let editorsCount = 8
    static let intentsPerBatch = Limits.batchIntentsCountMax
    private static let batchesPerTransaction = 16

    let scale: HubScale
    private let store: SQLiteHubStore
    private var loop: HubLoop
    private var workload: Workload
    private let replica: BenchReplica
    private var operationsCount: Int
    private let epoch: EpochID

    /// Makes the hub in an empty directory.
    init(_ scale: HubScale, in directory: URL) throws {
        self.scale = scale
        store = try SQLiteHubStore(path: directory.appendingPathComponent("hub.db").path)
        workload = try Workload(clientsCount: Self.editorsCount + scale.storesCount + 1)
        for index in workload.clients.indices {
            let store =
                index < Self.editorsCount
                ? nil : HubScale.store(numbered: index - Self.editorsCount)
            workload.clients[index].device.store = store
            workload.clients[index].device.scopes = store.map { [.store($0)] } ?? [.all]
        }
        try workload.prepare(store)
        epoch = try store.read { try $0.epoch() }
        loop = HubLoop(
            store: store, codec: ProtobufCodec(),
            configuration: .init(
                feedEndpoint: "tcp://*:1", software: "bench", recoveryKey: .generate(), seed: 1))
        operationsCount = scale.ticketsCount
        replica = try BenchReplica(of: workload.clients[Self.editorsCount], in: directory)
        try fill()
        for client in workload.clients.prefix(Self.editorsCount) { try greet(client) }
        try converse()
    }

    private var now: Timestamp { HubScale.time(of: operationsCount) }

    /// Commits the tickets through the committer, many to a transaction; what a sync would check
    /// of frames is left out.
    private func fill() throws {
        guard let policy = try store.read({ try $0.policy() }) else {
            throw BenchFailure("the hub has no policy")
        }
        let profile = try PolicyReader().profile(of: policy)
        let perTransaction = Self.batchesPerTransaction * Self.intentsPerBatch
        for first in stride(from: 0, to: scale.ticketsCount, by: perTransaction) {
            let end = min(first + perTransaction, scale.ticketsCount)
            try store.transaction { store in
                let committer = try HubCommitter(
                    codec: ProtobufCodec(), profile: profile, now: now, store: store)
                for start in stride(from: first, to: end, by: Self.intentsPerBatch) {
                    let batch = creations(start..<min(start + Self.intentsPerBatch, end))
                    let result = try committer.receive(batch, from: workload.clients[0].device)
                    guard case .accepted(_, let verdicts) = result,
                        verdicts.allSatisfy({ $0.disposition.isAccepted })
                    else { throw BenchFailure("the hub did not take a batch: \(result)") }
                }
            }
        }
        let head = try store.read { try $0.head().sequence }
        guard head == scale.ticketsCount * HubScale.entriesPerTicket else {
            throw BenchFailure("\(scale.ticketsCount) tickets made \(head) entries")
        }
    }

    private func creations(_ tickets: Range<Int>) -> IntentBatch {
        let bodies = tickets.map { ticket in
            Workload.creation(
                HubScale.operation(ticket), at: HubScale.time(of: ticket),
                in: HubScale.store(numbered: scale.store(of: ticket)), counter: UInt64(ticket))
        }
        return workload.batch(
            by: 0, bodies, context: CausalContext(epoch: epoch, sequence: 0, dependencies: []))
    }

    private func greet(_ client: Workload.Client) throws {
        try ask(client, Workload.hello(of: client)) {
            if case .welcome = $0 { true } else { false }
        }
    }

    private func ask(
        _ client: Workload.Client, _ bytes: [UInt8], isExpected: (HubMessage) -> Bool
    ) throws {
        for reply in loop.process([inbound(client, bytes)], at: now).replies {
            let message = try HubMessage.decode(reply.bytes).message
            guard isExpected(message) else { throw BenchFailure("the hub answered \(message)") }
        }
    }

    private func inbound(_ client: Workload.Client, _ bytes: [UInt8]) -> HubLoop.Inbound {
        HubLoop.Inbound(
            route: client.route, peer: Peer.device(client.device.device).name, bytes: bytes)
    }

    // MARK: What is measured

    /// A whole conversation of the quiet store's replica; how many entries it fetched.
    @discardableResult func converse() throws -> UInt64 {
        try replica.converse(with: &loop, at: now).fetched
    }

    /// Commits batches of edits on random tickets, each batch durable before the next.
    ///
    /// - Returns: the seconds that the hub took.
    func commitEdits(batchesCount: Int) throws -> Double {
        let head = try store.read { try $0.head().sequence }
        let context = CausalContext(epoch: epoch, sequence: head, dependencies: [])
        let frames = (0..<batchesCount).map { batch in
            let editor = batch % Self.editorsCount
            let bodies = (0..<Self.intentsPerBatch).map { _ in
                let random = workload.random() % UInt64(scale.ticketsCount)
                operationsCount += 1
                return Workload.edit(
                    of: TicketID(createdBy: HubScale.operation(Int(random))),
                    HubScale.operation(operationsCount), at: now,
                    counter: UInt64(operationsCount))
            }
            let push = workload.batch(by: editor, bodies, context: context)
            return inbound(
                workload.clients[editor], ClientMessage.push(push).encode(requestID: 2))
        }
        var replies: [HubLoop.Outbound] = []
        let (_, seconds) = timed {
            for frame in frames { replies += loop.process([frame], at: now).replies }
        }
        for reply in replies {
            let message = try HubMessage.decode(reply.bytes).message
            guard case .ack(let ack) = message, ack.verdicts.count == Self.intentsPerBatch,
                ack.verdicts.allSatisfy({ $0.disposition.isAccepted })
            else { throw BenchFailure("the hub answered edits with \(message)") }
        }
        return seconds
    }

    /// Fetches the last entries of some stores, a page each, again and again.
    ///
    /// - Returns: the seconds that the hub took.
    func pullPages(
        _ places: [(store: Int, cursor: UInt64)], entriesCount: Int, roundsCount: Int
    ) throws -> Double {
        let frames = try places.map { place in
            let client = workload.clients[Self.editorsCount + place.store]
            try greet(client)
            let pull = Pull(
                epoch: epoch, cursor: place.cursor, bytesMax: Limits.pageByteCountMax)
            return inbound(client, ClientMessage.pull(pull).encode(requestID: 2))
        }
        var replies: [HubLoop.Outbound] = []
        let (_, seconds) = timed {
            for _ in 0..<roundsCount {
                for frame in frames { replies += loop.process([frame], at: now).replies }
            }
        }
        for reply in replies.suffix(places.count) {
            let message = try HubMessage.decode(reply.bytes).message
            guard case .page(let page) = message,
                page.items.count >= entriesCount || page.hasMore
            else { throw BenchFailure("the hub answered a pull with \(message)") }
        }
        return seconds
    }
}
