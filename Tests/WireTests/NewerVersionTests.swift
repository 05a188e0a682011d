import Foundation
import Replication
import Sodium
import SwiftProtobuf
import Testing
import TicketModel
import Wire

/// What a newer version writes is carried, refused by name or left out, as protocol/README.md says.
@Suite struct NewerVersionTests {
    let codec = ProtobufCodec()

    @Test(arguments: [4, 15, 16, 3_000, (1 << 29) - 1] as [UInt64])
    func `a value of an unknown kind is carried and written again unchanged`(
        number: UInt64
    ) throws {
        let newer = newerField(number)
        var ticket = Samples.ticket
        ticket.registers[.demand] = Register(
            value: .opaque(newer), stamp: Samples.stamp(41, 7, 1))
        let bytes = codec.encode(ticket)
        #expect(try codec.decodeTicket(bytes) == ticket)
        let message = try Loopdesk_V1_Ticket(serializedBytes: bytes)
        let value = try #require(message.registers.first { $0.field == 13 }).register.value
        #expect(try value.serializedBytes() as [UInt8] == newer, "not wrapped in `opaque`")
        #expect(codec.encode(try codec.decodeTicket(bytes)) == bytes)
    }

    @Test func `fields of a profile that this version has never heard of are carried`() throws {
        var ticket = Samples.ticket
        ticket.registers[FieldID(rawValue: .max)] = Register(
            value: .text("新"), stamp: Samples.stamp(41, 7, 1))
        ticket.sets[FieldID(rawValue: 77_777)] = [
            SetElement(value: .integer(9), stamps: [Samples.stamp(41, 7, 1)])
        ]
        #expect(try codec.decodeTicket(codec.encode(ticket)) == ticket)
    }

    @Test(arguments: [14, 15, 16, 4_000, (1 << 29) - 1] as [UInt64])
    func `an unknown change is unsupported under its number and the others stay`(
        number: UInt64
    ) throws {
        var message = try Loopdesk_V1_IntentBody(serializedBytes: codec.encode(Samples.create))
        let change = try Loopdesk_V1_Change(serializedBytes: newerField(number))
        message.changes.insert(change, at: 1)
        let bytes: [UInt8] = try message.serializedBytes()
        let body = try #require(codec.decodeBody(bytes))
        #expect(body.changes[1] == .unsupported(kind: UInt32(number)))
        var expected = Samples.create
        expected.changes.insert(.unsupported(kind: UInt32(number)), at: 1)
        #expect(body == expected)
    }

    @Test(arguments: 0...20 as ClosedRange<UInt32>)
    func `an unsupported change never becomes a change by being written again`(kind: UInt32) {
        var body = Samples.create
        body.changes = [.unsupported(kind: kind)]
        #expect(codec.decodeBody(codec.encode(body)) == body)
    }

    @Test func `a known change with content of a newer version is unsupported`() throws {
        var say = Loopdesk_V1_Say()
        (say.kind, say.visibility, say.text) = (99, 1, "?")
        var message: Loopdesk_V1_IntentBody = try raw(codec.encode(Samples.create))
        message.changes = [.with { $0.comment = say }]
        let bytes: [UInt8] = try message.serializedBytes()
        #expect(codec.decodeBody(bytes)?.changes == [.unsupported(kind: 5)])
    }

    @Test func `an act of a newer version leaves one unsupported change and the identity`() throws {
        var message: Loopdesk_V1_IntentBody = try raw(codec.encode(Samples.create))
        message.act = 4_000
        let body = try #require(codec.decodeBody(try message.serializedBytes()))
        #expect(body.operation == Samples.create.operation)
        #expect(body.changes == [.unsupported(kind: 0)])
    }

