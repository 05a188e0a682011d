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
    /// An act of a newer version comes back with one unsupported change: the hub can then refuse
    /// the intent under its own identity, which its author is waiting to hear of.
    func value() throws(CodecError) -> IntentBody {
        try check(changes.count, atMost: Limits.changesCountMax, "changes")
        let act = Act(rawValue: Int(act))
        return IntentBody(
            operation: try OperationID(wire: operation, "operation"),
            ticket: try TicketID(wire: ticket, "ticket"), act: act ?? .edit,
            actor: try StaffID(wire: actor, "actor"), time: HybridTimestamp(rawValue: time),
            captured: CapturedTime(
                wall: Timestamp(milliseconds: capturedWall),
                offsetMilliseconds: hasCapturedOffset ? capturedOffset : nil),
            changes: act == nil ? [.unsupported(kind: 0)] : changes.map { $0.value() },
            retryOf: hasRetryOf ? try OperationID(wire: retryOf, "retry_of") : nil,
            group: hasGroup ? try group.value() : nil)
    }
}

extension Loopdesk_V1_Group {
    func value() throws(CodecError) -> IntentGroup {
        guard 2...Limits.groupIntentsCountMax ~= Int(count), index < count else {
            throw CodecError("intent \(index) of a group of \(count)")
        }
        return IntentGroup(
            id: try OperationID(wire: id, "group.id"), index: Int(index), count: Int(count))
    }
}

extension Loopdesk_V1_Change {
    /// What this version cannot read in full is unsupported, under its field number: one change
    /// that is refused by name, where an unreadable body would be refused without one.
    func value() -> Change {
        do throws(CodecError) {
            return try known()
        } catch {
            return .unsupported(kind: kind?.fieldNumber ?? firstFieldNumber(unknownFields.data))
        }
    }

    private func known() throws(CodecError) -> Change {
        switch kind {
        case .create(let create): return .create(provisionalNumber: create.provisionalNumber)
        case .write(let write): return .write(try write.target(), try write.value.flatValue())
        case .add(let add): return .add(try add.target(), try add.value.flatValue())
        case .remove(let remove):
            return .remove(try remove.target(), try remove.value.flatValue())
        case .comment(let say):
            return .comment(
                try Wire.known(say.kind, "comment kind"),
                try Wire.known(say.visibility, "visibility"), text: say.text,
                parent: say.hasParent ? try OperationID(wire: say.parent, "parent") : nil)
        case .editComment(let edit):
            return .editComment(try OperationID(wire: edit.comment, "comment"), text: edit.text)
        case .redactComment(let redact):
            return .redactComment(try OperationID(wire: redact.comment, "comment"))
        case .close: return .close
        case .rate(let rate):
            return .rate(
                token: rate.token, try Wire.known(rate.outcome, "rating outcome"),
                score: rate.hasScore ? Int(rate.score) : nil, remark: rate.remark)
        case .merge(let merge): return .merge(into: try merge.other(), reason: merge.reason)
        case .absorb(let absorb): return .absorb(try absorb.other())
        case .unmerge(let unmerge): return .unmerge(reason: unmerge.reason)
        case .release(let release): return .release(try release.other())
        case nil: throw CodecError("a change of a newer version")
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

extension Loopdesk_V1_Write {
    /// The field that is written, with the value that must be there.
    fileprivate func target() throws(CodecError) -> FieldID {
        guard field > 0, hasValue else { throw CodecError("a write without field or value") }
        return FieldID(rawValue: field)
    }
}

extension Loopdesk_V1_Merge {
    fileprivate func other() throws(CodecError) -> TicketID {
        try TicketID(wire: ticket, "merge.ticket")
    }
}

extension Loopdesk_V1_Change.OneOf_Kind {
    /// The number in the schema.
    var fieldNumber: UInt32 {
        switch self {
        case .create: 1
        case .write: 2
        case .add: 3
        case .remove: 4
        case .comment: 5
        case .editComment: 6
        case .redactComment: 7
        case .close: 8
        case .rate: 9
        case .merge: 10
        case .absorb: 11
        case .unmerge: 12
        case .release: 13
        }
    }
}
