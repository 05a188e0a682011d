import Foundation
import Replication
import SwiftProtobuf
import TicketModel

/// The notes of supervisors that one entry may carry.
private let eventsCountMax = 256

extension Loopdesk_V1_Disposition {
    /// A refusal of a newer version reads as `unsupportedKind`: whatever its reason, the author
    /// must get a draft.
    func value() throws(CodecError) -> Disposition {
        let outcome: Disposition.Outcome = try known(self.outcome, "outcome")
        guard (outcome == .rejected) == (rejection != 0) else {
            throw CodecError("outcome \(outcome.name) does not go with refusal \(rejection)")
        }
        let refused =
            rejection == 0
            ? nil
            : Rejection(
                code: RejectionCode(rawValue: Int(rejection)) ?? .unsupportedKind, detail: detail)
        try check(notes.count, atMost: Limits.changesCountMax, "notes")
        return Disposition(
            outcome: outcome, rejection: refused,
            notes: try map(notes) { (note) throws(CodecError) in try note.value() })
    }
}

extension Loopdesk_V1_ChangeNote {
    func value() throws(CodecError) -> ChangeNote {
        let outcome: Disposition.Outcome = try known(outcome, "outcome")
        guard outcome != .applied, outcome != .rejected else {
            throw CodecError("a note of a change that was \(outcome.name)")
        }
        return ChangeNote(
            changeIndex: Int(changeIndex), outcome: outcome,
            field: field == 0 ? nil : FieldID(rawValue: field), detail: detail)
    }
}

extension Loopdesk_V1_Effect {
    func value() throws(CodecError) -> Effect {
        switch kind {
        case .created(let created):
            return .created(
                provisionalNumber: created.provisionalNumber,
                number: try ticketNumber(created.number),
                capturedAt: Timestamp(milliseconds: created.capturedAt),
                receivedAt: created.hasReceivedAt
                    ? Timestamp(milliseconds: created.receivedAt) : nil,
                createdBy: try StaffID(wire: created.createdBy, "created_by"))
        case .wrote(let wrote):
            return .wrote(FieldID(rawValue: wrote.field), try wrote.register.contents())
        case .added(let added):
            return .added(
                FieldID(rawValue: added.field), added.value.value(), try added.stamp.value())
        case .removed(let removed):
            return .removed(
                FieldID(rawValue: removed.field), removed.value.value(),
                try map(removed.operations) { (data) throws(CodecError) in
                    try OperationID(wire: data, "removed operation")
                })
        case .commented(let comment): return .commented(try comment.value())
        case .rated(let rating): return .rated(try rating.value())
        case .clock(let clock): return .clock(try clock.value())
        case .named(let named):
            try check(named.numbers.count, atMost: Limits.formerNumbersCountMax, "numbers")
            return .named(named.numbers)
        case .unnamed(let unnamed):
            try check(unnamed.numbers.count, atMost: Limits.formerNumbersCountMax, "numbers")
            return .unnamed(unnamed.numbers)
        case nil: throw CodecError("an effect that this version does not know; upgrade")
        }
    }
}

extension Loopdesk_V1_FeedEvent {
    /// Roles of a newer version are left out; everything else must be known.
    func value() throws(CodecError) -> FeedEvent {
        let times = quiet.compactMap { quiet in
            Role(rawValue: quiet.role).map { ($0, Timestamp(milliseconds: quiet.until)) }
        }
        return FeedEvent(
            feed: try known(feed, "feed"), level: hasLevel ? level : nil, clock: clock,
            from: from, to: to, reason: reason, reasonZh: reasonZh,
            recipients: recipients.compactMap(Role.init(rawValue:)), isLate: late,
            quietUntil: Dictionary(times) { _, last in last })
    }
}

extension Loopdesk_V1_Origin {
    func value() throws(CodecError) -> LogOrigin {
        LogOrigin(epoch: try EpochID(wire: epoch, "origin.epoch"), sequence: sequence)
    }
}

extension Loopdesk_V1_LogEntry {
    /// An act of a newer version reads as an edit: it is shown, never acted upon.
    func value() throws(CodecError) -> LogEntry {
        try check(events.count, atMost: eventsCountMax, "events")
        try check(effects.count, atMost: effectsCountMax, "effects")
        var entry = LogEntry(
            sequence: sequence, isTransactionEnd: transactionEnd,
            ticket: try TicketID(wire: ticket, "entry.ticket"),
            operation: try OperationID(wire: operation, "entry.operation"),
            dot: try dot.value(), act: Act(rawValue: Int(act)) ?? .edit,
            actor: try StaffID(wire: actor, "actor"), hubTime: Timestamp(milliseconds: hubTime),
            reportedTime: Timestamp(milliseconds: reportedTime), isClockSkewed: clockSkewed,
            cause: hasCause ? try OperationID(wire: cause, "cause") : nil,
            disposition: try disposition.value(),
            effects: try map(effects) { (effect) throws(CodecError) in try effect.value() },
            events: try map(events) { (event) throws(CodecError) in try event.value() },
            origin: hasOrigin ? try origin.value() : nil)
        entry.actedFor = try name(actedFor, "acted_for")
        return entry
    }

    /// Two effects for each change, and the clocks.
    private var effectsCountMax: Int { 4 * Limits.changesCountMax }
}
