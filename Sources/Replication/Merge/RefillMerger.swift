import TicketModel

/// Merges what an entry of a former life of the log had done into the ticket as it is now
/// (replication.md 3.11).
///
/// The entry's effects are what came of its intent then, in the sight of everything that its life
/// had committed to the ticket before it. So each effect replaces what its life had seen, and meets
/// as concurrent what this life has written since. Values keep their stamps, put into the positions
/// of this log.
package struct RefillMerger {
    let past: LogEntry
    /// The position that the entry gets.
    let sequence: UInt64
    /// The ticket with the effects applied; nil while nothing has made it.
    package private(set) var ticket: Ticket?
    let policy: (FieldID) -> MergePolicy
    /// Where an operation stands in this log; nil when it does not.
    let sequenceOf: (OperationID) throws -> UInt64?
    /// Whether the entry's life had committed a change before the entry.
    let covers: (Stamp) throws -> Bool
    /// Whether this life has merged the first ticket into the second, by whatever way.
    let isMerged: (TicketID, _ into: TicketID) throws -> Bool
    /// The ticket that a number was given to.
    let owner: (_ number: String) throws -> Ticket?
    /// Whether the entry merges the ticket into another one, here as it did there.
    private var isMerging = false
    /// The merge that the entry undoes here: whatever is known of its life, it had seen that.
    private var undone: OperationID?

    /// A merge of `past` into `ticket`.
    ///
    /// - Parameters:
    ///   - past: the entry as the former life had it.
    ///   - sequence: the position that it gets in this log.
    ///   - ticket: as it is now; nil when this life does not know it.
    ///   - policy: the policy of each field.
    ///   - sequenceOf: where an operation stands in this log; nil when it does not.
    ///   - covers: whether the entry's life had committed a change before the entry.
    package init(
        past: LogEntry, sequence: UInt64, ticket: Ticket?,
        policy: @escaping (FieldID) -> MergePolicy,
        sequenceOf: @escaping (OperationID) throws -> UInt64?,
        covers: @escaping (Stamp) throws -> Bool,
        isMerged: @escaping (TicketID, _ into: TicketID) throws -> Bool,
        owner: @escaping (_ number: String) throws -> Ticket?
    ) {
        self.past = past
        self.sequence = sequence
        self.ticket = ticket
        self.policy = policy
        self.sequenceOf = sequenceOf
        self.covers = covers
        self.isMerged = isMerged
        self.owner = owner
    }

    /// Merges the entry's effects, one after the other, each in sight of those before it.
    ///
    /// - Returns: the effects to commit; those that this life has overtaken are left out.
    /// - Throws: what the questions throw.
    package mutating func merge(_ effects: [Effect]) throws -> [Effect] {
        var result: [Effect] = []
        isMerging = try isMergeTaken(effects)
        undone = mergeUndone(by: effects)
        for effect in effects where isMerging || !effect.isOfMerge(in: effects) {
            guard let merged = try merge(effect) else { continue }
            if ticket == nil,
                case .created(let provisional, _, let captured, _, let creator) = merged
            {
                ticket = Ticket(
                    id: past.ticket, provisionalNumber: provisional, capturedAt: captured,
                    createdBy: creator)
            }
            ticket?.apply(merged)
            result.append(merged)
        }
        if isMerging { result += end(effects) + stopClocks() }
        return result
    }

    // MARK: Merges of tickets

    /// Whether the ticket's case goes on elsewhere: nothing opens it again but the undoing of that.
    private var isOver: Bool { ticket?.isMerged == true && !isMerging }

    /// Whether an entry that merged the ticket does so in this life too: not if this life has
    /// merged it already, or has merged the other ticket into this one.
    private func isMergeTaken(_ effects: [Effect]) throws -> Bool {
        guard let register = effects.merge, let survivor = register.mergedTicket else {
            return false
        }
        guard let ticket else { return true }
        if try isMerged(survivor, ticket.id) { return false }
        guard let current = ticket.registers[.mergedInto] else { return true }
        return try current.stamp.operation == register.stamp.operation || covers(current.stamp)
    }

    /// The merge of this ticket that an undoing of the former life was about: nobody undoes what
    /// they have not seen, whatever is known of how much the lives share.
    private func mergeUndone(by effects: [Effect]) -> OperationID? {
        let undone = effects.undoneMerge
        return ticket?.registers[.mergedInto]?.stamp.operation == undone ? undone : nil
    }

    /// Whether the entry's life had seen a change, as far as that is known.
    private func isSeen(_ stamp: Stamp) throws -> Bool {
        try stamp.operation == undone || covers(stamp)
    }

    /// A merged ticket is closed: also one that was closed there already, and opened here since.
    /// Undoing the merge gives back what it was here.
    private mutating func end(_ effects: [Effect]) -> [Effect] {
        guard let merge = effects.merge, let ticket, ticket.status != .closed else { return [] }
        var stamp = merge.stamp
        stamp.sequence = sequence
        let (before, after) = (ticket.status.rawValue, TicketStatus.closed.rawValue)
        let written = [
            Effect.wrote(
                .statusBeforeMerge, Register(value: .integer(before), stamp: stamp)),
            .wrote(.status, Register(value: .integer(after), stamp: stamp)),
        ]
        written.forEach { self.ticket?.apply($0) }
        return written
    }

    /// Those of `numbers` that still come or go with the entry: where this life has merged their
    /// ticket, or undone that, without the entry's life knowing, it decides where they lead.
    private func numbers(_ numbers: [String], toBeHere isTaken: Bool) throws -> [String] {
        try numbers.filter { number in
            guard let owner = try owner(number), owner.id != past.ticket,
                let merge = owner.registers[.mergedInto], try !covers(merge.stamp)
            else { return true }
            let isHere = try isMerged(owner.id, past.ticket)
            return merge.stamp.operation == past.effects.undoneMerge || isHere == isTaken
        }
    }

    /// What this life has promised since ends with the merge (domain.md T24).
    private mutating func stopClocks() -> [Effect] {
        let running = (ticket?.clocks.values.filter(\.isRunning) ?? []).sorted { $0.name < $1.name }
        return running.map { clock in
            var stopped = clock
            if clock.phase == .running { stopped.phase = .cancelled }
            stopped.stoppedAt = max(clock.startedAt, past.hubTime)
            stopped.reason = ClockState.mergedReason
            ticket?.apply(.clock(stopped))
            return .clock(stopped)
        }
    }

    private func merge(_ effect: Effect) throws -> Effect? {
        switch effect {
        case .created: return ticket == nil ? effect : nil
        case .wrote(.status, _) where isOver: return nil
        case .wrote(let field, let register): return try merge(register, of: field)
        case .added(let field, let value, let stamp):
            return .added(field, value, try placed(stamp))
        case .removed(let field, let value, let operations):
            let stamps = ticket?.sets[field]?.first { $0.value == value }?.stamps ?? []
            let present = operations.filter { id in stamps.contains { $0.operation == id } }
            return present.isEmpty ? nil : .removed(field, value, present)
        case .commented(let comment): return try merge(comment)
        case .rated(var rating):
            rating.stamp = try placed(rating.stamp)
            return .rated(rating)
        case .clock(let clock): return isNewer(clock) && !(isOver && clock.isRunning) ? effect : nil
        case .named(let names):
            let taken = try numbers(names, toBeHere: true)
            return taken.isEmpty ? nil : .named(taken)
        case .unnamed(let names):
            let given = try numbers(names, toBeHere: false)
            return given.isEmpty ? nil : .unnamed(given)
        }
    }

    /// A stamp in the positions of this log.
    private func placed(_ stamp: Stamp) throws -> Stamp {
        var result = stamp
        result.sequence =
            stamp.operation == past.operation
            ? sequence : try sequenceOf(stamp.operation) ?? sequence
        return result
    }

    // MARK: Registers

    private func merge(_ register: Register, of field: FieldID) throws -> Effect? {
        let own = try register.standing.map {
            Alternate(value: $0.value, stamp: try placed($0.stamp))
        }
        let incoming = Register(own[0], and: own.dropFirst())
        guard let current = ticket?.registers[field] else { return .wrote(field, incoming) }
        if isMerging, Self.fieldsOfMerge.contains(field) { return .wrote(field, incoming) }
        let others = try current.standing.filter { other in
            let isOwn = own.contains { $0.stamp.operation == other.stamp.operation }
            return try !isOwn && (!isSeen(other.stamp) || other.stamp.sequence == sequence)
        }
        guard let rival = others.map(\.stamp.authority).max() else {
            return .wrote(field, incoming)
        }
        let merged = Register(own[0], and: own.dropFirst() + others)
        // The same rules as within one life (3.3); where the order of commits decides, what this
        // life has already stays.
        let prevails: Bool
        switch policy(field) {
        case .keepBoth: return .wrote(field, merged)
        case .last, .compareAndSet, .set: return nil
        case .status: prevails = Self.rank(incoming) > Self.rank(current)
        case .authority: prevails = incoming.stamp.authority > rival
        case .max:
            prevails = incoming.value.integer ?? .min > current.value.integer ?? .min
        }
        if incoming.value == current.value { return .wrote(field, merged) }
        return prevails ? .wrote(field, incoming) : nil
    }

    /// What a merge of the ticket writes, and nothing else of its entry.
    private static let fieldsOfMerge: Set<FieldID> = [.mergedInto, .statusBeforeMerge, .status]

    private static func rank(_ register: Register) -> Int {
        let status = register.value.integer.flatMap(TicketStatus.init(rawValue:)) ?? .inProgress
        return status.attentionRank
    }

    // MARK: Comments and clocks

    private func merge(_ comment: Comment) throws -> Effect? {
        var incoming = comment
        incoming.stamp = try placed(comment.stamp)
        incoming.editStamp = try comment.editStamp.map(placed)
        guard let current = ticket?.comments.first(where: { $0.id == comment.id }) else {
            return .commented(incoming)
        }
        // It stays where it has been shown: of a merge that waited, the note is here before it.
        incoming.stamp = current.stamp
        if current.isRedacted { return nil }
        if incoming.isRedacted { return .commented(incoming) }
        let (newest, own) = (
            current.editStamp ?? current.stamp, incoming.editStamp ?? incoming.stamp
        )
        let prevails =
            try newest.operation == own.operation || covers(newest)
            || (own.time.rawValue, own.operation.rawValue)
                > (newest.time.rawValue, newest.operation.rawValue)
        var (winner, loser) = prevails ? (incoming, current) : (current, incoming)
        // Also what the newest version had overtaken in the other life.
        let kept = Set(winner.earlierTexts + [winner.text])
        winner.earlierTexts += (loser.earlierTexts + [loser.text]).filter { !kept.contains($0) }
        winner.earlierTexts = winner.earlierTexts.suffix(Limits.commentVersionsCountMax)
        return .commented(winner)
    }

    /// A clock only ever goes on: to a later cycle, or within one to its end.
    private func isNewer(_ clock: ClockState) -> Bool {
        guard let current = ticket?.clocks[clock.name] else { return true }
        if clock.cycle != current.cycle { return clock.cycle > current.cycle }
        if current.stoppedAt != nil { return false }
        return clock.stoppedAt != nil || current.phase == .running
    }
}

extension [Effect] {
    /// What the entry wrote about what the ticket was merged into.
    var merge: Register? {
        lazy.compactMap { effect -> Register? in
            if case .wrote(.mergedInto, let register) = effect { return register }
            return nil
        }.first
    }
}

extension [Effect] {
    /// The merge that the entry undid, by its operation; nil where it undid none.
    fileprivate var undoneMerge: OperationID? {
        for case .commented(let comment) in self where comment.kind == .system {
            switch SystemNote(comment.text)?.key {
            case .unmergedFrom, .unmerged: return comment.parent
            default: continue
            }
        }
        return nil
    }
}

extension Register {
    /// The ticket that a register of `mergedInto` names; nil once the merge was undone.
    var mergedTicket: TicketID? { value.text.flatMap { TicketID(hexadecimal: $0) } }
}

extension Effect {
    /// Whether it says no more than that the ticket was merged, in an entry that merged it.
    fileprivate func isOfMerge(in entry: [Effect]) -> Bool {
        guard entry.merge?.mergedTicket != nil else { return false }
        switch self {
        case .wrote(.mergedInto, _), .wrote(.statusBeforeMerge, _), .wrote(.status, _), .clock:
            return true
        default: return false
        }
    }
}
