import Foundation
import Replication
import SwiftProtobuf
import TicketModel

extension Loopdesk_V1_Disposition {
    init(_ disposition: Disposition) {
        self.init()
        outcome = UInt32(disposition.outcome.rawValue)
        if let refused = disposition.rejection {
            rejection = UInt32(refused.code.rawValue)
            detail = refused.detail
        }
        notes = disposition.notes.map { note in
            .with {
                $0.changeIndex = UInt32(clamping: note.changeIndex)
                $0.outcome = UInt32(note.outcome.rawValue)
                $0.field = note.field?.rawValue ?? 0
                $0.detail = note.detail
            }
        }
    }
}

extension Loopdesk_V1_Effect {
    init(_ effect: Effect) {
        self.init()
        switch effect {
        case .created(let provisional, let number, let captured, let received, let creator):
            created = .with {
                $0.provisionalNumber = provisional
                $0.number = number?.text ?? ""
                $0.capturedAt = captured.milliseconds
                if let received { $0.receivedAt = received.milliseconds }
                $0.createdBy = creator.rawValue
            }
        case .wrote(let field, let register):
            wrote = Loopdesk_V1_FieldRegister(field, register)
        case .added(let field, let value, let stamp):
            added = .with {
                $0.field = field.rawValue
                $0.value = Loopdesk_V1_Value(value)
                $0.stamp = Loopdesk_V1_Stamp(stamp)
            }
        case .removed(let field, let value, let operations):
            removed = .with {
                $0.field = field.rawValue
                $0.value = Loopdesk_V1_Value(value)
                $0.operations = operations.map { Data($0.bytes) }
            }
        case .commented(let comment): commented = Loopdesk_V1_Comment(comment)
        case .rated(let rating): rated = Loopdesk_V1_Rating(rating)
        case .clock(let clock): self.clock = Loopdesk_V1_Clock(clock)
        }
    }
}

extension Loopdesk_V1_FeedEvent {
    init(_ event: FeedEvent) {
        self.init()
        feed = UInt32(event.feed.rawValue)
        if let level = event.level { self.level = level }
        clock = event.clock
        from = event.from
        to = event.to
        reason = event.reason
        recipients = event.recipients.map(\.rawValue)
        late = event.isLate
    }
}

extension Loopdesk_V1_LogEntry {
    init(_ entry: LogEntry) {
        self.init()
        sequence = entry.sequence
        transactionEnd = entry.isTransactionEnd
        ticket = Data(entry.ticket.bytes)
        operation = Data(entry.operation.bytes)
        dot = Loopdesk_V1_Dot(entry.dot)
        act = UInt32(entry.act.rawValue)
        actor = entry.actor.rawValue
        hubTime = entry.hubTime.milliseconds
        reportedTime = entry.reportedTime.milliseconds
        clockSkewed = entry.isClockSkewed
        if let cause = entry.cause { self.cause = Data(cause.bytes) }
        disposition = Loopdesk_V1_Disposition(entry.disposition)
        effects = entry.effects.map(Loopdesk_V1_Effect.init)
        events = entry.events.map(Loopdesk_V1_FeedEvent.init)
    }
}
