import Replication
import TicketModel
import Wire

extension HubLoop {
    /// Lets every timer act that is due (domain.md T29: a queue to the second, no polling).
    ///
    /// - Returns: what to publish; call again at once while `hasMore`.
    /// - Throws: `StoreError`; nothing has fired then.
    package mutating func fireTimers(at now: Timestamp) throws -> (output: Output, hasMore: Bool) {
        var output = Output()
        // A clock that had rung before the restore must not ring again before that comes back.
        if let recovery = try store.read({ try $0.recovery() }) {
            guard recovery.endsAt <= now else { return (output, false) }
            try endRecovery(at: now, &output)
        }
        let profile = try profile()
        let countMax = configuration.tuning.timersCountMax
        let (count, faults, scopes, epoch, head) = try store.transaction { store in
            let committer = try HubCommitter(
                codec: codec, profile: profile, now: now, store: store,
                ruleKey: configuration.recoveryKey)
            let count = try committer.fireTimers(countMax: countMax)
            return (
                count, committer.faults.texts, committer.audience.scopes, try store.epoch(),
                try store.head().sequence
            )
        }
        output.hasCommitted = output.hasCommitted || count > 0
        report(faults, &output)
        hint(scopes, epoch: epoch, head: head, &output)
        return (output, count == countMax)
    }

    /// When `fireTimers` must be called next; nil when no timer waits.
    ///
    /// - Throws: `StoreError`.
    package func nextTimer() throws -> Timestamp? {
        try store.read { reader in
            if let recovery = try reader.recovery() { return recovery.endsAt }
            return try reader.nextTimer()
        }
    }

    /// Forgets one slice of the log that is old and backed up; for moments when nobody waits.
    ///
    /// - Returns: how many entries were looked at, and whether there is more to do at once.
    /// - Throws: `StoreError`; nothing is forgotten then.
    package func compactLog(at now: Timestamp) throws -> (count: Int, hasMore: Bool) {
        let tuning = configuration.tuning
        let slice = try store.transaction { store in
            try LogCompaction.perform(
                in: store, at: now, keepingMilliseconds: tuning.logRetentionMilliseconds,
                countMax: tuning.compactionEntriesCountMax)
        }
        return (slice.count, slice.rest == nil)
    }

    /// The frame that proves a subscription and shows a lost last hint (replication.md 3.6).
    ///
    /// - Throws: `StoreError`.
    package func heartbeat() throws -> (topic: [UInt8], body: [UInt8]) {
        let hint = try store.read {
            Hint(
                epoch: try $0.epoch(), head: try $0.head().sequence, sequence: 0,
                directory: try $0.directoryVersion())
        }
        return (Topic.heartbeat, hint.encode())
    }
}
