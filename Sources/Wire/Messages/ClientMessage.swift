import Foundation
import Replication
import Sodium
import SwiftProtobuf
import TicketModel

/// What a client says to the hub.
package enum ClientMessage: Sendable {
    case hello(Hello)
    case push(IntentBatch)
    case pull(Pull)
    case directoryGet
    case verdictsGet([OperationID])
    case enroll(Enroll)
    case ping(Ping)
    case snapshotGet(SnapshotGet)
    case refill(Refill)
    case digestGet(DigestGet)

    /// The verdicts that may be asked for at once.
    package static let verdictsCountMax = 1_024

    /// How many of these intents, from the first, fit into one push; at least one if there is any.
    ///
    /// Contexts count too: intents that depend on hundreds of others are larger than their bodies.
    /// No group is cut; the intents must reach to the end of the first one.
    package static func pushCount(of intents: [Intent]) -> Int {
        var (bodyByteCount, frameByteCount) = (0, pushOverheadByteCount)
        let fitting = intents.prefix(Limits.batchIntentsCountMax).prefix { intent in
            bodyByteCount += intent.bodyBytes.count
            frameByteCount +=
                intent.bodyBytes.count + intent.context.dependencies.count * dependencyByteCount
                + intentOverheadByteCount
            return bodyByteCount <= Limits.batchByteCountMax
                && frameByteCount <= Limits.frameByteCountMax
        }
        return intents.countWithoutCutGroup(
            fitting: max(fitting.count, min(intents.count, 1)), codec: ProtobufCodec())
    }

    /// Header, epoch, replica, hash and signature.
    private static let pushOverheadByteCount = 256
    /// Tag, length and 16 bytes.
    private static let dependencyByteCount = 18
    /// Counter, epoch, sequence, tags and lengths, at most.
    private static let intentOverheadByteCount = 64

    /// The frame of this message; a push must fit (`pushCount`).
    package func encode(requestID: UInt64) -> [UInt8] {
        let (type, body): (MessageType, [UInt8]) =
            switch self {
            case .hello(let hello): (.hello, serialize(Loopdesk_V1_Hello(hello)))
            case .push(let batch): (.push, serialize(Loopdesk_V1_Push(batch)))
            case .pull(let pull): (.pull, serialize(Loopdesk_V1_Pull(pull)))
            case .directoryGet: (.directoryGet, [])
            case .verdictsGet(let operations):
                (
                    .verdictsGet,
                    serialize(
                        Loopdesk_V1_VerdictsGet.with {
                            $0.operations = operations.map { Data($0.bytes) }
                        })
                )
            case .enroll(let enroll): (.enroll, serialize(Loopdesk_V1_Enroll(enroll)))
            case .ping(let ping):
                (.ping, serialize(Loopdesk_V1_Ping.with { $0.nonce = ping.nonce }))
            case .snapshotGet(let get):
                (.snapshotGet, serialize(Loopdesk_V1_SnapshotGet(get)))
            case .refill(let refill): (.refill, serialize(Loopdesk_V1_Refill(refill)))
            case .digestGet(let get): (.digestGet, serialize(Loopdesk_V1_DigestGet(get)))
            }
        return Frame(type, requestID: requestID, body: body).bytes
    }

    /// Reads a frame from a client.
    ///
    /// Bodies of intents are read as far as they can be; one that cannot leaves a `ReadIntent`
    /// without a body.
    ///
    /// - Throws: `ProtocolError`, with the code to answer.
    package static func decode(
        _ bytes: [UInt8]
    ) throws(ProtocolError) -> (
        requestID: UInt64, message: ClientMessage
    ) {
        let frame = try Frame(bytes)
        let message: ClientMessage
        do throws(CodecError) { message = try read(frame) } catch {
            throw ProtocolError(.malformed, error.description, requestID: frame.requestID)
        }
        if case .push(let batch) = message { try checkSize(of: batch, frame.requestID) }
        return (frame.requestID, message)
    }

    private static func checkSize(
        of batch: IntentBatch, _ requestID: UInt64
    ) throws(ProtocolError) {
        let byteCount = batch.intents.reduce(0) { $0 + $1.intent.bodyBytes.count }
        guard byteCount <= Limits.batchByteCountMax else {
            throw ProtocolError(
                .tooLarge,
                "a batch of \(byteCount) bytes; at most \(Limits.batchByteCountMax) are allowed",
                requestID: requestID)
        }
    }

    private static func read(_ frame: Frame) throws(CodecError) -> ClientMessage {
        switch frame.type {
        case .hello:
            let message: Loopdesk_V1_Hello = try parse(frame.body)
            return .hello(try message.value())
        case .push:
            let message: Loopdesk_V1_Push = try parse(frame.body)
            return .push(try message.value())
        case .pull:
            let message: Loopdesk_V1_Pull = try parse(frame.body)
            return .pull(
                Pull(
                    epoch: try EpochID(wire: message.epoch, "epoch"),
                    cursor: try place(message.cursor, "cursor"),
                    bytesMax: Int(message.bytesMax)))
        case .directoryGet: return .directoryGet
        case .verdictsGet:
            let message: Loopdesk_V1_VerdictsGet = try parse(frame.body)
            try check(message.operations.count, atMost: verdictsCountMax, "operations")
            return .verdictsGet(
                try map(message.operations) { (data) throws(CodecError) in
                    try OperationID(wire: data, "operation")
                })
        case .enroll:
            let message: Loopdesk_V1_Enroll = try parse(frame.body)
            return .enroll(try message.value())
        case .ping:
            let message: Loopdesk_V1_Ping = try parse(frame.body)
            return .ping(Ping(nonce: message.nonce))
        case .snapshotGet:
            let message: Loopdesk_V1_SnapshotGet = try parse(frame.body)
            return .snapshotGet(try message.value())
        case .refill:
            let message: Loopdesk_V1_Refill = try parse(frame.body)
            return .refill(try message.value())
        case .digestGet:
            let message: Loopdesk_V1_DigestGet = try parse(frame.body)
            return .digestGet(try message.value())
        default: throw CodecError("a client does not send \(frame.type)")
        }
    }
}

