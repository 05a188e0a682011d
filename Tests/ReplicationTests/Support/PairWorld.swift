import Replication
import TicketModel

/// A tiny hub for tests of what belongs together: several tickets, one log, and writers that see
/// what they are told to have seen.
struct PairWorld {
    private(set) var tickets: [TicketID: Ticket] = [:]
    private(set) var sequence: UInt64 = 0
    private var counters: [String: UInt64] = [:]
    private var nextOperation: UInt128 = 100

    static let (one, two, three) = (
        TicketID(rawValue: 1), TicketID(rawValue: 2), TicketID(rawValue: 3)
    )

    /// A world with three tickets, numbered by their identities.
    init() {
        for id in [Self.one, Self.two, Self.three] {
            var ticket = Ticket(
                id: id, provisionalNumber: "S1-AA-000\(id.rawValue)",
                capturedAt: Timestamp(milliseconds: 0), createdBy: StaffID(unchecked: "clerk"))
            ticket.number = TicketNumber(businessDate: 2023_11_15, ordinal: Int(id.rawValue))
            tickets[id] = ticket
            commit([.write(.status, .integer(TicketStatus.new.rawValue))], on: id, by: "clerk")
        }
    }

    subscript(_ id: TicketID) -> Ticket {
        guard let ticket = tickets[id] else { preconditionFailure("there is no ticket \(id)") }
        return ticket
    }

    /// Changes a ticket as if it had always been so.
    mutating func edit(_ id: TicketID, _ change: (inout Ticket) -> Void) {
        var ticket = self[id]
        change(&ticket)
        tickets[id] = ticket
    }

    /// Merges `changes` by `writer`, who had seen the log up to `seen` (all of it if nil).
    ///
    /// - Parameter survivor: where the hub brings words for a ticket that was merged meanwhile.
    @discardableResult
    mutating func commit(
        _ changes: [Change], on id: TicketID, by writer: String, seen: UInt64? = nil,
        act: Act = .edit, redirectedTo survivor: TicketID? = nil
    ) -> Disposition {
        let replica = ReplicaID(rawValue: UInt128(writer.utf8.reduce(7) { $0 &* 31 + Int($1) }))
        counters[writer, default: 0] += 1
        let dot = Dot(replica: replica, counter: counters[writer, default: 0])
        let operation = OperationID(rawValue: nextOperation)
        nextOperation += 1
        let time = Timestamp(milliseconds: 1_000)
        let actor = StaffID(unchecked: writer)
        let body = IntentBody(
            operation: operation, ticket: id, act: act, actor: actor, time: HybridTimestamp(time),
            captured: CapturedTime(wall: time, offsetMilliseconds: nil), changes: changes)
        let stamp = Stamp(
            sequence: sequence + 1, dot: dot, operation: operation, time: HybridTimestamp(time),
            authority: .store, actor: actor)
        let ticket = tickets[id]
        let result = Merger.merge(
            body, seen: CausalView(sequence: seen ?? sequence, dependencies: [], dot: dot),
            stamp: stamp, into: tickets[survivor ?? id], receivedAt: time,
            policy: MergePolicy.builtIn,
            related: RelatedTickets(for: body, on: ticket) { tickets[$0] })
        if result.disposition.isAccepted {
            sequence += 1
            tickets[survivor ?? id] = result.ticket
        }
        return result.disposition
    }

    /// Both halves of a merge; the answers, the survivor's first. Nothing happens unless both are
    /// accepted.
    @discardableResult
    mutating func merge(
        _ duplicate: TicketID, into survivor: TicketID, by writer: String = "office",
        seen: UInt64? = nil, reason: String = ""
    ) -> [Disposition] {
        let before = self
        let seen = seen ?? sequence
        var answers = [commit([.absorb(duplicate)], on: survivor, by: writer, seen: seen)]
        if answers[0].isAccepted {
            let change = Change.merge(into: survivor, reason: reason)
            answers.append(commit([change], on: duplicate, by: writer, seen: seen))
        }
        if !answers.allSatisfy(\.isAccepted) { self = before }
        return answers
    }

    /// Both halves of undoing it.
    @discardableResult
    mutating func unmerge(
        _ duplicate: TicketID, from survivor: TicketID, by writer: String = "office",
        seen: UInt64? = nil
    ) -> [Disposition] {
        let before = self
        let seen = seen ?? sequence
        let answers = [
            commit([.release(duplicate)], on: survivor, by: writer, seen: seen),
            commit([.unmerge(reason: "")], on: duplicate, by: writer, seen: seen),
        ]
        if !answers.allSatisfy(\.isAccepted) { self = before }
        return answers
    }
}
