import FieldClient
import HubService
import HubStore
import Replication
import StoreSupport
import TicketModel
import TicketPolicy
import Wire

/// One of the things that must happen whole or not at all, whenever the power goes.
///
/// To add one: say whose disk crashes, what must be there before, and what is done. Whatever goes
/// through `world`'s stores is an acknowledgement when it returns; what does not, such as a backup,
/// says so with `world.onAcknowledgement`.
struct CanonicalTransaction: Sendable, CustomStringConvertible {
    let name: String
    /// Whose disk is recorded.
    let machine: CrashWorld.Machine
    /// How often `act` is done. The store is closed and opened again in between: the log is then
    /// copied into the file and begun anew, if the store is one that does so.
    var roundsCount = 3
    /// How a device opens its store in each round.
    var modes: [StoreMode] = [.oneShot, .daemon, .oneShot]
    /// What is on the disk at first.
    var beginning = Beginning.asPrepared
    /// Whether `prepare` puts the hub back to an earlier state.
    var isRestore = false
    /// The moment that the first writing leads to, even if it writes nothing: 0 unless opening
    /// leaves something to do.
    var firstWritingMoment = 0
    /// How large a piece of a snapshot is that a device asks for.
    var snapshotByteCountMax = SyncLoop.Tuning().snapshotByteCountMax
    /// Another file of the disk that must be whole whenever it is there.
    var otherFile: String?
    /// Makes what must be there before, on a world of one hub and two devices in step.
    var prepare: @Sendable (CrashWorld) throws -> Void = { _ in }
    /// Does it, in round 0, 1, 2.
    let act: @Sendable (CrashWorld, Int) throws -> Void

    /// What is on a disk before a transaction.
    enum Beginning: Sendable {
        case asPrepared
        case empty
        /// The store with what was prepared, as the first version of this program wrote it.
        case firstVersion
    }

    var description: String { name }

    static let all: [CanonicalTransaction] = [
        create, edit, push, applyPage, settle, fireTimers, changeKeys, backup, checkpoint,
        compact, installSnapshot, restore, crossOver, reidentify, makeHub, makeReplica, migrateHub,
        migrateReplica,
    ]

    static let create = CanonicalTransaction(name: "create", machine: .clerk) { world, _ in
        try world.logComplaint()
    }

    static let edit = CanonicalTransaction(name: "edit", machine: .clerk) { world, _ in
        let ticket = try world.firstTicket(.clerk)
        let (desk, staff) = try world.desk(.clerk)
        _ = try desk.set(.demand, to: .text(world.words()), on: ticket, by: staff)
        _ = try desk.tag(
            adding: ["批次 \(world.randomBits() % 1_000)"], removing: [], on: ticket, by: staff)
        try world.note(.clerk, ticket)
    }

    /// The hub commits what a device sends.
    static let push = CanonicalTransaction(name: "push", machine: .hub) { world, _ in
        let ticket = try world.logComplaint()
        try world.note(.clerk, ticket)
        try world.sync(.clerk)
    }

    /// A device applies what others did.
    static let applyPage = CanonicalTransaction(name: "apply page", machine: .clerk) { world, _ in
        let ticket = try world.firstTicket(.agent)
        let (desk, staff) = try world.desk(.agent)
        _ = try desk.escalate(ticket, to: nil, reason: world.words(), by: staff)
        try world.note(.agent, ticket)
        try world.sync(.agent)
        try world.sync(.clerk)
    }

    /// A device learns what became of its own work: accepted, and in the first round refused.
    static let settle = CanonicalTransaction(
        name: "settle", machine: .clerk,
        prepare: { world in
            let (desk, staff) = try world.desk(.clerk)
            _ = try desk.resolve(try world.firstTicket(.clerk), solution: "已换货", by: staff)
            for machine in [CrashWorld.Machine.clerk, .agent] { try world.sync(machine) }
        },
        act: { world, round in
            let ticket = try world.firstTicket(.clerk)
            let (desk, staff) = try world.desk(.clerk)
            if round == 0 {
                try world.note(.agent, ticket)
                try world.sync(.agent)
                _ = try desk.close(ticket, note: "客户满意", by: staff)
            }
            try world.note(.clerk, ticket)
            try world.sync(.clerk)
        })

    /// The hub lets the promises run out that a complaint gave.
    static let fireTimers = CanonicalTransaction(
        name: "fire timers", machine: .hub,
        prepare: { world in
            try world.logComplaint()
            try world.sync(.clerk)
        },
        act: { world, _ in
            let hub = try world.hub()
            guard let due = try hub.loop.nextTimer() else {
                throw WorldFailure("no timer waits")
            }
            world.memory.now = max(world.memory.now, due)
            _ = try hub.loop.fireTimers(at: due)
            try world.throwStoreFault()
        })

    /// The hub learns a device's keys, and revokes them.
    static let changeKeys = CanonicalTransaction(name: "change keys", machine: .hub) { world, _ in
        let device = try world.enrol("lina", .clerk, store: "S001").keys.device
        try world.perform(.revoke(device: device.rawValue))
    }

    static let backup = CanonicalTransaction(
        name: "backup", machine: .hub, otherFile: "copy.sqlite"
    ) { world, _ in
        try world.logComplaint()
        try world.sync(.clerk)
        let copy = world.directory(.hub) + "/copy.sqlite"
        try world.watched {
            let report = try HubBackup.write(of: world.path(.hub), to: copy)
            guard report.isSound else {
                throw StoreError(.corrupt, report.firstProblem ?? "")
            }
        }
        try world.onAcknowledgement(.hub, "copy.sqlite")
    }

    /// A log that has become long is copied into the file after a commit, and begun anew by the
    /// next: the limit is 512 pages, and a round writes about 200.
    static let checkpoint = CanonicalTransaction(
        name: "checkpoint", machine: .clerk, roundsCount: 2, modes: [.oneShot, .oneShot],
        prepare: { world in try world.fillLog(pagesCount: 400) },
        act: { world, _ in
            try world.fillLog(pagesCount: 130)
            try world.note(.clerk, try world.firstTicket(.clerk))
        })

    /// A hub's store comes into being, with all migrations.
    static let makeHub = CanonicalTransaction(
        name: "make a hub", machine: .hub, roundsCount: 2, beginning: .empty
    ) { world, _ in
        _ = try world.hub()
        try world.onAcknowledgement(.hub, CrashWorld.Machine.hub.fileName)
        try world.addStaff("wang", .clerk, store: "S002")
    }

    /// A replica's store comes into being, with all migrations.
    static let makeReplica = CanonicalTransaction(
        name: "make a replica", machine: .clerk, beginning: .empty, firstWritingMoment: 2
    ) { world, _ in
        let store = try world.device(.clerk).store
        try world.onAcknowledgement(.clerk, CrashWorld.Machine.clerk.fileName)
        try store.transaction { _ in }
        try store.transaction { try $0.saveSetting("staff", world.words()) }
    }
}

extension CrashWorld {
    /// Makes the log of the clerk's store longer by about so many pages.
    func fillLog(pagesCount: Int) throws {
        let text = String(repeating: words(), count: 400).prefix(4_000)
        for start in stride(from: 0, to: pagesCount, by: 50) {
            try device(.clerk).store.transaction { store in
                for index in start..<min(start + 50, pagesCount) {
                    try store.saveSetting("page \(index % 60)", "\(index) \(text)")
                }
            }
        }
    }
}
