import ArgumentParser
import FieldClient
import Foundation
import Glibc
import ReplicaStore
import Replication
import Sodium
import StoreSupport
import Terminal
import TicketModel
import Transport
import Wire

/// `join`: makes this device one of a hub's.
struct JoinCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: said(zh: "用邀请码加入 Hub。", en: "Joins a hub with an invite."),
        discussion: said(
            zh: "邀请码由管理员用 loopdesk-hub invite 生成，只能用一次。- 从标准输入读取。",
            en: "The hub's operator makes the invite with loopdesk-hub invite; it works once. "
                + "- reads standard input."))
    @OptionGroup var common: CommonOptions
    @Argument(help: help("邀请码。", "The invite.")) var invite: String
    @Option(help: help("本机的名称（默认：主机名）。", "What to call this device (default: the host's name)."))
    var label: String?
    @Flag(help: help("只加入，不立即同步。", "Only join; sync later.")) var noSync = false

    private static let inviteByteCountMax = 4_096

    func run() async throws {
        let text =
            invite == "-"
            ? try StandardInput.text(byteCountMax: Self.inviteByteCountMax) : invite
        let invite = try Invite(text)
        let home = common.fieldHome
        try home.make()
        let file = try prepare(home, invite)
        guard SystemClock.now() < invite.expiresAt else {
            throw EnrolmentExchange.Refusal.expired
        }
        let enrolled = try await enrol(file, invite)
        let joined = try keep(enrolled, file, home)
        tell(enrolled, joined)
        if !noSync { try await firstSync(home) }
        common.console.emit(json(enrolled))
    }

    /// Writes this device's keys before the hub sees them: a second try after a lost answer must
    /// be the same device.
    private func prepare(_ home: FieldHome, _ invite: Invite) throws -> DeviceFile {
        let inviteKey = Data(invite.secretKey).base64EncodedString()
        if let file = try home.readDevice() {
            if file.device == nil, file.inviteKey == inviteKey { return file }
            guard file.device == nil else {
                throw CommandFailure(
                    .refused, zh: "\(home.path) 已经加入 \(printable(file.endpoint))。用 --home 指定另一个目录。",
                    en: "\(home.path) has joined \(printable(file.endpoint)). Give another --home.",
                    details: [.init("code", "already_joined")])
            }
        }
        let file = DeviceFile(
            endpoint: invite.endpoint,
            serverKey: try CurvePublicKey(rawBytes: invite.serverKey).z85,
            inviteKey: inviteKey, curveSecretKey: try CurveKeyPair.generate().secretKey.z85,
            signingSecretKey: Data(SigningKeyPair.generate().seed).base64EncodedString(),
            replica: ReplicaID(rawValue: SecureRandom.uint128()).description,
            label: label ?? ProcessInfo.processInfo.hostName)
        try home.write(file)
        return file
    }

    private func enrol(_ file: DeviceFile, _ invite: Invite) async throws -> Enrolled {
        let context = try ZeroMQContext()
        let exchange = EnrolmentExchange(
            context: context, invite: invite, keys: try file.curveKeys(),
            signingKey: try file.signingKey().publicKey, replica: try file.replicaID(),
            label: file.label)
        let result: Result<Enrolled, any Error>
        do { result = .success(try await exchange.run()) } catch { result = .failure(error) }
        try await context.terminate()
        return try result.get()
    }

    /// The replica first: a home with a device's name has a replica that knows who it is.
    ///
    /// A replica may be there already, of a home whose device.json is lost. What waits in it goes
    /// on under the new identity: the old one's chain of changes was signed with keys that are gone
    /// (replication.md 3.12).
    private func keep(
        _ enrolled: Enrolled, _ file: DeviceFile, _ home: FieldHome
    ) throws -> DeviceFile {
        let store = try SQLiteReplicaStore(
            path: home.replicaPath, mode: .oneShot, createsFile: true)
        let replica = try file.replicaID()
        var takenOver: (device: DeviceID, waitingCount: Int)?
        try store.transaction { store in
            if let former = try store.identity(), former.replica != replica {
                let count = try Reidentification.perform(as: replica, in: store)
                takenOver = (former.device, count)
            }
            try store.save(
                ReplicaIdentity(
                    replica: replica, device: enrolled.device, store: enrolled.store,
                    region: enrolled.region, replicaCode: enrolled.replicaCode,
                    roles: enrolled.roles))
            try store.saveSetting(HomeSetting.staff, enrolled.staff?.rawValue)
            try store.saveSetting(HomeSetting.department, enrolled.department?.rawValue)
        }
        try store.close()
        HomeBinding(home: home).write()
        var joined = file
        joined.device = enrolled.device.rawValue
        joined.inviteKey = nil
        try home.write(joined)
        if let (device, waitingCount) = takenOver {
            tellOfFormer(device, waitingCount: waitingCount, home)
        }
        return joined
    }

    private func tellOfFormer(_ device: DeviceID, waitingCount: Int, _ home: FieldHome) {
        common.console.say(
            zh: "\(home.path) 中已有设备 \(device) 的工单和 \(waitingCount) 项待发送的修改，将以新设备的身份继续。",
            en: "\(home.path) holds the tickets of device \(device) and \(waitingCount) changes "
                + "to be sent; they go on as this device's.")
    }

    private func tell(_ enrolled: Enrolled, _ file: DeviceFile) {
        let roles = enrolled.roles.map(\.rawValue).sorted().joined(separator: ", ")
        let place = enrolled.store?.rawValue
        common.console.say(
            zh: "已加入 \(printable(file.endpoint))：设备 \(enrolled.device)"
                + "\(place.map { "，门店 \($0)" } ?? "")，角色 \(roles)，编号代码 \(enrolled.replicaCode)",
            en: "joined \(printable(file.endpoint)): device \(enrolled.device)"
                + "\(place.map { ", store \($0)" } ?? ""), roles \(roles), "
                + "number code \(enrolled.replicaCode)")
    }

    /// Fetches the policy and the tickets, so that the first verb works offline.
    private func firstSync(_ home: FieldHome) async throws {
        let console = common.console
        let meter = ProgressMeter(isShown: !console.isJSON, language: console.language)
        let progress = try await SyncSession(home, mode: .oneShot).runOnce { meter.show($0) }
        meter.clear()
        SyncCommand.tell(progress, console)
    }

    private func json(_ enrolled: Enrolled) -> JSONValue {
        [
            "device": .string(enrolled.device.rawValue),
            "store": JSONValue(enrolled.store?.rawValue),
            "region": JSONValue(enrolled.region?.rawValue),
            "department": JSONValue(enrolled.department?.rawValue),
            "staff": JSONValue(enrolled.staff?.rawValue),
            "roles": JSONShape.names(enrolled.roles),
            "replica_code": .string(enrolled.replicaCode),
            "epoch": .string(enrolled.epoch.description),
        ]
    }
}
