import Replication
import TicketModel

// The messages of log.proto, field by field in the order of their numbers.
extension ProtobufWriter {
    mutating func write(_ entry: LogEntry) {
        field(1, entry.sequence)
        field(2, entry.isTransactionEnd)
        present(3, entry.ticket)
        present(4, entry.operation)
        message(5) { $0.write(entry.dot) }
        field(6, UInt64(entry.act.rawValue))
        field(7, entry.actor.rawValue)
        field(8, signed: entry.hubTime.milliseconds)
        field(9, signed: entry.reportedTime.milliseconds)
        field(10, entry.isClockSkewed)
        if let cause = entry.cause { present(11, cause) }
        message(12) { $0.write(entry.disposition) }
        for effect in entry.effects { message(13) { $0.write(effect) } }
        for event in entry.events { message(14) { $0.write(event) } }
        if let origin = entry.origin {
            message(15) {
                $0.present(1, origin.epoch)
                $0.field(2, origin.sequence)
            }
        }
        field(16, entry.actedFor?.rawValue ?? "")
    }

    mutating func write(_ disposition: Disposition) {
        field(1, UInt64(disposition.outcome.rawValue))
        if let rejection = disposition.rejection {
            field(2, UInt64(rejection.code.rawValue))
            field(3, rejection.detail)
        }
        for note in disposition.notes {
            message(4) { notes in
                notes.field(1, UInt64(UInt32(clamping: note.changeIndex)))
                notes.field(2, UInt64(note.outcome.rawValue))
                notes.field(3, UInt64(note.field?.rawValue ?? 0))
                notes.field(4, note.detail)
            }
        }
    }

    private mutating func write(_ effect: Effect) {
        switch effect {
        case .created(let provisional, let number, let captured, let received, let creator):
            message(1) { created in
                created.field(1, provisional)
                created.field(2, number?.text ?? "")
                created.field(3, signed: captured.milliseconds)
                if let received { created.present(4, signed: received.milliseconds) }
                created.field(5, creator.rawValue)
            }
        case .wrote(let name, let register): message(2) { $0.write(name, register) }
        case .added(let name, let value, let stamp):
            message(3) { added in
                added.field(1, UInt64(name.rawValue))
                added.message(2) { $0.write(value) }
                added.message(3) { $0.write(stamp) }
            }
        case .removed(let name, let value, let operations):
            message(4) { removed in
                removed.field(1, UInt64(name.rawValue))
                removed.message(2) { $0.write(value) }
                for operation in operations { removed.present(3, operation) }
            }
        case .commented(let comment): message(5) { $0.write(comment) }
        case .rated(let rating): message(6) { $0.write(rating) }
        case .clock(let clock): message(7) { $0.write(clock) }
        case .named(let numbers):
            message(8) { named in numbers.forEach { named.present(1, $0) } }
        case .unnamed(let numbers):
            message(9) { unnamed in numbers.forEach { unnamed.present(1, $0) } }
        }
    }

    private mutating func write(_ event: FeedEvent) {
        field(1, UInt64(event.feed.rawValue))
        if let level = event.level { present(2, signed: level) }
        field(3, event.clock)
        field(4, event.from)
        field(5, event.to)
        field(6, event.reason)
        for role in event.recipients { present(7, role.rawValue) }
        field(8, event.isLate)
        field(9, event.reasonZh)
        for (role, time) in event.quietUntil.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            message(10) {
                $0.field(1, role.rawValue)
                $0.field(2, signed: time.milliseconds)
            }
        }
    }
}
