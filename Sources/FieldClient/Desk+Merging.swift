import Replication
import TicketModel

// Tickets that belong together. All throw `Failure`, `ReplicaWriter.Refusal`, `ProfileError` and
// `StoreError`.
extension Desk {
    /// What became of two tickets of one case.
    package struct Merged: Sendable {
        /// The ticket that ended, or stands for itself again.
        package var duplicate: ReplicaWriter.Written
        /// The ticket in which the case goes on.
        package var survivor: ReplicaWriter.Written
    }

    /// Makes one case of two tickets: `duplicate` ends, `survivor` goes on and answers to the
    /// numbers of both (domain.md G19).
    package func merge(
        _ duplicate: TicketID, into survivor: TicketID, reason: String, by actor: StaffID
    ) throws -> Merged {
        try write { writer, store in
            guard let ended = try store.visible(duplicate) else {
                throw Failure.noSuchTicket(duplicate.description)
            }
            guard duplicate != survivor else { throw Failure.sameTicket(ended.displayNumber) }
            guard !ended.isMerged else {
                throw ReplicaWriter.Refusal(
                    .mergedTicket, try store.end(of: ended)?.displayNumber ?? "")
            }
            return try group(
                writer, on: (survivor, .absorb(duplicate)),
                (duplicate, .merge(into: survivor, reason: reason)), by: actor, in: store)
        }
    }

    /// Undoes a merge: `duplicate` stands for itself again. What was written to it meanwhile stays
    /// where it is.
    package func unmerge(
        _ duplicate: TicketID, reason: String, by actor: StaffID
    ) throws -> Merged {
        try write { writer, store in
            guard let ended = try store.visible(duplicate) else {
                throw Failure.noSuchTicket(duplicate.description)
            }
            guard let survivor = ended.mergedInto else {
                throw Failure.notMerged(ended.displayNumber)
            }
            guard try store.visible(survivor) != nil else {
                throw Failure.survivorNotHere(ended.displayNumber)
            }
            return try group(
                writer, on: (survivor, .release(duplicate)),
                (duplicate, .unmerge(reason: reason)), by: actor, in: store)
        }
    }

    private func group(
        _ writer: ReplicaWriter, on survivor: (TicketID, Change),
        _ duplicate: (TicketID, Change), by actor: StaffID, in store: any ReplicaTransaction
    ) throws -> Merged {
        let written = try writer.group(
            [survivor, duplicate].map { ticket, change in
                { _ in ReplicaWriter.Member(ticket, .merge, [change]) }
            }, actor: actor, moments: { _ in moments() }, in: store)
        return Merged(duplicate: written[1], survivor: written[0])
    }
}
