import FieldClient
import HubService
import Replication
import Testing
import TicketModel

/// What is given back to a hub that was put back, over a line that breaks (replication.md 3.11).
@Suite struct InterruptedRefillTests {
    private static let notesCount = 12

    /// A supervisor who holds a ticket with many notes that the store wrote after the backup, and
    /// gives back one entry at a time.
    private struct Scene {
        let world: SyncWorld
        let office: SyncClient
        let id: TicketID
        let backup: InMemoryHubStorage.Snapshot

        init() throws {
            world = try SyncWorld()
            let store = try world.clerk()
            var tuning = SyncLoop.Tuning()
            tuning.refillEntriesCountMax = 1
            office = try world.supervisor(tuning: tuning)
            id = try store.logComplaint()
            try world.settle()
            backup = world.hubStore.snapshot()
            for number in 1...notesCount {
                _ = try store.desk.note(
                    "第\(number)次", isForCustomer: false, on: id, by: store.staff)
            }
            try world.settle()
        }

        func notesAtHub() throws -> Int {
            try world.ticket(id)?.comments.count { $0.kind == .note } ?? 0
        }

        /// Connects for so many events, and tells whether everything came into step.
        func connect(_ stepsCount: Int) throws -> Bool {
            defer { _ = office.loop.handle(.disconnected, at: world.now) }
            return try office.connect(stoppingAfter: stepsCount) != nil
        }
    }

    @Test func `it goes on where it was, so that a line which breaks often suffices`() throws {
        let scene = try Scene()
        try scene.world.restoreHub(scene.backup)
        var connectionsCount = 0
        while try !scene.connect(6) {
            connectionsCount += 1
            try #require(connectionsCount < 20, "it begins anew each time")
        }
        #expect(connectionsCount > 2, "it did break")
        #expect(try scene.notesAtHub() == Self.notesCount)
        try scene.world.settle()
        try scene.world.checkAgreement()
    }

    @Test func `a hub that was put back in between gets everything`() throws {
        let scene = try Scene()
        try scene.world.restoreHub(scene.backup)
        let restored = scene.world.hubStore.snapshot()
        _ = try scene.connect(8)
        #expect(try (1..<Self.notesCount).contains(scene.notesAtHub()), "some are back")
        scene.world.restoreHubSilently(restored)
        #expect(try scene.notesAtHub() == 0)
        try scene.office.sync()
        #expect(try scene.notesAtHub() == Self.notesCount)
        try scene.world.settle()
        try scene.world.checkAgreement()
    }

    @Test func `an epoch that names two logs is shared only as far as hashes prove`() throws {
        let scene = try Scene()
        let (world, office) = (scene.world, scene.office)
        // Back without a word: who comes first knows nothing of what is lost, and goes on.
        world.restoreHubSilently(scene.backup)
        let other = try world.client("C08", .handler, department: "售后部")
        let second = try other.logComplaint()
        try other.sync()
        // Back with a word, to a log that is shorter than the one that is lost.
        try world.restoreHub(world.hubStore.snapshot())
        try office.sync()
        #expect(try scene.notesAtHub() == Self.notesCount, "also those behind the former end")
        #expect(try world.ticket(second) != nil)
        try world.settle()
        try world.checkAgreement()
    }
}
