import Replication
import Wire

extension SyncLoop {
    /// How patient and how greedy a loop is. What ships are the defaults; the simulator draws
    /// others, so that the rare branches (a batch of one, an early time-out) are taken often.
    package struct Tuning: Hashable, Sendable {
        /// How long an answer may take before the connection counts as dead.
        package var answerMillisecondsMax: Int64 = 15_000
        /// How long a live connection may be silent before it is asked for a sign of life.
        package var silenceMillisecondsMax: Int64 = 10_000
        /// How often a replica that is in step writes down that it is.
        package var confirmMilliseconds: Int64 = 60_000
        /// Bytes asked for in one page.
        package var pageByteCountMax = Limits.pageByteCountMax
        /// Verdicts asked for in one question.
        package var verdictsCountMax = 256
        /// Intents in one batch, if the hub allows as many.
        package var batchIntentsCountMax = Limits.batchIntentsCountMax
        /// Batches under way, if the hub allows as many.
        package var windowBatchesCountMax = Limits.windowBatchesCountMax

        /// How often a replica that is in step asks whether it holds the same as the hub.
        package var verifyMilliseconds: Int64 = 15 * 60 * 1_000
        /// Bytes asked for in one piece of a snapshot.
        package var snapshotByteCountMax = Limits.snapshotByteCountMax
        /// Entries given back in one refill.
        package var refillEntriesCountMax = Limits.refillEntriesCountMax
        /// A range with no more tickets is fetched, not divided again.
        package var repairTicketsCountMax: UInt64 = 64
        /// The newest protocol that is spoken.
        package var protocolMax = ProtocolVersion.current

        /// What ships.
        package init() {}
    }
}
