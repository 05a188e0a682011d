import FieldClient
import Foundation
import HubService
import HubStore
import Replication
import StoreSupport
import TicketModel
import Wire

// Transactions of stores that were put back, copied, left behind, or written by an older version.

extension CanonicalTransaction {
    /// The hub forgets its log behind the durable horizon, a few entries at a time.
    static let compact = CanonicalTransaction(name: "compact", machine: .hub) { world, _ in
        try world.logComplaint()
        try world.note(.clerk, try world.firstTicket(.clerk))
        try world.sync(.clerk)
        try world.compactHub()
    }

    /// A device is too far behind the log and gets the tickets piece by piece, with unsent work.
    static let installSnapshot = CanonicalTransaction(
        name: "install a snapshot", machine: .clerk, snapshotByteCountMax: 3_000,
        prepare: { world in
            for _ in 0..<4 { try world.logComplaint() }
            for machine in [CrashWorld.Machine.clerk, .agent] { try world.sync(machine) }
        },
        act: { world, _ in
            try world.note(.agent, try world.firstTicket(.agent))
            try world.sync(.agent)
            try world.compactHub()
            try world.note(.clerk, try world.firstTicket(.clerk))
            try world.sync(.clerk)
        })

    /// The hub's store was put back: its log begins another life, and devices bring back what it
    /// lost.
    static let restore = CanonicalTransaction(
        name: "restore", machine: .hub, isRestore: true,
        prepare: { world in try world.putHubBack() },
        act: { world, round in
            if round == 0 { try world.beginLife() }
            try world.note(.clerk, try world.firstTicket(.clerk))
            for machine in [CrashWorld.Machine.clerk, .agent] { try world.sync(machine) }
        })

    /// A device follows a hub that was put back into the new life of its log.
    static let crossOver = CanonicalTransaction(
        name: "cross over", machine: .clerk,
        prepare: { world in
            try world.putHubBack()
            try world.beginLife()
        },
        act: { world, _ in
            try world.note(.clerk, try world.firstTicket(.clerk))
            try world.sync(.clerk)
        })

    /// A device whose store was put back to an earlier state goes on under another identity.
    static let reidentify = CanonicalTransaction(
        name: "re-identify", machine: .clerk,
        prepare: { world in
            try world.close(.clerk)
            let (files, kept) = (world.directory(.clerk), world.root + "/kept")
            try world.copyFiles(from: files, to: kept)
            try world.logComplaint()
            try world.sync(.clerk)
            try world.close(.clerk)
            try world.copyFiles(from: kept, to: files)
        },
        act: { world, _ in
            try world.logComplaint()
            try world.note(.clerk, try world.firstTicket(.clerk))
            try world.sync(.clerk)
        })

    /// A hub's store of the first version comes up to date.
    static let migrateHub = CanonicalTransaction(
        name: "migrate a hub", machine: .hub, roundsCount: 2, beginning: .firstVersion
    ) { world, _ in
        _ = try world.hub()
        try world.onAcknowledgement(.hub, CrashWorld.Machine.hub.fileName)
        try world.addStaff("wang", .clerk, store: "S002")
    }

    /// A replica's store of the first version comes up to date, in two steps: opening it is enough
    /// for the first, the second waits for the first writing.
    static let migrateReplica = CanonicalTransaction(
        name: "migrate a replica", machine: .clerk, roundsCount: 2, beginning: .firstVersion,
        firstWritingMoment: 2
    ) { world, _ in
        let store = try world.device(.clerk).store
        try world.onAcknowledgement(.clerk, CrashWorld.Machine.clerk.fileName)
        try store.transaction { _ in }
        try store.transaction { try $0.saveSetting("staff", world.words()) }
    }
}

extension CrashWorld {
    /// Puts the hub's store back to where it was before some work of both devices. The files beside
    /// it stay, as they must.
    func putHubBack() throws {
        let kept = root + "/backup.sqlite"
        _ = try HubBackup.write(of: path(.hub), to: kept)
        try logComplaint()
        try sync(.clerk)
        try sync(.agent)
        try note(.agent, try firstTicket(.agent))
        try sync(.agent)
        try sync(.clerk)
        try close(.hub)
        for suffix in ["-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: path(.hub) + suffix)
        }
        try copyFiles(from: kept, to: path(.hub))
    }

    /// What an operator does with a hub that was put back.
    func beginLife() throws {
        let seed = randomBits()
        try hub().store.transaction { store in
            try LogLife.begin(
                sharing: store.head().sequence, seed: seed, at: memory.now, in: store)
        }
    }
}
