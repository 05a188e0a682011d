import Foundation
import Replication
import SwiftProtobuf
import TicketModel

extension Loopdesk_V1_Context {
    init(_ context: CausalContext) {
        self.init()
        epoch = Data(context.epoch.bytes)
        sequence = context.sequence
        dependencies = context.dependencies.map { Data($0.bytes) }
    }
}

extension Loopdesk_V1_IntentBody {
    init(_ body: IntentBody) {
        self.init()
        operation = Data(body.operation.bytes)
        ticket = Data(body.ticket.bytes)
        act = UInt32(body.act.rawValue)
        actor = body.actor.rawValue
        time = body.time.rawValue
        capturedWall = body.captured.wall.milliseconds
        if let offset = body.captured.offsetMilliseconds { capturedOffset = offset }
        changes = body.changes.map(Loopdesk_V1_Change.init)
        if let retryOf = body.retryOf { self.retryOf = Data(retryOf.bytes) }
        if let group = body.group {
            self.group = .with {
                $0.id = Data(group.id.bytes)
                $0.index = UInt32(clamping: group.index)
                $0.count = UInt32(clamping: group.count)
            }
        }
    }
}

extension Loopdesk_V1_Change {
    init(_ change: Change) {
        self.init()
        switch change {
        case .create(let number):
            create = .with { $0.provisionalNumber = number }
        case .write(let field, let value): write = Loopdesk_V1_Write(field, value)
        case .add(let field, let value): add = Loopdesk_V1_Write(field, value)
        case .remove(let field, let value): remove = Loopdesk_V1_Write(field, value)
        case .comment(let kind, let visibility, let text, let parent):
            comment = .with {
                $0.kind = UInt32(kind.rawValue)
                $0.visibility = UInt32(visibility.rawValue)
                $0.text = text
                if let parent { $0.parent = Data(parent.bytes) }
            }
        case .editComment(let id, let text):
            editComment = .with {
                $0.comment = Data(id.bytes)
                $0.text = text
            }
        case .redactComment(let id): redactComment = .with { $0.comment = Data(id.bytes) }
        case .close: close = Loopdesk_V1_Close()
        case .rate(let token, let outcome, let score, let remark):
            rate = .with {
                $0.token = token
                $0.outcome = UInt32(outcome.rawValue)
                if let score { $0.score = UInt32(clamping: score) }
                $0.remark = remark
            }
        case .merge(let survivor, let reason):
            merge = Loopdesk_V1_Merge(survivor, reason: reason)
        case .absorb(let duplicate): absorb = Loopdesk_V1_Merge(duplicate)
        case .unmerge(let reason): unmerge = Loopdesk_V1_Merge(nil, reason: reason)
        case .release(let duplicate): release = Loopdesk_V1_Merge(duplicate)
        case .unsupported(let kind): self = Self(unreadKind: kind)
        }
    }

    /// A change of which only the kind is known, as a number in the field of that kind; no field at
    /// all for a number that no field can have.
    ///
    /// Every kind is a message, so no version takes the number for a change. An empty message would
    /// be one: that of kind 8 closes the ticket.
    private init(unreadKind kind: UInt32) {
        self.init()
        guard kind > 0, kind < 1 << 29 else { return }
        var key = UInt64(kind) << 3
        var bytes: [UInt8] = []
        while key > 0x7F {
            bytes.append(UInt8(key & 0x7F) | 0x80)
            key >>= 7
        }
        if let message: Self = try? parse(bytes + [UInt8(key), 0]) { self = message }
    }
}

extension Loopdesk_V1_Merge {
    init(_ other: TicketID?, reason: String = "") {
        self.init()
        if let other { ticket = Data(other.bytes) }
        self.reason = reason
    }
}

extension Loopdesk_V1_Write {
    init(_ field: FieldID, _ value: FieldValue) {
        self.init()
        self.field = field.rawValue
        self.value = Loopdesk_V1_Value(value)
    }
}
