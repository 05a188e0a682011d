import Replication
import Sodium
import TicketModel
import Wire

// The story as vectors.
extension Samples {
    /// A frame: the header by its fields, then the body by the schema.
    static func frame(
        _ name: String, _ bytes: [UInt8], _ message: String, _ schema: Schema
    ) throws -> Vector {
        let header = header(bytes)
        let body = try Dissection(Array(bytes.dropFirst(24)), as: message, schema: schema)
        let title = "Frame type \(bytes[5]): \(message)"
        return Vector(name: name, title: title, lines: header + body.lines)
    }

    static func header(_ bytes: [UInt8]) -> [VectorLine] {
        let bodyByteCount = bytes[16..<20].reduce(0) { $0 << 8 | Int($1) }
        let id = bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return [
            VectorLine(bytes: Array(bytes[0..<4]), meaning: "magic \"LPDK\""),
            VectorLine(bytes: [bytes[4]], meaning: "header version = \(bytes[4])"),
            VectorLine(bytes: [bytes[5]], meaning: "type = \(bytes[5])"),
            VectorLine(bytes: Array(bytes[6..<8]), meaning: "flags, zero"),
            VectorLine(bytes: Array(bytes[8..<16]), meaning: "request id = \(id)"),
            VectorLine(
                bytes: Array(bytes[16..<20]), meaning: "body length = \(bodyByteCount)"),
            VectorLine(bytes: Array(bytes[20..<24]), meaning: "reserved, zero"),
        ]
    }

    static func message(
        _ name: String, _ title: String, _ bytes: [UInt8], _ type: String, _ schema: Schema
    ) throws -> Vector {
        Vector(
            name: name, title: title,
            lines: try Dissection(bytes, as: type, schema: schema).lines)
    }

    static func chain() throws -> Vector {
        let body = ProtobufCodec().encode(create)
        return Vector(
            name: "chain-hash", title: "Chain hash: SHA-256 of the previous hash and the body",
            facts: [("hash", previousHash.chained(with: body).description)],
            lines: [
                VectorLine(bytes: previousHash.bytes, meaning: "previous hash"),
                VectorLine(bytes: body, meaning: "body: the bytes of intent-body.txt"),
            ])
    }

    static func signature() throws -> Vector {
        let batch = try batch()
        let hash = batch.intents.last?.intent.hash ?? .zero
        let contexts = Array(signedBytes(lastHash: hash).suffix(32))
        return Vector(
            name: "batch-signature", title: "What the device signs for client-push.txt",
            facts: [
                ("seed", seed), ("public-key", try key().publicKey.description),
                ("signature", hexadecimal(batch.signature)),
                ("contexts", Self.contexts.map(contextText).joined(separator: " ")),
            ],
            lines: [
                VectorLine(
                    bytes: Array("loopdesk/push/1\n".utf8),
                    meaning: "label \"loopdesk/push/1\\n\""),
                VectorLine(bytes: replica.bytes, meaning: "replica"),
                VectorLine(bytes: bigEndian(8), meaning: "last counter = 8, big-endian"),
                VectorLine(bytes: hash.bytes, meaning: "last chain hash"),
                VectorLine(bytes: contexts, meaning: "SHA-256 of @contexts, written together"),
            ])
    }

    /// Epoch, position, number of dependencies, dependencies.
    private static func contextText(_ context: CausalContext) -> String {
        let count = UInt64(context.dependencies.count)
        return hexadecimal(
            context.epoch.bytes + bigEndian(context.sequence) + bigEndian(count)
                + context.dependencies.flatMap(\.bytes))
    }

    static func inviteVector() throws -> Vector {
        let endpoint = Array(invite.endpoint.utf8)
        let expiry = bigEndian(UInt64(bitPattern: invite.expiresAt.milliseconds))
        let content = invite.serverKey + invite.secretKey + expiry + endpoint
        return Vector(
            name: "invite", title: "An invite: @text is LDI1- and these bytes in base64url",
            facts: [("text", invite.text)],
            lines: [
                VectorLine(bytes: invite.serverKey, meaning: "the hub's CURVE public key"),
                VectorLine(bytes: invite.secretKey, meaning: "the bearer's CURVE secret key"),
                VectorLine(
                    bytes: expiry, meaning: "expires at \(invite.expiresAt.milliseconds)"),
                VectorLine(bytes: endpoint, meaning: "endpoint = \"\(invite.endpoint)\""),
                VectorLine(
                    bytes: Array(Digest.sha256(content).bytes.prefix(4)),
                    meaning: "the first 4 bytes of the SHA-256 of the above"),
            ])
    }

    static let hint = Hint(epoch: epoch, head: 42, sequence: 41)

    static func hintVector(
        _ name: String, _ topic: [UInt8], _ hint: Hint, _ schema: Schema
    ) throws -> Vector {
        let text = String(decoding: topic.dropLast(), as: UTF8.self)
        return Vector(
            name: name, title: "Feed frame: topic, zero byte, Hint",
            lines: [VectorLine(bytes: topic, meaning: "topic \"\(text)\" and a zero byte")]
                + (try Dissection(hint.encode(), as: "Hint", schema: schema).lines))
    }
}
