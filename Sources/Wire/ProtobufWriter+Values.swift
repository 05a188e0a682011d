import Replication
import SwiftProtobuf
import TicketModel

// The messages of values.proto that a ticket is made of, field by field in the order of their
// numbers.
extension ProtobufWriter {
    mutating func write(_ value: FieldValue) {
        switch value {
        case .text(let text): present(1, text)
        case .integer(let integer): present(2, signed: integer)
        case .opaque(let bytes):
            if Loopdesk_V1_Value(unknownKind: bytes) != nil {
                append(verbatim: bytes)
            } else {
                present(3, bytes)
            }
        }
    }

    mutating func write(_ dot: Dot) {
        present(1, dot.replica)
        field(2, dot.counter)
    }

    mutating func write(_ stamp: Stamp) {
        field(1, stamp.sequence)
        message(2) { $0.write(stamp.dot) }
        present(3, stamp.operation)
        field(4, fixed: stamp.time.rawValue)
        field(5, UInt64(stamp.authority.rawValue))
        field(6, stamp.actor.rawValue)
    }

    mutating func write(_ register: Register) {
        message(1) { $0.write(register.value) }
        message(2) { $0.write(register.stamp) }
        for alternate in register.alternates {
            message(3) { alternates in
                alternates.message(1) { $0.write(alternate.value) }
                alternates.message(2) { $0.write(alternate.stamp) }
            }
        }
    }

    mutating func write(_ name: FieldID, _ register: Register) {
        field(1, UInt64(name.rawValue))
        message(2) { $0.write(register) }
    }

    mutating func write(_ name: FieldID, _ elements: [SetElement]) {
        field(1, UInt64(name.rawValue))
        for element in elements {
            message(2) { elements in
                elements.message(1) { $0.write(element.value) }
                for stamp in element.stamps { elements.message(2) { $0.write(stamp) } }
            }
        }
    }

    mutating func write(_ comment: Comment) {
        present(1, comment.id)
        field(2, UInt64(comment.kind.rawValue))
        field(3, UInt64(comment.visibility.rawValue))
        field(4, comment.text)
        message(5) { $0.write(comment.stamp) }
        if let receivedAt = comment.receivedAt { present(6, signed: receivedAt.milliseconds) }
        if let parent = comment.parent { present(7, parent) }
        for text in comment.earlierTexts { present(8, text) }
        if let editStamp = comment.editStamp { message(9) { $0.write(editStamp) } }
        field(10, comment.isRedacted)
        field(11, comment.isLate)
    }

    mutating func write(_ rating: Rating) {
        present(1, rating.id)
        field(2, rating.token)
        field(3, UInt64(rating.outcome.rawValue))
        if let score = rating.score { present(4, UInt64(UInt32(clamping: score))) }
        field(5, rating.remark)
        message(6) { $0.write(rating.stamp) }
    }

    mutating func write(_ clock: ClockState) {
        field(1, clock.name)
        field(2, UInt64(clock.phase.rawValue))
        field(3, signed: clock.startedAt.milliseconds)
        field(4, signed: clock.dueAt.milliseconds)
        if let stoppedAt = clock.stoppedAt { present(5, signed: stoppedAt.milliseconds) }
        field(6, UInt64(UInt32(clamping: clock.cycle)))
        field(7, clock.reason)
        if let pausedAt = clock.pausedAt { present(8, signed: pausedAt.milliseconds) }
        if let calendar = clock.calendar {
            message(9) {
                $0.field(1, calendar.name)
                $0.field(2, UInt64(UInt32(clamping: calendar.version)))
            }
        }
        field(10, signed: clock.stoodStill)
    }

    mutating func write(_ ticket: Ticket) {
        present(1, ticket.id)
        field(2, ticket.number?.text ?? "")
        field(3, ticket.provisionalNumber)
        field(4, signed: ticket.capturedAt.milliseconds)
        if let receivedAt = ticket.receivedAt { present(5, signed: receivedAt.milliseconds) }
        field(6, ticket.createdBy.rawValue)
        for (name, register) in ticket.registers.sorted(by: { $0.key < $1.key }) {
            message(7) { $0.write(name, register) }
        }
        for (name, elements) in ticket.sets.sorted(by: { $0.key < $1.key }) {
            message(8) { $0.write(name, elements) }
        }
        for comment in ticket.comments { message(9) { $0.write(comment) } }
        for rating in ticket.ratings { message(10) { $0.write(rating) } }
        for clock in ticket.clocks.values.sorted(by: { $0.name < $1.name }) {
            message(11) { $0.write(clock) }
        }
        field(12, ticket.lastSequence)
        field(13, signed: ticket.updatedAt.milliseconds)
        for number in ticket.formerNumbers { present(14, number) }
    }
}
