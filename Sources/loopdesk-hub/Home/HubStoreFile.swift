import Foundation
import HubService
import HubStore
import Replication
import TicketModel
import Wire

/// The store of a home, opened by the one process that holds the home's lock.
///
/// Not `Sendable`: it belongs to the thread that opened it.
final class HubStoreFile {
    let storage: SQLiteHubStore
    private let administrator: HubAdministrator

    /// Opens the store; makes it when it is missing and `isNew` says so.
    ///
    /// - Throws: `StoreError`.
    init(_ home: HubHome, isNew: Bool = false) throws {
        guard isNew || FileManager.default.fileExists(atPath: home.storePath) else {
            throw StoreError(
                .notAStore,
                "The store \(home.storePath) is missing. Restore it from a backup.")
        }
        storage = try SQLiteHubStore(path: home.storePath)
        administrator = HubAdministrator(store: storage)
    }

    /// Does what an operator asks, backups included.
    func answer(_ command: AdminCommand) -> AdminReply {
        guard case .backup(let path) = command else {
            return administrator.answer(command, at: .now)
        }
        guard !FileManager.default.fileExists(atPath: path) else {
            return .refused(
                AdminText(
                    zh: "\(path) 已存在；请另选文件名。",
                    en: "\(path) exists already; choose another name."))
        }
        do {
            try storage.backup(to: path)
            return .done(
                AdminText(zh: "已写入并校验备份 \(path)。", en: "A verified backup is in \(path)."))
        } catch {
            return .failed(message: "\(error)")
        }
    }
}

extension Timestamp {
    /// What the wall clock shows.
    static var now: Timestamp {
        Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
    }
}
