import TicketModel
import TicketPolicy

/// Applies what the hub decided: base, journal, verdicts and cursor in one transaction, then the
/// overlay of every ticket that was touched (replication.md 3.5).
package struct PageApplier {
    /// A page that does not continue what is here.
    package enum Refusal: Error, Hashable, Sendable {
        /// It starts elsewhere than this replica's cursor: ask again.
        case stale
        /// It belongs to another life of the log.
        case epochChanged
        /// It changes a ticket that this replica does not hold: the replicas have diverged.
        case unknownTicket(TicketID, sequence: UInt64)
        /// A piece of a snapshot that ends where it begins: who asks on would never get further.
        case standingStill
    }

    /// What a page brought.
    package struct Outcome: Hashable, Sendable {
        package var touched: Set<TicketID> = []
        package var settled: [OperationID] = []
        package var drafts: [OperationID] = []
        package var feedItemsCount = 0
    }

    /// How long the content of a ticket that has left stays readable (replication.md, "Decided").
    package static let leaveGraceMilliseconds: Int64 = 7 * 24 * 3_600 * 1_000
    /// Tickets that are forgotten beside one page.
    static let forgottenCountMax = 64

    let profile: Profile
    let now: Timestamp
    /// Entries up to here may speak of tickets that had left when a snapshot was taken.
    private var snapshotThrough: UInt64 = 0
    /// Tickets that enter up to here and were not in the snapshot leave again before its end.
    private var snapshotFrom: UInt64 = 0
    private var bases: [TicketID: Ticket] = [:]
    private var outcome = Outcome()

    package init(profile: Profile, now: Timestamp) {
        self.profile = profile
        self.now = now
    }

    /// Applies `page` to `store`.
    ///
    /// A page that was applied before is refused as stale and changes nothing (I5).
    ///
    /// - Throws: `Refusal`, `StoreError`; the transaction must then be abandoned.
    package static func apply(
        _ page: Page, profile: Profile, now: Timestamp, to store: any ReplicaTransaction
    ) throws -> Outcome {
        var state = try store.state()
        if let epoch = state.epoch, epoch != page.epoch { throw Refusal.epochChanged }
        guard page.from == state.cursor.sequence, page.to.sequence >= page.from else {
            throw Refusal.stale
        }
        var applier = PageApplier(profile: profile, now: now)
        applier.snapshotThrough = state.snapshotThrough.sequence
        applier.snapshotFrom = state.snapshotFrom
        for item in page.items where item.sequence > page.from {
            try applier.apply(item, to: store)
        }
        for ticket in applier.bases.values.sorted(by: { $0.id < $1.id }) {
            try store.saveBase(ticket)
        }
        state.epoch = page.epoch
        state.moveCursor(to: page.to, proof: page.toProof)
        state.durableSequence = max(state.durableSequence, page.durableSequence)
        if !page.hasMore { state.syncedAt = now }
        try store.save(state)
        try applier.rebase(in: store, epoch: page.epoch)
        if !page.hasMore { try store.noteFormerEntries(heldBy: page.head) }
        try store.forgetFormerEntries(durableThrough: state.durableSequence)
        _ = try store.forgetLeft(
            before: now.adding(milliseconds: -leaveGraceMilliseconds),
            countMax: forgottenCountMax)
        return applier.outcome
    }

    /// Takes over a piece of a snapshot: the tickets as they stand, and of those that are held here
    /// and not among them, that they have left (replication.md 3.6.4).
    ///
    /// - Parameter isRepair: whether the piece answers a question for one range, outside of a
    ///   snapshot of everything.
    /// - Throws: `Refusal.stale` for a piece that is not the next, `Refusal.standingStill`,
    ///   `Refusal.epochChanged`, `CodecError`, `StoreError`.
    package static func install(
        _ piece: SnapshotPiece, of epoch: EpochID, isRepair: Bool = false,
        codec: any ReplicationCodec, profile: Profile, now: Timestamp,
        to store: any ReplicaTransaction
    ) throws -> Outcome {
        var state = try store.state()
        guard state.epoch == epoch else { throw Refusal.epochChanged }
        guard isRepair || (state.snapshot != nil && state.snapshot?.after == piece.after) else {
            throw Refusal.stale
        }
        if !isRepair, let through = piece.through, let after = piece.after, through <= after {
            throw Refusal.standingStill
        }
        var applier = PageApplier(profile: profile, now: now)
        for bytes in piece.tickets {
            let ticket = try codec.decodeTicket(bytes)
            applier.bases[ticket.id] = ticket
            applier.outcome.touched.insert(ticket.id)
            try store.saveBase(ticket)
        }
        for entry in piece.history { try store.appendHistory(try entry.read(with: codec)) }
        for id in try store.baseTickets(after: piece.after, through: piece.through)
        where applier.bases[id] == nil {
            try store.markLeft(id, sequence: state.cursor.sequence, at: now)
            applier.outcome.touched.insert(id)
        }
        if piece.head.sequence >= state.snapshotThrough.sequence {
            (state.snapshotThrough, state.snapshotProof) = (piece.head, piece.headProof)
        }
        if !isRepair, piece.after == nil { state.snapshotFrom = piece.head.sequence }
        if !isRepair { state.snapshot = piece.through.map { SnapshotProgress(after: $0) } }
        try store.save(state)
        try applier.rebase(in: store, epoch: epoch)
        return applier.outcome
    }

    /// Takes over verdicts that no page will bring any more, because the ticket has left.
    ///
    /// Verdicts beyond the cursor are left alone: their effects are still to come.
    ///
    /// - Throws: `StoreError`.
    package static func settle(
        _ verdicts: [Verdict], profile: Profile, now: Timestamp, in store: any ReplicaTransaction
    ) throws -> Outcome {
        let state = try store.state()
        guard let epoch = state.epoch else { return Outcome() }
        var applier = PageApplier(profile: profile, now: now)
        for verdict in verdicts where verdict.sequence <= state.cursor.sequence {
            guard let change = try store.change(verdict.operation) else { continue }
            applier.outcome.touched.insert(change.body.ticket)
            try applier.settle(
                verdict.operation, verdict.disposition, sequence: verdict.sequence, in: store)
        }
        try applier.rebase(in: store, epoch: epoch)
        return applier.outcome
    }

    private mutating func apply(_ item: PageItem, to store: any ReplicaTransaction) throws {
        switch item {
        case .delta(let witnessed):
            try apply(witnessed, to: store)
        case .enter(let witnessed, let ticket, let history):
            for past in history { try store.appendHistory(past) }
            try enter(ticket, with: witnessed, in: store)
        case .leave(let sequence, let ticket, _):
            try leave(ticket, at: sequence, in: store)
        case .verdict(let sequence, let ticket, let operation, let disposition):
            outcome.touched.insert(ticket)
            try settle(operation, disposition, sequence: sequence, in: store)
        }
    }

    /// A snapshot may have brought the ticket as it was later; then only the entry is news.
    private mutating func enter(
        _ ticket: Ticket, with witnessed: WitnessedEntry, in store: any ReplicaTransaction
    ) throws {
        let known = try bases[ticket.id] ?? store.base(ticket.id)
        // It leaves again, as the snapshot has shown: to show it meanwhile could be to go back.
        let isHeld = try known != nil && !hasLeft(ticket.id, in: store)
        if witnessed.entry.sequence <= snapshotFrom, !isHeld {
            return try note(witnessed, known, in: store)
        }
        let isNewer = (known?.lastSequence ?? 0) > witnessed.entry.sequence
        if try !isNewer || store.leftAt(ticket.id) != nil { bases[ticket.id] = ticket }
        try note(witnessed, bases[ticket.id] ?? ticket, in: store)
    }

    /// Whether the ticket has left and nothing of this page has brought it back.
    private func hasLeft(
        _ ticket: TicketID, in store: any ReplicaTransaction
    ) throws -> Bool {
        try bases[ticket] == nil && store.leftAt(ticket) != nil
    }

    private mutating func leave(
        _ ticket: TicketID, at sequence: UInt64, in store: any ReplicaTransaction
    ) throws {
        let known = try bases[ticket] ?? store.base(ticket)
        // It came back since, as a snapshot has shown.
        if let known, known.lastSequence >= sequence { return }
        if try sequence <= snapshotThrough && hasLeft(ticket, in: store) { return }
        if let base = bases.removeValue(forKey: ticket) { try store.saveBase(base) }
        try store.markLeft(ticket, sequence: sequence - 1, at: now)
        outcome.touched.insert(ticket)
    }

    private mutating func apply(
        _ witnessed: WitnessedEntry, to store: any ReplicaTransaction
    ) throws {
        let entry = witnessed.entry
        let known = try bases[entry.ticket] ?? store.base(entry.ticket)
        let isHeld = try known != nil && !hasLeft(entry.ticket, in: store)
        // The pieces of a snapshot are of different moments: what was made after the first piece
        // may be missing in it.
        let isNew = entry.isCreate && entry.sequence > snapshotFrom
        if entry.sequence <= snapshotThrough, !isHeld, !isNew {
            // It had left when the snapshot was taken: what happened is told, nothing is held.
            return try note(witnessed, known, in: store)
        }
        var ticket: Ticket
        if let known, isHeld || !isNew {
            ticket = known
        } else if case .created(let provisional, _, let captured, _, let creator) = entry.effects
            .first
        {
            ticket = Ticket(
                id: entry.ticket, provisionalNumber: provisional, capturedAt: captured,
                createdBy: creator)
        } else {
            throw Refusal.unknownTicket(entry.ticket, sequence: entry.sequence)
        }
        if entry.sequence > ticket.lastSequence {
            entry.effects.forEach { ticket.apply($0) }
            ticket.lastSequence = entry.sequence
            ticket.updatedAt = entry.hubTime
        }
        bases[ticket.id] = ticket
        try note(witnessed, ticket, in: store)
    }

    private mutating func note(
        _ witnessed: WitnessedEntry, _ ticket: Ticket?, in store: any ReplicaTransaction
    ) throws {
        let entry = witnessed.entry
        outcome.touched.insert(entry.ticket)
        try store.appendHistory(witnessed)
        var counts: [FeedEvent.Feed: Int] = [:]
        for event in entry.events {
            outcome.feedItemsCount += 1
            var item = FeedItem(
                sequence: entry.sequence, operation: entry.operation, ticket: entry.ticket,
                number: ticket?.displayNumber ?? "", subject: ticket?.text(.subject) ?? "",
                actor: entry.actor, hubTime: entry.hubTime, event: event)
            item.ordinal = counts[event.feed, default: 0]
            counts[event.feed] = item.ordinal + 1
            try store.append(item, to: event.feed)
        }
        // A supervisor has taken over what had been refused here.
        if let cause = entry.cause { try store.removeDraft(cause) }
        try settle(entry.operation, entry.disposition, sequence: entry.sequence, in: store)
    }

    /// Takes an own intent off the queue; a refused one becomes a draft with all that was typed.
    private mutating func settle(
        _ operation: OperationID, _ disposition: Disposition, sequence: UInt64,
        in store: any ReplicaTransaction
    ) throws {
        guard let change = try store.change(operation) else { return }
        guard change.isPending else {
            return try place(change, disposition, sequence: sequence, in: store)
        }
        // The hub may have made it on another ticket, into which this one was merged.
        outcome.touched.insert(change.body.ticket)
        try store.settle(operation, disposition, sequence: sequence)
        if sequence == 0 {
            // Handed over for review: it has no place in the log, unless a hub that was put back
            // forgets that the device was revoked.
            var unplaced = change
            unplaced.state = .settled(disposition, sequence: nil)
            try store.replace(unplaced)
        }
        outcome.settled.append(operation)
        guard let rejection = disposition.rejection else { return }
        let ticket = try bases[change.body.ticket] ?? store.visible(change.body.ticket)
        try store.save(
            Draft(
                operation: operation, ticket: change.body.ticket, rejection: rejection,
                body: change.body, refusedAt: now, number: ticket?.displayNumber ?? ""))
        outcome.drafts.append(operation)
    }

    /// The refusal of a life that is over has its place in this one. If a copy of this replica was
    /// first to send the intent here and it fared otherwise, the log is right, and what was
    /// accepted is no draft any more. Nor is what was refused here before somebody brought back
    /// that the hub had accepted it in a former life.
    private func place(
        _ change: ChangeRecord, _ disposition: Disposition, sequence: UInt64,
        in store: any ReplicaTransaction
    ) throws {
        guard case .settled(let known, let place) = change.state,
            place == nil || (!known.isAccepted && disposition.isAccepted)
        else { return }
        var placed = change
        placed.state = .settled(disposition, sequence: sequence)
        try store.replace(placed)
        if disposition.isAccepted { try store.removeDraft(change.body.operation) }
    }

    /// Replays what still waits over the new bases.
    private func rebase(in store: any ReplicaTransaction, epoch: EpochID) throws {
        try Self.rebase(outcome.touched, on: bases, profile: profile, epoch: epoch, in: store)
    }

    /// Replays what waits on these tickets.
    ///
    /// - Parameter bases: those that are not stored yet.
    /// - Throws: `StoreError`.
    package static func rebase(
        _ tickets: Set<TicketID>, on bases: [TicketID: Ticket] = [:], profile: Profile,
        epoch: EpochID, in store: any ReplicaTransaction
    ) throws {
        guard !tickets.isEmpty else { return }
        let roles = try RolesOnDevice(store)
        let foreteller = Foreteller(profile: profile, epoch: epoch, load: store.visible)
        for ticket in tickets.sorted() {
            let pending = try store.pending(on: ticket)
            let base = pending.isEmpty ? nil : try bases[ticket] ?? store.base(ticket)
            let overlay =
                pending.isEmpty
                ? nil
                : try foreteller.overlay(pending, rights: roles.rights(of:at:), on: base)
            try store.saveOverlay(overlay, of: ticket)
        }
    }
}

