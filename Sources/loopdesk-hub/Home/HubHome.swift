import Foundation
import Glibc
import Sodium
import StoreSupport
import Terminal
import Transport

/// The directory in which a hub lives: settings, key, store, lock and admin socket.
///
/// Only its user may enter it (mode 0700): whoever reads the key can pose as the hub.
struct HubHome {
    /// Absolute.
    let path: String

    var settingsPath: String { path + "/hub.json" }
    var keyPath: String { path + "/hub.key" }
    var storePath: String { path + "/hub.sqlite" }
    /// Numbers that were given ahead; no part of a backup.
    var numbersPath: String { storePath + ".numbers" }
    /// Proves what this hub wrote; no part of the store or its backups.
    var recoveryKeyPath: String { path + "/recovery.key" }
    var lockPath: String { path + "/lock" }
    var socketPath: String { path + "/admin.sock" }

    /// Whether `init` has finished here; the settings are written last.
    var isInitialized: Bool { FileManager.default.fileExists(atPath: settingsPath) }

    /// Makes the directory, or checks the one that is there.
    ///
    /// - Throws: `FileFailure`, `HubFailure` when other users may enter it.
    func prepare() throws {
        try PrivateFile.makeDirectory(path)
        try checkPrivacy()
    }

    /// - Throws: `HubFailure` when it is no directory of this user alone.
    func checkPrivacy() throws {
        guard PrivateFile.isPrivateDirectory(path) else {
            throw HubFailure(
                .refused, zh: "\(path) 必须是仅本用户可进入的目录；请运行：chmod 700 \(path)",
                en: "\(path) must be a directory that only its user can enter; run: "
                    + "chmod 700 \(path)")
        }
    }

    /// The settings of a hub that was initialized.
    ///
    /// - Throws: `HubFailure` with the remedy when there is no hub here or the file is damaged.
    func settings() throws -> HubSettings {
        guard isInitialized else {
            if access(settingsPath, F_OK) != 0, errno == EACCES {
                throw HubFailure(
                    .refused, zh: "本用户无权进入 \(path)；请以 Hub 的用户运行（如 sudo -u 用户 …）。",
                    en: "This user may not enter \(path); run this as the hub's user, as with "
                        + "sudo -u USER …")
            }
            throw HubFailure(
                .refused,
                zh: "\(path) 不是 Hub 目录。请先运行：loopdesk-hub init --home \(path)",
                en: "There is no hub in \(path). Make one with: loopdesk-hub init --home \(path)")
        }
        try checkPrivacy()
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: settingsPath))
            return try JSONDecoder().decode(HubSettings.self, from: data)
        } catch {
            throw HubFailure(
                .refused, zh: "无法读取 \(settingsPath)；请从备份恢复此文件。",
                en: "\(settingsPath) cannot be read; restore this file from a backup.")
        }
    }

    /// The hub's CURVE keys.
    ///
    /// - Throws: `HubFailure` when the file is missing, damaged or open to other users.
    func keys() throws -> CurveKeyPair {
        guard PrivateFile.isPrivateFile(keyPath) else {
            throw HubFailure(
                .refused, zh: "\(keyPath) 必须存在且仅本用户可读；请运行：chmod 600 \(keyPath)",
                en: "\(keyPath) must exist and be readable by its user only; run: "
                    + "chmod 600 \(keyPath)")
        }
        do {
            let text = try String(contentsOfFile: keyPath, encoding: .utf8)
            let secret = try CurveSecretKey(
                z85: text.trimmingCharacters(in: .whitespacesAndNewlines))
            return try CurveKeyPair(secretKey: secret)
        } catch {
            throw HubFailure(
                .refused, zh: "\(keyPath) 不是密钥文件；请从备份恢复。",
                en: "\(keyPath) holds no key; restore it from a backup.")
        }
    }

    /// The keys that are there, else fresh ones: an `init` that was cut short is taken up again.
    ///
    /// - Throws: `FileFailure`, `HubFailure`.
    func makeKeys() throws -> CurveKeyPair {
        if FileManager.default.fileExists(atPath: keyPath) { return try keys() }
        let keys = try CurveKeyPair.generate()
        try PrivateFile.write(Array((keys.secretKey.z85 + "\n").utf8), to: keyPath, mode: 0o600)
        return keys
    }

    /// The key by which this hub knows again what it wrote, when it must be restored; made when it
    /// is missing, as in a home of an earlier version.
    ///
    /// - Throws: `FileFailure`, `HubFailure` when the file is damaged or open to other users.
    func recoveryKey() throws -> MessageAuthenticationKey {
        guard FileManager.default.fileExists(atPath: recoveryKeyPath) else {
            let key = MessageAuthenticationKey.generate()
            let text = Data(key.bytes).base64EncodedString() + "\n"
            try PrivateFile.write(Array(text.utf8), to: recoveryKeyPath, mode: 0o600)
            return key
        }
        guard PrivateFile.isPrivateFile(recoveryKeyPath) else {
            throw HubFailure(
                .refused, zh: "\(recoveryKeyPath) 只能由本用户读取；请运行：chmod 600 \(recoveryKeyPath)",
                en: "\(recoveryKeyPath) must be readable by its user only; run: "
                    + "chmod 600 \(recoveryKeyPath)")
        }
        let text = (try? String(contentsOfFile: recoveryKeyPath, encoding: .utf8)) ?? ""
        let bytes = Data(base64Encoded: text.trimmingCharacters(in: .whitespacesAndNewlines))
        guard let bytes, let key = MessageAuthenticationKey(bytes: bytes) else {
            throw HubFailure(
                .refused, zh: "\(recoveryKeyPath) 不是密钥文件；请从备份恢复，或删除它（之后恢复时将无法核实他人的记录）。",
                en:
                    "\(recoveryKeyPath) holds no key; put it back, or remove it: what replicas "
                    + "bring back after a restore can then only be taken from its authors.")
        }
        return key
    }

    /// - Throws: `FileFailure`.
    func save(_ settings: HubSettings) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data: Data
        do { data = try encoder.encode(settings) } catch {
            preconditionFailure("settings are plain texts: \(error)")
        }
        try PrivateFile.write(Array(data) + [0x0A], to: settingsPath, mode: 0o600)
    }
}
