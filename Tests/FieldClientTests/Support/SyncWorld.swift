import FieldClient
import Foundation
import HubService
import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

/// A hub and its replicas in one process: the shipped loops over stores in memory and a network
/// that the test controls. Time and random bits are the test's.
final class SyncWorld {
    let codec = ProtobufCodec()
    let hubStore: InMemoryHubStorage
    var hub: HubLoop
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    var random: SplitMix
    private(set) var clients: [SyncClient] = []

    /// - Parameter policy: the complaint profile unless another text is given.
    init(seed: UInt64 = 1, policy: String? = nil) throws {
        random = SplitMix(state: seed)
        hubStore = InMemoryHubStorage(codec: codec)
        hub = HubLoop(
            store: hubStore, codec: codec,
            configuration: .init(feedEndpoint: "tcp://*:7402", software: "test"))
        try perform(.loadPolicy(yaml: try policy ?? Profile.builtInText("complaint")))
        try addStaff("lina", .clerk, store: "S001")
        try addStaff("B07", .handler, department: "售后部")
        try addStaff("C08", .handler, department: "售后部")
        try addStaff("zhao", .supervisor)
    }

    /// Forgets what the hub had not stored, as a crash does.
    func restartHub() {
        hub = HubLoop(
            store: hubStore, codec: codec,
            configuration: .init(feedEndpoint: "tcp://*:7402", software: "test"))
    }

    func perform(_ command: AdminCommand) throws {
        _ = try HubAdministrator(store: hubStore).perform(command, at: now)
    }

    private func addStaff(
        _ staff: String, _ role: Role, store: String? = nil, department: String? = nil
    ) throws {
        try perform(
            .addStaff(
                StaffRequest(
                    staff: staff, name: staff, roles: [role.rawValue], store: store,
                    department: department, phone: "", isActive: true)))
    }

    /// A device that has joined and is in step.
    func client(
        _ staff: String, _ role: Role, store: String? = nil, department: String? = nil
    ) throws -> SyncClient {
        let key = randomBytes(32)
        try perform(
            .createInvite(
                InviteRequest(
                    curveKey: KeyText.text(key), store: store, region: nil,
                    department: department, staff: staff, roles: [role.rawValue],
                    lifetimeSeconds: 3_600)))
        let client = try SyncClient(world: self, staff: staff, inviteKey: key)
        clients.append(client)
        try client.sync()
        return client
    }

    func clerk() throws -> SyncClient { try client("lina", .clerk, store: "S001") }
    func agent(_ name: String = "B07") throws -> SyncClient {
        try client(name, .handler, department: "售后部")
    }
    func supervisor() throws -> SyncClient { try client("zhao", .supervisor) }

    /// A moment later, so that no two verbs happen in the same millisecond.
    func moment() -> ReplicaWriter.Moment {
        now = now.adding(milliseconds: 7)
        return ReplicaWriter.Moment(now: now, random: randomBits())
    }

    func randomBits() -> UInt128 { UInt128(random.next()) << 64 | UInt128(random.next()) }
    func randomBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in .random(in: 0...255, using: &random) }
    }

    /// What the hub has of a ticket.
    func ticket(_ id: TicketID) throws -> Ticket? { try hubStore.read { try $0.ticket(id) } }

    /// Everybody syncs until nobody has anything new.
    func settle() throws {
        for _ in 0..<2 { for client in clients { try client.sync() } }
    }
}

/// A small reproducible source (Steele, Lea, Flood 2014).
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }
}
