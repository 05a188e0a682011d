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
            let seed = Digest.sha256(bigEndian(UInt64(index))).bytes
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
                    version: 1, yaml: try Profile.builtInText("basic"), loadedAt: Self.start))
            try store.save(
                StaffRecord(staff: Self.staff, name: "Clerk", roles: [.clerk, .handler]))
            for client in clients { try store.save(client.device) }
        }
    }

    /// The next push of a client: `count` new tickets, signed.
    mutating func push(by index: Int, count: Int, epoch: EpochID) -> IntentBatch {
        let context = CausalContext(epoch: epoch, sequence: 0, dependencies: [])
        let bodies = (0..<count).map { offset in
            // No two clients give the same provisional number.
            ticket(
                (clients[index].counter + UInt64(offset)) * UInt64(clients.count) + UInt64(index))
        }
        return batch(by: index, bodies, context: context)
    }

    /// The next push of a client: what it wrote, chained and signed.
    mutating func batch(
        by index: Int, _ bodies: [IntentBody], context: CausalContext
    ) -> IntentBatch {
        var client = clients[index]
        let previous = client.hash
        var reads: [ReadIntent] = []
        for body in bodies {
            client.counter += 1
            let bytes = codec.encode(body)
            client.hash = client.hash.chained(with: bytes)
            reads.append(
                ReadIntent(
                    intent: Intent(
                        dot: Dot(replica: client.replica, counter: client.counter),
                        context: context, bodyBytes: bytes, hash: client.hash), body: body))
        }
        clients[index] = client
        return IntentBatch(
            epoch: context.epoch, replica: client.replica, previousHash: previous,
            intents: reads,
            signature: client.signingKey.sign(
                IntentBatch.signedBytes(
                    replica: client.replica, lastCounter: client.counter, lastHash: client.hash,
                    contexts: reads.map(\.intent.context))))
    }

    /// The greeting of a client, as the frame that it sends.
    static func hello(of client: Client) -> [UInt8] {
        let hello = Hello(
            protocolMin: ProtocolVersion.oldest, protocolMax: ProtocolVersion.current,
            replica: client.replica, lastCounter: 0, lastHash: .zero, epoch: nil, cursor: .start,
            sessionNonce: [UInt8](repeating: 0, count: 16), wallClock: Self.start,
            software: "bench", staffVersion: 0, policyVersion: 0)
        return ClientMessage.hello(hello).encode(requestID: 1)
    }

    private mutating func ticket(_ counter: UInt64) -> IntentBody {
        let time = Self.start.adding(milliseconds: Int64(nextRandom % 1_000_000))
        let operation = OperationID(
            time: time, random: UInt128(random()) << 64 | UInt128(random()))
        return Self.creation(operation, at: time, in: Self.store, counter: counter)
    }

    /// A new ticket of ten fields, about 600 bytes of text.
    static func creation(
        _ operation: OperationID, at time: Timestamp, in store: StoreID, counter: UInt64
    ) -> IntentBody {
        let fields: [(FieldID, FieldValue)] = [
            (.status, .integer(TicketStatus.new.rawValue)), (.store, .text(store.rawValue)),
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
            actor: staff, time: HybridTimestamp(time),
            captured: CapturedTime(wall: time, offsetMilliseconds: 0),
            changes: [.create(provisionalNumber: "S001-B0-\(counter + 1)")]
                + fields.map { .write($0.0, $0.1) })
    }

    /// A new subject for a ticket that is there.
    static func edit(
        of ticket: TicketID, _ operation: OperationID, at time: Timestamp, counter: UInt64
    ) -> IntentBody {
        IntentBody(
            operation: operation, ticket: ticket, act: .edit, actor: staff,
            time: HybridTimestamp(time),
            captured: CapturedTime(wall: time, offsetMilliseconds: 0),
            changes: [.write(.subject, .text("商品仍然无法开机 \(counter)"))])
    }

    /// A fixed sequence of well-mixed numbers (SplitMix64).
    mutating func random() -> UInt64 {
        nextRandom &+= 0x9E37_79B9_7F4A_7C15
        return Self.mixed(nextRandom)
    }

    /// A well-mixed number that follows from another.
    static func mixed(_ number: UInt64) -> UInt64 {
        var value = number
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
