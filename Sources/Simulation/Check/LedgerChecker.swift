import Replication
import TicketModel
import Wire

/// Two ledgers (I2, I3, I14): what a person was told is saved survives everything and is answered
/// once; what a replica was told is committed is in the log. Nothing is lost in silence.
final class LedgerChecker: Checker {
    private struct Line {
        var member: Int
        var body: IntentBody
        var isSettled = false
    }

    private var lines: [OperationID: Line] = [:]
    /// Refusals that people have not decided about.
    private var openDrafts: [Set<OperationID>] = []

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .wrote(let member, let written):
            guard lines[written.operation]?.member == member else {
                throw Violation(
                    "I3 no silent loss",
                    "\(name(member, context)) was told that \(written.operation) is saved, but it "
                        + "is not durable")
            }
        case .committedAtHub(let entries): try checkOrigin(of: entries, context)
        case .committedAtField(let member, let commit): try check(commit, of: member, context)
        case .answered(let member, let bytes): try checkAnswer(bytes, to: member, context)
        case .delivered, .savedStaff: return
        }
    }

    private func name(_ member: Int, _ context: CheckContext) -> String {
        context.members[member].name
    }

    /// No entry without somebody who wrote it.
    private func checkOrigin(of entries: [CommittedEntry], _ context: CheckContext) throws {
        for committed in entries where committed.entry.actor != .hub {
            guard lines[committed.entry.operation] != nil else {
                throw Violation(
                    "I2 ledger", "entry \(committed.entry.sequence) was written by nobody")
            }
        }
    }

    private func check(_ commit: ReplicaCommit, of member: Int, _ context: CheckContext) throws {
        while openDrafts.count <= member { openDrafts.append([]) }
        for change in commit.appended {
            lines[change.body.operation] = Line(member: member, body: change.body)
        }
        for (operation, disposition, sequence) in commit.settled {
            try checkSettled(operation, disposition, sequence, commit, member, context)
        }
        for draft in commit.drafts { openDrafts[member].insert(draft.operation) }
        for operation in commit.removedDrafts {
            let isTakenOver = context.applied.contains { $0.entry.cause == operation }
            guard context.isPersonActing || isTakenOver else {
                throw Violation(
                    "I3 no silent loss",
                    "\(name(member, context)) lost the draft \(operation) without anybody's doing")
            }
            openDrafts[member].remove(operation)
        }
    }

    private func checkSettled(
        _ operation: OperationID, _ disposition: Disposition, _ sequence: UInt64,
        _ commit: ReplicaCommit, _ member: Int, _ context: CheckContext
    ) throws {
        guard let verdict = context.record.verdicts[operation],
            verdict.disposition == disposition, verdict.sequence == sequence
        else {
            throw Violation(
                "I14 dispositions",
                "\(name(member, context)) settled \(operation) as \(disposition) at \(sequence); "
                    + "the hub says \(String(describing: context.record.verdicts[operation]))")
        }
        let hasDraft = commit.drafts.contains { $0.operation == operation }
        guard hasDraft == !disposition.isAccepted else {
            throw Violation(
                "I3 no silent loss",
                "\(operation) was answered \(disposition.outcome), with"
                    + (hasDraft ? "" : "out") + " a draft")
        }
        guard let line = lines[operation], line.member == member, !line.isSettled else {
            throw Violation(
                "I14 dispositions",
                "\(name(member, context)) settled \(operation), which is not its own or was "
                    + "settled before")
        }
        lines[operation]?.isSettled = true
    }

    /// What leaves the hub as committed must be in the log.
    private func checkAnswer(
        _ bytes: [UInt8], to member: Int, _ context: CheckContext
    ) throws {
        guard bytes.count > 5, [MessageType.ack, .verdicts].map(\.rawValue).contains(bytes[5]),
            let message = try? HubMessage.decode(bytes).message
        else { return }
        var verdicts: [Verdict] = []
        if case .verdicts(let list) = message { verdicts = list }
        if case .ack(let ack) = message {
            verdicts = ack.verdicts
            let watermark = context.record.watermarks[context.members[member].replica] ?? 0
            guard ack.watermark <= watermark else {
                throw Violation(
                    "I2 ledger",
                    "the hub told \(name(member, context)) that \(ack.watermark) changes are "
                        + "committed; the log has \(watermark)")
            }
        }
        for verdict in verdicts where context.record.verdicts[verdict.operation] != verdict {
            throw Violation(
                "I14 dispositions",
                "the hub says \(verdict) where the log says "
                    + "\(String(describing: context.record.verdicts[verdict.operation]))")
        }
    }

    func finish(_ context: CheckContext) throws {
        for (operation, line) in lines.sorted(by: { $0.key < $1.key }) {
            guard context.record.verdicts[operation] != nil, line.isSettled else {
                throw Violation(
                    "I2 ledger",
                    "\(operation) of \(name(line.member, context)) was saved and is "
                        + (line.isSettled ? "not in the log" : "not answered"))
            }
        }
        for member in context.members {
            let drafts = try member.store.read { try $0.drafts() }.map(\.operation)
            let expected = openDrafts.indices.contains(member.index) ? openDrafts[member.index] : []
            guard Set(drafts) == expected, drafts.count == expected.count else {
                throw Violation(
                    "I3 no silent loss",
                    "\(member.name) holds \(drafts.count) drafts of \(expected.count)")
            }
        }
    }
}
