import FieldClient
import HubService
import HubStore
import ReplicaStore
import Replication
import Sodium
import StoreSupport
import TicketModel
import TicketPolicy
import Wire

/// A hub and two devices in one process: the shipped loops over the shipped stores, on files. Time
/// and random bits are the test's, so the same steps write the same bytes.
final class CrashWorld {
    /// Whose disk.
    enum Machine: String, CaseIterable, Sendable {
        case hub, clerk, agent

        /// The store's file.
        var fileName: String { self == .hub ? "hub.sqlite" : "replica.sqlite" }
    }

    /// What lies on no disk that could crash: the clock, chance, and the keys of the devices.
    struct Memory: Sendable {
        var now = Timestamp(milliseconds: 1_700_000_000_000)
        var random: SplitMix
        var devices: [Machine: Device] = [:]
    }

    struct Device: Sendable {
        var staff: StaffID
        var device: DeviceID
        var signingSeed: [UInt8]
    }

    let root: String
    let codec = ProtobufCodec()
    let policies: PolicyReader
    var memory: Memory
    /// How the devices' stores are opened from now on; the hub's is always open for long.
    var mode = StoreMode.oneShot
    /// How much the devices' loops ask for at a time.
    var tuning = SyncLoop.Tuning()
    /// Called when a store has said that something is durable, with the file it is in.
    var onAcknowledgement: (Machine, String) throws -> Void = { _, _ in }
    /// The first error of any store.
    private(set) var storeFault: (any Error)?
    private var openHub: OpenHub?
    private var openDevices: [Machine: OpenDevice] = [:]

    /// Opens a world on files that are there, or will be.
    ///
    /// - Parameter policies: parsing a policy takes longer than most of what is done here.
    init(root: String, memory: Memory, policies: PolicyReader = PolicyReader()) {
        self.root = root
        self.memory = memory
        self.policies = policies
    }

    func directory(_ machine: Machine) -> String { root + "/" + machine.rawValue }
    func path(_ machine: Machine) -> String { directory(machine) + "/" + machine.fileName }

    // MARK: Machines

    /// A running hub.
    final class OpenHub {
        let store: AcknowledgedHubStore
        var loop: HubLoop

        init(_ store: AcknowledgedHubStore, _ world: CrashWorld) throws {
            self.store = store
            guard let key = MessageAuthenticationKey(bytes: [UInt8](repeating: 5, count: 32))
            else { throw WorldFailure("32 bytes make no key") }
            loop = HubLoop(
                store: store, codec: world.codec,
                configuration: .init(
                    feedEndpoint: "tcp://*:7402", software: "test", recoveryKey: key, seed: 11),
                policies: world.policies)
        }
    }

    /// A running device.
    final class OpenDevice {
        let store: AcknowledgedReplicaStore
        let desk: Desk
        var loop: SyncLoop

        init(_ store: AcknowledgedReplicaStore, desk: Desk, loop: SyncLoop) {
            self.store = store
            self.desk = desk
            self.loop = loop
        }
    }

    /// The hub; starts it if it does not run.
    func hub() throws -> OpenHub {
        if let openHub { return openHub }
        let file = try watched { try SQLiteHubStore(path: path(.hub)) }
        let hub = try OpenHub(AcknowledgedHubStore(file, self), self)
        openHub = hub
        return hub
    }

    /// A device that has joined; opens its store if it is not open.
    func device(_ machine: Machine) throws -> OpenDevice {
        if let open = openDevices[machine] { return open }
        guard let keys = memory.devices[machine] else {
            throw WorldFailure("\(machine) has not joined")
        }
        let opened = try OpenDevice(
            try openStore(machine), keys, self)
        openDevices[machine] = opened
        return opened
    }

    /// Opens the store of a device, and makes it when there is none.
    func openStore(_ machine: Machine) throws -> AcknowledgedReplicaStore {
        let file = try watched {
            try SQLiteReplicaStore(path: path(machine), mode: mode, createsFile: true)
        }
        return AcknowledgedReplicaStore(file, self, machine)
    }

    /// Ends a machine's programs in good order.
    func close(_ machine: Machine) throws {
        let (hub, device) = (openHub, openDevices[machine])
        if machine == .hub { openHub = nil }
        openDevices[machine] = nil
        if machine == .hub { try watched { try hub?.store.file.close() } }
        try watched { try device?.store.file.close() }
    }

    /// Lets the open store of a machine write and take it back; does nothing when none is open.
    func tryWriting(_ machine: Machine) throws {
        if machine == .hub {
            try openHub?.store.file.tryWriting()
        } else {
            try openDevices[machine]?.store.file.tryWriting()
        }
    }

    /// Drops everything that runs, without a word.
    func abandon() {
        openHub = nil
        openDevices = [:]
    }

    /// Remembers what a store throws: loops answer for it and go on.
    func watched<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch {
            if storeFault == nil, !(error is HubAdministrator.Refusal) { storeFault = error }
            throw error
        }
    }

    func throwStoreFault() throws { if let storeFault { throw storeFault } }

    // MARK: Chance and time

    /// A moment later, so that no two verbs happen in the same millisecond.
    func moment() -> ReplicaWriter.Moment {
        memory.now = memory.now.adding(milliseconds: 7)
        return ReplicaWriter.Moment(now: memory.now, random: randomBits())
    }

    func randomBits() -> UInt128 {
        UInt128(memory.random.next()) << 64 | UInt128(memory.random.next())
    }

    func randomBytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in .random(in: 0...255, using: &memory.random) }
    }

    /// Some words of some length.
    func words() -> String {
        let count = Int.random(in: 1...60, using: &memory.random)
        return (0..<count).map { _ in
            ["屏幕不亮", "换货", "客户来电", "已到现场", "battery", "维修"].randomElement(
                using: &memory.random) ?? ""
        }.joined(separator: " ")
    }
}

extension CrashWorld.OpenDevice {
    convenience init(
        _ store: AcknowledgedReplicaStore, _ keys: CrashWorld.Device, _ world: CrashWorld
    ) throws {
        guard let signingKey = SigningKeyPair(seed: keys.signingSeed) else {
            throw WorldFailure("a seed of 32 bytes makes no key")
        }
        self.init(
            store,
            desk: Desk(store: store, codec: world.codec, policies: world.policies) {
                [unowned world] in world.moment()
            },
            loop: SyncLoop(
                store: store, codec: world.codec,
                identity: .init(
                    signingKey: signingKey, software: "test",
                    // Not drawn: when a store is opened must not change what is written.
                    sessionNonce: [UInt8](repeating: 7, count: 16), seed: 13),
                tuning: world.tuning, policies: world.policies))
    }
}
