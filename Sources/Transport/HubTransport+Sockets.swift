import CZeroMQ

/// The socket options of transport.md 1.5, hub side.
extension HubTransport {
    func makeSyncSocket() throws(TransportError) -> ZeroMQSocket {
        let limits = configuration.limits
        let socket = try makeServerSocket(.router, domain: AuthenticationHandler.domains.sync)
        try setRouterOptions(socket)
        try socket.setFrameByteCountMax(limits.frameByteCountMax)
        return socket
    }

    func makeFeedSocket() throws(TransportError) -> ZeroMQSocket {
        let limits = configuration.limits
        let socket = try makeServerSocket(.publisher, domain: AuthenticationHandler.domains.feed)
        try socket.set(ZMQ_XPUB_VERBOSER, 1)
        try socket.set(ZMQ_XPUB_NODROP, 0)
        try socket.set(ZMQ_SNDHWM, limits.feedQueueCountMax)
        try socket.setFrameByteCountMax(limits.feedFrameByteCountMax)
        if !configuration.welcome.isEmpty {
            try socket.set(ZMQ_XPUB_WELCOME_MSG, configuration.welcome)
        }
        return socket
    }

    /// No CURVE: the path's directory keeps other users out.
    func makeLocalSocket() throws(TransportError) -> ZeroMQSocket {
        let socket = try ZeroMQSocket(context, .router)
        try setRouterOptions(socket)
        try socket.set(ZMQ_LINGER, configuration.limits.lingerMilliseconds)
        try socket.setFrameByteCountMax(configuration.limits.frameByteCountMax)
        return socket
    }

    private func makeServerSocket(
        _ kind: ZeroMQSocket.Kind, domain: String
    ) throws(TransportError) -> ZeroMQSocket {
        let limits = configuration.limits
        let socket = try ZeroMQSocket(context, kind)
        try socket.set(ZMQ_IPV6, configuration.isIPv6 ? 1 : 0)
        try socket.setCurveServer(configuration.keys, domain: domain)
        try socket.setTCPOptions(handshakeMillisecondsMax: limits.handshakeMillisecondsMax)
        try socket.set(ZMQ_BACKLOG, limits.backlogCountMax)
        try socket.set(ZMQ_LINGER, limits.lingerMilliseconds)
        return socket
    }

    /// MANDATORY reports lost routes; HANDOVER off, else anybody with a peer's id got its replies.
    private func setRouterOptions(_ socket: ZeroMQSocket) throws(TransportError) {
        try socket.set(ZMQ_ROUTER_MANDATORY, 1)
        try socket.set(ZMQ_ROUTER_HANDOVER, 0)
        try socket.set(ZMQ_RCVHWM, configuration.limits.receiveQueueCountMax)
        try socket.set(ZMQ_SNDHWM, configuration.limits.sendQueueCountMax)
    }
}

extension HubTransportConfiguration {
    /// IPv6 literals are in brackets.
    var isIPv6: Bool { syncEndpoint.contains("[") || feedEndpoint.contains("[") }
}
