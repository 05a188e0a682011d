import HubService
import Replication
import Sodium
import TicketModel
import Wire

/// A replica as the hub sees it: keys, a chain of intents, a connection.
struct TestDevice {
    var id = DeviceID(unchecked: "none")
    let replica = ReplicaID(rawValue: SecureRandom.uint128())
    let curveKey = SecureRandom.bytes(count: 32)
    let signingKey = SigningKeyPair.generate()
    var route = SecureRandom.bytes(count: 5)
    var epoch = EpochID(rawValue: 0)
    /// What it says that it has seen; nothing of this epoch unless set.
    var context: CausalContext?
    private(set) var counter: UInt64 = 0
    private var hash = Digest.zero

    var enrolment: Enroll {
        Enroll(
            curveKey: curveKey, signingKey: signingKey.publicKey, replica: replica,
            label: "till", protocolMin: 1, protocolMax: 1)
    }

    var hello: Hello {
        Hello(
            protocolMin: 1, protocolMax: ProtocolVersion.current, replica: replica,
            lastCounter: counter, lastHash: hash,
            epoch: epoch, cursor: .start, sessionNonce: SecureRandom.bytes(count: 16),
            wallClock: Timestamp(milliseconds: 0), software: "test", staffVersion: 0,
            policyVersion: 0)
    }

    /// The body of a new complaint, with everything that the policy asks for.
    static func complaint(
        at now: Timestamp, store: String = "S001", category: String = "product"
    ) -> IntentBody {
        let operation = OperationID(time: now, random: SecureRandom.uint128())
        let texts: [(FieldID, String)] = [
            (.store, store), (.contact, "王先生 139"), (.reportedTime, "2023-11-15"),
            (.channel, "store"), (.kind, "complaint"), (.category, category),
            (.description, "屏幕不亮"), (.demand, "换货"), (.eventTime, "2023-11-14"),
            (.eventPlace, "家"), (.product, "X1"), (FieldID(rawValue: 1_000), "开机后黑屏"),
        ]
        return IntentBody(
            operation: operation, ticket: TicketID(createdBy: operation), act: .create,
            actor: StaffID(unchecked: "A17"), time: HybridTimestamp(now),
            captured: CapturedTime(wall: now, offsetMilliseconds: 0),
            changes: [.create(provisionalNumber: "S001-AA-\(operation.rawValue % 9_999 + 1)")]
                + texts.map { .write($0.0, .text($0.1)) } + [.write(.priority, .integer(2))])
    }

    /// Signs these bodies as the next run of the replica's chain.
    mutating func push(_ bodies: [IntentBody]) -> IntentBatch {
        push(encoded: bodies.map { ProtobufCodec().encode($0) })
    }

    /// Signs these bytes, bodies or not, as the next run of the replica's chain.
    mutating func push(encoded bodies: [[UInt8]]) -> IntentBatch {
        let previousHash = hash
        let intents = bodies.map { bytes in
            counter += 1
            hash = hash.chained(with: bytes)
            return Intent(
                dot: Dot(replica: replica, counter: counter),
                context: context
                    ?? CausalContext(epoch: epoch, sequence: 0, dependencies: []),
                bodyBytes: bytes, hash: hash)
        }
        let signature = signingKey.sign(
            IntentBatch.signedBytes(
                replica: replica, lastCounter: counter, lastHash: hash,
                contexts: intents.map(\.context)))
        return IntentBatch(
            epoch: epoch, replica: replica, previousHash: previousHash,
            intents: intents.map { ReadIntent(intent: $0, body: nil) }, signature: signature)
    }
}
