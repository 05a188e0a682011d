import Replication
import Sodium
import TicketModel
import Wire

// What happens when the hub or this replica was put back to an earlier state
// (replication.md 3.11, 3.12).

/// The way over into another life of the hub's log.
struct Crossing: Hashable {
    /// The life that this replica has followed.
    var origin: EpochID
    /// Up to here both lives are one.
    var shared: LogPosition
    /// What the hub holds of this replica.
    var watermark: UInt64
    /// Entries of lives before that were given back, by their position; nil once all were.
    var formerThrough: UInt64? = 0
    /// Entries of `origin` up to here were given back.
    var refilledThrough: UInt64
    /// How many were new to the hub.
    var takenCount = 0
    /// How many own intents that were refused have been named; nil once all were.
    var namedRefusalsCount: Int? = 0
}

/// A way over on which a connection broke: what was given back to a run of the hub need not be
/// given back to the same run again. Otherwise who holds much would never get through a line that
/// breaks often.
struct InterruptedCrossing: Hashable {
    /// The hub's run; after another start its store may be an older one.
    var run: UInt64
    /// The life of the log that it led to.
    var epoch: EpochID
    /// As of the last answer.
    var crossing: Crossing

    /// The way over that `welcome` asks for, from where this one broke; nil if it is another.
    func continued(as other: Crossing, _ welcome: Welcome) -> Crossing? {
        guard run != 0, run == welcome.run, epoch == welcome.epoch,
            crossing.origin == other.origin, crossing.shared == other.shared
        else { return nil }
        var crossing = crossing
        crossing.watermark = other.watermark
        return crossing
    }
}

extension SyncLoop {
    /// How often one run may take on another identity; a replica that needs more has another
    /// trouble.
    static let reidentificationsCountMax = 3

    /// Whether the hub knows of this replica what this replica knows of itself.
    func knowsUs(_ welcome: Welcome, _ store: any ReplicaReader) throws -> Bool {
        let state = try store.state()
        guard welcome.watermark <= state.counter else { return false }
        guard let own = try store.hash(after: welcome.watermark) else { return true }
        return own == welcome.watermarkHash
    }

    /// Goes on under another identity: this database is a copy, or was put back.
    mutating func reidentify(
        counter: UInt64, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard reidentificationsCount < Self.reidentificationsCountMax else {
            throw Halt.databaseCopied(counter: counter)
        }
        reidentificationsCount += 1
        let seed = identity.seed
        let waitingCount = try store.transaction { store in
            guard let own = try store.identity() else { return 0 }
            return try Reidentification.perform(
                as: ReplicaID(succeeding: own.replica, seed: seed), in: store)
        }
        actions.append(.notice(.reidentified(waitingCount: waitingCount)))
        try greet(at: now, &actions)
    }

    /// Gives the hub back what this replica holds beyond the shared part of the log, piece by
    /// piece, and then crosses over.
    mutating func refill(
        _ crossing: Crossing, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let conversation, let epoch = conversation.epoch,
            !conversation.isWaiting(where: { if case .refill = $0 { true } else { false } })
        else { return }
        if let formerThrough = crossing.formerThrough {
            return try refillFormer(after: formerThrough, epoch, at: now, &actions)
        }
        let refusalsCountMax = tuning.refusalsCountMax
        let (held, hasMore, refused) = try store.read { store in
            let held = try store.witnessed(
                after: crossing.refilledThrough, countMax: tuning.refillEntriesCountMax,
                byteCountMax: Limits.refillByteCountMax)
            let end = held.last?.sequence ?? crossing.refilledThrough
            let hasMore = try !store.witnessed(after: end, countMax: 1, byteCountMax: 1).isEmpty
            let refused =
                try crossing.namedRefusalsCount.map { count in
                    try EpochCrossing.refusals(after: crossing.shared.sequence, in: store)
                        .dropFirst(count)
                } ?? []
            return (held, hasMore, refused)
        }
        let named = Array(refused.prefix(refusalsCountMax))
        let isLast = !hasMore && named.count == refused.count
        let message = Refill(
            epoch: epoch, origin: crossing.origin,
            entries: held.map(\.entry).filter { !$0.proof.isEmpty },
            refused: named, isLast: isLast)
        let id = send(.refill(message), &actions)
        let question = Conversation.Question.refill(
            through: held.last?.sequence ?? crossing.refilledThrough, isLast: isLast,
            named: named.count == refused.count
                ? nil : crossing.namedRefusalsCount.map { $0 + named.count })
        self.conversation?.asked(question, id, at: now)
    }

