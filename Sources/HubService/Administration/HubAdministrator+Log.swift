import Replication
import Sodium
import TicketModel

/// The life of the log: backups, compaction, recovery.
extension HubAdministrator {
    /// Raises the durable sequence to the end of a verified copy of this very log.
    func confirm(_ backup: BackupRequest) throws -> AdminReply {
        try store.transaction { store in
            let isOfThisLog =
                try backup.epoch == store.epoch().description
                && store.position(at: backup.sequence)?.hash.description == backup.hash
            guard isOfThisLog else {
                throw Refusal(
                    zh: "该备份不是当前日志的备份（存储可能刚被恢复）；请重新备份。",
                    en: "The backup is not of the present log, which may have been restored "
                        + "meanwhile; take another backup.")
            }
            try store.raiseDurable(to: backup.sequence)
            let durable = try store.durableSequence()
            return .done(
                AdminText(
                    zh: "日志至位置 \(durable) 已有备份。",
                    en: "The log is in a verified backup up to \(durable)."))
        }
    }

    // MARK: Recovery

    func recovery() throws -> RecoveryView {
        try store.read { reader in
            let (record, epoch) = (try reader.recovery(), try reader.epoch())
            let devices = try record == nil ? [] : reader.devices().filter { !$0.isRevoked }
            return RecoveryView(
                startedAtMilliseconds: record?.startedAt.milliseconds,
                endsAtMilliseconds: record?.endsAt.milliseconds, epoch: epoch.description,
                fork: record?.fork,
                broughtBack: try reader.replica(.recovery(epoch))?.watermark ?? 0,
                parked: try reader.parkedCount(),
                devices: devices.map {
                    RecoveryView.Device(
                        device: $0.device.rawValue, label: $0.label, hasReported: nil)
                })
        }
    }

    func endRecovery() throws -> AdminReply {
        try store.transaction { store in
            guard try store.recovery() != nil else {
                throw Refusal(zh: "Hub 不在恢复中。", en: "The hub is not recovering.")
            }
            try store.save(nil as RecoveryRecord?)
            return .done(
                AdminText(
                    zh: "恢复已结束，规则重新生效；之后报到的副本仍会补回它们保有的内容。",
                    en: "The recovery is over and the rules act again; replicas that come later "
                        + "still bring back what they hold."))
        }
    }

    // MARK: Compaction

    /// The longest that `compact` may be told to keep.
    static var keepDaysMax: Int { 36_500 }

    func compact(keepDays: Int, at now: Timestamp) throws -> CompactionView {
        guard (0...Self.keepDaysMax).contains(keepDays) else {
            throw Refusal(
                zh: "--keep-days 应在 0 到 \(Self.keepDaysMax) 之间。",
                en: "--keep-days takes 0 to \(Self.keepDaysMax).")
        }
        return try store.transaction { store in
            let slice = try LogCompaction.perform(
                in: store, at: now, keepingMilliseconds: Int64(keepDays) * 24 * 3_600 * 1_000)
            return CompactionView(
                count: slice.count, logBase: try store.logBase(),
                durableSequence: try store.durableSequence(), hasMore: slice.rest == nil,
                reason: slice.rest?.text)
        }
    }
}

extension LogCompaction.Rest {
    fileprivate var text: AdminText {
        switch self {
        case .noBackup:
            AdminText(
                zh: "还没有备份；请先运行：loopdesk-hub backup FILE",
                en: "There is no backup yet; take one first: loopdesk-hub backup FILE")
        case .recovering:
            AdminText(
                zh: "Hub 正在恢复；恢复结束后再压缩。",
                en: "The hub is recovering; the log is kept whole until that is over.")
        case .notBackedUp:
            AdminText(
                zh: "其余日志不在备份中。", en: "The rest of the log is in no backup.")
        case .young:
            AdminText(zh: "其余日志尚在保留期内。", en: "The rest of the log is too young.")
        }
    }
}
