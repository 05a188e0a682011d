import Foundation
import Replication
import SwiftProtobuf
import TicketModel

extension Loopdesk_V1_Value {
    /// A kind of a newer version becomes its whole message, so that it is written again unchanged.
    func value() -> FieldValue {
        switch kind {
        case .text(let text): .text(text)
        case .integer(let integer): .integer(integer)
        case .opaque(let bytes): .opaque(Array(bytes))
        case nil: .opaque(serialize(self))
        }
    }
}

extension Loopdesk_V1_Value {
    /// The value as an author may give it. A kind of a newer version is a flat message: groups
    /// would count against the depth of every message that it is written into.
    func flatValue() throws(CodecError) -> FieldValue {
        let value = value()
        if kind == nil, case .opaque(let bytes) = value, !isFlatMessage(bytes) {
            throw CodecError("a value with groups")
        }
        return value
    }
}

extension Loopdesk_V1_Dot {
    func value() throws(CodecError) -> Dot {
        Dot(replica: try ReplicaID(wire: replica, "dot.replica"), counter: counter)
    }
}

extension Loopdesk_V1_Stamp {
    func value() throws(CodecError) -> Stamp {
        Stamp(
            sequence: sequence, dot: try dot.value(),
            operation: try OperationID(wire: operation, "stamp.operation"),
            time: HybridTimestamp(rawValue: time),
            authority: try known(authority, "authority"),
            actor: try StaffID(wire: actor, "actor"))
    }
}

extension Loopdesk_V1_Register {
    func contents() throws(CodecError) -> Register {
        try check(alternates.count, atMost: Limits.alternatesCountMax, "alternates")
        return Register(
            value: value.value(), stamp: try stamp.value(),
            alternates: try map(alternates) { (message) throws(CodecError) in
                Alternate(value: message.value.value(), stamp: try message.stamp.value())
            })
    }
}

extension Loopdesk_V1_SetElement {
    func contents() throws(CodecError) -> SetElement {
        guard !stamps.isEmpty else { throw CodecError("a set element without additions") }
        return SetElement(
            value: value.value(),
            stamps: try map(stamps) { (stamp) throws(CodecError) in try stamp.value() })
    }
}

extension Loopdesk_V1_Comment {
    func value() throws(CodecError) -> Comment {
        try check(earlierTexts.count, atMost: Limits.commentVersionsCountMax, "earlier texts")
        var comment = Comment(
            id: try OperationID(wire: id, "comment.id"), kind: try known(kind, "comment kind"),
            visibility: try known(visibility, "visibility"), text: text,
            stamp: try stamp.value(),
            parent: hasParent ? try OperationID(wire: parent, "comment.parent") : nil)
        comment.receivedAt = hasReceivedAt ? Timestamp(milliseconds: receivedAt) : nil
        comment.earlierTexts = earlierTexts
        comment.editStamp = hasEditStamp ? try editStamp.value() : nil
        comment.isRedacted = redacted
        comment.isLate = late
        return comment
    }
}

extension Loopdesk_V1_Rating {
    func value() throws(CodecError) -> Rating {
        Rating(
            id: try OperationID(wire: id, "rating.id"), token: token,
            outcome: try known(outcome, "rating outcome"), score: hasScore ? Int(score) : nil,
            remark: remark, stamp: try stamp.value())
    }
}

extension Loopdesk_V1_Clock {
    func value() throws(CodecError) -> ClockState {
        var clock = ClockState(
            name: name, phase: try known(phase, "clock phase"),
            startedAt: Timestamp(milliseconds: startedAt), dueAt: Timestamp(milliseconds: dueAt),
            cycle: Int(cycle))
        clock.stoppedAt = hasStoppedAt ? Timestamp(milliseconds: stoppedAt) : nil
        clock.reason = reason
        clock.calendar =
            hasCalendar
            ? CalendarMark(name: calendar.name, version: Int(calendar.version)) : nil
        clock.pausedAt = hasPausedAt ? Timestamp(milliseconds: pausedAt) : nil
        clock.stoodStill = stoodStill
        return clock
    }
}

/// Reads an official number; empty is none.
func ticketNumber(_ text: String) throws(CodecError) -> TicketNumber? {
    if text.isEmpty { return nil }
    guard let number = TicketNumber(text) else {
        throw CodecError("\(text) is not a ticket number")
    }
    return number
}

extension Loopdesk_V1_Ticket {
    func value() throws(CodecError) -> Ticket {
        try check(comments.count, atMost: Limits.commentsCountMax, "comments")
        try check(ratings.count, atMost: Limits.ratingsCountMax, "ratings")
        for set in sets {
            try check(set.elements.count, atMost: Limits.setElementsCountMax, "elements")
        }
        var ticket = Ticket(
            id: try TicketID(wire: id, "ticket.id"), provisionalNumber: provisionalNumber,
            capturedAt: Timestamp(milliseconds: capturedAt),
            createdBy: try StaffID(wire: createdBy, "created_by"))
        ticket.number = try ticketNumber(number)
        try check(formerNumbers.count, atMost: Limits.formerNumbersCountMax, "numbers")
        ticket.formerNumbers = formerNumbers
        ticket.receivedAt = hasReceivedAt ? Timestamp(milliseconds: receivedAt) : nil
        for message in registers {
            ticket.registers[FieldID(rawValue: message.field)] = try message.register.contents()
        }
        for message in sets {
            ticket.sets[FieldID(rawValue: message.field)] = try map(message.elements) {
                (element) throws(CodecError) in try element.contents()
            }
        }
        ticket.comments = try map(comments) { (comment) throws(CodecError) in
            try comment.value()
        }
        ticket.ratings = try map(ratings) { (rating) throws(CodecError) in try rating.value() }
        for message in clocks { ticket.clocks[message.name] = try message.value() }
        ticket.lastSequence = lastSequence
        ticket.updatedAt = Timestamp(milliseconds: updatedAt)
        return ticket
    }
}