    /// What this replica gave back at an earlier crossing and the hub may have lost again: another
    /// replica may depend on it, and this one may not see it in the new log.
    private mutating func refillFormer(
        after position: UInt64, _ epoch: EpochID, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        let held = try store.read {
            try $0.formerEntries(
                after: position, countMax: tuning.refillEntriesCountMax,
                byteCountMax: Limits.refillByteCountMax)
        }
        guard let origin = held.first?.epoch else {
            conversation?.crossing?.formerThrough = nil
            return try pump(at: now, &actions)
        }
        let run = held.prefix { $0.epoch == origin }
        let message = Refill(
            epoch: epoch, origin: origin, entries: run.map(\.entry), refused: [], isLast: false)
        let id = send(.refill(message), &actions)
        let question = Conversation.Question.refill(
            through: run.last?.position ?? position, isLast: false,
            named: conversation?.crossing?.namedRefusalsCount)
        conversation?.asked(question, id, at: now)
    }

    mutating func refilled(
        _ refilled: Refilled, through sequence: UInt64, isLast: Bool, named: Int?,
        _ actions: inout [Action]
    ) throws {
        conversation?.crossing?.takenCount += refilled.taken
        guard conversation?.crossing?.formerThrough == nil else {
            conversation?.crossing?.formerThrough = sequence
            return keepCrossing()
        }
        conversation?.crossing?.refilledThrough = sequence
        conversation?.crossing?.namedRefusalsCount = named
        keepCrossing()
        guard isLast, let crossing = conversation?.crossing, let epoch = conversation?.epoch else {
            return
        }
        try store.transaction { store in
            let reopened = try EpochCrossing.cross(
                to: epoch, sharing: crossing.shared, watermark: crossing.watermark, in: store)
            if let profile {
                try PageApplier.rebase(reopened, profile: profile, epoch: epoch, in: store)
            }
        }
        conversation?.crossing = nil
        interrupted = nil
        conversation?.pushedThrough = crossing.watermark
        actions.append(.notice(.crossed(broughtBackCount: crossing.takenCount)))
    }

    private mutating func keepCrossing() {
        guard let conversation, let crossing = conversation.crossing,
            let epoch = conversation.epoch
        else { return }
        interrupted = InterruptedCrossing(
            run: conversation.run, epoch: epoch, crossing: crossing)
    }
}

// MARK: - Snapshots

extension SyncLoop {
    /// Asks for the next piece of the snapshot under way.
    mutating func requestSnapshot(
        _ progress: SnapshotProgress, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let conversation, let epoch = conversation.epoch,
            !conversation.isWaiting(where: { if case .snapshot = $0 { true } else { false } })
        else { return }
        let get = SnapshotGet(
            epoch: epoch, after: progress.after, through: nil,
            bytesMax: tuning.snapshotByteCountMax)
        let id = send(.snapshotGet(get), &actions)
        self.conversation?.asked(.snapshot, id, at: now)
        self.conversation?.hasReportedCaughtUp = false
    }

    mutating func received(
        _ snapshot: Snapshot, isRepair: Bool, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let profile else { return }
        do {
            let outcome = try store.transaction {
                try PageApplier.install(
                    snapshot.piece, of: snapshot.epoch, isRepair: isRepair, codec: codec,
                    profile: profile, now: now, to: $0)
            }
            conversation?.learn(head: snapshot.piece.head.sequence)
            note(outcome, &actions)
            actions.append(
                .notice(
                    isRepair
                        ? .repaired(ticketsCount: outcome.touched.count)
                        : .snapshot(
                            ticketsCount: snapshot.piece.tickets.count,
                            total: snapshot.piece.total)))
        } catch PageApplier.Refusal.stale {
            return
        } catch PageApplier.Refusal.standingStill {
            throw Halt.refused("The hub repeats itself: a piece of its tickets goes no further.")
        }
    }

    /// Fetches the base anew; once in a run, because what is still wrong then will not mend itself.
    mutating func rebuild(because reason: String, _ actions: inout [Action]) throws {
        guard !hasRebuilt else { throw Halt.diverged(reason) }
        hasRebuilt = true
        try store.transaction { store in
            var state = try store.state()
            state.snapshot = SnapshotProgress()
            try store.save(state)
        }
        actions.append(.notice(.rebuilding(reason: reason)))
    }
}

// MARK: - Digests

extension SyncLoop {
    /// A hub that is never at rest, or that differs after each mend, is asked no more often within
    /// `Tuning.verifyMilliseconds`.
    static let verifyAttemptsCountMax = 3

