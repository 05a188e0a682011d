import Replication
import TicketModel
import Wire

/// Confidentiality (I11): no text reaches a device that could not see its ticket at or after the
/// moment at which the text was committed. Texts are recognised by their numbers, in the bytes of
/// frames as they leave the hub.
final class ScopeChecker: Checker {
    /// Where a text entered the log.
    private struct Place {
        var ticket: TicketID
        var sequence: UInt64
        var replica: ReplicaID
    }

    private var places: [Int: Place] = [:]

    func observe(_ observation: Observation, _ context: CheckContext) throws {
        switch observation {
        case .committedAtHub(let entries):
            for committed in entries {
                let entry = committed.entry
                for number in Canary.numbers(in: committed.intent.bodyBytes)
                where places[number] == nil {
                    places[number] = Place(
                        ticket: entry.ticket, sequence: entry.sequence,
                        replica: committed.intent.dot.replica)
                }
            }
        case .answered(let member, let bytes):
            try check(bytes, for: context.members[member], context)
        default: return
        }
    }

    private func check(
        _ bytes: [UInt8], for member: MemberView, _ context: CheckContext
    ) throws {
        for number in Canary.numbers(in: bytes) {
            guard let place = places[number] else {
                throw Violation(
                    "I11 confidentiality",
                    "text \(number) left the hub for \(member.name) and was never committed")
            }
            guard place.replica != member.replica else { continue }
            let versions = context.record.versions[place.ticket] ?? []
            let isAllowed = versions.contains {
                $0.sequence >= place.sequence && !$0.scopes.isDisjoint(with: member.scopes)
            }
            guard isAllowed else {
                throw Violation(
                    "I11 confidentiality",
                    "text \(number) of ticket \(place.ticket) left the hub for \(member.name), "
                        + "who may not see it")
            }
        }
    }
}
