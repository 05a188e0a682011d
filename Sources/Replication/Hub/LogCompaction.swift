import TicketModel

/// Which part of the log may be forgotten (replication.md 3.14): what is in a verified backup, is
/// older than the retention, and stands before everything younger.
///
/// Entries that replicas brought back carry the time of their first commit, so that times do not
/// only grow along the log; the first young entry is where it stops.
package enum LogCompaction {
    /// What one slice came to.
    package struct Slice: Hashable, Sendable {
        /// Entries that were looked at; 0 when nothing was to do.
        package var count = 0
        /// Why there is no more to do; nil when the next slice would find something.
        package var rest: Rest?
    }

    /// Why the rest of the log stays.
    package enum Rest: Hashable, Sendable {
        /// Nothing was ever backed up.
        case noBackup
        /// The hub was restored and may need to show what it shares with replicas.
        case recovering
        /// What follows is not in a backup.
        case notBackedUp
        /// What follows is too young.
        case young
    }

    /// Forgets one slice.
    ///
    /// - Throws: `StoreError`; the transaction must then be abandoned.
    package static func perform(
        in store: any HubTransaction, at now: Timestamp,
        keepingMilliseconds: Int64 = Limits.logRetentionMilliseconds,
        countMax: Int = Limits.compactionEntriesCountMax
    ) throws -> Slice {
        precondition(countMax > 0, "a slice has at least one entry, not \(countMax)")
        guard try store.recovery() == nil else { return Slice(rest: .recovering) }
        let (base, durable) = (try store.logBase(), try store.durableSequence())
        guard durable > 0 else { return Slice(rest: .noBackup) }
        guard durable > base else { return Slice(rest: .notBackedUp) }
        let end = min(durable, base + UInt64(countMax))
        let young = try store.firstEntry(
            after: base, through: end, since: now.adding(milliseconds: -keepingMilliseconds))
        let last = young.map { $0 - 1 } ?? end
        guard last > base else { return Slice(rest: .young) }
        let eventsKept = max(keepingMilliseconds, Limits.eventRetentionMilliseconds)
        let count = try store.compact(
            through: last, eventsSince: now.adding(milliseconds: -eventsKept),
            countMax: countMax)
        let rest: Rest? = young != nil ? .young : end == durable ? .notBackedUp : nil
        return Slice(count: count, rest: rest)
    }
}
