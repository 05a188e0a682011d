import TicketModel

extension Merger {
    /// Writes a field that holds one value.
    mutating func write(_ value: FieldValue, to field: FieldID, of ticket: Ticket) -> Step {
        guard let current = ticket.registers[field] else { return writeFirst(value, to: field) }
        switch policy(field) {
        case .status: return writeStatus(value, current)
        case .authority: return writeByAuthority(value, to: field, current)
        case .max: return writeMax(value, to: field, current)
        case .keepBoth: return writeKeepingBoth(value, to: field, current)
        case .last:
            replace(field, with: value)
            return view.covers(current.stamp) ? .done : .noted(.merged, readable(current.value))
        case .compareAndSet:
            guard view.covers(current.stamp) else {
                return .refused(.staleValue, readable(current.value))
            }
            replace(field, with: value)
            return .done
        case .set: return .refused(.invalidValue, name(field))
        }
    }

    private mutating func writeFirst(_ value: FieldValue, to field: FieldID) -> Step {
        let policy = policy(field)
        if policy == .set { return .refused(.invalidValue, name(field)) }
        if policy == .status, value != .integer(TicketStatus.new.rawValue) {
            return .refused(.illegalTransition, "")
        }
        effect(.wrote(field, Register(value: value, stamp: stamp)))
        return .done
    }

    /// Legal from what was seen, or more urgent than what happened meanwhile.
    private mutating func writeStatus(_ value: FieldValue, _ current: Register) -> Step {
        guard let raw = value.integer, let target = TicketStatus(rawValue: raw), target != .closed
        else { return .refused(.invalidValue, "status") }
        let source = current.value.integer.flatMap(TicketStatus.init(rawValue:)) ?? .inProgress
        if source == target { return confirm(.status, current, target.name) }
        if unseenAuthority(current) == nil {
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
        _ value: FieldValue, to field: FieldID, _ current: Register
    ) -> Step {
        if value == current.value { return confirm(field, current, readable(current.value)) }
        guard let unseen = unseenAuthority(current) else {
            replace(field, with: value)
            return .done
        }
        guard stamp.authority > unseen else { return .noted(.superseded, readable(current.value)) }
        replace(field, with: value)
        return .noted(.merged, readable(current.value))
    }

    /// The larger number stays unless the smaller one was written in sight of it.
    private mutating func writeMax(
        _ value: FieldValue, to field: FieldID, _ current: Register
    ) -> Step {
        guard let number = value.integer, let currentNumber = current.value.integer else {
            return .refused(.invalidValue, name(field))
        }
        if number == currentNumber { return confirm(field, current, "\(number)") }
        let unseen = current.standing.filter { !view.covers($0.stamp) }
        if number < currentNumber {
            let mayLower = field != .escalation || stamp.authority >= .manager
            if unseen.isEmpty, !mayLower { return .refused(.unauthorised, "escalation") }
            if !unseen.isEmpty {
                // Whom the writer saw has been answered; the others stand behind the number.
                if mayLower, unseen.count < current.standing.count {
                    effect(.wrote(field, Register(unseen[0], and: unseen.dropFirst())))
                }
                return .noted(.superseded, "\(currentNumber)")
            }
        }
        replace(field, with: value)
        return unseen.isEmpty ? .done : .noted(.merged, "\(currentNumber)")
    }

    /// Of concurrent texts one is shown and the others kept beside it, also when two are the same:
    /// who replaces one of them need not have seen the other.
    private mutating func writeKeepingBoth(
        _ value: FieldValue, to field: FieldID, _ current: Register
    ) -> Step {
        let unseen = current.standing.filter { !view.covers($0.stamp) }
        guard unseen.count <= Limits.alternatesCountMax else {
            return .refused(.tooLarge, name(field))
        }
        let own = Alternate(value: value, stamp: stamp)
        let merged = Register(own, and: unseen)
        effect(.wrote(field, merged))
        if unseen.isEmpty { return .done }
        let met = Register(unseen[0], and: unseen.dropFirst())
        return .noted(merged.value == value ? .merged : .superseded, readable(met.value))
    }

    // MARK: - Who stands behind a value

    /// The most say among those who stand behind a value and whom the writer had not seen: who
    /// wrote it, and who wrote the same without knowing of that. Nil when all of them were seen.
    func unseenAuthority(_ register: Register) -> Authority? {
        register.standing.map(\.stamp).filter { !view.covers($0) }.map(\.authority).max()
    }

    /// The value stands already: who writes it again stands behind it too, so that nobody who knew
    /// of the others only overrules them. Whom they saw they take the place of, except, for owners,
    /// somebody with more say.
    private mutating func confirm(
        _ field: FieldID, _ current: Register, _ detail: String
    ) -> Step {
        let others = current.standing.filter { other in
            !view.covers(other.stamp)
                || policy(field) == .authority && other.stamp.authority > stamp.authority
        }
        if others.count <= Limits.alternatesCountMax {
            let own = Alternate(value: current.value, stamp: stamp)
            effect(.wrote(field, Register(own, and: others)))
        }
        return .noted(.merged, detail)
    }

    mutating func replace(_ field: FieldID, with value: FieldValue) {
        effect(.wrote(field, Register(value: value, stamp: stamp)))
    }

    private func readable(_ value: FieldValue) -> String {
        switch value {
        // By scalars: one character may have any number of them.
        case .text(let text): String(text.unicodeScalars.prefix(80))
        case .integer(let number): String(number)
        case .opaque: ""
        }
    }
}
