import Replication
import TicketModel

/// One ticket at a hub of the smallest kind: `Merger` and `Ticket.apply` and nothing else.
///
/// The ticket is at position 1 of the log; every intent takes the next position, refused or not.
struct MergedTicket {
    static let id = TicketID(createdBy: SmallWorldStart.operation)
    static let policy: @Sendable (FieldID) -> MergePolicy = { field in
        LawField.policies[field] ?? .builtIn(field)
    }

    private(set) var ticket: Ticket?
    private(set) var sequence: UInt64 = 0

    /// What the merge of one intent came to.
    struct Outcome {
        var disposition: Disposition
        var effects: [Effect]
    }

    /// An intent on its way to the hub.
    struct Sent {
        var operation: OperationID
        var dot: Dot
        var person: Person
        var act: Act
        var time: UInt64
        var changes: [Change]
        /// The log position that its author had seen.
        var cursor: UInt64
        var dependencies: Set<OperationID> = []
    }

    /// The ticket that every small world starts with, at position 1.
    static func start() -> MergedTicket {
        var hub = MergedTicket()
        let create = Sent(
            operation: SmallWorldStart.operation,
            dot: Dot(replica: ReplicaID(rawValue: 99), counter: 1), person: .agent, act: .create,
            time: 0, changes: SmallWorldStart.changes, cursor: 0)
        _ = hub.commit(create)
        return hub
    }

    mutating func commit(_ sent: Sent) -> Outcome {
        let time = HybridTimestamp(rawValue: sent.time)
        let body = IntentBody(
            operation: sent.operation, ticket: Self.id, act: sent.act, actor: sent.person.staff,
            time: time, captured: CapturedTime(wall: time.time, offsetMilliseconds: nil),
            changes: sent.changes)
        let stamp = Stamp(
            sequence: sequence + 1, dot: sent.dot, operation: sent.operation, time: time,
            authority: sent.person.authority, actor: sent.person.staff)
        let view = CausalView(
            sequence: sent.cursor, dependencies: sent.dependencies, dot: sent.dot)
        let result = Merger.merge(
            body, seen: view, stamp: stamp, into: ticket, receivedAt: nil, policy: Self.policy)
        sequence += 1
        if result.disposition.isAccepted { ticket = result.ticket }
        return Outcome(disposition: result.disposition, effects: result.effects)
    }

    /// A replica applies what the hub did to what it had, and again when it comes a second time.
    static func differenceOfReplica(
        _ before: Ticket?, _ outcome: Outcome, _ after: Ticket?
    ) -> String? {
        guard var replica = before, let after else { return "there is no ticket" }
        if !outcome.disposition.isAccepted {
            return outcome.effects.isEmpty && replica == after
                ? nil : "a refused intent had effects"
        }
        for effect in outcome.effects { replica.apply(effect) }
        guard replica == after else { return "a replica has another ticket than the hub" }
        for effect in outcome.effects { replica.apply(effect) }
        return replica == after ? nil : "effects that are applied twice change the ticket"
    }
}
