import FieldClient
import Foundation
import Replication
import TicketModel
import Transport

/// Runs the client's loop over real sockets: events of the link go into `SyncLoop`, what it asks
/// for is done, in order.
///
/// Pinned to a thread of its own, because the loop writes to SQLite.
actor SyncDriver {
    /// Where the hub is and who this device is to it.
    struct Link: Sendable {
        var syncEndpoint: String
        /// Nil until the hub has said where its feed is.
        var feedEndpoint: String?
        var serverKey: CurvePublicKey
        var keys: CurveKeyPair
    }

    /// Why a connection did not come about. Each has its own message and remedy.
    enum LinkFailure: Error, Equatable {
        case unreachable(String)
        /// The hub does not know this key, or no longer.
        case refused
        /// The hub answers that it cannot serve now, and why; empty when it did not say.
        case hubBusy(String)
        case wrongServerKey
        /// The hub was there, and the conversation was given up.
        case interrupted(String)
    }

    /// What the person who waits is told.
    enum Report: Sendable {
        case connected
        case disconnected(LinkFailure?)
        case progress(SyncLoop.Progress)
        case applied(PageApplier.Outcome)
        case caughtUp(SyncLoop.Progress)
        case notice(SyncLoop.Notice)
        case feedMoved(String)
    }

    /// How long one call may wait for a connection.
    static let connectTimeout = Duration.seconds(10)

    private let thread: BlockingThread
    private let context: ZeroMQContext
    private var loop: SyncLoop
    private var link: Link
    private var transport: FieldTransport?
    private var unsent: [[UInt8]] = []
    private var isFlushing = false
    /// When the loop is to be called again. Measured by a clock that nobody sets.
    private var wakeAt: ContinuousClock.Instant?
    private var isConnected = false
    private var isStopped = false
    /// Whether everything was in step on the present connection.
    private var hasCaughtUp = false
    private var busyCount = 0
    /// How a connection is to end of which the loop has said so outside of an event of the link.
    private var cutShort: Result<Ending, any Error>?
    private var pushedCount: UInt64 = 0

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        thread.asUnownedSerialExecutor()
    }

    init(
        context: ZeroMQContext, link: Link, makeLoop: @Sendable () throws -> SyncLoop
    ) throws {
        thread = try BlockingThread(name: "sync")
        self.context = context
        self.link = link
        loop = try makeLoop()
    }

    /// Syncs until everything is in step, then returns.
    ///
    /// - Throws: `LinkFailure` when no connection can be had, `SyncLoop.Halt`, `TransportError`.
    func runOnce(report: @Sendable (Report) -> Void) async throws -> SyncLoop.Progress {
        let deadline = ContinuousClock.now + Self.connectTimeout
        var reconnectsCount = 0
        while true {
            switch try await connection(until: deadline, isOnce: true, report: report) {
            case .caughtUp(let progress): return progress
            case .lost(let failure):
                reconnectsCount += 1
                guard reconnectsCount < Self.reconnectsCountMax else {
                    throw failure ?? LinkFailure.unreachable(link.syncEndpoint)
                }
            case .stopped: throw CancellationError()
            }
        }
    }

    /// Stays in step until `stop()`; every failure of the link is reported and tried again.
    ///
    /// - Throws: `SyncLoop.Halt` when a person is needed, `TransportError`.
    func runLive(report: @Sendable (Report) -> Void) async throws {
        var lossesCount = 0
        while !isStopped {
            let ending = try await connection(until: nil, isOnce: false, report: report)
            guard case .lost(let failure) = ending else { continue }
            if let failure { report(.disconnected(failure)) }
            lossesCount = hasCaughtUp ? 0 : lossesCount + 1
            let seconds = min(Self.pauseSecondsMax, Double(1 << min(lossesCount, 10)))
            try? await Task.sleep(for: .seconds(Double.random(in: 0.2..<max(2, seconds))))
        }
    }

    /// Ends a run; the call under way returns soon.
    func stop() async {
        isStopped = true
        await transport?.close()
    }

    /// Something was written to the store: send it.
    func localChange() async {
        guard isConnected else { return }
        var ending: Ending?
        do {
            for action in loop.handle(.localChange, at: now()) {
                ending = try await perform(action, isOnce: false) { _ in }
                if ending != nil { break }
            }
            if let ending { cutShort = .success(ending) }
        } catch { cutShort = .failure(error) }
        // Who follows the link is told by its end, and goes by what is noted here.
        if cutShort != nil { await transport?.close() }
    }

    /// The longest wait before the next connection, when one after the other comes to nothing.
    private static let pauseSecondsMax = 30.0

    private static let reconnectsCountMax = 3
    /// How often in a row a hub may say that it is busy before one sync gives up.
    private static let busyCountMax = 2

    /// How a connection ended.
    private enum Ending {
        case caughtUp(SyncLoop.Progress)
        case lost(LinkFailure?)
        case stopped
    }

    private func connection(
        until deadline: ContinuousClock.Instant?, isOnce: Bool,
        report: @Sendable (Report) -> Void
    ) async throws -> Ending {
        let transport = try FieldTransport(context: context) { Double.random(in: 0..<1) }
        self.transport = transport
        unsent = []
        wakeAt = nil
        cutShort = nil
        hasCaughtUp = false
        try await transport.connect(
            FieldTransportConfiguration(
                syncEndpoint: link.syncEndpoint, feedEndpoint: isOnce ? nil : link.feedEndpoint,
                serverKey: link.serverKey, keys: link.keys))
        let result: Result<Ending, any Error>
        do {
            result = .success(
                try await follow(transport, until: deadline, isOnce: isOnce, report: report))
        } catch { result = .failure(error) }
        isConnected = false
        _ = loop.handle(.disconnected, at: now())
        await transport.close()
        self.transport = nil
        return try result.get()
    }

    private func follow(
        _ transport: FieldTransport, until deadline: ContinuousClock.Instant?, isOnce: Bool,
        report: @Sendable (Report) -> Void
    ) async throws -> Ending {
        while !isStopped {
            let wake = nextWake(notAfter: isConnected ? nil : deadline)
            guard let events = await transport.nextEvents(until: wake) else {
                return try cutShort?.get() ?? .stopped
            }
            if events.isEmpty, !isConnected, let deadline, ContinuousClock.now >= deadline {
                throw LinkFailure.unreachable(link.syncEndpoint)
            }
            for event in events {
                if let ending = try await take(event, isOnce: isOnce, report: report) {
                    return ending
                }
            }
            if let wakeAt, wakeAt <= .now {
                self.wakeAt = nil
                if let ending = try await feed(.tick, isOnce: isOnce, report: report) {
                    return ending
                }
            }
        }
        return .stopped
    }

    private func take(
        _ event: LinkEvent, isOnce: Bool, report: @Sendable (Report) -> Void
    ) async throws -> Ending? {
        switch event {
        case .connected:
            isConnected = true
            report(.connected)
            return try await feed(.connected, isOnce: isOnce, report: report)
        case .disconnected:
            isConnected = false
            report(.disconnected(nil))
            return isOnce
                ? .lost(nil) : try await feed(.disconnected, isOnce: isOnce, report: report)
        case .refused(let status):
            return try linkFailed(
                status == 400 ? .refused : .hubBusy(""), isOnce: isOnce, report: report)
        case .wrongServerKey:
            return try linkFailed(.wrongServerKey, isOnce: isOnce, report: report)
        case .unreachable:
            return try linkFailed(
                .unreachable(link.syncEndpoint), isOnce: isOnce, report: report)
        case .frame(let bytes):
            return try await feed(.frame(bytes), isOnce: isOnce, report: report)
        case .hint(let bytes):
            return try await feed(.hint(bytes), isOnce: isOnce, report: report)
        case .writable: try await flush()
        case .feedConnected: return try await feed(.localChange, isOnce: isOnce, report: report)
        case .feedDisconnected: break
        }
        return nil
    }

    private func linkFailed(
        _ failure: LinkFailure, isOnce: Bool, report: @Sendable (Report) -> Void
    ) throws -> Ending? {
        isConnected = false
        // A hub that dies in the middle of the handshake looks like one with another key: that is
        // believed when the next attempts end in the same way.
        if isOnce, failure == .wrongServerKey { return .lost(failure) }
        if isOnce { throw failure }
        report(.disconnected(failure))
        return nil
    }

    private func feed(
        _ event: SyncLoop.Event, isOnce: Bool, report: @Sendable (Report) -> Void
    ) async throws -> Ending? {
        for action in loop.handle(event, at: now()) {
            if let ending = try await perform(action, isOnce: isOnce, report: report) {
                return ending
            }
        }
        return nil
    }

    private func perform(
        _ action: SyncLoop.Action, isOnce: Bool, report: @Sendable (Report) -> Void
    ) async throws -> Ending? {
        switch action {
        case .send(let bytes):
            unsent.append(bytes)
            try await flush()
        case .subscribe(let topics, let endpoint):
            let moved = feedAddress(endpoint)
            await transport?.subscribe(topics)
            if moved != link.feedEndpoint {
                link.feedEndpoint = moved
                report(.feedMoved(moved))
                return isOnce ? nil : .lost(nil)
            }
        case .wake(let time): wakeAt = .now + .milliseconds(max(0, time.millisecondsSince(now())))
        case .reconnect(let reason): return .lost(.interrupted(reason))
        case .busy(let reason):
            busyCount += 1
            if isOnce, busyCount >= Self.busyCountMax { throw LinkFailure.hubBusy(reason) }
            report(.disconnected(.hubBusy(reason)))
        case .applied(let outcome):
            // A crowd at the hub: who gets further now and then goes on.
            busyCount = 0
            report(.applied(outcome))
        case .progress(let progress):
            // Only what the hub takes proves that it can write again; it may well answer questions.
            if progress.pushed > pushedCount { busyCount = 0 }
            pushedCount = progress.pushed
            report(.progress(progress))
        case .caughtUp(let progress):
            hasCaughtUp = true
            report(.caughtUp(progress))
            return isOnce ? .caughtUp(progress) : nil
        case .notice(let notice): report(.notice(notice))
        case .halted(let halt): throw halt
        }
        return nil
    }

    /// Sends what waits, in order; what the socket does not take now goes with `writable`.
    private func flush() async throws {
        guard !isFlushing, let transport else { return }
        isFlushing = true
        defer { isFlushing = false }
        while !unsent.isEmpty {
            let count = try await transport.send(unsent)
            unsent.removeFirst(min(count, unsent.count))
            if count == 0 { return }
        }
    }

    /// The feed's address: the host that we know with the port that the hub names.
    private func feedAddress(_ endpoint: String) -> String {
        guard let port = endpoint.split(separator: ":").last,
            let host = link.syncEndpoint.dropFirst("tcp://".count).split(separator: ":").dropLast()
                .joined(separator: ":") as String?
        else { return endpoint }
        return "tcp://\(host):\(port)"
    }

    private func nextWake(
        notAfter deadline: ContinuousClock.Instant?
    ) -> ContinuousClock.Instant? {
        [wakeAt, deadline].compactMap { $0 }.min()
    }

    private func now() -> Timestamp { SystemClock.now() }
}
