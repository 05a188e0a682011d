import FieldClient
import Replication
import TicketModel

/// What replicas hold: after every transaction exactly the hub's tickets as of their cursor (I1,
/// I8), never half a transaction of the hub (I17), nothing that goes back (I6), and always what was
/// written here (I7).
final class ReplicaChecker: Checker {
    /// How a replica stands to a ticket, by the log.
    private enum Standing: Equatable {
        case present
        /// It left after this position.
        case left(UInt64)
    }

    private var standings: [[TicketID: Standing]]
    private var newest: [[TicketID: (sequence: UInt64, comments: Set<OperationID>)]]

    init(membersCount: Int) {
        standings = Array(repeating: [:], count: membersCount)
        newest = Array(repeating: [:], count: membersCount)
    }

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtField(let member, let commit):
            try check(commit, of: context.members[member], context)
        case .wrote(let member, let written):
            try check(written, of: context.members[member])
        default: return
        }
    }

    // MARK: Own writes

    private func check(_ written: ReplicaWriter.Written, of member: MemberView) throws {
        let (visible, change) = try member.store.read {
            (try $0.visible(written.ticket.id), try $0.change(written.operation))
        }
        guard change != nil, visible == written.ticket else {
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
        for change in pending where change.body.isOnlyWords {
            guard shown.contains(change.body.operation) else {
                throw Violation(
                    "I7 read your writes",
                    "\(member.name) does not show the note \(change.body.operation), which waits")
            }
        }
    }

    // MARK: The log's tickets

    private func check(
        _ commit: ReplicaCommit, of member: MemberView, _ context: CheckContext
    ) throws {
        if let state = commit.state { try check(state, of: member, context) }
        var concerned: Set<TicketID> = []
        for committed in context.applied {
            guard committed.ticket != nil,
                let standing = standing(after: committed, member, context)
            else { continue }
            standings[member.index][committed.entry.ticket] = standing
            concerned.insert(committed.entry.ticket)
        }
        if let unexpected = commit.bases.subtracting(concerned).min() {
            throw Violation(
                "I11 confidentiality",
                "\(member.name) stored ticket \(unexpected), which nothing in the log gave it")
        }
        for id in concerned { try checkBase(of: id, member, context) }
        for id in commit.touched { try checkPending(id, of: member) }
    }

    private func check(
        _ state: ReplicaState, of member: MemberView, _ context: CheckContext
    ) throws {
        let cursor = state.cursor.sequence
        guard cursor >= context.cursors[member.index] else {
            throw Violation(
                "I6 monotonic reads",
                "the cursor of \(member.name) went back from \(context.cursors[member.index]) to "
                    + "\(cursor)")
        }
        guard cursor == 0 || context.record.entries[Int(cursor) - 1].entry.isTransactionEnd else {
            throw Violation(
                "I17 atomicity", "\(member.name) stands inside a transaction, at \(cursor)")
        }
    }

    /// Where a ticket stands for this replica after an entry; nil if the entry does not concern it.
    private func standing(
        after committed: CommittedEntry, _ member: MemberView, _ context: CheckContext
    ) -> Standing? {
        let entry = committed.entry
        let after = context.record.version(of: entry.ticket, at: entry.sequence)?.scopes ?? []
        if !after.isDisjoint(with: member.scopes) { return .present }
        let before = context.record.version(of: entry.ticket, at: entry.sequence - 1)?.scopes ?? []
        return before.isDisjoint(with: member.scopes) ? nil : .left(entry.sequence - 1)
    }

    private func checkBase(
        of id: TicketID, _ member: MemberView, _ context: CheckContext
    ) throws {
        guard let standing = standings[member.index][id] else { return }
        let (base, leftAt) = try member.store.read { (try $0.base(id), try $0.leftAt(id)) }
        let cursor = try member.store.read { try $0.state().cursor.sequence }
        let end: UInt64
        switch standing {
        case .present:
            end = cursor
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
        guard let expected = context.record.version(of: id, at: end)?.ticket, base == expected
        else {
            throw Violation(
                "I1 convergence",
                "\(member.name) at \(cursor) has ticket \(id) as of "
                    + "\(base?.lastSequence ?? 0), the hub at \(end) otherwise")
        }
        try checkNothingGoesBack(expected, member)
    }

    private func checkNothingGoesBack(_ ticket: Ticket, _ member: MemberView) throws {
        let comments = Set(ticket.comments.map(\.id))
        if let before = newest[member.index][ticket.id] {
            guard ticket.lastSequence >= before.sequence, comments.isSuperset(of: before.comments)
            else {
                throw Violation(
                    "I6 monotonic reads",
                    "\(member.name) saw ticket \(ticket.id) at \(before.sequence) and then at "
                        + "\(ticket.lastSequence) with fewer comments")
            }
        }
        newest[member.index][ticket.id] = (ticket.lastSequence, comments)
    }

    // MARK: The end

    /// Every replica holds exactly what its scopes give it.
    func finish(_ context: CheckContext) throws {
        for member in context.members {
            for (id, versions) in context.record.versions.sorted(by: { $0.key < $1.key }) {
                guard let last = versions.last else { continue }
                let isVisible = !last.scopes.isDisjoint(with: member.scopes)
                let (base, leftAt, visible) = try member.store.read {
                    (try $0.base(id), try $0.leftAt(id), try $0.visible(id))
                }
                let isHeld = base != nil && leftAt == nil
                guard isVisible == isHeld else {
                    throw Violation(
                        "I1 convergence",
                        "\(member.name) \(isHeld ? "holds" : "lacks") ticket \(id)")
                }
                guard !isVisible || (base == last.ticket && visible == base) else {
                    throw Violation(
                        "I1 convergence",
                        "in the end \(member.name) has ticket \(id) otherwise than the hub")
                }
            }
        }
    }
}

extension IntentBody {
    /// Whether it only says something: nothing that happens elsewhere can be in its way.
    fileprivate var isOnlyWords: Bool {
        !changes.isEmpty
            && changes.allSatisfy { if case .comment = $0 { true } else { false } }
    }
}
