import Sodium
import TicketModel
import TicketPolicy

/// Taking back what a restored hub has lost and a replica still holds (replication.md 3.11).
extension HubCommitter {
    /// What became of an entry that a replica brought back.
    package enum RefillResult: Hashable, Sendable {
        case taken
        case known
        /// It waits for the making of its ticket.
        case parked
        /// Too many entries wait, or its ticket would be larger than can be shown.
        case refused
    }

    /// Commits an entry of a former life at the end of this one, with the disposition it had:
    /// nothing is validated or authorised again. What this life has refused meanwhile, because its
    /// author sent it again before anybody brought the entry, is accepted from now on: people have
    /// seen it.
    ///
    /// The proof that the hub wrote it must have been checked.
    ///
    /// - Parameters:
    ///   - bytes: the entry as the hub wrote it.
    ///   - life: the epoch of the log that it stood in.
    ///   - shared: how much of that log is known to be in the present one; nil: what the lineage
    ///     says of the epoch.
    /// - Throws: `CodecError` when `bytes` are no entry, `StoreError`.
    package func refill(
        _ bytes: [UInt8], from life: EpochID, sharing shared: UInt64? = nil
    ) throws -> RefillResult {
        let past = try codec.decodeEntry(bytes)
        let origin = LogOrigin(epoch: life, sequence: past.sequence)
        for place in [origin, past.origin].compactMap({ $0 }) {
            try store.record(place, of: past.operation)
        }
        if let known = try store.verdict(on: past.operation),
            try !isOverruled(known, by: past)
        {
            try keepNumber(of: past)
            if known.disposition.isAccepted { try keepNote(of: past) }
            return .known
        }
        guard past.disposition.isAccepted else {
            try refuseAgain(past, origin)
            return .taken
        }
        if let missing = try missingTicket(of: past) {
            try keepNote(of: past)
            return try park(past, origin, bytes, until: missing)
        }
        guard try commit(past, origin, sharing: shared) else { return .refused }
        if past.createdNumber != nil { try unpark(on: past.ticket) }
        return .taken
    }

    /// Whether a refusal of this life gives way to what a former life had accepted. It stays if a
    /// supervisor has taken the work over meanwhile.
    private func isOverruled(_ known: Verdict, by past: LogEntry) throws -> Bool {
        guard !known.disposition.isAccepted, past.disposition.isAccepted else { return false }
        let takeover = operation(accepting: past.operation, on: past.ticket)
        return try store.verdict(on: takeover) == nil
    }

    /// The ticket without which an entry cannot be committed: its own, or the one into which it
    /// merges that. Nil when all are here.
    private func missingTicket(of past: LogEntry) throws -> TicketID? {
        if past.createdNumber == nil, try store.ticket(past.ticket) == nil { return past.ticket }
        guard let survivor = past.effects.merge?.mergedTicket,
            try store.ticket(survivor) == nil
        else { return nil }
        return survivor
    }

    /// Commits what waited for a ticket, however that came: from a replica that brought its making
    /// back, or from its author, who was put back and has pushed it again.
    func unpark(on ticket: TicketID) throws {
        for parked in try store.parkedEntries(on: ticket) {
            try store.unpark(parked.operation)
            let past = try codec.decodeEntry(parked.bytes)
            if let known = try store.verdict(on: parked.operation) {
                guard try isOverruled(known, by: past) else { continue }
            }
            if let missing = try missingTicket(of: past) {
                _ = try park(past, parked.origin, parked.bytes, until: missing)
            } else {
                _ = try commit(past, parked.origin)
            }
        }
    }

