import Foundation
import Replication
import Sodium
import StoreSupport
import Terminal
import TicketModel
import Transport

/// The directory of one device: its keys, its replica, and the lock of whoever keeps it in step.
struct FieldHome: Sendable {
    /// Absolute.
    let path: String

    var replicaPath: String { path + "/replica.db" }
    var devicePath: String { path + "/device.json" }
    /// Held by the one process that stays in step.
    var syncLockPath: String { path + "/sync.lock" }

    /// Makes the directory for this user alone.
    ///
    /// - Throws: `FileFailure`, `CommandFailure` when other users may enter it.
    func make() throws {
        try PrivateFile.makeDirectory(path)
        guard PrivateFile.isPrivateDirectory(path) else {
            throw CommandFailure(
                .refused, zh: "其他用户可以进入 \(path)。请执行：chmod 700 \(path)",
                en: "Other users may enter \(path). Run: chmod 700 \(path)")
        }
    }

    /// The device's file; nil when there is none.
    ///
    /// - Throws: `CommandFailure` when it cannot be read or others may read it.
    func readDevice() throws -> DeviceFile? {
        guard FileManager.default.fileExists(atPath: devicePath) else { return nil }
        guard PrivateFile.isPrivateFile(devicePath) else {
            throw CommandFailure(
                .refused, zh: "其他用户可以读取 \(devicePath)。请执行：chmod 600 \(devicePath)",
                en: "Other users may read \(devicePath). Run: chmod 600 \(devicePath)")
        }
        guard let data = FileManager.default.contents(atPath: devicePath),
            let file = try? JSONDecoder().decode(DeviceFile.self, from: data)
        else {
            throw CommandFailure(
                .storageFault, zh: "\(devicePath) 已损坏。请从备份恢复，或在新目录重新加入。",
                en: "\(devicePath) is damaged. Restore it from a copy, or join again elsewhere.")
        }
        return file
    }

    /// The device's file of a home that has joined.
    ///
    /// - Throws: `CommandFailure` when it has not.
    func joinedDevice() throws -> DeviceFile {
        guard let file = try readDevice(), file.device != nil else {
            throw CommandFailure.notJoined(self)
        }
        return file
    }

    /// Writes the file whole, for this user alone.
    ///
    /// - Throws: `FileFailure`.
    func write(_ file: DeviceFile) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let data = try encoder.encode(file)
        try PrivateFile.write(Array(data) + [0x0A], to: devicePath, mode: 0o600)
    }
}

/// `device.json`: where the hub is and with which keys this device shows itself. Secret.
struct DeviceFile: Codable, Sendable {
    /// The form of the file.
    var format = 1
    var endpoint: String
    /// Where the hub said its feed is.
    var feedEndpoint: String?
    /// Z85, as the hub prints it.
    var serverKey: String
    /// The invite's secret half while joining: a second try must be the same device.
    var inviteKey: String?
    /// Z85.
    var curveSecretKey: String
    /// Base64.
    var signingSecretKey: String
    /// 32 hexadecimal digits: the replica that joined. It may have another identity by now, which
    /// its store knows.
    var replica: String
    /// The hub's name for this device; nil while joining.
    var device: String?
    var label: String

    /// The keys of the link.
    ///
    /// - Throws: `CommandFailure` when the file is damaged.
    func curveKeys() throws -> CurveKeyPair {
        do { return try CurveKeyPair(secretKey: CurveSecretKey(z85: curveSecretKey)) } catch {
            throw Self.damaged()
        }
    }

    /// The hub's key.
    ///
    /// - Throws: `CommandFailure` when the file is damaged.
    func hubKey() throws -> CurvePublicKey {
        do { return try CurvePublicKey(z85: serverKey) } catch { throw Self.damaged() }
    }

    /// The key that signs batches.
    ///
    /// - Throws: `CommandFailure` when the file is damaged.
    func signingKey() throws -> SigningKeyPair {
        guard let bytes = Data(base64Encoded: signingSecretKey),
            let pair = SigningKeyPair(seed: Array(bytes))
        else { throw Self.damaged() }
        return pair
    }

    /// - Throws: `CommandFailure` when the file is damaged.
    func replicaID() throws -> ReplicaID {
        guard let id = ReplicaID(hexadecimal: replica) else { throw Self.damaged() }
        return id
    }

    private static func damaged() -> CommandFailure {
        CommandFailure(
            .storageFault, zh: "device.json 已损坏。请从备份恢复，或在新目录重新加入。",
            en: "device.json is damaged. Restore it from a copy, or join again in a new folder.")
    }
}
