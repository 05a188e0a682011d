import Foundation
import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// Clients that write tickets of ten fields, the same ones in every run.
struct Workload {
    /// One writer: a device with keys and a chain.
    struct Client {
        var device: DeviceRecord
        var signingKey: SigningKeyPair
        var replica: ReplicaID
        var route: [UInt8]
        var counter: UInt64 = 0
        var hash = Digest.zero
    }

    static let staff = StaffID(unchecked: "clerk")
    static let start = Timestamp(milliseconds: 1_700_000_000_000)
    static let store = StoreID(unchecked: "S001")

    var clients: [Client]
    private var nextRandom: UInt64 = 0x5EED
    private let codec = ProtobufCodec()

    init(clientsCount: Int) throws {
        clients = try (0..<clientsCount).map { index in
            let seed = [UInt8](repeating: UInt8(truncatingIfNeeded: index + 1), count: 32)
            guard let key = SigningKeyPair(seed: seed) else {
                throw CocoaError(.featureUnsupported)
            }
            return Client(
                device: DeviceRecord(
                    device: DeviceID(unchecked: "dev-\(index)"), label: "bench",
                    curveKey: Digest.sha256(seed).bytes, signingKey: key.publicKey,
                    store: Self.store, region: nil, replicaCode: "B\(index)",
                    roles: [.clerk, .handler], scopes: [.store(Self.store)],
                    enrolledAt: Self.start),
                signingKey: key, replica: ReplicaID(rawValue: UInt128(index + 1) << 64),
                route: Array("\(index)".utf8))
        }
    }

    /// Makes a hub's store ready for these clients.
    func prepare(_ store: any HubStorage) throws {
        try store.transaction { store in
            try store.save(
                PolicyRecord(
                    version: 1, yaml: try Profile.builtInText("complaint"), loadedAt: Self.start))
            try store.save(
                StaffRecord(staff: Self.staff, name: "Clerk", roles: [.clerk, .handler]))
            for client in clients { try store.save(client.device) }
        }
    }

    /// The next push of a client: `count` new tickets, signed.
    mutating func push(by index: Int, count: Int, epoch: EpochID) -> IntentBatch {
        var client = clients[index]
        let previous = client.hash
        var reads: [ReadIntent] = []
        for _ in 0..<count {
            client.counter += 1
            let body = ticket(client.counter)
            let bytes = codec.encode(body)
            client.hash = client.hash.chained(with: bytes)
            let context = CausalContext(epoch: epoch, sequence: 0, dependencies: [])
            reads.append(
                ReadIntent(
                    intent: Intent(
                        dot: Dot(replica: client.replica, counter: client.counter),
                        context: context, bodyBytes: bytes, hash: client.hash), body: nil))
        }
        clients[index] = client
        return IntentBatch(
            epoch: epoch, replica: client.replica, previousHash: previous, intents: reads,
            signature: client.signingKey.sign(
                IntentBatch.signedBytes(
                    replica: client.replica, lastCounter: client.counter, lastHash: client.hash,
                    contexts: reads.map(\.intent.context))))
    }

    /// A ticket of ten fields, about 600 bytes of text.
    private mutating func ticket(_ counter: UInt64) -> IntentBody {
        let time = Self.start.adding(milliseconds: Int64(nextRandom % 1_000_000))
        let operation = OperationID(
            time: time, random: UInt128(random()) << 64 | UInt128(random()))
        let fields: [(FieldID, FieldValue)] = [
            (.status, .integer(TicketStatus.new.rawValue)), (.store, .text("S001")),
            (.priority, .integer(1)), (.kind, .text("complaint")), (.channel, .text("store")),
            (.category, .text("product")), (.contact, .text("王女士 138****0000")),
            (.subject, .text("商品无法开机 \(counter)")),
            (.description, .text(String(repeating: "客户反映购买三天后出现故障。", count: 8))),
            (.demand, .text("退货并赔偿")), (.eventTime, .text("2024-03-10 10:30")),
            (.reportedTime, .text("2024-03-10 10:35")), (.eventPlace, .text("门店")),
            (.product, .text("商品A")), (.orderNumber, .text("2024031000123")),
        ]
        return IntentBody(
            operation: operation, ticket: TicketID(createdBy: operation), act: .create,
            actor: Self.staff, time: HybridTimestamp(time),
            captured: CapturedTime(wall: time, offsetMilliseconds: 0),
            changes: [.create(provisionalNumber: "S001-B0-\(counter)")]
                + fields.map { .write($0.0, $0.1) })
    }

    /// A fixed sequence of well-mixed numbers (SplitMix64).
    private mutating func random() -> UInt64 {
        nextRandom &+= 0x9E37_79B9_7F4A_7C15
        var value = nextRandom
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
