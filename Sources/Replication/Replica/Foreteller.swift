import TicketModel
import TicketPolicy

/// Foretells on a replica what the hub will make of intents that it has not answered: the overlay
/// (replication.md 3.5).
struct Foreteller {
    let profile: Profile
    /// The epoch that the replica's cursor belongs to.
    let epoch: EpochID?
    /// What is shown of other tickets.
    let load: (TicketID) throws -> Ticket?

    /// Merges one intent into what is shown, with the stamp of a change that waits.
    ///
    /// What the hub will redirect, because the ticket was merged meanwhile, stays where its author
    /// wrote it until the hub has answered.
    ///
    /// - Throws: `StoreError`.
    func foretell(
        _ record: ChangeRecord, roles: Set<Role>, on ticket: Ticket?
    ) throws -> Merger.Result {
        let body = record.body
        let stamp = Stamp(
            sequence: Stamp.pendingSequence, dot: record.intent.dot, operation: body.operation,
            time: body.time, authority: roles.authority, actor: body.actor)
        let context = record.intent.context
        let view = CausalView(
            sequence: context.epoch == epoch ? context.sequence : 0,
            dependencies: Set(context.dependencies), dot: record.intent.dot)
        var result = Merger.merge(
            body, seen: view, stamp: stamp, into: ticket, receivedAt: nil,
            policy: profile.mergePolicy(of:), name: profile.name(of:),
            related: try RelatedTickets(for: body, on: ticket, load: load))
        if let merged = result.ticket, merged.receivedAt == nil {
            result.ticket = counting(merged, after: body, before: ticket)
        }
        return result
    }

    /// A ticket that the hub has not seen, with its promises as this device counts them
    /// (domain.md B6.4). Those of any other ticket are the hub's to state.
    private func counting(_ ticket: Ticket, after body: IntentBody, before: Ticket?) -> Ticket {
        var counted = ticket
        let promises = profile.promises(
            after: body.act, before: before, ticket, at: body.captured.estimate)
        for promise in promises { counted.clocks[promise.name] = promise }
        return counted
    }

    /// Replays all pending intents of a ticket over its base; nil when there is nothing to show.
    ///
    /// An intent that would be refused is left out: the hub's verdict will make it a draft.
    ///
    /// - Parameter rights: those that a person had at a time, the own one first.
    /// - Throws: `StoreError`.
    func overlay(
        _ pending: [ChangeRecord], rights: (StaffID, Timestamp) -> [Right], on base: Ticket?
    ) throws -> Ticket? {
        try pending.reduce(base) { shown, record in
            let rights = rights(record.body.actor, record.body.captured.estimate)
            return try foretell(record, by: rights, on: shown).result.ticket ?? shown
        }
    }

    /// Merges one intent by the first of `rights` that the hub would take it by; by the own one
    /// where none is enough.
    ///
    /// - Throws: `StoreError`.
    func foretell(
        _ record: ChangeRecord, by rights: [Right], on ticket: Ticket?
    ) throws -> (result: Merger.Result, right: Right) {
        let own = rights.first ?? Right(roles: [])
        // What the rules say against one's own right alone is the hub's to judge: it is merged.
        guard rights.count > 1 else {
            return (try foretell(record, roles: own.roles, on: ticket), own)
        }
        let rules = IntentRules(profile: profile)
        for right in rights where rules.rejection(of: record.body, by: right, on: ticket) == nil {
            let result = try foretell(record, roles: right.roles, on: ticket)
            if result.disposition.isAccepted { return (result, right) }
        }
        return (try foretell(record, roles: own.roles, on: ticket), own)
    }
}
