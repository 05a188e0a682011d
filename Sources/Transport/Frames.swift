/// One frame that reached the hub, with the authenticated name of its sender.
package struct InboundFrame: Sendable {
    /// The peer name of every frame from the local admin socket.
    package static let localPeer = "local"

    /// Where a reply goes.
    package let route: RouteID
    /// The name the key table gave the sender's key; `localPeer` on the admin socket.
    package let peer: String
    /// The payload.
    package let bytes: [UInt8]

    /// Whether it came over the network or from the admin socket.
    package var origin: FrameOrigin { route.origin }
}

/// One frame that the hub sends to a route.
package struct OutboundFrame: Sendable {
    /// Where it goes: the route of an inbound frame.
    package let route: RouteID
    /// The payload.
    package let bytes: [UInt8]

    /// Makes a frame for `route`.
    package init(route: RouteID, bytes: [UInt8]) {
        self.route = route
        self.bytes = bytes
    }
}

/// One hint on the feed: subscribers of a prefix of `topic` get `topic` and `body` as one frame.
package struct FeedFrame: Sendable {
    /// At most 64 bytes.
    package let topic: [UInt8]
    /// What follows the topic in the frame.
    package let body: [UInt8]

    /// Makes a hint; `topic` has at most `TransportLimits.topicByteCountMax` bytes.
    package init(topic: [UInt8], body: [UInt8]) {
        precondition(
            topic.count <= TransportLimits.topicByteCountMax,
            "a topic has at most 64 bytes, not \(topic.count)")
        self.topic = topic
        self.body = body
    }
}
