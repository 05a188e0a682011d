import RandomValues
import Replication
import SwiftProtobuf
import Testing
import TicketModel

@testable import Wire

/// Entries, tickets and dispositions are written without the generated messages: the bytes must be
/// those that the generated messages write.
@Suite struct DirectEncodingTests {
    private static let runsCount = 400
    private let codec = ProtobufCodec()

    @Test(arguments: Seeds.all)
    func `a log entry has the bytes of its generated message`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for _ in 0..<Self.runsCount {
            let bytes = codec.encode(random.entry())
            let message = try Loopdesk_V1_LogEntry(serializedBytes: bytes)
            #expect(try message.serializedBytes() == bytes, "seed \(seed)")
        }
    }

    @Test(arguments: Seeds.all)
    func `a ticket has the bytes of its generated message`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for _ in 0..<Self.runsCount {
            let bytes = codec.encode(random.ticket())
            let message = try Loopdesk_V1_Ticket(serializedBytes: bytes)
            #expect(try message.serializedBytes() == bytes, "seed \(seed)")
        }
    }

    @Test(arguments: Seeds.all)
    func `a disposition has the bytes of its generated message`(seed: UInt64) throws {
        var random = RandomValues(seed: seed)
        for _ in 0..<Self.runsCount {
            let bytes = codec.encode(random.disposition())
            let message = try Loopdesk_V1_Disposition(serializedBytes: bytes)
            #expect(try message.serializedBytes() == bytes, "seed \(seed)")
        }
    }

    @Test(arguments: [0, 1, 127, 128, 16_383, 16_384, 40_000])
    func `a nested message of any length is closed with its length`(count: Int) throws {
        var ticket = Ticket(
            id: TicketID(rawValue: 7), provisionalNumber: String(repeating: "n", count: count),
            capturedAt: Timestamp(milliseconds: -1), createdBy: StaffID(unchecked: "a"))
        let stamp = Stamp(
            sequence: .max, dot: Dot(replica: ReplicaID(rawValue: 1), counter: .max),
            operation: OperationID(rawValue: 0), time: HybridTimestamp(rawValue: .max),
            authority: .hub, actor: StaffID(unchecked: "a"))
        ticket.registers[.description] = Register(
            value: .text(String(repeating: "述", count: count)), stamp: stamp)
        let bytes = codec.encode(ticket)
        #expect(try codec.decodeTicket(bytes).text(.description).count == count)
        #expect(try Loopdesk_V1_Ticket(serializedBytes: bytes).serializedBytes() == bytes)
    }
}
