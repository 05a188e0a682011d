import Sodium
import TicketModel

/// While a restored hub waits for what replicas bring back (replication.md 3.11).
package struct RecoveryRecord: Hashable, Sendable {
    /// When the log got its new epoch.
    package var startedAt: Timestamp
    /// When the hub's rules act again, whoever has reported by then.
    package var endsAt: Timestamp
    /// The end of the log that was restored.
    package var fork: UInt64

    package init(startedAt: Timestamp, endsAt: Timestamp, fork: UInt64) {
        self.startedAt = startedAt
        self.endsAt = endsAt
        self.fork = fork
    }
}

/// An entry that a replica brought back and that waits for the making of its ticket.
package struct ParkedEntry: Hashable, Sendable {
    package var operation: OperationID
    package var ticket: TicketID
    /// Where it stood.
    package var origin: LogOrigin
    /// As the hub once wrote it; its proof was checked.
    package var bytes: [UInt8]
    /// The hub's time.
    package var parkedAt: Timestamp

    package init(
        operation: OperationID, ticket: TicketID, origin: LogOrigin, bytes: [UInt8],
        parkedAt: Timestamp
    ) {
        self.operation = operation
        self.ticket = ticket
        self.origin = origin
        self.bytes = bytes
        self.parkedAt = parkedAt
    }
}

/// Questions about the lives of the log, its horizons, snapshots and digests. Everything throws
/// `StoreError`.
package protocol HubRecoveryReader {
    /// How much of the present log each former epoch shares: the largest common position.
    func lineage() throws -> [EpochID: UInt64]
    /// How much of the present log everybody shares who followed a former epoch. Not more than in
    /// `lineage`; 0 where one epoch may have named several logs, because the store was put back
    /// and nobody knew: then only hashes tell.
    func forks() throws -> [EpochID: UInt64]
    /// Entries up to here are gone but for those that carry events; 0 before the first compaction.
    func logBase() throws -> UInt64
    /// The log up to here is in a backup that was verified; 0 before the first.
    func durableSequence() throws -> UInt64
    /// Nil when the hub is not recovering.
    func recovery() throws -> RecoveryRecord?
    /// The positions that an operation had in former lives; empty for what was never brought back.
    func origins(of operation: OperationID) throws -> [LogOrigin]
    /// What waits for the making of `ticket`, by origin.
    func parkedEntries(on ticket: TicketID) throws -> [ParkedEntry]
    /// Everything that waits, oldest first, at most `countMax`.
    func parkedEntries(countMax: Int) throws -> [ParkedEntry]
    func parkedCount() throws -> Int
    /// The timers of a ticket that have not fired.
    func timers(of ticket: TicketID) throws -> [TimerRecord]
    /// The tickets of `scopes` behind `after` and up to `through`, by identity, cut by
    /// `SnapshotAssembly` before the one that `byteCountMax` has no room for; at least one if there
    /// is any, and never more than a frame takes. Costs by what it returns.
    func snapshot(
        after: TicketID?, through: TicketID?, scopes: Set<Scope>, byteCountMax: Int
    ) throws -> SnapshotPiece
    /// The sum over all tickets of a scope, at constant cost.
    func digest(of scope: Scope) throws -> DigestSum
    /// The sum over the tickets of a scope in a range; costs by the tickets in it.
    func digest(of scope: Scope, in range: ClosedRange<TicketID>) throws -> DigestSum
    /// Refused intents that a supervisor may still take over, oldest first, at most `countMax`
    /// behind the one of `operation`; none when that one is not there any more.
    func quarantined(after operation: OperationID?, countMax: Int) throws -> [QuarantinedIntent]
    func quarantined(_ operation: OperationID) throws -> QuarantinedIntent?
    func quarantinedCount() throws -> Int
    /// How much of one device is in quarantine, in intents and in bytes of bodies.
    func quarantineSize(of device: DeviceID) throws -> (count: Int, byteCount: Int)
    /// The first entry after `sequence` and up to `end` that was committed at `time` or later; nil
    /// when all of them are older. Costs by the length of the range.
    func firstEntry(
        after sequence: UInt64, through end: UInt64, since time: Timestamp
    ) throws -> UInt64?
}

/// Work that came too late or from a device that was revoked: kept for a supervisor to decide
/// (replication.md 3.8, "Decided").
package struct QuarantinedIntent: Hashable, Sendable {
    /// Why it was set aside. Raw values are stored values.
    package enum Reason: Int, CaseIterable, Sendable {
        /// Made longer ago than the offline horizon.
        case horizon = 1
        /// Its device was revoked before it arrived.
        case revoked = 2

        /// The word in `--json`.
        package var name: String { String(describing: self) }
    }

    package var operation: OperationID
    package var device: DeviceID
    /// Why it was set aside.
    package var reason: Reason
    /// The body as its author wrote it.
    package var bodyBytes: [UInt8]
    package var receivedAt: Timestamp

    package init(
        operation: OperationID, device: DeviceID, reason: Reason, bodyBytes: [UInt8],
        receivedAt: Timestamp
    ) {
        self.operation = operation
        self.device = device
        self.reason = reason
        self.bodyBytes = bodyBytes
        self.receivedAt = receivedAt
    }
}

/// What can be written about them in one transaction. Everything throws `StoreError`.
package protocol HubRecoveryTransaction: HubRecoveryReader {
    /// Starts another life of the log, which shares its first `sequence` entries with the present
    /// one; what former lives share shrinks to that. The entries stay as they are.
    ///
    /// - Parameter isOnlyLog: whether the present epoch names one log, so that all who followed it
    ///   share the same.
    func beginEpoch(_ epoch: EpochID, sharing sequence: UInt64, isOnlyLog: Bool) throws
    /// Notes that the log of `epoch`, a life other than the present one, shares at least its first
    /// `sequence` entries with the present log. Never lowers what is known.
    func raiseShared(of epoch: EpochID, to sequence: UInt64) throws
    /// Nil ends the recovery.
    func save(_ recovery: RecoveryRecord?) throws
    /// Raises the durable sequence; never lowers it.
    func raiseDurable(to sequence: UInt64) throws
    /// Remembers where an operation stood in a former life. Remembering again changes nothing.
    func record(_ origin: LogOrigin, of operation: OperationID) throws
    /// Parking again changes nothing.
    func park(_ entry: ParkedEntry) throws
    func unpark(_ operation: OperationID) throws
    /// Sees to it that no ticket gets this number from now on.
    func reserve(_ number: TicketNumber) throws
    /// Drops entries up to `sequence`, oldest first and at most `countMax`, and raises the log base
    /// behind them. What merging, the late rule, numbers, verdicts and feeds need stays: entries
    /// with events whose hub time is not before `eventsSince`, scopes of tickets, answers by
    /// operation and by dot.
    ///
    /// - Returns: how many entries were looked at; 0 when nothing is left to do.
    func compact(through sequence: UInt64, eventsSince: Timestamp, countMax: Int) throws -> Int
    func quarantine(_ intent: QuarantinedIntent) throws
    /// Takes it off the list; what it said stays in the hub's answer to it.
    func removeQuarantined(_ operation: OperationID) throws
    /// Runs `body`; what it wrote is undone when it throws, and the transaction goes on. Where the
    /// engine has undone more than that, `StoreError.Code.undone` is thrown instead.
    func attempt<Value>(_ body: () throws -> Value) throws -> Value
}