    /// Refuses again what its author knows to have been refused, so that the push that follows is
    /// answered as it was. The sequence is 0 when it was refused in a life before `life`.
    ///
    /// - Throws: `StoreError`.
    package func refuseAgain(
        _ verdict: Verdict, of replica: ReplicaID, from life: EpochID
    ) throws {
        guard verdict.disposition.outcome == .rejected,
            try store.verdict(on: verdict.operation) == nil
        else { return }
        let past = LogEntry(
            sequence: verdict.sequence, isTransactionEnd: true, ticket: TicketID(rawValue: 0),
            operation: verdict.operation, dot: Dot(replica: replica, counter: 0), act: .edit,
            actor: .hub, hubTime: now, reportedTime: now, disposition: verdict.disposition,
            effects: [])
        let isPlaced = verdict.sequence > 0
        try refuseAgain(
            past, isPlaced ? LogOrigin(epoch: life, sequence: verdict.sequence) : nil)
    }

    // MARK: - Committing

    /// - Returns: false when the ticket of two lives or the entry would be beyond the limits.
    private func commit(
        _ past: LogEntry, _ origin: LogOrigin, sharing known: UInt64? = nil
    ) throws -> Bool {
        let before = try store.ticket(past.ticket)
        let head = try store.head().sequence
        let shared =
            try origin.epoch == epoch ? head : known ?? store.lineage()[origin.epoch] ?? 0
        var merger = RefillMerger(
            past: past, sequence: head + 1, ticket: before, policy: profile.mergePolicy(of:),
            sequenceOf: { [store] in try store.verdict(on: $0)?.sequence },
            covers: { [store] stamp in
                if stamp.sequence <= shared { return true }
                return try store.origins(of: stamp.operation).contains { known in
                    known.epoch == origin.epoch && known.sequence < origin.sequence
                        || known.epoch == past.origin?.epoch
                            && known.sequence < past.origin?.sequence ?? 0
                }
            },
            isMerged: { [self] in try isMerged($0, into: $1) },
            owner: { [store] in try store.ticket(numbered: $0).flatMap(store.ticket) })
        let effects = try merger.merge(past.effects.map(numbered))
        var entry = past
        entry.sequence = head + 1
        entry.isTransactionEnd = true
        entry.effects = effects
        entry.origin = origin
        guard entry.fits(codec), merger.ticket?.fits(codec) != false else {
            faults.texts.append(
                "Entry \(past.sequence) of a former life was not taken: ticket \(past.ticket) "
                    + "would be larger than can be shown.")
            return false
        }
        let isOverruling = try store.verdict(on: past.operation) != nil
        let stored = try append(
            entry, try isOverruling ? placeless(past) : recoveryIntent(past),
            ticket: merger.ticket, before: before, verdictScope: .replica(past.dot.replica),
            isOverruling: isOverruling)
        if isOverruling { try store.removeQuarantined(past.operation) }
        try settleTimers(of: stored, past, effects)
        if effects.contains(where: \.bringsNumbers) {
            try settleNumbers(of: stored, past, rule: "numbers")
        }
        return true
    }

    /// The number that any replica saw stays; one that another ticket has by now cannot.
    private func numbered(_ effect: Effect) throws -> Effect {
        guard
            case .created(let provisional, let number?, let captured, let received, let creator) =
                effect
        else { return effect }
        try store.reserve(number)
        let holder = try store.ticket(numbered: number.text).flatMap { try store.ticket($0) }
        // A ticket that this one was merged into may be back before it and answer to its number.
        let isTaken = holder.map { $0.number == number || !$0.hasAbsorbed } ?? false
        return .created(
            provisionalNumber: provisional,
            number: isTaken ? try store.allocateNumber(businessDate: businessDate) : number,
            capturedAt: captured, receivedAt: received, createdBy: creator)
    }

    /// A number that was given in a former life resolves for ever, also when its ticket was
    /// numbered again before this entry came back (replication.md 3.10).
    private func keepNumber(of past: LogEntry) throws {
        guard let number = past.createdNumber, let ticket = try store.ticket(past.ticket) else {
            return
        }
        try store.reserve(number)
        guard try store.ticket(numbered: number.text) == nil else { return }
        let operation = derived(
            from: past.operation, rule: "number " + number.text, on: past.ticket)
        guard try store.verdict(on: operation) == nil else { return }
        let named = try add([.named([number.text])], to: ticket, operation, because: past)
        try settleNumbers(of: named, past, rule: "number " + number.text)
    }

