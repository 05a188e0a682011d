import Foundation
import Replication
import SwiftProtobuf
import TicketModel

extension Loopdesk_V1_Context {
    func value() throws(CodecError) -> CausalContext {
        try check(dependencies.count, atMost: Limits.dependenciesCountMax, "dependencies")
        return CausalContext(
            epoch: try EpochID(wire: epoch, "context.epoch"), sequence: sequence,
            dependencies: try map(dependencies) { (data) throws(CodecError) in
                try OperationID(wire: data, "dependency")
            })
    }
}

extension Loopdesk_V1_IntentBody {
    func value() throws(CodecError) -> IntentBody {
        try check(changes.count, atMost: Limits.changesCountMax, "changes")
        return IntentBody(
            operation: try OperationID(wire: operation, "operation"),
            ticket: try TicketID(wire: ticket, "ticket"), act: try known(act, "act"),
            actor: try StaffID(wire: actor, "actor"), time: HybridTimestamp(rawValue: time),
            captured: CapturedTime(
                wall: Timestamp(milliseconds: capturedWall),
                offsetMilliseconds: hasCapturedOffset ? capturedOffset : nil),
            changes: try map(changes) { (change) throws(CodecError) in try change.value() },
            retryOf: hasRetryOf ? try OperationID(wire: retryOf, "retry_of") : nil)
    }
}

extension Loopdesk_V1_Change {
    func value() throws(CodecError) -> Change {
        switch kind {
        case .create(let create): return .create(provisionalNumber: create.provisionalNumber)
        case .write(let write):
            return .write(FieldID(rawValue: write.field), write.value.value())
        case .add(let add): return .add(FieldID(rawValue: add.field), add.value.value())
        case .remove(let remove):
            return .remove(FieldID(rawValue: remove.field), remove.value.value())
        case .comment(let say):
            return .comment(
                try known(say.kind, "comment kind"), try known(say.visibility, "visibility"),
                text: say.text,
                parent: say.hasParent ? try OperationID(wire: say.parent, "parent") : nil)
        case .editComment(let edit):
            return .editComment(try OperationID(wire: edit.comment, "comment"), text: edit.text)
        case .redactComment(let redact):
            return .redactComment(try OperationID(wire: redact.comment, "comment"))
        case .close: return .close
        case .rate(let rate):
            return .rate(
                token: rate.token, try known(rate.outcome, "rating outcome"),
                score: rate.hasScore ? Int(rate.score) : nil, remark: rate.remark)
        case nil: return .unsupported(kind: firstFieldNumber(unknownFields.data))
        }
    }

    /// The number of the first unknown field: the kind that a newer version wrote; 0 if none.
    private func firstFieldNumber(_ data: Data) -> UInt32 {
        var key: UInt64 = 0
        for (index, byte) in data.prefix(5).enumerated() {
            key |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte & 0x80 == 0 { return UInt32(truncatingIfNeeded: key >> 3) }
        }
        return 0
    }
}
