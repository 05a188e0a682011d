import Replication
import TicketModel
import Wire

/// Confidentiality (I11): no text reaches a device that could not see its ticket at or after the
/// moment at which the text was committed. Texts are recognised by their numbers, in the bytes of
/// frames as they leave the hub.
final class ScopeChecker: Checker {
    /// The intent that brought a text, and its ticket.
    private struct Origin {
        var operation: OperationID
        var ticket: TicketID
        var author: ReplicaID
    }

    private var origins: [Int: [Origin]] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtHub(let commit):
            for committed in commit.entries.map(\.entry) where !committed.isBroughtBack {
                let origin = Origin(
                    operation: committed.entry.operation, ticket: committed.entry.ticket,
                    author: committed.intent.dot.replica)
                for number in Canary.numbers(in: committed.intent.bodyBytes) {
                    origins[number, default: []].append(origin)
                }
            }
        case .answered(let member, let bytes):
            try check(bytes, for: context.member(member), context)
        default: return
        }
    }

    private func check(
        _ bytes: [UInt8], for member: MemberView, _ context: CheckContext
    ) throws {
        for number in Canary.numbers(in: bytes) {
            guard let known = origins[number] else {
                throw Violation(
                    "I11 confidentiality",
                    "text \(number) left the hub for \(member.name) and was never committed")
            }
            let isAllowed = known.contains { origin in
                context.author(origin.author)?.device == member.device
                    || context.record.isVisible(
                        origin.operation, of: origin.ticket, to: member.scopes)
            }
            guard isAllowed else {
                throw Violation(
                    "I11 confidentiality",
                    "text \(number) of ticket \(known[0].ticket) left the hub for "
                        + "\(member.name), who may not see it")
            }
        }
    }
}
