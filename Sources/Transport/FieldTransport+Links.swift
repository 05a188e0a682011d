import CZeroMQ
import Glibc

/// Making, watching, losing and remaking connections.
extension FieldTransport {
    /// Time beyond libzmq's own limits after which an attempt that reports nothing is given up.
    private static let attemptSlackMilliseconds = 2000

    /// How long the last frames of a lost connection may take from libzmq's thread to ours.
    private static let endingDuration = Duration.milliseconds(50)

    /// Opens the sockets and starts the supervision; `connected` or another event follows.
    ///
    /// - Throws: `TransportError`: `invalidEndpoint`, `resourcesExhausted`. The transport is closed
    ///   then.
    package func connect(_ configuration: FieldTransportConfiguration) throws(TransportError) {
        precondition(phase == .idle, "a field transport connects once")
        phase = .open
        limits = configuration.limits
        let sync = makeLink(.sync, configuration.syncEndpoint, configuration)
        syncLink = sync
        feedLink = configuration.feedEndpoint.map { makeLink(.feed, $0, configuration) }
        do throws(TransportError) {
            try openSocket(of: sync)
            if let feedLink { try openSocket(of: feedLink) }
        } catch {
            close()
            throw error
        }
    }

    /// Ends both connections; frames that libzmq took have the linger time to leave.
    ///
    /// A waiting `nextEvents` gives what is left and then nil. Idempotent.
    package func close() {
        guard phase != .closed else { return }
        phase = .closed
        for link in [syncLink, feedLink] {
            guard let link else { continue }
            closeSocket(of: link)
        }
        (syncLink, feedLink) = (nil, nil)
        guard let waiter else { return }
        finishWaiter(waiter.number, with: events.isEmpty ? nil : takeEvents())
    }

    private func makeLink(
        _ channel: FieldLink.Channel, _ endpoint: String,
        _ configuration: FieldTransportConfiguration
    ) -> FieldLink {
        FieldLink(
            channel, endpoint: endpoint, configuration: configuration,
            backOff: BackOff(
                delayMin: limits.retryDelayMin, delayMax: limits.retryDelayMax, jitter: jitter))
    }

    private func openSocket(
        of link: FieldLink
    ) throws(TransportError) {
        counters.attemptCount += 1
        let socket = try makeSocket(link.channel, link.configuration)
        link.socket = socket
        let channel = link.channel
        let monitor = try SocketMonitor(socket)
        link.monitor = monitor
        link.phase = .connecting
        try socket.connect(link.endpoint)
        loop.watch(monitor.socket) {
            self.assumeIsolated { $0.connectionChanged(on: channel) }
        }
        loop.watch(socket) { self.assumeIsolated { $0.receive(on: channel) } }
        if link.channel == .sync { updateSyncEvents() }
        let patience = limits.connectMillisecondsMax + limits.handshakeMillisecondsMax
        let limit = Duration.milliseconds(patience + Self.attemptSlackMilliseconds)
        link.timer = loop.schedule(at: .now + limit) {
            self.assumeIsolated { $0.attemptTimedOut(on: channel) }
        }
    }

    private func closeSocket(of link: FieldLink) {
        if let timer = link.timer { loop.cancel(timer) }
        link.timer = nil
        if let monitor = link.monitor {
            loop.unwatch(monitor.socket)
            monitor.close()
        }
        link.monitor = nil
        if let socket = link.socket {
            loop.unwatch(socket)
            socket.close()
        }
        link.socket = nil
        link.phase = .waiting
        if link.channel == .sync { isWaitingForRoom = false }
    }

    func link(_ channel: FieldLink.Channel) -> FieldLink? {
        channel == .sync ? syncLink : feedLink
    }

    private func connectionChanged(on channel: FieldLink.Channel) {
        guard let link = link(channel) else { return }
        do throws(TransportError) {
            while let monitor = link.monitor, let event = try monitor.next() {
                connectionChanged(link, event)
            }
        } catch {
            close()
        }
        deliver()
    }

    private func connectionChanged(
        _ link: FieldLink, _ event: ConnectionEvent
    ) {
        switch event {
        case .other: return
        case .handshakeSucceeded: succeeded(link)
        case .refused(let status): lost(link, reporting: .refused(status: status))
        case .handshakeFailed(let cause):
            lost(link, reporting: Self.event(forHandshakeCause: cause))
        case .unreachable:
            guard link.phase == .connecting else { return }
            lost(link, reporting: .unreachable)
        case .disconnected: disconnected(link)
        }
    }

    /// libzmq reports the end before it hands over the last frames of the connection.
    private func disconnected(_ link: FieldLink) {
        guard link.phase == .connected else { return lost(link, reporting: .unreachable) }
        link.phase = .ending
        let channel = link.channel
        link.timer = loop.schedule(at: .now + Self.endingDuration) {
            self.assumeIsolated { $0.ended(on: channel) }
        }
    }

    private func ended(on channel: FieldLink.Channel) {
        guard let link = link(channel) else { return }
        lost(link, reporting: .disconnected)
    }

    /// A hub that cannot decrypt our greeting hangs up; a hub that is only slow lets time run out.
    private static func event(forHandshakeCause cause: Int32) -> LinkEvent {
        switch cause {
        case ETIMEDOUT, EAGAIN, EHOSTUNREACH, ENETUNREACH: .unreachable
        default: .wrongServerKey
        }
    }

    private func succeeded(_ link: FieldLink) {
        link.phase = .connected
        link.connectedAt = .now
        if let timer = link.timer { loop.cancel(timer) }
        link.timer = nil
        report(link.channel == .sync ? .connected : .feedConnected)
    }

    /// Closes the socket for good and plans the next attempt.
    ///
    /// Before that, what the connection had received is read as far as the buffer has room.
    private func lost(
        _ link: FieldLink,
        reporting event: LinkEvent
    ) {
        guard phase == .open, link.socket != nil else { return }
        let wasConnected = link.phase == .connected || link.phase == .ending
        if wasConnected { receive(on: link.channel) }
        closeSocket(of: link)
        if let since = link.connectedAt, since.duration(to: .now) >= limits.stableConnectionMin {
            link.backOff.reset()
        }
        link.connectedAt = nil
        if link.channel == .sync {
            report(event)
        } else if wasConnected {
            report(.feedDisconnected)
        }
        planNextAttempt(link)
        deliver()
    }

    private func planNextAttempt(
        _ link: FieldLink
    ) {
        let channel = link.channel
        link.timer = loop.schedule(at: .now + link.backOff.nextDelay()) {
            self.assumeIsolated { $0.tryAgain(on: channel) }
        }
    }

    private func attemptTimedOut(on channel: FieldLink.Channel) {
        guard let link = link(channel) else { return }
        lost(link, reporting: .unreachable)
    }

    private func tryAgain(on channel: FieldLink.Channel) {
        guard phase == .open, let link = link(channel) else { return }
        do throws(TransportError) {
            try openSocket(of: link)
        } catch {
            guard error.code != .closed else { return close() }
            closeSocket(of: link)
            report(.unreachable)
            planNextAttempt(link)
            deliver()
        }
    }
}
