/// Reading: bounded per turn, bounded in the buffer, refused when malformed.
extension HubTransport {
    /// Reads at most `framesPerTurnMax` messages; what is left is reported ready again.
    func receive(from origin: FrameOrigin) {
        guard let socket = origin == .local ? localSocket : syncSocket else { return }
        closingOnFailure { () throws(TransportError) in
            for _ in 0..<TransportLimits.framesPerTurnMax {
                guard hasRoom() else { return pauseReading() }
                switch try socket.receiveRouted(from: origin) {
                case .nothing: return
                case .malformed: counters.malformedMessageCount += 1
                case .frame(let frame): try accept(frame)
                }
            }
        }
        deliver()
    }

    private func accept(_ frame: InboundFrame) throws(TransportError) {
        counters.receivedFrameCount += 1
        counters.receivedByteCount += UInt64(frame.bytes.count)
        if let reply = immediateReply?(frame) {
            counters.immediateReplyCount += 1
            _ = try sendOne(OutboundFrame(route: frame.route, bytes: reply))
            return
        }
        inbound.append(frame)
        inboundByteCount += frame.bytes.count
    }

    private func hasRoom() -> Bool {
        inbound.count < configuration.limits.bufferFrameCountMax
            && inboundByteCount < configuration.limits.bufferByteCountMax
    }

    /// Leaves the sockets unread: TCP then slows the senders down.
    private func pauseReading() {
        guard !isReadingPaused else { return }
        isReadingPaused = true
        counters.pausedReadingCount += 1
        setReadingEvents([])
    }

    func resumeReading() {
        guard isReadingPaused, phase == .running || phase == .starting else { return }
        isReadingPaused = false
        setReadingEvents(.readable)
    }

    private func setReadingEvents(_ events: SocketEvents) {
        for socket in [syncSocket, localSocket] {
            if let socket { loop.setEvents(events, for: socket) }
        }
    }

    /// Subscriptions are only counted, but must be read: libzmq queues them without a limit.
    func drainSubscriptions() {
        guard let feedSocket else { return }
        closingOnFailure { () throws(TransportError) in
            for _ in 0..<TransportLimits.framesPerTurnMax {
                guard try feedSocket.receive() else { return }
                let kind = feedSocket.message.withBytes { $0.first }
                _ = try feedSocket.discardRest()
                if kind == 1 { counters.subscribedCount += 1 }
                if kind == 0 { counters.unsubscribedCount += 1 }
            }
        }
    }

    func authenticate() {
        guard let authentication else { return }
        closingOnFailure { () throws(TransportError) in
            for _ in 0..<TransportLimits.framesPerTurnMax {
                switch try authentication.answerNext(now: .now, isDraining: phase == .draining) {
                case .accepted: counters.acceptedHandshakeCount += 1
                case .unknownKey: counters.refusedHandshakeCount += 1
                case .tooManyHandshakes: counters.limitedHandshakeCount += 1
                case nil: return
                }
            }
        }
    }

    /// A receive or send fails only when the context was shut down under us: then close.
    func closingOnFailure(_ body: () throws(TransportError) -> Void) {
        do throws(TransportError) { try body() } catch { closeEverything() }
    }
}
