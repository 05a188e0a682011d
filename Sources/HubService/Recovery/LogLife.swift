import Replication
import Sodium
import TicketModel

/// Another life of the log begins when the hub finds that it was put back to an earlier state
/// (replication.md 3.11).
package enum LogLife {
    /// How long the hub's rules rest after a restore, at most: in that time replicas bring back
    /// what is missing, and a clock that had rung before would otherwise ring again.
    package static let recoveryMilliseconds: Int64 = 10 * 60 * 1_000

    /// Starts a life that shares the log up to `sequence` with the present one, and its recovery.
    ///
    /// - Parameters:
    ///   - isOnlyLog: whether the present epoch names one log; not so when the store went on under
    ///     it after it had been put back.
    ///   - seed: random bits of the owner.
    ///   - recoveryMilliseconds: how long to wait for what replicas still hold.
    /// - Throws: `StoreError`.
    package static func begin(
        sharing sequence: UInt64, isOnlyLog: Bool = true, seed: UInt128, at now: Timestamp,
        recoveryMilliseconds: Int64 = LogLife.recoveryMilliseconds,
        in store: any HubTransaction
    ) throws {
        let former = try store.epoch()
        let digest = Digest.sha256(
            former.bytes, EpochID(rawValue: seed).bytes, bigEndian(UInt64(now.milliseconds)))
        guard let epoch = EpochID(bytes: digest.bytes.prefix(EpochID.byteCount)) else {
            preconditionFailure("a digest has more than 16 bytes")
        }
        try store.beginEpoch(epoch, sharing: sequence, isOnlyLog: isOnlyLog)
        try store.save(
            RecoveryRecord(
                startedAt: now, endsAt: now.adding(milliseconds: recoveryMilliseconds),
                fork: try store.head().sequence))
    }
}
