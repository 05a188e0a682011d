import CZeroMQ

/// A reply address on one of the hub's sockets; valid while its connection lives, never an
/// identity.
///
/// Opaque: never show it to a peer or write it to a log that a peer can read (transport.md 1.3 p).
package struct RouteID: Hashable, Sendable {
    /// libzmq's automatic routing ids: a zero byte and 32 bits.
    static let identityByteCount = 5

    let origin: FrameOrigin
    let number: UInt32

    /// nil for an id that the peer chose itself, which this transport does not serve.
    init?(origin: FrameOrigin, identity: UnsafeRawBufferPointer) {
        guard identity.count == Self.identityByteCount, identity[0] == 0 else { return nil }
        self.origin = origin
        number = identity.loadUnaligned(fromByteOffset: 1, as: UInt32.self)
    }

    var identity: [UInt8] {
        withUnsafeBytes(of: number) { [0] + $0 }
    }
}

/// Where a frame came from.
package enum FrameOrigin: Sendable, Hashable {
    /// Over the network, from a peer that the key table names.
    case remote
    /// Over the local admin socket, from a process of the same user.
    case local
}

extension ZeroMQSocket {
    /// What a ROUTER socket had to read.
    enum RoutedMessage {
        case nothing
        case frame(InboundFrame)
        /// Not exactly one payload frame, an address the peer chose, or no authenticated name.
        case malformed
    }

    /// Reads one whole message. The name is taken from the payload frame: on the address frame
    /// libzmq may leave it out (transport.md 1.3 d).
    ///
    /// - Throws: `TransportError` (`closed`) when the context was shut down.
    func receiveRouted(from origin: FrameOrigin) throws(TransportError) -> RoutedMessage {
        guard try receive() else { return .nothing }
        let route = message.withBytes { RouteID(origin: origin, identity: $0) }
        guard message.hasMore, try receive() else { return .malformed }
        let peer = origin == .local ? InboundFrame.localPeer : message.userID
        guard let route, let peer, !peer.isEmpty, !message.hasMore else {
            _ = try discardRest()
            return .malformed
        }
        return .frame(InboundFrame(route: route, peer: peer, bytes: message.bytes))
    }

    /// Sends one frame to a route, whole or not at all: after a refused address frame nothing more
    /// may be sent, it would start a new message (transport.md 1.3 u).
    ///
    /// - Throws: `TransportError` (`closed`) when the context was shut down.
    func sendRouted(_ bytes: [UInt8], to route: RouteID) throws(TransportError) -> SendResult {
        let result = try send(route.identity, more: true)
        guard case .accepted = result else { return result }
        return try send(bytes)
    }
}
