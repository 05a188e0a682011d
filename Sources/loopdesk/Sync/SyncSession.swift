import FieldClient
import Foundation
import ReplicaStore
import Replication
import Sodium
import StoreSupport
import Terminal
import TicketModel
import Transport
import Wire

/// The driver of one home, with everything that it needs from the files of that home.
struct SyncSession {
    let home: FieldHome
    let driver: SyncDriver
    private let context: ZeroMQContext

    /// - Parameter isVerifying: whether to compare with the hub, however fresh the last comparison
    ///   is.
    /// - Throws: `CommandFailure`, `StoreError`, `TransportError`.
    init(_ home: FieldHome, mode: StoreMode, isVerifying: Bool = false) throws {
        let device = try home.joinedDevice()
        // Damage there is told, though who this replica is says its store.
        _ = try device.replicaID()
        let context = try ZeroMQContext()
        let identity = SyncLoop.Identity(
            signingKey: try device.signingKey(), software: softwareVersion,
            sessionNonce: SecureRandom.bytes(count: 16), seed: SecureRandom.uint128())
        let link = SyncDriver.Link(
            syncEndpoint: device.endpoint, feedEndpoint: device.feedEndpoint,
            serverKey: try device.hubKey(), keys: try device.curveKeys())
        self.home = home
        self.context = context
        driver = try SyncDriver(context: context, link: link) {
            let store = try SQLiteReplicaStore(
                path: home.replicaPath, mode: mode, createsFile: false)
            if let notice = try HomeBinding(home: home).check(store) {
                Console.writeError(said(zh: notice.zh, en: notice.en))
            }
            var loop = SyncLoop(store: store, codec: ProtobufCodec(), identity: identity)
            loop.isVerifying = isVerifying
            return loop
        }
    }

    /// Syncs until everything is in step.
    ///
    /// - Throws: as `SyncDriver.runOnce`, `TransportError`.
    func runOnce(
        _ report: @escaping @Sendable (SyncDriver.Report) -> Void
    ) async throws
        -> SyncLoop.Progress
    {
        let result: Result<SyncLoop.Progress, any Error>
        do {
            result = .success(try await driver.runOnce { note($0, report) })
        } catch { result = .failure(error) }
        try await context.terminate()
        return try result.get()
    }

    /// Stays in step, with what is written here sent at once, until the driver is stopped.
    ///
    /// - Throws: as `SyncDriver.runLive`, `TransportError`.
    func runLive(_ report: @escaping @Sendable (SyncDriver.Report) -> Void) async throws {
        let watcher = LocalChangeWatcher(directory: URL(fileURLWithPath: home.path)) {
            [driver] in Task { await driver.localChange() }
        }
        let result: Result<Void, any Error>
        do {
            result = .success(try await driver.runLive { note($0, report) })
        } catch { result = .failure(error) }
        watcher?.stop()
        try await context.terminate()
        try result.get()
    }

    /// Remembers where the feed is, so that the next run subscribes at once.
    private func note(
        _ event: SyncDriver.Report, _ report: @Sendable (SyncDriver.Report) -> Void
    ) {
        if case .feedMoved(let endpoint) = event, var device = try? home.readDevice() {
            device.feedEndpoint = endpoint
            try? home.write(device)
        }
        report(event)
    }
}
