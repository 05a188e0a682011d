import Foundation
import HubService
import HubStore
import Replication
import Sodium
import Terminal
import TicketModel
import Wire

/// The store of a home, opened by the one process that holds the home's lock.
///
/// Not `Sendable`: it belongs to the thread that opened it.
final class HubStoreFile {
    /// Another life of the log, begun because the store had been put back to an earlier state.
    struct NewLife {
        /// The end of the log that the mark beside the store remembers.
        var knownSequence: UInt64
        /// The end of the log that the store has.
        var heldSequence: UInt64
        var endsAt: Timestamp

        /// What the operator must hear of.
        var text: AdminText {
            AdminText(
                zh: "存储被退回到较早的状态：日志曾到位置 \(knownSequence)，现在的存储到 \(heldSequence)。"
                    + "日志开始新的一轮；各副本连接时会补回缺少的内容，规则暂停至 "
                    + "\(shortTime(endsAt.milliseconds, .zh))。",
                en: "The store was put back to an earlier state: the log went up to "
                    + "\(knownSequence), this store has it up to \(heldSequence). A new epoch "
                    + "begins; replicas bring back what is missing as they connect, and the rules "
                    + "rest until \(shortTime(endsAt.milliseconds, .en)).")
        }
    }

    let storage: SQLiteHubStore
    /// Set when opening found that the store had been put back.
    let newLife: NewLife?
    private let administrator: HubAdministrator

    /// Opens the store; makes it when it is missing and `isNew` says so. Where the mark beside it
    /// says that the store was put back, another life of the log begins before anybody is answered.
    ///
    /// - Throws: `StoreError`.
    init(_ home: HubHome, isNew: Bool = false) throws {
        guard isNew || FileManager.default.fileExists(atPath: home.storePath) else {
            throw StoreError(
                .notAStore,
                "The store \(home.storePath) is missing. Restore it from a backup with: "
                    + "loopdesk-hub restore BACKUP")
        }
        storage = try SQLiteHubStore(path: home.storePath)
        administrator = HubAdministrator(store: storage, ruleKey: home.recoveryKey)
        newLife = try Self.beginLifeIfPutBack(storage)
    }

    private static func beginLifeIfPutBack(_ storage: SQLiteHubStore) throws -> NewLife? {
        guard let known = try storage.forgottenHead() else { return nil }
        return try storage.transaction { store in
            let held = try store.head().sequence
            try LogLife.begin(
                sharing: held, seed: SecureRandom.uint128(), at: .now, in: store)
            return NewLife(
                knownSequence: known.sequence, heldSequence: held,
                endsAt: try store.recovery()?.endsAt ?? .now)
        }
    }

    /// Does what an operator asks.
    func answer(_ command: AdminCommand) -> AdminReply {
        administrator.answer(command, at: .now)
    }
}

extension Timestamp {
    /// What the wall clock shows.
    static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