extension Loopdesk_V1_Hello {
    init(_ hello: Hello) {
        self.init()
        protocolMin = UInt32(clamping: hello.protocolMin)
        protocolMax = UInt32(clamping: hello.protocolMax)
        replica = Data(hello.replica.bytes)
        lastCounter = hello.lastCounter
        lastHash = Data(hello.lastHash.bytes)
        if let epoch = hello.epoch { self.epoch = Data(epoch.bytes) }
        cursor = Loopdesk_V1_Position(hello.cursor, proof: hello.cursorProof)
        locator = hello.locator.map { Loopdesk_V1_Position($0) }
        if let end = hello.snapshot {
            snapshot = Loopdesk_V1_Position(end, proof: hello.snapshotProof)
        }
        if let former = hello.formerReplica { formerReplica = Data(former.bytes) }
        sessionNonce = Data(hello.sessionNonce)
        wallClock = hello.wallClock.milliseconds
        software = hello.software
        staffVersion = hello.staffVersion
        policyVersion = UInt32(clamping: hello.policyVersion)
    }

    func value() throws(CodecError) -> Hello {
        guard sessionNonce.count == 16 else { throw CodecError("a session nonce has 16 bytes") }
        try check(locator.count, atMost: Limits.locatorPositionsCountMax, "locator positions")
        var hello = Hello(
            protocolMin: Int(protocolMin), protocolMax: Int(protocolMax),
            replica: try ReplicaID(wire: replica, "replica"),
            lastCounter: try place(lastCounter, "last_counter"),
            lastHash: try Digest(wire: lastHash, "last_hash"),
            epoch: epoch.isEmpty ? nil : try EpochID(wire: epoch, "epoch"),
            cursor: try cursor.value(), sessionNonce: Array(sessionNonce),
            wallClock: Timestamp(milliseconds: wallClock),
            software: String(software.prefix(softwareCharactersCountMax)),
            staffVersion: staffVersion, policyVersion: Int(policyVersion))
        hello.cursorProof = try proof(cursor.proof)
        hello.locator = try map(locator) { (position) throws(CodecError) in try position.value() }
        if hasSnapshot {
            hello.snapshot = try snapshot.value()
            hello.snapshotProof = try proof(snapshot.proof)
        }
        if !formerReplica.isEmpty {
            hello.formerReplica = try ReplicaID(wire: formerReplica, "former_replica")
        }
        return hello
    }

