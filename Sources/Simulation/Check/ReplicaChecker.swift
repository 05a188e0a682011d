import FieldClient
import Replication
import TicketModel

/// What replicas hold: after every transaction exactly the hub's tickets as of their cursor (I1,
/// I8), never half a transaction of the hub (I17), nothing that goes back (I6), and always what was
/// written here (I7).
///
/// While a snapshot is taken over, tickets may be newer than the cursor; then each must be as some
/// position of the log has it, and everything is compared as soon as the cursor has caught up.
final class ReplicaChecker: Checker {
    /// How a replica stands to a ticket, by the log.
    private enum Standing: Equatable {
        case present
        /// It left after this position.
        case left(UInt64)
    }

    private struct Seen {
        var life: Int
        var epoch: EpochID?
        var sequence: UInt64
        var comments: Set<OperationID>
    }

    private var standings: [Int: [TicketID: Standing]] = [:]
    private var newest: [Int: [TicketID: Seen]] = [:]
    /// Members whose whole base is to be compared as soon as it can be.
    private var unsettled: Set<Int> = []

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtField(let member, let commit):
            try check(commit, of: context.member(member), context)
        case .wrote(let member, let written):
            try check(written, of: context.member(member))
        case .replaced(let member):
            newest[member] = [:]
            standings[member] = [:]
            unsettled.insert(member)
        default: return
        }
    }

    // MARK: Own writes

    private func check(_ written: ReplicaWriter.Written, of member: MemberView) throws {
        let (visible, change, last) = try member.store.read {
            (
                try $0.visible(written.ticket.id), try $0.change(written.operation),
                try $0.pending(on: written.ticket.id).last
            )
        }
        // Of several writes in one transaction the last one is seen.
        let isLast = last?.body.operation == written.operation
        guard change != nil, visible == written.ticket || !isLast else {
            throw Violation(
                "I7 read your writes",
                "\(member.name) wrote \(written.operation) and does not see it")
        }
    }

    /// What was said here and waits stays visible, whatever arrives meanwhile.
    private func checkPending(_ id: TicketID, of member: MemberView) throws {
        let (pending, visible, base) = try member.store.read {
            (try $0.pending(on: id), try $0.visible(id), try $0.base(id))
        }
        guard !pending.isEmpty else {
            guard visible == base else {
                throw Violation(
                    "I1 convergence",
                    "\(member.name) shows ticket \(id) otherwise than the hub has it, though "
                        + "nothing waits")
            }
            return
        }
        let shown = Set(visible?.comments.map(\.id) ?? [])
        // Words from before a merge was undone here may have been for the merged ticket.
        let undone = pending.lastIndex { $0.body.changes.contains(where: \.isUnmerge) }
        for change in pending[(undone ?? 0)...]
        where change.body.isOnlyWords && !isForMerged(visible, change.intent.context) {
            guard shown.contains(change.body.operation) || visible == nil else {
                throw Violation(
                    "I7 read your writes",
                    "\(member.name) does not show the note \(change.body.operation), which waits")
            }
        }
    }

    /// Whether a ticket is merged again because undoing that was refused: then the hub will refuse
    /// what was written in the belief that it was undone, and it becomes a draft. Such words are in
    /// the list of what waits, and not on the ticket (domain.md T25).
    private func isForMerged(_ ticket: Ticket?, _ context: CausalContext) -> Bool {
        guard let ticket, ticket.isMerged, let merge = ticket.registers[.mergedInto] else {
            return false
        }
        return merge.stamp.sequence <= context.sequence
            || context.dependencies.contains(merge.stamp.operation)
    }

    // MARK: The log's tickets

    private func check(
        _ commit: ReplicaCommit, of member: MemberView, _ context: CheckContext
    ) throws {
        if context.isCrossing {
            standings[member.index] = [:]
            unsettled.insert(member.index)
        }
        let life = context.life(of: member)
        if let cursor = commit.state?.cursor.sequence, cursor > 0,
            !life.entries[Int(cursor) - 1].entry.isTransactionEnd, !context.isCrossing
        {
            throw Violation(
                "I17 atomicity", "\(member.name) stands inside a transaction, at \(cursor)")
        }
        let concerned = follow(context.applied, member, life)
        let state = try member.store.read { try $0.state() }
        if state.snapshot != nil || state.cursor.sequence < state.snapshotThrough.sequence {
            unsettled.insert(member.index)
        } else if unsettled.remove(member.index) != nil {
            try checkAll(member, life)
        } else {
            try checkExactly(concerned, commit, member, life)
        }
        if commit.forgottenCount > 0 { try checkForgotten(member) }
        for id in commit.bases { try checkIsSomeVersion(id, member, context) }
        for id in commit.touched { try checkPending(id, of: member) }
    }

    /// Notes how the replica stands to the tickets of the entries that it has applied.
    private func follow(
        _ applied: ArraySlice<CommittedEntry>, _ member: MemberView, _ life: LifeRecord
    ) -> Set<TicketID> {
        var concerned: Set<TicketID> = []
        for committed in applied where committed.ticket != nil {
            let entry = committed.entry
            let after = life.version(of: entry.ticket, at: entry.sequence)?.scopes ?? []
            if !after.isDisjoint(with: member.scopes) {
                standings[member.index, default: [:]][entry.ticket] = .present
                concerned.insert(entry.ticket)
                continue
            }
            let before = life.version(of: entry.ticket, at: entry.sequence - 1)?.scopes ?? []
            if before.isDisjoint(with: member.scopes) { continue }
            standings[member.index, default: [:]][entry.ticket] = .left(entry.sequence - 1)
            concerned.insert(entry.ticket)
        }
        return concerned
    }

    private func checkExactly(
        _ concerned: Set<TicketID>, _ commit: ReplicaCommit, _ member: MemberView,
        _ life: LifeRecord
    ) throws {
        if let unexpected = commit.bases.subtracting(concerned).min(),
            standings[member.index]?[unexpected] != .present
        {
            throw Violation(
                "I11 confidentiality",
                "\(member.name) stored ticket \(unexpected), which nothing in the log gave it")
        }
        for id in concerned.union(commit.bases) { try checkBase(of: id, member, life) }
    }

    private func checkBase(of id: TicketID, _ member: MemberView, _ life: LifeRecord) throws {
        guard let standing = standings[member.index]?[id] else { return }
        let (base, leftAt) = try member.store.read { (try $0.base(id), try $0.leftAt(id)) }
        var end = member.cursor.sequence
        switch standing {
        case .present:
            guard leftAt == nil else {
                throw Violation(
                    "I1 convergence", "\(member.name) believes that ticket \(id) has left")
            }
        case .left(let sequence):
            end = sequence
            guard leftAt == sequence else {
                throw Violation(
                    "I1 convergence",
                    "\(member.name) believes that ticket \(id) left at "
                        + "\(String(describing: leftAt)), the log says \(sequence)")
            }
        }
        guard let expected = life.version(of: id, at: end)?.ticket, base == expected else {
            throw Violation(
                "I1 convergence",
                "\(member.name) at \(member.cursor.sequence) has ticket \(id) as of "
                    + "\(base?.lastSequence ?? 0), the hub at \(end) otherwise")
        }
    }

    /// The whole base against the log at the cursor.
    private func checkAll(_ member: MemberView, _ life: LifeRecord) throws {
        standings[member.index] = [:]
        let cursor = member.cursor.sequence
        for id in life.versions.keys.sorted() {
            let version = life.version(of: id, at: cursor)
            let isVisible = version.map { !$0.scopes.isDisjoint(with: member.scopes) } ?? false
            let (base, leftAt) = try member.store.read { (try $0.base(id), try $0.leftAt(id)) }
            let isHeld = base != nil && leftAt == nil
            guard isVisible == isHeld else {
                throw Violation(
                    "I1 convergence",
                    "\(member.name) at \(cursor) \(isHeld ? "holds" : "lacks") ticket \(id)")
            }
            guard isVisible else { continue }
            standings[member.index, default: [:]][id] = .present
            guard base == version?.ticket else {
                throw Violation(
                    "I1 convergence",
                    "\(member.name) at \(cursor) has ticket \(id) as of "
                        + "\(base?.lastSequence ?? 0), the hub otherwise")
            }
        }
    }

    /// Only what has left is forgotten; while the log catches up with a snapshot, that it has left
    /// is known before the log says so. A reader to whom it is shown again, by a hub that was put
    /// back, reads it for the first time.
    private func checkForgotten(_ member: MemberView) throws {
        for id in (newest[member.index] ?? [:]).keys.sorted()
        where try member.store.read({ try $0.base(id) }) == nil {
            let isPresent = standings[member.index]?[id] == .present
            guard !isPresent || unsettled.contains(member.index) else {
                throw Violation(
                    "I1 convergence",
                    "\(member.name) forgot ticket \(id), which is in its scopes", of: id)
            }
            newest[member.index]?[id] = nil
        }
    }

    /// Never a ticket that no position of the log had, and never one with fewer words than before.
    private func checkIsSomeVersion(
        _ id: TicketID, _ member: MemberView, _ context: CheckContext
    ) throws {
        guard let base = try member.store.read({ try $0.base(id) }) else { return }
        let isKnown = context.record.lives.reversed().contains { life in
            life.versions[id]?.contains {
                $0.sequence == base.lastSequence && $0.ticket == base
            } ?? false
        }
        guard isKnown else {
            throw Violation(
                "I1 convergence",
                "\(member.name) has ticket \(id) as of \(base.lastSequence) as the hub never had it"
            )
        }
        let comments = Set(base.comments.map(\.id))
        if let before = newest[member.index]?[id] {
            // A piece of a snapshot may arrive after the log that it was read from has ended.
            let isSameLog = before.life == member.life && before.epoch == member.epoch
            let isBack = isSameLog && base.lastSequence < before.sequence
            guard !isBack, comments.isSuperset(of: before.comments) else {
                throw Violation(
                    "I6 monotonic reads",
                    "\(member.name) saw ticket \(id) at \(before.sequence) of life "
                        + "\(before.life) with \(before.comments.count) notes, and then at "
                        + "\(base.lastSequence) of life \(member.life) with \(comments.count); "
                        + before.comments.subtracting(comments).sorted()
                        .map { "\($0) is gone" }.joined(separator: ", "), of: id)
            }
        }
        newest[member.index, default: [:]][id] = Seen(
            life: member.life, epoch: member.epoch, sequence: base.lastSequence,
            comments: comments)
    }

    // MARK: The end

    /// Every replica holds exactly what its scopes give it.
    func finish(_ context: CheckContext) throws {
        let present = context.record.lives[context.record.present]
        for member in context.allMembers where try !context.isRevoked(member) {
            // A log that was put back may come to the same entries again, byte for byte: the hash
            // says whose log it is, not when the replica came to it.
            guard present.contains(member.cursor) else {
                throw Violation("I1 convergence", "\(member.name) follows a log that is over")
            }
            try checkAll(member, present)
            for id in present.versions.keys { try checkPending(id, of: member) }
        }
    }
}

extension IntentBody {
    /// Whether it only says something: nothing that happens elsewhere can be in its way. That a
    /// customer agrees is more: it waits for approvals.
    fileprivate var isOnlyWords: Bool {
        !changes.isEmpty
            && changes.allSatisfy { change in
                if case .comment(let kind, _, _, _) = change { kind != .verified } else { false }
            }
    }
}

extension Change {
    fileprivate var isUnmerge: Bool { if case .unmerge = self { true } else { false } }
}
