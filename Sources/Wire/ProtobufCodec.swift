import Replication
import Sodium
import SwiftProtobuf
import TicketModel

/// The encoding of everything that is stored, hashed or sent: protobuf, as `protocol/schema` says.
package struct ProtobufCodec: ReplicationCodec {
    package init() {}

    package func encode(_ body: IntentBody) -> [UInt8] { serialize(Loopdesk_V1_IntentBody(body)) }

    package func decodeBody(_ bytes: [UInt8]) -> IntentBody? {
        guard bytes.count <= Limits.intentByteCountMax else { return nil }
        let message: Loopdesk_V1_IntentBody? = try? parse(bytes)
        return try? message?.value()
    }

    package func encode(_ entry: LogEntry) -> [UInt8] {
        var writer = ProtobufWriter(capacity: Self.usualByteCount)
        writer.write(entry)
        return writer.bytes
    }

    package func decodeEntry(_ bytes: [UInt8]) throws -> LogEntry {
        try checkSize(bytes, "log entry")
        let message: Loopdesk_V1_LogEntry = try parse(bytes)
        return try message.value()
    }

    package func encode(_ ticket: Ticket) -> [UInt8] {
        var writer = ProtobufWriter(capacity: Self.usualByteCount)
        writer.write(ticket)
        return writer.bytes
    }

    package func decodeTicket(_ bytes: [UInt8]) throws -> Ticket {
        try checkSize(bytes, "ticket")
        let message: Loopdesk_V1_Ticket = try parse(bytes)
        return try message.value()
    }

    package func encode(_ context: CausalContext) -> [UInt8] {
        serialize(Loopdesk_V1_Context(context))
    }

    package func decodeContext(_ bytes: [UInt8]) throws -> CausalContext {
        let message: Loopdesk_V1_Context = try parse(bytes)
        return try message.value()
    }

    package func encode(_ disposition: Disposition) -> [UInt8] {
        var writer = ProtobufWriter(capacity: 64)
        writer.write(disposition)
        return writer.bytes
    }

    /// Room for most entries and tickets.
    private static let usualByteCount = 2_048

    /// What cannot have come in a frame was not written by any version of ours.
    private func checkSize(_ bytes: [UInt8], _ what: String) throws(CodecError) {
        guard bytes.count <= Limits.frameByteCountMax else {
            throw CodecError("a \(what) of \(bytes.count) bytes")
        }
    }

    package func decodeDisposition(_ bytes: [UInt8]) throws -> Disposition {
        let message: Loopdesk_V1_Disposition = try parse(bytes)
        return try message.value()
    }
}