    /// Adds to a ticket what the rules do not say by themselves, because of an entry that came
    /// back.
    ///
    /// - Returns: the ticket as stored.
    @discardableResult
    func add(
        _ effects: [Effect], to ticket: Ticket, _ operation: OperationID, because past: LogEntry
    ) throws -> Ticket {
        var after = ticket
        effects.forEach { after.apply($0) }
        let entry = LogEntry(
            sequence: try store.head().sequence + 1, isTransactionEnd: true, ticket: ticket.id,
            operation: operation, dot: Dot(replica: .hub(epoch), counter: 0), act: .edit,
            actor: .hub, hubTime: now, reportedTime: now, cause: past.operation,
            disposition: .applied, effects: effects)
        return try append(
            entry, try recoveryIntent(entry), ticket: after, before: ticket, verdictScope: nil)
    }

    private func refuseAgain(_ past: LogEntry, _ origin: LogOrigin?) throws {
        var entry = past
        entry.sequence = try store.head().sequence + 1
        entry.isTransactionEnd = true
        entry.origin = origin
        try append(
            entry, try recoveryIntent(past), ticket: nil, before: nil,
            verdictScope: .replica(past.dot.replica))
    }

    private func park(
        _ past: LogEntry, _ origin: LogOrigin, _ bytes: [UInt8], until ticket: TicketID
    ) throws -> RefillResult {
        guard try store.parkedCount() < Limits.parkedEntriesCountMax else { return .refused }
        try store.park(
            ParkedEntry(
                operation: past.operation, ticket: ticket, origin: origin, bytes: bytes,
                parkedAt: now))
        return .parked
    }

    /// The place under which the store keeps the answer: a dot of the recovery's own replica, since
    /// the author's may carry something else in this life.
    private func recoveryIntent(_ past: LogEntry) throws -> Intent {
        let id = ReplicaID.recovery(epoch)
        var replica =
            try store.replica(id) ?? ReplicaRecord(replica: id, device: DeviceID(unchecked: "hub"))
        replica.watermark += 1
        replica.hash = replica.hash.chained(with: past.operation.bytes)
        try store.save(replica)
        return Intent(
            dot: Dot(replica: id, counter: replica.watermark),
            context: CausalContext(epoch: epoch, sequence: 0, dependencies: []), bodyBytes: [],
            hash: replica.hash)
    }

    /// Stands for an intent that has its place already.
    private func placeless(_ past: LogEntry) -> Intent {
        Intent(
            dot: past.dot,
            context: CausalContext(epoch: epoch, sequence: 0, dependencies: []), bodyBytes: [],
            hash: .zero)
    }

    /// Clocks that came back run on; what a timer did before is not done again.
    private func settleTimers(
        of ticket: Ticket, _ past: LogEntry, _ effects: [Effect]
    ) throws {
        for case .clock(let clock) in effects {
            try settleTimers(profile.timers(of: clock, on: ticket, at: past.hubTime))
        }
        if effects.contains(where: { $0.field == .pauseReason }) {
            try settleTimers(profile.pauseTimers(of: ticket, at: past.hubTime))
        }
        // What a device did under such a name is no turn of a rung.
        guard past.actor == .hub else { return }
        for timer in try store.timers(of: ticket.id)
        where timer.key.entryOperations(ruleKey).contains(past.operation)
            || timer.key.entryOperations(nil).contains(past.operation)
        {
            try store.markFired(timer.key, at: now)
        }
    }
}

extension LogEntry {
    /// The official number that the entry gave to a new ticket.
    fileprivate var createdNumber: TicketNumber? {
        guard case .created(_, let number, _, _, _) = effects.first else { return nil }
        return number
    }
}

extension Effect {
    /// The field that was written; nil for anything else.
    fileprivate var field: FieldID? {
        if case .wrote(let field, _) = self { return field }
        return nil
    }
}