    /// Asks for the sums once everything is in step and the last answer is old, or goes on looking
    /// where the difference is.
    mutating func verify(
        _ state: ReplicaState, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        guard let conversation, let epoch = conversation.epoch, conversation.open.isEmpty,
            conversation.protocolVersion >= ProtocolVersion.recovery,
            state.cursor.sequence >= conversation.head
        else { return }
        if let suspect = conversation.suspects.first {
            self.conversation?.suspects.removeFirst()
            return ask(suspect, epoch, at: now, &actions)
        }
        func isRecent(_ time: Timestamp?) -> Bool {
            time.map { abs(now.millisecondsSince($0)) < tuning.verifyMilliseconds } ?? false
        }
        guard !isRecent(state.verifiedAt) || isVerifying && !conversation.hasVerified else {
            return
        }
        if !isRecent(conversation.verifyAttemptedAt) { self.conversation?.verifyAttemptsCount = 0 }
        guard self.conversation?.verifyAttemptsCount ?? 0 < Self.verifyAttemptsCountMax else {
            return
        }
        self.conversation?.verifyAttemptsCount += 1
        self.conversation?.verifyAttemptedAt = now
        let id = send(
            .digestGet(DigestGet(epoch: epoch, scope: nil, range: .allTickets)), &actions)
        self.conversation?.asked(.digests, id, at: now)
    }

    private mutating func ask(
        _ suspect: Suspect, _ epoch: EpochID, at now: Timestamp, _ actions: inout [Action]
    ) {
        let range = suspect.range
        guard suspect.isSmall else {
            let get = DigestGet(epoch: epoch, scope: suspect.scope, range: range)
            let id = send(.digestGet(get), &actions)
            conversation?.asked(.digests, id, at: now)
            return
        }
        let first = range.lowerBound.rawValue
        askForRepair(
            after: first == 0 ? nil : TicketID(rawValue: first - 1), through: range.upperBound,
            epoch, at: now, &actions)
    }

    /// Asks for the tickets of a range as they stand at the hub.
    private mutating func askForRepair(
        after: TicketID?, through end: TicketID, _ epoch: EpochID, at now: Timestamp,
        _ actions: inout [Action]
    ) {
        let get = SnapshotGet(
            epoch: epoch, after: after, through: end, bytesMax: tuning.snapshotByteCountMax)
        let id = send(.snapshotGet(get), &actions)
        conversation?.asked(.repair(after: after, through: end), id, at: now)
    }

    /// A range that did not fit into one piece is fetched in several.
    mutating func repaired(
        _ snapshot: Snapshot, after: TicketID?, through end: TicketID, at now: Timestamp,
        _ actions: inout [Action]
    ) throws {
        try received(snapshot, isRepair: true, at: now, &actions)
        guard let covered = snapshot.piece.through, covered < end,
            let epoch = conversation?.epoch
        else { return }
        guard after.map({ $0 < covered }) ?? true else {
            throw Halt.refused("The hub repeats itself: a piece of tickets goes no further.")
        }
        askForRepair(after: covered, through: end, epoch, at: now, &actions)
    }

    /// Compares the hub's sums with ours; what differs is looked at more closely.
    mutating func compared(
        _ digests: Digests, at now: Timestamp, _ actions: inout [Action]
    ) throws {
        let suspects = try store.transaction { store -> [Suspect]? in
            var state = try store.state()
            // Sums of different moments say nothing: they are asked for again another time.
            guard digests.epoch == state.epoch, digests.head == state.cursor.sequence else {
                return nil
            }
            let suspects = try digests.digests.compactMap { theirs -> Suspect? in
                let ours =
                    theirs.range == .allTickets
                    ? try store.digest(of: theirs.scope)
                    : try store.digest(of: theirs.scope, in: theirs.range)
                guard ours != theirs.digest else { return nil }
                let count = max(ours.count, theirs.digest.count)
                let isSmall =
                    count <= tuning.repairTicketsCountMax && theirs.range != .allTickets
                    || theirs.range.lowerBound == theirs.range.upperBound
                return Suspect(scope: theirs.scope, range: theirs.range, isSmall: isSmall)
            }
            if suspects.isEmpty, conversation?.suspects.isEmpty == true {
                (state.verifiedAt, state.syncedAt) = (now, now)
                try store.save(state)
            }
            return suspects
        }
        guard let suspects else {
            conversation?.suspects = []
            conversation?.learn(head: digests.head)
            return
        }
        if suspects.isEmpty, conversation?.suspects.isEmpty == true {
            conversation?.hasVerified = true
        }
        if let first = suspects.first, conversation?.hasFoundDifference == false {
            conversation?.hasFoundDifference = true
            actions.append(.notice(.differs(scope: first.scope)))
        }
        conversation?.suspects += suspects
    }
}

/// A range in which this replica and the hub do not hold the same.
struct Suspect: Hashable {
    var scope: Scope
    var range: ClosedRange<TicketID>
    /// Few enough tickets to fetch them all.
    var isSmall: Bool
}
