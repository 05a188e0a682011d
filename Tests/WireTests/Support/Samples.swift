import Replication
import Sodium
import TicketModel
import Wire

/// One small story with fixed values: store S042 logs a complaint, the hub answers. All vectors
/// tell parts of it.
enum Samples {
    static let epoch = EpochID(rawValue: 0x0E0E_0E0E_0E0E_0E0E_0E0E_0E0E_0E0E_0E0E)
    static let replica = ReplicaID(rawValue: 0x1A1A_1A1A_1A1A_1A1A_1A1A_1A1A_1A1A_1A1A)
    static let clerk = StaffID(unchecked: "wang.li")
    static let store = StoreID(unchecked: "S042")
    static let region = RegionID(unchecked: "R3")
    static let department = DepartmentID(unchecked: "售后部")
    /// 2023-10-27 08:00:00 UTC.
    static let start = Timestamp(milliseconds: 1_698_393_600_000)
    /// The seed of the first test of RFC 8032, section 7.1: published, so never a real key.
    static let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"

    static func key() throws -> SigningKeyPair {
        guard let bytes = parseHexadecimal(seed), let pair = SigningKeyPair(seed: bytes) else {
            throw CodecError("the published seed has 32 bytes")
        }
        return pair
    }

    static func after(_ seconds: Int64) -> Timestamp { start.adding(milliseconds: seconds * 1_000) }

    /// The operation of the story's `number`th step.
    static func operation(_ number: Int) -> OperationID {
        OperationID(time: after(Int64(number)), random: UInt128(number))
    }

    static let ticketID = TicketID(createdBy: operation(1))

    static func stamp(_ sequence: UInt64, _ counter: UInt64, _ step: Int) -> Stamp {
        Stamp(
            sequence: sequence, dot: Dot(replica: replica, counter: counter),
            operation: operation(step), time: HybridTimestamp(after(Int64(step))),
            authority: .store, actor: clerk)
    }

    static let create = IntentBody(
        operation: operation(1), ticket: ticketID, act: .create, actor: clerk,
        time: HybridTimestamp(after(1)),
        captured: CapturedTime(wall: after(1), offsetMilliseconds: -250),
        changes: [
            .create(provisionalNumber: "S042-K7-0012"),
            .write(.subject, .text("屏幕碎裂")), .write(.store, .text("S042")),
            .write(.priority, .integer(2)), .add(.tags, .text("屏幕")),
        ])

    /// Every other kind of change in one body; no hub would accept it, every reader must read it.
    static let everyChange = IntentBody(
        operation: operation(2), ticket: ticketID, act: .edit, actor: clerk,
        time: HybridTimestamp(rawValue: HybridTimestamp(after(2)).rawValue + 7),
        captured: CapturedTime(wall: after(2), offsetMilliseconds: nil),
        changes: [
            .write(FieldID(rawValue: 1_000), .integer(-5)),
            .write(FieldID(rawValue: 1_001), .opaque([0xDE, 0xAD])),
            .remove(.tags, .text("屏幕")),
            .comment(.progress, .customer, text: "已联系客户。", parent: operation(1)),
            .editComment(operation(1), text: "Called back, no answer."),
            .redactComment(operation(1)), .close,
            .rate(token: "svy-1", .furtherRemarks, score: 7, remark: "ok"),
            .merge(into: TicketID(createdBy: operation(3)), reason: "同一投诉"),
            .absorb(TicketID(createdBy: operation(4))), .unmerge(reason: "not the same"),
            .release(TicketID(createdBy: operation(4))),
        ], retryOf: operation(1), group: IntentGroup(id: operation(1), index: 1, count: 2))

    static let contexts = [
        CausalContext(epoch: epoch, sequence: 40, dependencies: []),
        CausalContext(epoch: epoch, sequence: 40, dependencies: [operation(1)]),
    ]

    /// The chain before the story: some earlier intent had the number 6.
    static let previousHash = Digest.zero.chained(with: Array("earlier".utf8))

    static func batch() throws -> IntentBatch {
        var hash = previousHash
        let reads = zip([create, everyChange], contexts).enumerated().map { index, pair in
            let bytes = ProtobufCodec().encode(pair.0)
            hash = hash.chained(with: bytes)
            let intent = Intent(
                dot: Dot(replica: replica, counter: 7 + UInt64(index)), context: pair.1,
                bodyBytes: bytes, hash: hash)
            return ReadIntent(intent: intent, body: pair.0)
        }
        return IntentBatch(
            epoch: epoch, replica: replica, previousHash: previousHash, intents: reads,
            signature: try key().sign(signedBytes(lastHash: hash)))
    }

    static func signedBytes(lastHash: Digest) -> [UInt8] {
        IntentBatch.signedBytes(
            replica: replica, lastCounter: 8, lastHash: lastHash, contexts: contexts)
    }

    static let invite = Invite(
        endpoint: "tcp://hub.example:7401", serverKey: Array(1...32), secretKey: Array(33...64),
        expiresAt: after(86_400))

    static let position = LogPosition(
        sequence: 41, hash: Digest.sha256(Array("log".utf8)))
}
