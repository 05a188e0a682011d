import Foundation
import Replication
import Sodium
import Testing
import TicketModel
import Wire

/// The files of `protocol/vectors` are what we write, and read as what they say.
@Suite struct VectorTests {
    let codec = ProtobufCodec()
    let schema: Schema

    init() throws { schema = try Schema() }

    /// Compares with the file, bytes first.
    private func check(_ vector: Vector) throws -> StoredVector {
        let stored = try vector.stored()
        #expect(vector.bytes == stored.bytes, "\(vector.name): other bytes than the file")
        #expect(vector.text == stored.text, "\(vector.name): other words than the file")
        return stored
    }

    @Test func `every message of a client has its bytes`() throws {
        for (name, type, message) in try Samples.clientMessages() {
            let bytes = message.encode(requestID: Samples.requestID)
            let stored = try check(try Samples.frame(name, bytes, type, schema))
            #expect(stored.bytes == bytes)
            let read = try ClientMessage.decode(stored.bytes)
            #expect(read.requestID == Samples.requestID)
            #expect(read.message.content == message.content, "\(name)")
        }
    }

    @Test func `every message of a hub has its bytes`() throws {
        for (name, type, message) in Samples.hubMessages {
            let bytes = message.encode(requestID: Samples.requestID)
            let stored = try check(try Samples.frame(name, bytes, type, schema))
            #expect(stored.bytes == bytes)
            let read = try HubMessage.decode(stored.bytes)
            #expect(read.requestID == Samples.requestID)
            #expect(read.message.content == message.content, "\(name)")
        }
    }

    @Test func `the header of a frame has its bytes`() throws {
        let bytes = ClientMessage.directoryGet.encode(requestID: .max)
        let title = "A frame header alone: DirectoryGet has an empty body"
        let stored = try check(
            Vector(name: "frame-header", title: title, lines: Samples.header(bytes)))
        #expect(stored.bytes == bytes)
        #expect(try ClientMessage.decode(stored.bytes).requestID == .max)
    }

    @Test(arguments: [
        ("intent-body", "An IntentBody that creates a ticket", Samples.create),
        ("intent-changes", "An IntentBody with every other change", Samples.everyChange),
    ])
    func `intents have their bytes`(name: String, title: String, body: IntentBody) throws {
        let bytes = codec.encode(body)
        let stored = try check(try Samples.message(name, title, bytes, "IntentBody", schema))
        #expect(stored.bytes == bytes)
        #expect(codec.decodeBody(stored.bytes) == body)
    }

    @Test func `a log entry and a ticket have their bytes`() throws {
        let entry = try check(
            try Samples.message(
                "log-entry", "A LogEntry with every kind of effect", codec.encode(Samples.entry),
                "LogEntry", schema))
        #expect(try codec.decodeEntry(entry.bytes) == Samples.entry)
        let ticket = try check(
            try Samples.message(
                "ticket", "A Ticket", codec.encode(Samples.ticket), "Ticket", schema))
        #expect(try codec.decodeTicket(ticket.bytes) == Samples.ticket)
    }

    @Test func `a chain hash covers the hash before it and the body`() throws {
        let stored = try check(try Samples.chain())
        #expect(stored.facts["hash"] == Digest.sha256(stored.bytes).description)
        #expect(Array(stored.bytes.dropFirst(32)) == codec.encode(Samples.create))
        let push = try #require(try Samples.batch().intents.first)
        #expect(stored.facts["hash"] == push.intent.hash.description)
    }

    @Test func `a batch is signed over its label, replica, counter, chain and contexts`() throws {
        let stored = try check(try Samples.signature())
        let key = try #require(SigningPublicKey(hexadecimal: stored.facts["public-key"] ?? ""))
        let signature = try #require(parseHexadecimal(stored.facts["signature"] ?? ""))
        #expect(key.isValid(signature: signature, for: stored.bytes))
        let batch = try Samples.batch()
        #expect(batch.signature == signature)
        let hash = try #require(batch.intents.last?.intent.hash)
        #expect(stored.bytes == Samples.signedBytes(lastHash: hash))
        let contexts = try #require(parseHexadecimal(stored.facts["contexts"] ?? ""))
        #expect(Array(stored.bytes.suffix(32)) == Digest.sha256(contexts).bytes)
        for index in stored.bytes.indices {
            var other = stored.bytes
            other[index] ^= 1
            #expect(!key.isValid(signature: signature, for: other))
        }
    }

    @Test func `an invite has its text`() throws {
        let stored = try check(try Samples.inviteVector())
        let text = try #require(stored.facts["text"])
        #expect(try Invite(text) == Samples.invite)
        #expect(Samples.invite.text == text)
        let digits = text.dropFirst(Invite.prefix.count).replacing("-", with: "+")
            .replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - digits.count % 4) % 4)
        #expect(Data(base64Encoded: digits + padding).map { Array($0) } == stored.bytes)
    }

    @Test func `hints have their bytes`() throws {
        let scope = Topic.of(.store(Samples.store))
        let stored = try check(
            try Samples.hintVector("feed-hint", scope, Samples.hint, schema))
        #expect(Topic.split(stored.bytes)?.topic == scope)
        #expect(Topic.split(stored.bytes)?.hint == Samples.hint)
        let heartbeat = Hint(
            epoch: Samples.epoch, head: 42, sequence: 0,
            directory: DirectoryVersion(staff: 3, policy: 2))
        let beat = try check(
            try Samples.hintVector("feed-heartbeat", Topic.heartbeat, heartbeat, schema))
        #expect(Topic.split(beat.bytes)?.topic == Topic.heartbeat)
        #expect(Topic.split(beat.bytes)?.hint == heartbeat)
    }
}
