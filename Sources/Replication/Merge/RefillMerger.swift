import TicketModel

/// Merges what an entry of a former life of the log had done into the ticket as it is now
/// (replication.md 3.11).
///
/// The entry's effects are what came of its intent then, in the sight of everything that its life
/// had committed to the ticket before it. So each effect replaces what its life had seen, and meets
/// as concurrent what this life has written since. Values keep their stamps, put into the positions
/// of this log.
struct RefillMerger {
    let past: LogEntry
    /// The position that the entry gets.
    let sequence: UInt64
    private(set) var ticket: Ticket?
    let policy: (FieldID) -> MergePolicy
    /// Where an operation stands in this log; nil when it does not.
    let sequenceOf: (OperationID) throws -> UInt64?
    /// Whether the entry's life had committed a change before the entry.
    let covers: (Stamp) throws -> Bool
    /// Whether this life has merged the first ticket into the second, by whatever way.
    let isMerged: (TicketID, _ into: TicketID) throws -> Bool
    /// Whether the entry merges the ticket into another one, here as it did there.
    private var isMerging = false

    init(
        past: LogEntry, sequence: UInt64, ticket: Ticket?,
        policy: @escaping (FieldID) -> MergePolicy,
        sequenceOf: @escaping (OperationID) throws -> UInt64?,
        covers: @escaping (Stamp) throws -> Bool,
        isMerged: @escaping (TicketID, _ into: TicketID) throws -> Bool
    ) {
        self.past = past
        self.sequence = sequence
        self.ticket = ticket
        self.policy = policy
        self.sequenceOf = sequenceOf
        self.covers = covers
        self.isMerged = isMerged
    }

    /// - Returns: the effects to commit; those that this life has overtaken are left out.
    /// - Throws: what the questions throw.
    mutating func merge(_ effects: [Effect]) throws -> [Effect] {
        var result: [Effect] = []
        isMerging = try isMergeTaken(effects)
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
        if isMerging { result += stopClocks() }
        return result
    }

    // MARK: Merges of tickets

    /// Whether the ticket's case goes on elsewhere: nothing opens it again but the undoing of that.
    private var isOver: Bool { ticket?.isMerged == true && !isMerging }

    /// Whether an entry that merged the ticket does so in this life too: not if this life has merged
    /// it already, or has merged the other ticket into this one.
    private func isMergeTaken(_ effects: [Effect]) throws -> Bool {
        guard let register = effects.merge, let survivor = register.mergedTicket else {
            return false
        }
        guard let ticket else { return true }
        if try isMerged(survivor, ticket.id) { return false }
        guard let current = ticket.registers[.mergedInto] else { return true }
        return try current.stamp.operation == register.stamp.operation || covers(current.stamp)
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
        case .named, .unnamed: return effect
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

    private func placed(_ register: Register) throws -> Register {
        Register(
            value: register.value, stamp: try placed(register.stamp),
            alternates: try register.alternates.map {
                Alternate(value: $0.value, stamp: try placed($0.stamp))
            })
    }

    // MARK: Registers

    private func merge(_ register: Register, of field: FieldID) throws -> Effect? {
        let incoming = try placed(register)
        guard let current = ticket?.registers[field] else { return .wrote(field, incoming) }
        let isSame = current.stamp.operation == incoming.stamp.operation
        if try isSame || isMerging || covers(current.stamp) {
            return .wrote(field, try keeping(current.alternates, in: incoming))
        }
        let policy = policy(field)
        let prevails = Self.prevails(incoming, over: current, policy)
        let (winner, loser) = prevails ? (incoming, current) : (current, incoming)
        guard policy == .keepBoth else { return prevails ? .wrote(field, winner) : nil }
        let isSaid = !loser.value.isEmpty && loser.value != winner.value
        let spoken = isSaid ? [Alternate(value: loser.value, stamp: loser.stamp)] : []
        return .wrote(field, try keeping(loser.alternates + spoken, in: winner))
    }

    /// `register` with those alternates of the other side that the entry's life had not seen, at
    /// most as many as a field may keep: the newest.
    private func keeping(_ others: [Alternate], in register: Register) throws -> Register {
        var result = register
        for other in others {
            let isThere =
                result.stamp.operation == other.stamp.operation
                || result.alternates.contains { $0.stamp.operation == other.stamp.operation }
            if isThere { continue }
            if try !covers(other.stamp) || other.stamp.sequence == sequence {
                result.alternates.append(other)
            }
        }
        result.alternates = result.alternates.suffix(Limits.alternatesCountMax)
        return result
    }

    /// Of two concurrent values of two lives: the same rules as within one (3.3); where the order
    /// of commits decides, the one that this life has already.
    private static func prevails(
        _ incoming: Register, over current: Register, _ policy: MergePolicy
    ) -> Bool {
        switch policy {
        case .status: rank(incoming) > rank(current)
        case .authority: incoming.stamp.authority > current.stamp.authority
        case .max: incoming.value.integer ?? .min > current.value.integer ?? .min
        case .keepBoth:
            (
                incoming.stamp.authority.rawValue, incoming.stamp.time.rawValue,
                incoming.stamp.operation.rawValue
            )
                > (
                    current.stamp.authority.rawValue, current.stamp.time.rawValue,
                    current.stamp.operation.rawValue
                )
        case .last, .compareAndSet, .set: false
        }
    }

    private static func rank(_ register: Register) -> Int {
        let status = register.value.integer.flatMap(TicketStatus.init(rawValue:)) ?? .inProgress
        return Int(status.attentionRank)
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
        let (newest, own) = (
            current.editStamp ?? current.stamp, incoming.editStamp ?? incoming.stamp
        )
        if try incoming.isRedacted || newest.operation == own.operation || covers(newest) {
            return .commented(incoming)
        }
        let prevails =
            (own.time.rawValue, own.operation.rawValue)
            > (newest.time.rawValue, newest.operation.rawValue)
        var (winner, loser) = prevails ? (incoming, current) : (current, incoming)
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
    fileprivate var merge: Register? {
        lazy.compactMap { effect -> Register? in
            if case .wrote(.mergedInto, let register) = effect { return register }
            return nil
        }.first
    }
}

extension Register {
    fileprivate var mergedTicket: TicketID? { value.text.flatMap { TicketID(hexadecimal: $0) } }
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
