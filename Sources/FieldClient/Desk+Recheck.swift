import Replication
import TicketModel
import TicketPolicy

extension Desk {
    /// The day of the policy's zone that `time` lies in.
    ///
    /// - Throws: `Failure.noPolicy`, `ProfileError`, `StoreError`.
    package func businessDay(of time: Timestamp) throws -> Range<Timestamp> {
        try profile().day(of: time)
    }

    /// What somebody with these roles is to look at again today: the classes of yesterday that
    /// nobody has confirmed (domain.md K26); nil where it is not their duty.
    ///
    /// The rules gave a ticket its class when it reached the hub: what a store wrote down offline
    /// is in the list of the morning after that, and in one.
    ///
    /// - Throws: `Failure.noPolicy`, `ProfileError`, `StoreError`.
    package func recheckDuty(of roles: Set<Role>, at now: Timestamp) throws -> RecheckDuty? {
        let profile = try profile()
        guard let dueAt = profile.recheckDueAt(on: now),
            !roles.isDisjoint(with: profile.recheck?.roles ?? [])
        else { return nil }
        let today = profile.day(of: now)
        var query = TicketQuery()
        query.receivedIn = profile.day(of: today.lowerBound.adding(milliseconds: -1))
        query.countMax = 0
        return RecheckDuty(count: try unconfirmed(query).count, dueAt: dueAt)
    }

    /// What an inspector has to look at again (domain.md K26): of the tickets that `query` finds
    /// those whose class nobody has confirmed, the number of all of them with those that fit into
    /// the piece of the list that is asked for.
    ///
    /// Costs by the tickets that the query finds without its piece: give it a day.
    ///
    /// - Throws: `StoreError`.
    package func unconfirmed(
        _ query: TicketQuery
    ) throws -> (found: [TicketSummary], count: Int) {
        var all = query
        all.offset = 0
        all.countMax = Self.recheckPieceCountMax
        return try store.read { store in
            var (found, count): ([TicketSummary], Int) = ([], 0)
            while true {
                let piece = try store.list(all)
                for summary in piece {
                    let ticket = try store.visible(summary.id)
                    guard let ticket, ticket.classStage == .provisional, !ticket.isMerged else {
                        continue
                    }
                    if count >= query.offset, found.count < query.countMax {
                        found.append(summary)
                    }
                    count += 1
                }
                guard piece.count == all.countMax else { return (found, count) }
                all.offset += piece.count
            }
        }
    }

    private static var recheckPieceCountMax: Int { 500 }
}

/// A day's classes that somebody is to look at again.
package struct RecheckDuty: Hashable, Sendable {
    /// Those that nobody has confirmed yet.
    package var count: Int
    /// By when, today.
    package var dueAt: Timestamp
}
