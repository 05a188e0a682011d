import FieldClient
import Foundation
import HubService
import Replication
import Sodium
import TicketModel
import TicketPolicy
import Wire

// What people and programs do in a world.

extension CrashWorld {
    /// Sets a hub up with a policy, people, and two devices that have joined and hold a ticket.
    func populate() throws {
        try perform(.loadPolicy(yaml: try Profile.builtInText("basic")))
        try addStaff("lina", .clerk, store: "S001")
        try addStaff("B07", .handler, department: "售后部")
        try join(.clerk, "lina", .clerk, store: "S001")
        try join(.agent, "B07", .handler, department: "售后部")
        for _ in 0..<2 { try logComplaint() }
        try sync(.clerk)
        try sync(.agent)
    }

    // MARK: The hub

    func perform(_ command: AdminCommand) throws {
        _ = try HubAdministrator(store: try hub().store).perform(command, at: memory.now)
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

    /// Writes an invite and lets a new device use it; the device has no store yet.
    func enrol(
        _ staff: String, _ role: Role, store: String? = nil, department: String? = nil
    ) throws -> (keys: Device, identity: ReplicaIdentity) {
        let inviteKey = randomBytes(32)
        try perform(
            .createInvite(
                InviteRequest(
                    curveKey: KeyText.text(inviteKey), store: store, region: nil,
                    department: department, staff: staff, roles: [role.rawValue],
                    lifetimeSeconds: 3_600)))
        let seed = randomBytes(32)
        guard let signingKey = SigningKeyPair(seed: seed) else {
            throw WorldFailure("a seed of 32 bytes makes no key")
        }
        let replica = ReplicaID(rawValue: randomBits())
        let enroll = Enroll(
            curveKey: randomBytes(32), signingKey: signingKey.publicKey, replica: replica,
            label: staff, protocolMin: 1, protocolMax: 1)
        let replies = try hub().loop.process(
            [
                .init(
                    route: randomBytes(5), peer: Peer.invite(key: inviteKey).name,
                    bytes: ClientMessage.enroll(enroll).encode(requestID: 1))
            ], at: memory.now
        ).replies
        try throwStoreFault()
        guard let bytes = replies.first?.bytes,
            case .enrolled(let enrolled) = try HubMessage.decode(bytes).message
        else { throw WorldFailure("the invite was refused") }
        let keys = Device(
            staff: StaffID(unchecked: staff), device: enrolled.device, signingSeed: seed)
        let identity = ReplicaIdentity(
            replica: replica, device: enrolled.device, store: enrolled.store,
            region: enrolled.region, replicaCode: enrolled.replicaCode, roles: enrolled.roles)
        return (keys, identity)
    }

    /// A device joins and is in step.
    func join(
        _ machine: Machine, _ staff: String, _ role: Role, store: String? = nil,
        department: String? = nil
    ) throws {
        let (keys, identity) = try enrol(staff, role, store: store, department: department)
        memory.devices[machine] = keys
        try device(machine).store.transaction { try $0.save(identity) }
        try sync(machine)
    }

    // MARK: Devices

    /// Connects, runs until everything is in step, and hangs up.
    func sync(_ machine: Machine) throws {
        let device = try device(machine)
        guard let keys = memory.devices[machine] else { return }
        let route = randomBytes(5)
        defer { _ = device.loop.handle(.disconnected, at: memory.now) }
        var events: [SyncLoop.Event] = [.connected]
        var stepsCount = 0
        while !events.isEmpty {
            stepsCount += 1
            guard stepsCount < 10_000 else { throw WorldFailure("the sync does not end") }
            for action in device.loop.handle(events.removeFirst(), at: memory.now) {
                switch action {
                case .send(let bytes):
                    let replies = try hub().loop.process(
                        [.init(route: route, peer: Peer.device(keys.device).name, bytes: bytes)],
                        at: memory.now
                    ).replies
                    events += replies.map { .frame($0.bytes) }
                case .halted(.storage(let error)): throw error
                case .halted(let halt): throw halt
                default: continue
                }
            }
            try throwStoreFault()
        }
    }

    /// Logs a complaint at the clerk's with everything that the policy asks for.
    @discardableResult
    func logComplaint() throws -> TicketID {
        let texts: [(FieldID, String)] = [
            (.contact, "王先生 139"), (.reportedTime, "2023-11-15"), (.channel, "store"),
            (.kind, "complaint"), (.category, "product"), (.subject, "屏幕不亮"),
            (.description, words()), (.demand, "换货"), (.eventTime, "2023-11-14"),
            (.eventPlace, "家"), (.product, "X1"),
        ]
        var fields = Dictionary(uniqueKeysWithValues: texts.map { ($0.0, FieldValue.text($0.1)) })
        fields[.priority] = .integer(2)
        let (desk, staff) = try desk(.clerk)
        return try desk.log(NewTicket(fields: fields), by: staff).ticket.id
    }

    /// The desk of a device and the person at it.
    func desk(_ machine: Machine) throws -> (desk: Desk, staff: StaffID) {
        guard let keys = memory.devices[machine] else {
            throw WorldFailure("\(machine) has not joined")
        }
        return (try device(machine).desk, keys.staff)
    }

    /// The ticket that a device's store has held longest.
    func firstTicket(_ machine: Machine) throws -> TicketID {
        var query = TicketQuery()
        query.order = .created
        query.includesLeft = true
        guard let ticket = try device(machine).store.read({ try $0.list(query) }).last else {
            throw WorldFailure("\(machine) holds no ticket")
        }
        return ticket.id
    }

    func note(_ machine: Machine, _ ticket: TicketID) throws {
        let (desk, staff) = try desk(machine)
        _ = try desk.note(words(), isForCustomer: false, on: ticket, by: staff)
    }

    /// The official numbers that the devices know.
    func numbersAtDevices() throws -> Set<TicketNumber> {
        try memory.devices.keys.reduce(into: []) { numbers, machine in
            try device(machine).store.read { replica in
                for id in try replica.baseTickets(after: nil, through: nil) {
                    if let number = try replica.base(id)?.number { numbers.insert(number) }
                }
            }
        }
    }

    // MARK: Files

    /// Keeps the files of a machine that does not run, or puts them back.
    func copyFiles(from: String, to: String) throws {
        let manager = FileManager.default
        if manager.fileExists(atPath: to) { try manager.removeItem(atPath: to) }
        try manager.copyItem(atPath: from, toPath: to)
    }

    /// Forgets the hub's log up to its end, as far as nothing needs it, a few entries at a time.
    func compactHub() throws {
        let hub = try hub()
        let head = try hub.store.read { try $0.head().sequence }
        try hub.store.transaction { try $0.raiseDurable(to: head) }
        var isDone = false
        while !isDone {
            let count = try hub.store.transaction {
                try $0.compact(through: head, eventsSince: memory.now, countMax: 3)
            }
            isDone = count == 0
        }
    }
}
