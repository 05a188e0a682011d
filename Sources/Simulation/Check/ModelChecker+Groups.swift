import Replication
import TicketModel

/// Groups in the model: all of their intents are accepted, or none (replication.md 3.4).
extension ModelChecker {
    /// The refused group that begins at `index`; empty when there is none.
    func refusedGroup(
        at index: Int, of entries: [CommittedEntry], _ context: CheckContext
    ) -> [CommittedEntry] {
        guard let group = group(of: entries[index], context) else { return [] }
        return Array(entries[index...].prefix { self.group(of: $0, context)?.id == group.id })
    }

    /// The group of a refused intent.
    private func group(_ body: IntentBody, _ committed: CommittedEntry) -> IntentGroup? {
        committed.entry.disposition.isAccepted ? nil : body.group
    }

    private func group(of committed: CommittedEntry, _ context: CheckContext) -> IntentGroup? {
        guard !committed.isBroughtBack,
            let body = context.codec.decodeBody(committed.intent.bodyBytes)
        else { return nil }
        return group(body, committed)
    }

    /// One member says why, with its own reason; the others fall with it. What it would have come
    /// to without the refusal has not happened.
    func checkRefused(_ members: [CommittedEntry], _ context: CheckContext) throws {
        let before = state
        var expected = members.map { _ in RejectionCode.dependencyRejected }
        var (size, hasCulprit) = (0, false)
        for (index, member) in members.enumerated() {
            guard let body = context.codec.decodeBody(member.intent.bodyBytes) else { continue }
            size = body.group?.count ?? 0
            let decided = decide(body, member, context)
            if let code = decided.outcome.rejection {
                hasCulprit = true
                expected[index] = code
                // What is set aside is set aside whole.
                if code == .quarantined { expected = members.map { _ in code } }
                break
            }
            state.tickets[decided.target] = decided.ticket
        }
        state = before
        for member in members {
            guard let body = context.codec.decodeBody(member.intent.bodyBytes), body.isCreate
            else { continue }
            state.refusedCreates.insert(body.ticket)
        }
        let codes = members.map { $0.entry.disposition.rejection?.code }
        let isWhole = members.count == size
        let hasFallen = codes.allSatisfy { $0 == .dependencyRejected }
        // Of a group of which a part was answered before, the answer then counts. The reason of the
        // one that is to blame may be that the making of its ticket was refused.
        if codes == expected, !isWhole || hasCulprit { return }
        guard !isWhole, hasFallen else {
            throw Violation(
                "model: answer",
                "the group at \(members[0].entry.sequence) was refused as "
                    + "\(codes.map { $0?.name ?? "" }), the model says \(expected.map(\.name))")
        }
    }
}
