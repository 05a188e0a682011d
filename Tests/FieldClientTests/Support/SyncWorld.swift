import FieldClient
import Foundation
import HubService
import Replication
import Sodium
import Testing
import TicketModel
import TicketPolicy
import Wire

/// A hub and its replicas in one process: the shipped loops over stores in memory and a network
/// that the test controls. Time and random bits are the test's.
final class SyncWorld {
    let codec = ProtobufCodec()
    let hubStore: InMemoryHubStorage
    let recoveryKey = MessageAuthenticationKey.generate()
    var hub: HubLoop
    /// Each run of the hub has its own random bits.
    private var startsCount: UInt128 = 1
    var now = Timestamp(milliseconds: 1_700_000_000_000)
    var random: SplitMix
    private(set) var clients: [SyncClient] = []

    /// - Parameter policy: the basic profile unless another text is given.
    init(seed: UInt64 = 1, policy: String? = nil) throws {
        random = SplitMix(state: seed)
        hubStore = InMemoryHubStorage(codec: codec)
        hub = HubLoop(
            store: hubStore, codec: codec,
            configuration: .init(
                feedEndpoint: "tcp://*:7402", software: "test", recoveryKey: recoveryKey,
                seed: startsCount))
        try perform(.loadPolicy(yaml: try policy ?? Profile.builtInText("basic")))
        try addStaff("lina", .clerk, store: "S001")
        try addStaff("B07", .handler, department: "售后部")
        try addStaff("C08", .handler, department: "售后部")
        try addStaff("zhao", .supervisor)
    }

    /// Forgets what the hub had not stored, as a crash does.
    func restartHub() {
        startsCount += 1
        hub = HubLoop(
            store: hubStore, codec: codec,
            configuration: .init(
                feedEndpoint: "tcp://*:7402", software: "test", recoveryKey: recoveryKey,
                seed: startsCount))
    }

    /// Puts the hub's store back, as `loopdesk-hub restore` does.
    func restoreHub(_ backup: InMemoryHubStorage.Snapshot) throws {
        hubStore.restore(backup)
        let seed = randomBits()
        try hubStore.transaction {
            try LogLife.begin(sharing: $0.head().sequence, seed: seed, at: now, in: $0)
        }
        restartHub()
    }

    /// Puts the hub's store back without a word to anybody: its rules do not rest.
    func restoreHubSilently(_ backup: InMemoryHubStorage.Snapshot) {
        hubStore.restore(backup)
        restartHub()
    }

    /// Lets every timer act that is due.
    func fireTimers() throws {
        while try hub.fireTimers(at: now).hasMore {}
    }

    /// Compares every replica with what the hub has of its scopes.
    func checkAgreement(sourceLocation: SourceLocation = #_sourceLocation) throws {
        for client in clients {
            try checkAgreement(of: client, sourceLocation: sourceLocation)
        }
    }

    /// Another home with the database and the keys of a client.
    func copy(_ original: SyncClient) throws -> SyncClient {
        let copy = SyncClient(copying: original)
        clients.append(copy)
        return copy
    }

    /// Compares a replica with what the hub has of its scopes.
    func checkAgreement(
        of client: SyncClient, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let (scopes, tickets) = try hubStore.read { hub in
            (
                try hub.device(client.device)?.scopes ?? [],
                try hub.snapshot(
                    after: nil, through: nil, scopes: [.all], byteCountMax: .max
                ).tickets.map { try codec.decodeTicket($0) }
            )
        }
        let visible = tickets.filter { $0.scopes.contains(where: scopes.contains) }
        let held = try client.store.read { store in
            try store.baseTickets(after: nil, through: nil).compactMap { try store.base($0) }
        }
        #expect(
            held == visible, "\(client.staff) holds other tickets", sourceLocation: sourceLocation)
        for ticket in visible {
            #expect(
                try client.visible(ticket.id) == ticket, "\(client.staff) shows something else",
                sourceLocation: sourceLocation)
        }
        #expect(
            try client.dispositions().allSatisfy { $0 != nil }, "unanswered at \(client.staff)",
            sourceLocation: sourceLocation)
    }

    func perform(_ command: AdminCommand) throws {
        _ = try HubAdministrator(store: hubStore) { [recoveryKey] in recoveryKey }.perform(
            command, at: now)
    }

    func addStaff(
        _ staff: String, _ role: Role, store: String? = nil, department: String? = nil
    ) throws {
        try perform(
            .addStaff(
                StaffRequest(
                    staff: staff, name: staff, roles: [role.rawValue], store: store,
                    department: department, phone: "", isActive: true)))
    }

    /// Makes somebody away from now on, as the operator does.
    func leave(_ staff: String, to substitute: String?, milliseconds: Int64 = 3_600_000) throws {
        try perform(
            .setAbsence(
                staff: staff,
                AbsenceRequest(
                    fromMilliseconds: now.milliseconds,
                    untilMilliseconds: now.milliseconds + milliseconds, substitute: substitute,
                    note: "")))
    }

    /// A device that has joined and is in step.
    func client(
        _ staff: String, _ role: Role, store: String? = nil, department: String? = nil,
        alsoFor roles: [Role] = [], tuning: SyncLoop.Tuning = .init(), syncs: Bool = true
    ) throws -> SyncClient {
        let key = randomBytes(32)
        try perform(
            .createInvite(
                InviteRequest(
                    curveKey: KeyText.text(key), store: store, region: nil,
                    department: department, staff: staff,
                    roles: ([role] + roles).map(\.rawValue), lifetimeSeconds: 3_600)))
        let client = try SyncClient(world: self, staff: staff, inviteKey: key, tuning: tuning)
        clients.append(client)
        if syncs { try client.sync() }
        return client
    }

    func clerk() throws -> SyncClient { try client("lina", .clerk, store: "S001") }
    func agent(_ name: String = "B07") throws -> SyncClient {
        try client(name, .handler, department: "售后部")
    }
    func supervisor(
        tuning: SyncLoop.Tuning = .init(), syncs: Bool = true
    ) throws -> SyncClient {
        try client("zhao", .supervisor, tuning: tuning, syncs: syncs)
    }

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