extension LogEntry {
    /// Whether a ticket begins with it.
    fileprivate var isCreate: Bool {
        if case .created = effects.first { return true }
        return false
    }
}

/// What each person may do on this device, read once.
package struct RolesOnDevice {
    private let device: Set<Role>
    private let staff: [StaffID: StaffRecord]
    /// Those who have named somebody, by whom: most of the time nobody.
    private let naming: [StaffID: [StaffRecord]]

    package init(_ store: any ReplicaReader) throws {
        device = try store.identity()?.roles ?? []
        let people = try store.directory()?.staff ?? []
        staff = Dictionary(people.map { ($0.staff, $0) }) { first, _ in first }
        var naming: [StaffID: [StaffRecord]] = [:]
        for person in people {
            guard let substitute = person.absence?.substitute else { continue }
            naming[substitute, default: []].append(person)
        }
        self.naming = naming
    }

    /// The roles of `person` here; none for somebody unknown.
    package func callAsFunction(_ person: StaffID) -> Set<Role> {
        guard let record = staff[person], record.isActive else { return [] }
        return record.roles.intersection(device)
    }

    /// By which rights `person` acts here at `time`: their own, then those of the people for whom
    /// they stand in (domain.md G30).
    func rights(of person: StaffID, at time: Timestamp) -> [Right] {
        guard let record = staff[person], record.isActive else { return [Right(roles: [])] }
        let others = Attendance.represented(by: record, at: time) { substitute in
            naming[substitute]?.filter { $0.isAway(at: time) } ?? []
        }
        return Right.all(of: record, representing: others, within: device)
    }

    /// Whether the directory lists this person as active.
    func knows(_ person: StaffID) -> Bool { staff[person]?.isActive ?? false }
}
