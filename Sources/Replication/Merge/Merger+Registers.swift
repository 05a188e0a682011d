import TicketModel

extension Merger {
    /// Writes a field that holds one value.
    mutating func write(_ value: FieldValue, to field: FieldID, of ticket: Ticket) -> Step {
        let policy = policy(field)
        if policy == .set { return .refused(.invalidValue, "\(field.rawValue)") }
        guard let current = ticket.registers[field] else {
            return writeFirst(value, to: field, policy)
        }
        let isSeen = view.covers(current.stamp)
        switch policy {
        case .status: return writeStatus(value, current, isSeen)
        case .authority: return writeByAuthority(value, to: field, current, isSeen)
        case .max: return writeMax(value, to: field, current, isSeen)
        case .keepBoth: return writeKeepingBoth(value, to: field, current, isSeen)
        case .last: return writeLast(value, to: field, current, isSeen)
        case .compareAndSet:
            guard isSeen else { return .refused(.staleValue, readable(current)) }
            replace(field, with: value)
            return .done
        case .set: preconditionFailure("sets are refused above")
        }
    }

    private mutating func writeFirst(
        _ value: FieldValue, to field: FieldID, _ policy: MergePolicy
    ) -> Step {
        if policy == .status, value != .integer(TicketStatus.new.rawValue) {
            return .refused(.illegalTransition, "")
        }
        effect(.wrote(field, Register(value: value, stamp: stamp)))
        return .done
    }

    /// Legal from what was seen, or more urgent than what happened meanwhile.
    private mutating func writeStatus(
        _ value: FieldValue, _ current: Register, _ isSeen: Bool
    ) -> Step {
        guard let raw = value.integer, let target = TicketStatus(rawValue: raw), target != .closed
        else { return .refused(.invalidValue, "status") }
        let source = current.value.integer.flatMap(TicketStatus.init(rawValue:)) ?? .inProgress
        if source == target { return .noted(.merged, target.name) }
        if isSeen {
            guard source.allows(target) else { return .refused(.illegalTransition, source.name) }
            replace(.status, with: value)
            return .done
        }
        guard target.attentionRank > source.attentionRank else {
            return .noted(.superseded, source.name)
        }
        replace(.status, with: value)
        return .noted(.merged, source.name)
    }

    /// Whoever has more say prevails, whatever the time; among equals the first.
    private mutating func writeByAuthority(
        _ value: FieldValue, to field: FieldID, _ current: Register, _ isSeen: Bool
    ) -> Step {
        if value == current.value { return .noted(.merged, readable(current)) }
        if isSeen {
            replace(field, with: value)
            return .done
        }
        guard stamp.authority > current.stamp.authority else {
            return .noted(.superseded, readable(current))
        }
        replace(field, with: value)
        return .noted(.merged, readable(current))
    }

    /// The larger number stays unless the smaller one was written in sight of it.
    private mutating func writeMax(
        _ value: FieldValue, to field: FieldID, _ current: Register, _ isSeen: Bool
    ) -> Step {
        guard let number = value.integer, let currentNumber = current.value.integer else {
            return .refused(.invalidValue, "\(field.rawValue)")
        }
        if number == currentNumber { return .noted(.merged, "\(number)") }
        if number < currentNumber, !isSeen { return .noted(.superseded, "\(currentNumber)") }
        if number < currentNumber, field == .escalation, stamp.authority < .manager {
            return .refused(.unauthorised, "escalation")
        }
        replace(field, with: value)
        return isSeen ? .done : .noted(.merged, "\(currentNumber)")
    }

    /// Of two concurrent texts one is shown and the other kept beside it.
    private mutating func writeKeepingBoth(
        _ value: FieldValue, to field: FieldID, _ current: Register, _ isSeen: Bool
    ) -> Step {
        var alternates = current.alternates.filter { !view.covers($0.stamp) }
        if isSeen {
            effect(.wrote(field, Register(value: value, stamp: stamp, alternates: alternates)))
            return alternates.isEmpty ? .done : .noted(.merged, readable(current))
        }
        if value == current.value { return .noted(.merged, readable(current)) }
        guard alternates.count < Limits.alternatesCountMax else {
            return .refused(.tooLarge, "\(field.rawValue)")
        }
        if isPreferred(stamp, over: current.stamp) {
            if !current.value.isEmpty {
                alternates.append(Alternate(value: current.value, stamp: current.stamp))
            }
            effect(.wrote(field, Register(value: value, stamp: stamp, alternates: alternates)))
            return .noted(.merged, readable(current))
        }
        if !value.isEmpty { alternates.append(Alternate(value: value, stamp: stamp)) }
        effect(
            .wrote(
                field,
                Register(value: current.value, stamp: current.stamp, alternates: alternates)))
        return .noted(.superseded, readable(current))
    }

    private mutating func writeLast(
        _ value: FieldValue, to field: FieldID, _ current: Register, _ isSeen: Bool
    ) -> Step {
        replace(field, with: value)
        return isSeen ? .done : .noted(.merged, readable(current))
    }

    mutating func replace(_ field: FieldID, with value: FieldValue) {
        effect(.wrote(field, Register(value: value, stamp: stamp)))
    }

    /// The total order among concurrent texts: authority, then clamped time, then identity.
    private func isPreferred(_ left: Stamp, over right: Stamp) -> Bool {
        (left.authority.rawValue, left.time.rawValue, left.operation.rawValue)
            > (right.authority.rawValue, right.time.rawValue, right.operation.rawValue)
    }

    private func readable(_ register: Register) -> String {
        switch register.value {
        case .text(let text): String(text.prefix(80))
        case .integer(let number): String(number)
        case .opaque: ""
        }
    }
}
