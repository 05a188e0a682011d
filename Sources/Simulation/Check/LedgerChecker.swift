import Replication
import TicketModel
import Wire

/// Two ledgers (I2, I3, I14): what a person was told is saved survives everything and is answered
/// once; what a replica was told is committed is in the log. Nothing is lost in silence.
final class LedgerChecker: Checker {
    /// One intent of a person and the replicas that hold it.
    private struct Line {
        var body: IntentBody
        /// Whether the answer has arrived, by member.
        var holders: [Int: Bool] = [:]
    }

    private var lines: [OperationID: Line] = [:]
    /// Refusals that people have not decided about.
    private var openDrafts: [Int: Set<OperationID>] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .wrote(let member, let written):
            guard lines[written.operation]?.holders[member] != nil else {
                throw Violation(
                    "I3 no silent loss",
                    "\(context.member(member).name) was told that \(written.operation) is saved, "
                        + "but it is not durable")
            }
        case .committedAtHub(let commit): try checkOrigin(of: commit.entries.map(\.entry))
        case .committedAtField(let member, let commit): try check(commit, of: member, context)
        case .answered(let member, let bytes):
            try checkAnswer(bytes, to: context.member(member), context)
        case .replaced(let member): try takeOver(context.member(member))
        case .delivered, .backedUp, .restored: return
        }
    }

    /// No entry without somebody who wrote it.
    private func checkOrigin(of entries: [CommittedEntry]) throws {
        for committed in entries
        where committed.entry.actor != .hub && lines[committed.entry.operation] == nil {
            throw Violation(
                "I2 ledger", "entry \(committed.entry.sequence) was written by nobody")
        }
    }

    /// A store was replaced: what it holds now is what its member holds.
    private func takeOver(_ member: MemberView) throws {
        for operation in lines.keys { lines[operation]?.holders[member.index] = nil }
        let (changes, drafts) = try member.store.read {
            (try $0.changes(on: nil, countMax: .max), try $0.drafts())
        }
        for change in changes {
            let operation = change.body.operation
            lines[operation, default: Line(body: change.body)].holders[member.index] =
                !change.isPending
        }
        openDrafts[member.index] = Set(drafts.map(\.operation))
    }

    private func check(_ commit: ReplicaCommit, of member: Int, _ context: CheckContext) throws {
        for change in commit.appended {
            lines[change.body.operation, default: Line(body: change.body)].holders[member] = false
        }
        for settled in commit.settled { try check(settled, commit, member, context) }
        // A restored hub must answer again what it had accepted.
        for change in commit.replaced {
            lines[change.body.operation]?.holders[member] = !change.isPending
        }
        for draft in commit.drafts { openDrafts[member, default: []].insert(draft.operation) }
        for operation in commit.removedDrafts {
            guard openDrafts[member]?.remove(operation) != nil else { continue }
            let isTakenOver = context.applied.contains {
                $0.entry.cause == operation
                    || $0.entry.operation == operation && $0.entry.disposition.isAccepted
            }
            guard context.isPersonActing || isTakenOver else {
                throw Violation(
                    "I3 no silent loss",
                    "\(context.member(member).name) lost the draft \(operation) without anybody's "
                        + "doing")
            }
        }
    }

    private func check(
        _ settled: ReplicaCommit.Settled, _ commit: ReplicaCommit, _ member: Int,
        _ context: CheckContext
    ) throws {
        let view = context.member(member)
        let life = context.life(of: view)
        let verdict = life.verdicts[settled.operation]
        let isHandedOver =
            context.revoked.contains(view.device) && settled.sequence == 0
            && !settled.disposition.isAccepted
        // A revoked device follows no further life and is told what the present one says.
        let present =
            context.revoked.contains(view.device)
            ? context.record.verdict(on: settled.operation) : nil
        let isInLog = [verdict, life.overruled[settled.operation], present].contains {
            $0?.disposition == settled.disposition && $0?.sequence == settled.sequence
        }
        guard isHandedOver || isInLog else {
            throw Violation(
                "I14 dispositions",
                "\(view.name) settled \(settled.operation) as \(settled.disposition) at "
                    + "\(settled.sequence); the hub says \(String(describing: verdict))")
        }
        let hasDraft = commit.drafts.contains { $0.operation == settled.operation }
        guard hasDraft == !settled.disposition.isAccepted else {
            throw Violation(
                "I3 no silent loss",
                "\(settled.operation) was answered \(settled.disposition.outcome), with"
                    + (hasDraft ? "" : "out") + " a draft")
        }
        guard lines[settled.operation]?.holders[member] == false else {
            throw Violation(
                "I14 dispositions",
                "\(view.name) settled \(settled.operation), which is not its own or was settled "
                    + "before")
        }
        lines[settled.operation]?.holders[member] = true
    }

    /// What leaves the hub as committed must be in the log.
    private func checkAnswer(
        _ bytes: [UInt8], to member: MemberView, _ context: CheckContext
    ) throws {
        guard bytes.count > 5, [MessageType.ack, .verdicts].map(\.rawValue).contains(bytes[5]),
            let message = try? HubMessage.decode(bytes).message
        else { return }
        let life = context.record.lives[context.record.present]
        var verdicts: [Verdict] = []
        if case .verdicts(let list) = message { verdicts = list }
        if case .ack(let ack) = message {
            // What a revoked device hands over is kept for review; it is told of no position.
            if ack.head == 0, context.revoked.contains(member.device) { return }
            verdicts = ack.verdicts
            let own = context.owners.filter {
                context.members[$0.value]?.device == member.device
            }.keys
            let watermark = own.compactMap { life.watermarks[$0] }.max() ?? 0
            guard ack.watermark <= watermark else {
                throw Violation(
                    "I2 ledger",
                    "the hub told \(member.name) that \(ack.watermark) changes are committed; the "
                        + "log has \(watermark)")
            }
        }
        for verdict in verdicts where life.verdicts[verdict.operation] != verdict {
            throw Violation(
                "I14 dispositions",
                "the hub says \(verdict) where the log says "
                    + "\(String(describing: life.verdicts[verdict.operation]))")
        }
    }

    // MARK: The end

    func finish(_ context: CheckContext) throws {
        for (operation, line) in lines.sorted(by: { $0.key < $1.key }) {
            // Work whose every copy was on disks that were put back is gone, and nobody's fault.
            guard let holder = line.holders.keys.min() else { continue }
            let holders = line.holders.keys.map(context.member)
            if try holders.allSatisfy(context.isRevoked) {
                for member in holders { try checkHandedOver(operation, at: member, context) }
                continue
            }
            guard let verdict = context.record.verdict(on: operation) else {
                throw Violation(
                    "I2 ledger",
                    "\(operation) of \(context.member(holder).name) was saved and is not in the log"
                )
            }
            for member in line.holders.keys.sorted().map(context.member)
            where try !context.isRevoked(member) {
                try check(operation, verdict, at: member)
            }
        }
        for member in context.allMembers {
            let drafts = try member.store.read { try $0.drafts() }.map(\.operation)
            let expected = openDrafts[member.index] ?? []
            guard Set(drafts) == expected, drafts.count == expected.count else {
                throw Violation(
                    "I3 no silent loss",
                    "\(member.name) holds \(drafts.count) drafts of \(expected.count)")
            }
        }
    }

    /// Work of a revoked device is in the log, is kept for a supervisor, or is still at hand.
    private func checkHandedOver(
        _ operation: OperationID, at member: MemberView, _ context: CheckContext
    ) throws {
        let state = try member.store.read { try $0.change(operation)?.state }
        let isKept = try context.hub?.read { try $0.quarantined(operation) } != nil
        // A hub that was put back has forgotten what was handed over to it; the draft is there.
        let isForgotten = context.record.lives.count > 1
        guard let state else {
            throw Violation(
                "I3 no silent loss", "\(member.name) has lost \(operation), which it wrote")
        }
        if case .settled(let disposition, nil) = state,
            disposition.rejection?.code == .quarantined, !isKept, !isForgotten
        {
            throw Violation(
                "I3 no silent loss",
                "\(operation) was handed over by \(member.name) and is not at the hub")
        }
    }

    private func check(
        _ operation: OperationID, _ verdict: Verdict, at member: MemberView
    ) throws {
        let change = try member.store.read { try $0.change(operation) }
        guard case .settled(let disposition, _) = change?.state else {
            throw Violation(
                "I2 ledger", "\(operation) of \(member.name) was saved and is not answered")
        }
        guard disposition == verdict.disposition else {
            throw Violation(
                "I14 dispositions",
                "\(member.name) has \(operation) as \(disposition.outcome), the log as "
                    + "\(verdict.disposition.outcome)")
        }
    }
}