    private var softwareCharactersCountMax: Int { 100 }
}

extension Loopdesk_V1_Position {
    init(_ position: LogPosition, proof: [UInt8] = []) {
        self.init()
        sequence = position.sequence
        hash = Data(position.hash.bytes)
        self.proof = Data(proof)
    }

    func value() throws(CodecError) -> LogPosition {
        LogPosition(
            sequence: try place(sequence, "position"),
            hash: try Digest(wire: hash, "position.hash"))
    }
}

extension Loopdesk_V1_Pull {
    init(_ pull: Pull) {
        self.init()
        epoch = Data(pull.epoch.bytes)
        cursor = pull.cursor
        bytesMax = UInt32(clamping: pull.bytesMax)
    }
}

extension Loopdesk_V1_Push {
    init(_ batch: IntentBatch) {
        self.init()
        epoch = Data(batch.epoch.bytes)
        replica = Data(batch.replica.bytes)
        previousHash = Data(batch.previousHash.bytes)
        intents = batch.intents.map { read in
            .with {
                $0.counter = read.intent.dot.counter
                $0.context = Loopdesk_V1_Context(read.intent.context)
                $0.body = Data(read.intent.bodyBytes)
            }
        }
        signature = Data(batch.signature)
    }

    func value() throws(CodecError) -> IntentBatch {
        try check(intents.count, atMost: Limits.batchIntentsCountMax, "intents")
        guard !intents.isEmpty else { throw CodecError("a push without intents") }
        guard signature.count == 64 else { throw CodecError("a signature has 64 bytes") }
        let replica = try ReplicaID(wire: replica, "replica")
        let previous = try Digest(wire: previousHash, "previous_hash")
        var hash = previous
        var reads: [ReadIntent] = []
        reads.reserveCapacity(intents.count)
        let codec = ProtobufCodec()
        for message in intents {
            guard message.counter > 0 else { throw CodecError("counters start at 1") }
            let counter = try place(message.counter, "counter")
            let context = try message.context.value()
            _ = try place(context.sequence, "context.sequence")
            let bytes = Array(message.body)
            hash = hash.chained(with: bytes)
            reads.append(
                ReadIntent(
                    intent: Intent(
                        dot: Dot(replica: replica, counter: counter),
                        context: context, bodyBytes: bytes, hash: hash),
                    body: codec.decodeBody(bytes)))
        }
        return IntentBatch(
            epoch: try EpochID(wire: epoch, "epoch"), replica: replica, previousHash: previous,
            intents: reads, signature: Array(signature))
    }
}

extension Loopdesk_V1_Enroll {
    init(_ enroll: Enroll) {
        self.init()
        curveKey = Data(enroll.curveKey)
        signingKey = Data(enroll.signingKey.bytes)
        replica = Data(enroll.replica.bytes)
        label = enroll.label
        protocolMin = UInt32(clamping: enroll.protocolMin)
        protocolMax = UInt32(clamping: enroll.protocolMax)
    }

    func value() throws(CodecError) -> Enroll {
        guard curveKey.count == 32, let signing = SigningPublicKey(bytes: Array(signingKey)) else {
            throw CodecError("a key has 32 bytes")
        }
        guard label.utf8.count <= nameByteCountMax else {
            throw CodecError("a label has at most \(nameByteCountMax) bytes")
        }
        return Enroll(
            curveKey: Array(curveKey), signingKey: signing,
            replica: try ReplicaID(wire: replica, "replica"), label: label,
            protocolMin: Int(protocolMin), protocolMax: Int(protocolMax))
    }
}
