import Foundation
import Replication
import SwiftProtobuf
import TicketModel

// Our values as generated messages, where they travel inside other messages; tickets and log
// entries are written by `ProtobufWriter`.

extension Loopdesk_V1_Value {
    init(_ value: FieldValue) {
        self.init()
        switch value {
        case .text(let text): self.text = text
        case .integer(let integer): self.integer = integer
        case .opaque(let bytes):
            if let newer = Self(unknownKind: bytes) { self = newer } else { opaque = Data(bytes) }
        }
    }

    /// Reads back a whole message that a newer version wrote with a kind that this one does not
    /// know; nil for any other bytes, also for a message with groups: how deep they are counts
    /// against the limit of whatever message the value is written into.
    init?(unknownKind bytes: [UInt8]) {
        guard isFlatMessage(bytes), let message: Loopdesk_V1_Value = try? parse(bytes),
            message.kind == nil,
            serialize(message) == bytes
        else { return nil }
        self = message
    }
}
