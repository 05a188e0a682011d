import CZeroMQ

/// Starting and ending.
extension HubTransport {
    private static let bindRetryPause = Duration.milliseconds(50)

    /// libzmq's linger sometimes loses the last frame of a connection, as measured; frames that
    /// left before the close are safe.
    private static let closingHeadStart = Duration.milliseconds(50)

    /// Opens the sockets and proves that a stranger's key is refused.
    ///
    /// Order: the authentication handler is bound before any server socket, otherwise libzmq would
    /// let anybody in (transport.md 1.3 c).
    ///
    /// - Throws: `TransportError`: `addressInUse`, `invalidEndpoint`, `unsafeLocalPath`,
    ///   `resourcesExhausted`; `authenticationNotEnforced` when the self-test fails. Everything is
    ///   closed then.
    package func start() async throws -> HubEndpoints {
        precondition(phase == .idle, "a hub transport starts once")
        phase = .starting
        do {
            try startAuthentication()
            let endpoints = try await openServers()
            try await testThatStrangersAreRefused(endpoints.sync, .dealer)
            try await testThatStrangersAreRefused(endpoints.feed, .subscriber)
            guard phase == .starting else { throw closedError }
            phase = .running
            return endpoints
        } catch {
            closeEverything()
            throw error
        }
    }

    /// First half of a graceful end: nothing more is read, and new handshakes are answered "busy".
    ///
    /// `nextBatch()` gives what was read before and then nil; `send` still works, so that replies
    /// to the last batch leave.
    package func stopReading() {
        guard phase == .running else { return }
        phase = .draining
        for socket in [syncSocket, localSocket] {
            if let socket { loop.unwatch(socket) }
        }
        guard inbound.isEmpty else { return deliver() }
        finishWaiter()
    }

    /// Ends the transport: what was sent has the linger time to leave, waiting calls end with nil.
    ///
    /// Idempotent.
    package func shutdown() async {
        stopReading()
        let headStart = min(
            Self.closingHeadStart, .milliseconds(configuration.limits.lingerMilliseconds))
        if phase == .draining, headStart > .zero { await loop.pause(until: .now + headStart) }
        closeEverything()
    }

    private var closedError: TransportError {
        TransportError(.closed, "The hub transport was shut down while it started; start again")
    }

    private func startAuthentication() throws(TransportError) {
        let limits = configuration.limits
        let handler = try AuthenticationHandler(
            context: context, table: configuration.keyTable,
            limiter: HandshakeLimiter(
                countMax: limits.handshakeCountMax, window: limits.handshakeWindow))
        authentication = handler
        loop.watch(handler.socket) { self.assumeIsolated { $0.authenticate() } }
    }

    private func openServers() async throws -> HubEndpoints {
        let sync = try makeSyncSocket()
        syncSocket = sync
        let feed = try makeFeedSocket()
        feedSocket = feed
        let local = try configuration.localSocketPath.map { _ in try makeLocalSocket() }
        localSocket = local
        let (syncEndpoint, feedEndpoint) = (configuration.syncEndpoint, configuration.feedEndpoint)
        try await retrying { () throws(TransportError) in try sync.bind(syncEndpoint) }
        try await retrying { () throws(TransportError) in try feed.bind(feedEndpoint) }
        if let local, let path = configuration.localSocketPath {
            let socketPath = try LocalSocketPath(path)
            try await retrying { () throws(TransportError) in try socketPath.bind(local) }
            loop.watch(local) { self.assumeIsolated { $0.receive(from: .local) } }
        }
        loop.watch(sync) { self.assumeIsolated { $0.receive(from: .remote) } }
        loop.watch(feed) { self.assumeIsolated { $0.drainSubscriptions() } }
        return HubEndpoints(
            sync: try sync.lastEndpoint, feed: try feed.lastEndpoint,
            localSocketPath: configuration.localSocketPath)
    }

    /// A hub that has just ended may hold the address a moment longer.
    private func retrying(_ bind: () throws(TransportError) -> Void) async throws {
        let deadline = ContinuousClock.now + configuration.limits.bindRetryDuration
        while true {
            do throws(TransportError) {
                return try bind()
            } catch {
                guard error.code == .addressInUse, .now < deadline else { throw error }
            }
            await loop.pause(until: .now + Self.bindRetryPause)
            guard phase == .starting else { throw closedError }
        }
    }

    /// The authentication handler is closed last (transport.md 2.3).
    func closeEverything() {
        guard phase != .closed else { return }
        phase = .closed
        for socket in [syncSocket, localSocket, feedSocket] {
            guard let socket else { continue }
            loop.unwatch(socket)
            socket.close()
        }
        (syncSocket, localSocket, feedSocket) = (nil, nil, nil)
        if let authentication {
            loop.unwatch(authentication.socket)
            authentication.close()
        }
        authentication = nil
        finishWaiter()
    }

    private func finishWaiter() {
        waiter?.continuation.resume(returning: inbound.isEmpty ? nil : takeInbound())
        waiter = nil
    }
}
