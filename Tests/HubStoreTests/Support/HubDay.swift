import HubStore
import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// A store in which work was done the way a hub does it: intents of one device, committed by the
/// hub's own rules.
final class HubDay {
    static let start = Timestamp(milliseconds: 1_700_000_000_000)

    /// Another one goes on with the same file, when that was closed meanwhile.
    var store: SQLiteHubStore
    let codec = ProtobufCodec()
    let profile: Profile
    let signingKey = SigningKeyPair.generate()
    private(set) var device: DeviceRecord
    let replica = ReplicaID(rawValue: SecureRandom.uint128())
    private var counter: UInt64 = 0
    private var hash = Digest.zero
    var now = HubDay.start

    init(_ store: SQLiteHubStore) throws {
        self.store = store
        let yaml = try Profile.builtInText("basic")
        profile = try Profile(yaml: yaml, file: "complaint.yaml")
        device = DeviceRecord(
            device: DeviceID(unchecked: "dev-1"), label: "till",
            curveKey: SecureRandom.bytes(count: 32), signingKey: signingKey.publicKey,
            store: StoreID(unchecked: "S001"), region: nil, replicaCode: "AA",
            roles: [.clerk, .handler], scopes: [.store(StoreID(unchecked: "S001"))],
            enrolledAt: now)
        try store.transaction { hub in
            try hub.save(PolicyRecord(version: 1, yaml: yaml, loadedAt: now))
            try hub.save(
                StaffRecord(
                    staff: StaffID(unchecked: "A17"), name: "A17", roles: [.clerk, .handler]))
            try hub.save(device)
        }
    }

    /// A body by A17 with an operation of its own.
    func body(_ act: Act, _ changes: [Change], on ticket: TicketID? = nil) -> IntentBody {
        now = now.adding(milliseconds: 1_000)
        let operation = OperationID(time: now, random: SecureRandom.uint128())
        return IntentBody(
            operation: operation, ticket: ticket ?? TicketID(createdBy: operation), act: act,
            actor: StaffID(unchecked: "A17"), time: HybridTimestamp(now),
            captured: CapturedTime(wall: now, offsetMilliseconds: 0), changes: changes)
    }

    func complaint() -> IntentBody {
        let texts: [(FieldID, String)] = [
            (.store, "S001"), (.contact, "王先生 139"), (.reportedTime, "2023-11-15"),
            (.channel, "store"), (.kind, "complaint"), (.category, "product"),
            (.description, "屏幕不亮"), (.demand, "换货"), (.eventTime, "2023-11-14"),
            (.eventPlace, "家"), (.product, "X1"),
        ]
        return body(
            .create,
            [.create(provisionalNumber: "S001-AA-\(1_000 + counter)")]
                + texts.map { .write($0.0, .text($0.1)) } + [.write(.priority, .integer(2))])
    }

    func note(_ text: String, on ticket: TicketID) -> IntentBody {
        body(.note, [.comment(.note, .staff, text: text, parent: nil)], on: ticket)
    }

    /// Commits these bodies as the next run of the replica's chain; the store's own transaction.
    @discardableResult
    func push(_ bodies: [IntentBody]) throws -> [Verdict] {
        let batch = try batch(bodies)
        return try store.transaction { hub in
            guard case .accepted(_, let verdicts) = try committer(hub).receive(batch, from: device)
            else { throw StoreError(.failed, "the batch was not accepted") }
            return verdicts
        }
    }

    func committer(_ hub: any HubTransaction) throws -> HubCommitter {
        try HubCommitter(codec: codec, profile: profile, now: now, store: hub)
    }

    /// Signs these bodies as the next run of the replica's chain.
    func batch(_ bodies: [IntentBody]) throws -> IntentBatch {
        let epoch = try store.read { try $0.epoch() }
        let previousHash = hash
        let intents = bodies.map { body -> Intent in
            let bytes = codec.encode(body)
            counter += 1
            hash = hash.chained(with: bytes)
            return Intent(
                dot: Dot(replica: replica, counter: counter),
                context: CausalContext(epoch: epoch, sequence: 0, dependencies: []),
                bodyBytes: bytes, hash: hash)
        }
        let signature = signingKey.sign(
            IntentBatch.signedBytes(
                replica: replica, lastCounter: counter, lastHash: hash,
                contexts: intents.map(\.context)))
        return IntentBatch(
            epoch: epoch, replica: replica, previousHash: previousHash,
            intents: zip(intents, bodies).map { ReadIntent(intent: $0, body: $1) },
            signature: signature)
    }

    /// Some tickets with notes, a refusal, and a clock that broke.
    func work(ticketsCount: Int = 4) throws -> [TicketID] {
        let complaints = (0..<ticketsCount).map { _ in complaint() }
        try push(complaints)
        let tickets = complaints.map(\.ticket)
        try push(tickets.map { note("记录 \($0)", on: $0) })
        try push([body(.close, [.close], on: tickets[0])])
        now = now.adding(milliseconds: 12 * 3_600_000)
        _ = try store.transaction { hub in
            try committer(hub).fireTimers(countMax: 100)
        }
        return tickets
    }
}
