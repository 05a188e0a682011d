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
        covers: @escaping (Stamp) throws -> Bool
    ) {
        self.past = past
        self.sequence = sequence
        self.ticket = ticket
        self.policy = policy
        self.sequenceOf = sequenceOf
        self.covers = covers
    }

    /// Merges the entry's effects, one after the other, each in sight of those before it.
    ///
    /// - Returns: the effects to commit; those that this life has overtaken are left out.
    /// - Throws: what the questions throw.
    package mutating func merge(_ effects: [Effect]) throws -> [Effect] {
        var result: [Effect] = []
        for effect in effects {
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
        return result
    }

    private func merge(_ effect: Effect) throws -> Effect? {
        switch effect {
        case .created: return ticket == nil ? effect : nil
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
        case .clock(let clock): return isNewer(clock) ? effect : nil
        case .named: return effect
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
        let others = try current.standing.filter { other in
            let isOwn = own.contains { $0.stamp.operation == other.stamp.operation }
            return try !isOwn && (!covers(other.stamp) || other.stamp.sequence == sequence)
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
