/// Sending: whole batches cross the thread, no frame is ever sent in part.
extension HubTransport {
    /// Sends the frames in order; gives the routes that lost at least one frame.
    ///
    /// A frame is dropped and counted when its route is gone or its queue is full; then the rest of
    /// the batch for that route is dropped too, so that a peer never sees a gap inside a batch.
    /// Such a peer's session needs a fresh start (transport.md 1.6). A frame above what clients
    /// take is dropped in the same way: it must not end the process that serves everybody.
    @discardableResult
    package func send(_ frames: [OutboundFrame]) -> Set<RouteID> {
        var lost: Set<RouteID> = []
        closingOnFailure { () throws(TransportError) in
            for frame in frames {
                if !lost.isEmpty, lost.contains(frame.route) {
                    counters.unreachableFrameCount += 1
                } else if try !sendOne(frame) {
                    lost.insert(frame.route)
                }
            }
        }
        return phase == .closed ? Set(frames.map(\.route)) : lost
    }

    /// True when libzmq took the frame.
    func sendOne(_ frame: OutboundFrame) throws(TransportError) -> Bool {
        guard frame.bytes.count <= TransportLimits.replyFrameByteCountMax else {
            counters.oversizedFrameCount += 1
            return false
        }
        guard let socket = frame.route.origin == .local ? localSocket : syncSocket else {
            counters.unreachableFrameCount += 1
            return false
        }
        switch try socket.sendRouted(frame.bytes, to: frame.route) {
        case .accepted:
            counters.sentFrameCount += 1
            return true
        case .full:
            counters.queueFullFrameCount += 1
            return false
        case .unreachable:
            counters.unreachableFrameCount += 1
            return false
        }
    }

    /// Publishes hints; subscribers that read too slowly miss some and will pull.
    package func publish(_ frames: [FeedFrame]) {
        guard let feedSocket else { return }
        closingOnFailure { () throws(TransportError) in
            for frame in frames {
                var message = try ZeroMQMessage(concatenating: frame.topic, frame.body)
                _ = try feedSocket.send(&message)
                counters.publishedFrameCount += 1
            }
        }
    }
}
