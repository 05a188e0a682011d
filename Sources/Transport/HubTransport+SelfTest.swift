import CZeroMQ

/// The start-up proof that authentication is on (transport.md 1.4, reliability.md 1).
extension HubTransport {
    private enum Verdict { case refused, accepted, undecided }

    /// Connects with a fresh key that no table can hold; only a refusal lets the hub start.
    ///
    /// - Throws: `TransportError` (`authenticationNotEnforced`) otherwise.
    func testThatStrangersAreRefused(
        _ endpoint: String, _ kind: ZeroMQSocket.Kind
    ) async throws {
        let stranger = try ZeroMQSocket(context, kind)
        defer { stranger.close() }
        try stranger.set(ZMQ_LINGER, 0)
        try stranger.set(ZMQ_RECONNECT_IVL, -1)
        try stranger.set(ZMQ_IPV6, configuration.isIPv6 ? 1 : 0)
        try stranger.setCurveClient(
            try .generate(), serverKey: configuration.keys.publicKey)
        let monitor = try SocketMonitor(stranger)
        defer { monitor.close() }
        try stranger.connect(Self.reachable(endpoint))
        let verdict = await verdict(of: monitor)
        guard verdict == .refused else {
            throw TransportError(
                .authenticationNotEnforced,
                "The self-test's unknown key was not refused on \(endpoint) (\(verdict)); "
                    + "check the installed libzmq and that no firewall blocks the address")
        }
    }

    private func verdict(of monitor: SocketMonitor) async -> Verdict {
        let deadline = ContinuousClock.now + configuration.limits.selfTestDuration
        return await withCheckedContinuation { continuation in
            var isOpen = true
            func finish(_ verdict: Verdict) {
                guard isOpen else { return }
                isOpen = false
                loop.unwatch(monitor.socket)
                continuation.resume(returning: verdict)
            }
            let timer = loop.schedule(at: deadline) { finish(.undecided) }
            loop.watch(monitor.socket) { [loop] in
                guard let verdict = Self.read(monitor) else { return }
                loop.cancel(timer)
                finish(verdict)
            }
        }
    }

    private static func read(_ monitor: SocketMonitor) -> Verdict? {
        do throws(TransportError) {
            while let event = try monitor.next() {
                switch event {
                case .refused: return .refused
                case .handshakeSucceeded: return .accepted
                case .handshakeFailed, .disconnected, .unreachable: return .undecided
                case .other: continue
                }
            }
            return nil
        } catch {
            return .undecided
        }
    }

    /// A wildcard address can be bound but is no destination.
    private static func reachable(_ endpoint: String) -> String {
        endpoint.replacing("//0.0.0.0:", with: "//127.0.0.1:").replacing(
            "//[::]:", with: "//[::1]:")
    }
}
