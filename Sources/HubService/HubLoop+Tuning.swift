import Replication
import Wire

extension HubLoop {
    /// How much the hub takes and gives at a time. What ships are the defaults; the simulator
    /// draws others, so that the rare branches (a page of one entry, one timer) are taken often.
    package struct Tuning: Hashable, Sendable {
        /// Batches that a client may have under way.
        package var windowBatchesCountMax = Limits.windowBatchesCountMax
        /// Intents in one batch.
        package var batchIntentsCountMax = Limits.batchIntentsCountMax
        /// A page is never asked to be smaller than this.
        package var pageByteCountMin = 1_024
        /// A page is never larger than this, unless one transaction is.
        package var pageByteCountMax = Limits.pageByteCountMax
        /// Timers that act in one transaction, so that a backlog does not hold up the stores.
        package var timersCountMax = 256
        /// Questions of one connection that are answered in one turn.
        package var questionsPerSessionCountMax = 8
        /// Pieces of snapshots and sums of ranges in one turn: they cost by the tickets there are.
        package var dearQuestionsCountMax = 16
        /// Answers to questions of one turn; what it takes to reach this is still sent.
        package var turnByteCountMax = 64 * 1024 * 1024
        /// When the first question that had to wait is sent again, and how much later each other.
        package var postponedMilliseconds = 500
        package var postponedStepMilliseconds = 50
        /// How long a client waits when the hub's store is in trouble.
        package var retryAfterMilliseconds = 5_000

        /// How long the rules rest after a restore that a replica brings to light.
        package var recoveryMilliseconds = LogLife.recoveryMilliseconds
        /// Tickets of one piece of a snapshot, in bytes.
        package var snapshotByteCountMax = Limits.snapshotByteCountMax
        /// Entries of the log younger than this stay.
        package var logRetentionMilliseconds = Limits.logRetentionMilliseconds
        /// Entries that one transaction of compaction looks at.
        package var compactionEntriesCountMax = Limits.compactionEntriesCountMax
        /// The newest protocol that is spoken.
        package var protocolMax = ProtocolVersion.current

        /// What ships.
        package init() {}
    }
}
