import Foundation
import HubService
import HubStore
import Replication
import Sodium
import StoreSupport
import TicketModel
import Wire

/// Puts the store of a home back from a backup; the caller holds the home's lock.
///
/// The backup itself is only read. A crash before the last step leaves the present store as it was,
/// a crash after it the restored one, which has its new epoch and its recovery in it already
/// (`StoreDatabase.replace`). What is left beside them is removed by the next restore.
struct HubRestore {
    let home: HubHome

    /// Where the copy of the backup is made ready.
    private var preparedPath: String { home.storePath + ".restoring" }

    /// The present store, as far as it can be read.
    enum Present {
        case missing
        case unreadable(String)
        /// - Parameter lostCount: entries that the backup does not have; nil when the two have too
        ///   little in common to tell.
        case readable(head: UInt64, lastEntryAt: Timestamp?, lostCount: UInt64?)
    }

    /// What the restore came to.
    struct Result {
        /// The name that the former store has now; nil when there was none.
        var keptAs: String?
        var epoch: EpochID
        var recovery: RecoveryRecord
        /// Devices that may still bring something back.
        var devicesCount: Int
        /// What was decided since the backup and stays; nil when the present store could not tell.
        var decisions: HubDecisions.Counts?
    }

    /// Makes a private copy of the backup, brings it to this version's form and verifies it.
    ///
    /// - Throws: `FileFailure`, `StoreError` when it is no hub's store; what is wrong inside of it
    ///   stands in the report.
    func prepare(_ backup: String) throws -> HubStoreReport {
        HubBackup.removeFiles(of: preparedPath)
        try DurableFile.copy(backup, to: preparedPath)
        // A store that was moved aside without having been closed has its last changes there.
        if DurableFile.byteCount(backup + "-wal") ?? 0 > 0 {
            try DurableFile.copy(backup + "-wal", to: preparedPath + "-wal")
        }
        try SQLiteHubStore(path: preparedPath, createsFile: false).close()
        return try HubStoreVerifier.verify(preparedPath)
    }

    /// Removes the copy of a backup that is not installed after all.
    func discard() { HubBackup.removeFiles(of: preparedPath) }

    /// Looks at the present store and closes it, so that its log is copied into it.
    func present(comparedWith backup: HubStoreReport) -> Present {
        guard FileManager.default.fileExists(atPath: home.storePath) else { return .missing }
        do {
            let store = try SQLiteHubStore(path: home.storePath, createsFile: false)
            defer { try? store.close() }
            return try store.read { reader in
                let head = try reader.head().sequence
                let last = try reader.entry(at: head).map {
                    try ProtobufCodec().decodeEntry($0.bytes).hubTime
                }
                return .readable(
                    head: head, lastEntryAt: last,
                    lostCount: try shared(backup, reader).map { head - min($0, head) })
            }
        } catch {
            return .unreadable("\(error)")
        }
    }

    /// Whether the prepared backup is another hub's: the present store knows devices, the backup
    /// none of them, and neither log is a life of the other.
    ///
    /// - Throws: `StoreError` when the backup cannot be read.
    func isOfAnotherHub() throws -> Bool {
        guard let present = presentStore() else { return false }
        defer { try? present.close() }
        let backup = try SQLiteHubStore(path: preparedPath, createsFile: false)
        defer { try? backup.close() }
        let own = try? present.read { try Acquaintances(in: $0) }
        let other = try backup.read { try Acquaintances(in: $0) }
        guard let own, !own.devices.isEmpty, own.devices.isDisjoint(with: other.devices) else {
            return false
        }
        return own.lives.isDisjoint(with: other.lives)
    }

    /// By what a store is known as this hub's.
    private struct Acquaintances {
        let devices: Set<DeviceID>
        /// The present life of its log and the former ones.
        let lives: Set<EpochID>

        init(in store: any HubReader) throws {
            devices = Set(try store.devices().map(\.device))
            lives = Set(try store.lineage().keys).union([try store.epoch()])
        }
    }

    /// A name for the former store that nothing has yet.
    private func asidePath(at now: Timestamp) -> String {
        let name = home.storePath + ".before-restore-" + Self.stamp(now)
        let names = (1...).lazy.map { $0 == 1 ? name : "\(name)-\($0)" }
        let free = names.first { name in
            StoreDatabase.files(of: name).allSatisfy { DurableFile.byteCount($0) == nil }
        }
        guard let free else { preconditionFailure("there are more names than files") }
        return free
    }

    /// Nil when there is none, or one that cannot be opened.
    private func presentStore() -> SQLiteHubStore? {
        guard FileManager.default.fileExists(atPath: home.storePath) else { return nil }
        return try? SQLiteHubStore(path: home.storePath, createsFile: false)
    }

    /// How much of the present log the backup has.
    private func shared(_ backup: HubStoreReport, _ present: any HubReader) throws -> UInt64? {
        let end = backup.head.sequence
        if let position = try present.position(at: end) {
            if position == backup.head { return end }
        } else if try end <= present.logBase(), backup.epoch == (try present.epoch()) {
            return end
        }
        return try present.lineage()[backup.epoch].map { min($0, end) }
    }

    /// Begins the new life of the log in the prepared copy and puts it in its place.
    ///
    /// - Parameter keepsDecisions: whether devices, people and policies stay as they are now, as
    ///   far as the present store can be read.
    /// - Throws: `StoreError`, `FileFailure`.
    func install(
        at now: Timestamp, recoveryMilliseconds: Int64, keepsDecisions: Bool
    ) throws -> Result {
        let decisions = keepsDecisions ? presentDecisions() : nil
        let prepared = try SQLiteHubStore(path: preparedPath, createsFile: false)
        var result = try prepared.transaction { store in
            try LogLife.begin(
                sharing: store.head().sequence, seed: SecureRandom.uint128(), at: now,
                recoveryMilliseconds: recoveryMilliseconds, in: store)
            guard let recovery = try store.recovery() else {
                preconditionFailure("a new life of the log begins with its recovery")
            }
            let kept = try decisions?.carryOver(into: store)
            return Result(
                keptAs: nil, epoch: try store.epoch(), recovery: recovery,
                devicesCount: try store.devices().count { !$0.isRevoked }, decisions: kept)
        }
        try prepared.close()
        let path = home.storePath
        let aside = asidePath(at: now)
        if StoreDatabase.files(of: path).contains(where: { DurableFile.byteCount($0) != nil }) {
            result.keptAs = aside
        }
        try StoreDatabase.replace(path, with: preparedPath, keepingAs: aside)
        HubBackup.removeFiles(of: preparedPath)
        try markHead()
        return result
    }

    /// Nil when there is no store, one that cannot be read, or the empty one of a new machine.
    private func presentDecisions() -> HubDecisions? {
        guard let store = presentStore() else { return nil }
        defer { try? store.close() }
        let decisions = try? store.read { reader in
            try isUntouched(reader) ? nil : HubDecisions(in: reader)
        }
        return decisions ?? nil
    }

    /// Whether nobody has been told of this store yet, as where `init` has just made it.
    private func isUntouched(_ store: any HubReader) throws -> Bool {
        try store.devices().isEmpty && store.staff().isEmpty && store.head().sequence == 0
    }

    /// Tells the mark beside the store that this is its log now; without it the next start would
    /// find the restore once more and begin yet another life.
    private func markHead() throws {
        let store = try SQLiteHubStore(path: home.storePath, createsFile: false)
        try store.transaction { _ in }
        try store.close()
    }

    /// Local date and time for a file's name.
    private static func stamp(_ now: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "yyyyMMdd-HHmmss"
        return formatter.string(
            from: Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000))
    }
}