    @Test func `an unreadable body keeps its bytes, place and hash`() throws {
        let batch = try Samples.batch()
        var message: Loopdesk_V1_Push = try raw(ClientMessage.push(batch).body)
        message.intents[0].body = Data([0xFF, 0xFF])
        let frame = try RawFrame(type: 3, message)
        guard case .push(let read) = try ClientMessage.decode(frame.bytes).message else {
            Issue.record("a push came back as another message")
            return
        }
        #expect(read.intents.map { $0.body == nil } == [true, false])
        #expect(read.intents[0].intent.bodyBytes == [0xFF, 0xFF])
        #expect(read.intents[0].intent.hash == batch.previousHash.chained(with: [0xFF, 0xFF]))
        #expect(
            read.intents[1].intent.hash
                == read.intents[0].intent.hash.chained(with: batch.intents[1].intent.bodyBytes))
    }

    @Test func `unknown fields of a frame are skipped`() throws {
        for (name, _, message) in try Samples.clientMessages() {
            var frame = RawFrame()
            let bytes = message.encode(requestID: 7)
            frame.type = bytes[5]
            frame.body = Array(bytes.dropFirst(24)) + newerField(900)
            let read = try ClientMessage.decode(frame.bytes).message
            #expect(read.content == message.content, "\(name)")
        }
        for (name, _, message) in Samples.hubMessages {
            var frame = RawFrame()
            let bytes = message.encode(requestID: 7)
            frame.type = bytes[5]
            frame.body = Array(bytes.dropFirst(24)) + newerField(900)
            let read = try HubMessage.decode(frame.bytes).message
            #expect(read.content == message.content, "\(name)")
        }
    }

    @Test func `a refusal of a newer version reads as unsupported_kind`() throws {
        var message: Loopdesk_V1_Disposition = try raw(
            codec.encode(Disposition.rejected(.tooLarge, "why")))
        message.rejection = 500
        let read = try codec.decodeDisposition(try message.serializedBytes())
        #expect(read == .rejected(.unsupportedKind, "why"))
    }

    @Test(arguments: [(0, 0), (6, 0), (1, 3), (5, 0)] as [(UInt32, UInt32)])
    func `an outcome that does not go with its refusal is an error`(
        outcome: UInt32, rejection: UInt32
    ) throws {
        var message = Loopdesk_V1_Disposition()
        (message.outcome, message.rejection) = (outcome, rejection)
        let bytes: [UInt8] = try message.serializedBytes()
        #expect(throws: CodecError.self) { try codec.decodeDisposition(bytes) }
    }

    @Test func `roles of a newer version are left out`() throws {
        var directory: Loopdesk_V1_Directory = try raw(HubMessage.directory(Samples.directory).body)
        directory.staff[0].roles.append("astronaut")
        let read = try HubMessage.decode(try RawFrame(type: 8, directory).bytes).message
        #expect(read.content == HubMessage.directory(Samples.directory).content)
        var entry: Loopdesk_V1_LogEntry = try raw(codec.encode(Samples.entry))
        entry.events[0].recipients.insert("astronaut", at: 0)
        #expect(try codec.decodeEntry(try entry.serializedBytes()) == Samples.entry)
    }

    @Test func `a failure of a newer version is unknown and keeps its words`() throws {
        var failure = Loopdesk_V1_Failure()
        (failure.code, failure.message) = (999, "Something new.")
        let read = try HubMessage.decode(try RawFrame(type: 15, failure).bytes).message
        #expect(
            read.content
                == HubMessage.failure(Failure(code: .unknown, message: "Something new.")).content)
    }

    @Test func `effects and page items of a newer version ask for an upgrade`() throws {
        var entry: Loopdesk_V1_LogEntry = try raw(codec.encode(Samples.entry))
        entry.effects.append(try Loopdesk_V1_Effect(serializedBytes: newerField(15)))
        let bytes: [UInt8] = try entry.serializedBytes()
        let effectError = #expect(throws: CodecError.self) { try codec.decodeEntry(bytes) }
        #expect(effectError?.description.contains("upgrade") == true)
        var page: Loopdesk_V1_Page = try raw(HubMessage.page(Samples.page).body)
        page.items.append(try Loopdesk_V1_PageItem(serializedBytes: newerField(15)))
        let frame = try RawFrame(type: 6, page)
        let itemError = #expect(throws: ProtocolError.self) { try HubMessage.decode(frame.bytes) }
        #expect(itemError?.description.contains("upgrade") == true)
    }
}
