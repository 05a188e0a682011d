import Foundation
import Replication
import SwiftProtobuf
import TicketModel

// Our values as protobuf messages. Encoding is deterministic: sets and tables are sorted.

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
}

extension Loopdesk_V1_Value {
    /// Reads back a whole message that a newer version wrote with a kind that this one does not
    /// know; nil for any other bytes.
    init?(unknownKind bytes: [UInt8]) {
        guard let message: Loopdesk_V1_Value = try? parse(bytes), message.kind == nil,
            serialize(message) == bytes
        else { return nil }
        self = message
    }
}

extension Loopdesk_V1_Dot {
    init(_ dot: Dot) {
        self.init()
        replica = Data(dot.replica.bytes)
        counter = dot.counter
    }
}

extension Loopdesk_V1_Stamp {
    init(_ stamp: Stamp) {
        self.init()
        sequence = stamp.sequence
        dot = Loopdesk_V1_Dot(stamp.dot)
        operation = Data(stamp.operation.bytes)
        time = stamp.time.rawValue
        authority = UInt32(stamp.authority.rawValue)
        actor = stamp.actor.rawValue
    }
}

extension Loopdesk_V1_Register {
    init(_ register: Register) {
        self.init()
        value = Loopdesk_V1_Value(register.value)
        stamp = Loopdesk_V1_Stamp(register.stamp)
        alternates = register.alternates.map { alternate in
            var message = Loopdesk_V1_Alternate()
            message.value = Loopdesk_V1_Value(alternate.value)
            message.stamp = Loopdesk_V1_Stamp(alternate.stamp)
            return message
        }
    }
}

extension Loopdesk_V1_FieldRegister {
    init(_ field: FieldID, _ register: Register) {
        self.init()
        self.field = field.rawValue
        self.register = Loopdesk_V1_Register(register)
    }
}

extension Loopdesk_V1_FieldSet {
    init(_ field: FieldID, _ elements: [SetElement]) {
        self.init()
        self.field = field.rawValue
        self.elements = elements.map { element in
            var message = Loopdesk_V1_SetElement()
            message.value = Loopdesk_V1_Value(element.value)
            message.stamps = element.stamps.map(Loopdesk_V1_Stamp.init)
            return message
        }
    }
}

extension Loopdesk_V1_Comment {
    init(_ comment: Comment) {
        self.init()
        id = Data(comment.id.bytes)
        kind = UInt32(comment.kind.rawValue)
        visibility = UInt32(comment.visibility.rawValue)
        text = comment.text
        stamp = Loopdesk_V1_Stamp(comment.stamp)
        if let receivedAt = comment.receivedAt { self.receivedAt = receivedAt.milliseconds }
        if let parent = comment.parent { self.parent = Data(parent.bytes) }
        earlierTexts = comment.earlierTexts
        if let editStamp = comment.editStamp { self.editStamp = Loopdesk_V1_Stamp(editStamp) }
        redacted = comment.isRedacted
        late = comment.isLate
    }
}

extension Loopdesk_V1_Rating {
    init(_ rating: Rating) {
        self.init()
        id = Data(rating.id.bytes)
        token = rating.token
        outcome = UInt32(rating.outcome.rawValue)
        if let score = rating.score { self.score = UInt32(clamping: score) }
        remark = rating.remark
        stamp = Loopdesk_V1_Stamp(rating.stamp)
    }
}

extension Loopdesk_V1_Clock {
    init(_ clock: ClockState) {
        self.init()
        name = clock.name
        phase = UInt32(clock.phase.rawValue)
        startedAt = clock.startedAt.milliseconds
        dueAt = clock.dueAt.milliseconds
        if let stoppedAt = clock.stoppedAt { self.stoppedAt = stoppedAt.milliseconds }
        cycle = UInt32(clamping: clock.cycle)
    }
}

extension Loopdesk_V1_Ticket {
    init(_ ticket: Ticket) {
        self.init()
        id = Data(ticket.id.bytes)
        number = ticket.number?.text ?? ""
        provisionalNumber = ticket.provisionalNumber
        capturedAt = ticket.capturedAt.milliseconds
        if let receivedAt = ticket.receivedAt { self.receivedAt = receivedAt.milliseconds }
        createdBy = ticket.createdBy.rawValue
        registers = ticket.registers.sorted { $0.key < $1.key }.map(
            Loopdesk_V1_FieldRegister.init)
        sets = ticket.sets.sorted { $0.key < $1.key }.map(Loopdesk_V1_FieldSet.init)
        comments = ticket.comments.map(Loopdesk_V1_Comment.init)
        ratings = ticket.ratings.map(Loopdesk_V1_Rating.init)
        clocks = ticket.clocks.values.sorted { $0.name < $1.name }.map(Loopdesk_V1_Clock.init)
        lastSequence = ticket.lastSequence
        updatedAt = ticket.updatedAt.milliseconds
    }
}
