import FieldClient
import HubService
import Replication
import Testing
import TicketModel

/// A revoked device hands over what it has not sent, and is shown nothing (replication.md 3.8).
@Suite struct HandOverTests {
    /// Syncs a revoked device and gives what it was told.
    private func reason(_ client: SyncClient) throws -> String {
        do { try client.sync() } catch SyncLoop.Halt.revoked(let reason) { return reason }
        throw WorldFailure("a revoked device was served")
    }

    private func work(_ world: SyncWorld) throws -> [QuarantinedIntent] {
        try world.hubStore.read { try $0.quarantined(after: nil, countMax: .max) }
    }

    @Test func `unsent work is kept for review at the hub and as drafts here, once`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let known = try store.logComplaint()
        try world.settle()
        let head = try world.hubStore.read { try $0.head() }
        _ = try store.desk.note("已致电", isForCustomer: false, on: known, by: store.staff)
        _ = try store.logComplaint()
        try world.perform(.revoke(device: store.device.rawValue))
        #expect(try reason(store).hasSuffix("2 changes were handed over for review."))
        #expect(try work(world).map(\.reason) == [.revoked, .revoked])
        #expect(try world.hubStore.read { try $0.head() } == head, "nothing is committed")
        #expect(try store.desk.drafts().map(\.rejection.code) == [.quarantined, .quarantined])
        #expect(try store.store.read { try $0.queuedCount() } == 0)
        #expect(try !reason(store).contains("handed over"), "nothing is left to hand over")
        #expect(try work(world).count == 2)

        let note = try #require(try work(world).first)
        try world.perform(.acceptQuarantined(operation: note.operation.description))
        try office.sync()
        #expect(try office.visible(known)?.comments.map(\.text) == ["已致电"])
    }

    @Test func `what was handed over is no draft once a hub that was put back takes it`() throws {
        let world = try SyncWorld()
        let (store, office) = (try world.clerk(), try world.supervisor())
        let ticket = try store.logComplaint()
        try world.settle()
        let backup = world.hubStore.snapshot()
        _ = try store.desk.note("已致电", isForCustomer: false, on: ticket, by: store.staff)
        try world.perform(.revoke(device: store.device.rawValue))
        _ = try reason(store)
        #expect(try store.desk.drafts().count == 1)
        // The backup knows nothing of the revocation, and nobody says that it is in place.
        world.restoreHubSilently(backup)
        try world.settle()
        #expect(try store.desk.drafts() == [])
        #expect(try store.dispositions() == [.applied, .applied])
        #expect(try office.visible(ticket)?.comments.map(\.text) == ["已致电"])
    }

    @Test func `a device without unsent work is told so as before`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        try world.perform(.revoke(device: store.device.rawValue))
        #expect(try reason(store) == "Device \(store.device) was revoked.")
        #expect(try work(world) == [])
    }

    @Test func `many changes go in batches, and an answer that is lost doubles nothing`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.sync()
        for index in 0..<600 {
            _ = try store.desk.note(
                "第 \(index)", isForCustomer: false, on: ticket, by: store.staff)
        }
        try world.perform(.revoke(device: store.device.rawValue))
        #expect(try store.sync(.losesAnswers) == nil)
        #expect(try work(world).count == 256)
        #expect(try reason(store).contains("600 changes"))
        #expect(try work(world).count == 600)
        #expect(Set(try work(world).map(\.operation)).count == 600)
        #expect(try store.desk.drafts().count == 600)
    }

    @Test func `beyond the limit work stays as drafts of the device alone`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.sync()
        let long = String(repeating: "长", count: 10_000)
        for _ in 0..<40 {
            _ = try store.desk.note(long, isForCustomer: false, on: ticket, by: store.staff)
        }
        try world.perform(.revoke(device: store.device.rawValue))
        _ = try reason(store)
        let kept = try work(world)
        #expect(kept.reduce(0) { $0 + $1.bodyBytes.count } <= Limits.handedOverByteCountMax)
        let codes = try store.desk.drafts().map(\.rejection.code)
        #expect(codes.count == 40)
        #expect(codes.count { $0 == .quarantined } == kept.count)
        #expect(codes.count { $0 == .tooLarge } == 40 - kept.count && kept.count < 40)
    }

    @Test func `revoked in the middle of a session, it hands over all the same`() throws {
        let world = try SyncWorld()
        let store = try world.clerk()
        let ticket = try store.logComplaint()
        try store.connect()
        _ = try store.desk.note("在线", isForCustomer: false, on: ticket, by: store.staff)
        try world.perform(.revoke(device: store.device.rawValue))
        var frames = store.sent(store.loop.handle(.localChange, at: world.now))
        var halt: SyncLoop.Halt?
        for _ in 0..<10 where !frames.isEmpty {
            let actions = frames.flatMap { store.answers(to: $0, nil) }.flatMap {
                store.loop.handle(.frame($0), at: world.now)
            }
            for case .halted(let reason) in actions { halt = reason }
            frames = store.sent(actions)
        }
        guard case .revoked(let reason) = halt else { throw WorldFailure("no halt") }
        #expect(reason.contains("1 change was handed over"))
        #expect(try work(world).count == 1)
    }
}

extension SyncClient {
    /// The frames that these actions send.
    func sent(_ actions: [SyncLoop.Action]) -> [[UInt8]] {
        actions.compactMap { if case .send(let bytes) = $0 { bytes } else { nil } }
    }
}
