import Foundation
import Replication
import SwiftProtobuf
import Testing
import TicketModel
import Wire

/// Limits of what is stored and sent inside pages.
@Suite struct StoredLimitTests {
    let codec = ProtobufCodec()

    private func check(_ error: CodecError?, _ words: String) {
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "read")")
    }

    private func ticket(_ change: (inout Loopdesk_V1_Ticket) -> Void) throws -> CodecError? {
        var message: Loopdesk_V1_Ticket = try raw(codec.encode(Samples.ticket))
        change(&message)
        let bytes: [UInt8] = try message.serializedBytes()
        do { _ = try codec.decodeTicket(bytes) } catch { return error as? CodecError }
        return nil
    }

    private func entry(_ change: (inout Loopdesk_V1_LogEntry) -> Void) throws -> CodecError? {
        var message: Loopdesk_V1_LogEntry = try raw(codec.encode(Samples.entry))
        change(&message)
        let bytes: [UInt8] = try message.serializedBytes()
        do { _ = try codec.decodeEntry(bytes) } catch { return error as? CodecError }
        return nil
    }

    @Test func `lists in a ticket have their limits`() throws {
        check(
            try ticket { $0.comments = Array(repeating: .init(), count: 5_001) },
            "5001 comments, at most 5000")
        check(
            try ticket { $0.ratings = Array(repeating: .init(), count: 101) },
            "101 ratings, at most 100")
        check(
            try ticket { $0.sets[0].elements = Array(repeating: .init(), count: 201) },
            "201 elements, at most 200")
        check(
            try ticket {
                $0.registers[0].register.alternates = Array(repeating: .init(), count: 21)
            },
            "21 alternates, at most 20")
        check(
            try ticket {
                $0.comments[0].earlierTexts = Array(repeating: "", count: 51)
            }, "51 earlier texts, at most 50")
        check(
            try ticket { $0.formerNumbers = Array(repeating: "x", count: 1_001) },
            "1001 numbers, at most 1000")
    }

    @Test func `the parts of a ticket must make sense`() throws {
        check(try ticket { $0.id = Data() }, "ticket.id has 0 bytes")
        check(try ticket { $0.number = "CS20231399001" }, "not a ticket number")
        check(try ticket { $0.createdBy = "" }, "created_by is not a name")
        check(try ticket { $0.sets[0].elements[0].stamps = [] }, "without additions")
        check(try ticket { $0.registers[0].register.stamp.authority = 9 }, "authority 9")
        check(try ticket { $0.comments[0].kind = 0 }, "comment kind 0")
        check(try ticket { $0.comments[0].visibility = 3 }, "visibility 3")
        check(try ticket { $0.ratings[0].outcome = 4 }, "rating outcome 4")
        check(try ticket { $0.clocks[0].phase = 5 }, "clock phase 5")
        #expect(try ticket { $0.number = "" } == nil)
    }

    @Test func `lists in a log entry have their limits`() throws {
        check(
            try entry { $0.events = Array(repeating: .init(), count: 257) },
            "257 events, at most 256")
        check(
            try entry { $0.effects = Array(repeating: .init(), count: 257) },
            "257 effects, at most 256")
        let numbers = Array(repeating: "x", count: 1_001)
        check(
            try entry { $0.effects = [.with { $0.named.numbers = numbers }] },
            "1001 numbers, at most 1000")
        check(
            try entry { $0.effects = [.with { $0.unnamed.numbers = numbers }] },
            "1001 numbers, at most 1000")
        check(
            try entry { $0.disposition.notes = Array(repeating: .init(), count: 65) },
            "65 notes, at most 64")
    }

    @Test func `the parts of a log entry must make sense`() throws {
        check(try entry { $0.clearDot() }, "dot.replica has 0 bytes")
        check(try entry { $0.clearDisposition() }, "outcome 0")
        check(try entry { $0.actor = "two words" }, "actor is not a name")
        check(try entry { $0.cause = Data([1]) }, "cause has 1 bytes")
        check(try entry { $0.events[0].feed = 9 }, "feed 9")
        check(try entry { $0.disposition.notes[0].outcome = 1 }, "note")
    }

    @Test func `what cannot have come in a frame is not read`() {
        let bytes = [UInt8](repeating: 0, count: Limits.frameByteCountMax + 1)
        #expect(throws: CodecError.self) { try codec.decodeTicket(bytes) }
        #expect(throws: CodecError.self) { try codec.decodeEntry(bytes) }
    }

    @Test func `messages nested deeper than ours are refused`() {
        // Groups of an unknown field, each in the one before it.
        let deep = [UInt8](repeating: 0x7B, count: 100) + [UInt8](repeating: 0x7C, count: 100)
        #expect(throws: CodecError.self) { try codec.decodeTicket(deep) }
        #expect(codec.decodeBody(deep) == nil)
    }
}
