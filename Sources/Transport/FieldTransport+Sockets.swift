import CZeroMQ

/// The socket options of transport.md 1.5, client side, and reading.
extension FieldTransport {
    func makeSocket(
        _ channel: FieldLink.Channel, _ configuration: FieldTransportConfiguration
    ) throws(TransportError) -> ZeroMQSocket {
        let socket = try ZeroMQSocket(context, channel == .sync ? .dealer : .subscriber)
        try socket.setCurveClient(configuration.keys, serverKey: configuration.serverKey)
        try socket.setTCPOptions(handshakeMillisecondsMax: limits.handshakeMillisecondsMax)
        // Only for literals: with it, names such as localhost would mean ::1 alone.
        let endpoint = channel == .sync ? configuration.syncEndpoint : configuration.feedEndpoint
        try socket.set(ZMQ_IPV6, endpoint?.contains("[") == true ? 1 : 0)
        try socket.set(ZMQ_IMMEDIATE, 1)
        try socket.set(ZMQ_CONNECT_TIMEOUT, limits.connectMillisecondsMax)
        // One mechanism only: our own supervision. libzmq's reconnection has several dead ends
        // and no usable back-off (transport.md 1.3 e, f, g, j, k). It is put off rather than turned
        // off: turned off, libzmq throws away what a lost connection had received.
        try socket.set(ZMQ_RECONNECT_IVL, TransportLimits.reconnectMillisecondsNever)
        try socket.set(ZMQ_RCVHWM, limits.receiveQueueCountMax)
        try socket.set(ZMQ_LINGER, limits.lingerMilliseconds)
        try socket.setFrameByteCountMax(TransportLimits.replyFrameByteCountMax)
        switch channel {
        case .sync: try socket.set(ZMQ_SNDHWM, limits.sendQueueCountMax)
        case .feed: for topic in topics { try socket.set(ZMQ_SUBSCRIBE, topic) }
        }
        return socket
    }

    func receive(on channel: FieldLink.Channel) {
        guard let socket = link(channel)?.socket else { return }
        do throws(TransportError) {
            switch channel {
            case .sync: try receiveFrames(socket)
            case .feed: try receiveHints(socket)
            }
        } catch {
            close()
        }
        deliver()
    }

    private func receiveFrames(_ socket: ZeroMQSocket) throws(TransportError) {
        for _ in 0..<TransportLimits.framesPerTurnMax {
            guard hasRoom else { pauseReading(); break }
            guard let frame = try receiveSingle(socket) else { break }
            counters.receivedFrameCount += 1
            bufferedByteCount += frame.count
            events.append(.frame(frame))
        }
        try noticeRoom(socket)
    }

    private func receiveHints(_ socket: ZeroMQSocket) throws(TransportError) {
        for _ in 0..<TransportLimits.framesPerTurnMax {
            guard let hint = try receiveSingle(socket) else { return }
            counters.receivedHintCount += 1
            if hasRoom { events.append(.hint(hint)) } else { counters.droppedHintCount += 1 }
        }
    }

    /// The next message of exactly one frame.
    private func receiveSingle(_ socket: ZeroMQSocket) throws(TransportError) -> [UInt8]? {
        while try socket.receive() {
            if !socket.message.hasMore { return socket.message.bytes }
            _ = try socket.discardRest()
            counters.malformedMessageCount += 1
        }
        return nil
    }

    private func noticeRoom(_ socket: ZeroMQSocket) throws(TransportError) {
        guard isWaitingForRoom, try socket.isWritable else { return }
        isWaitingForRoom = false
        updateSyncEvents()
        report(.writable)
    }
}
