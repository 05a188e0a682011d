/// One supervised connection of a field transport. Lives on the transport's loop thread.
final class FieldLink {
    enum Channel: String { case sync, feed }

    enum Phase {
        /// Waiting for the next attempt.
        case waiting
        case connecting
        case connected
        /// Lost; what the connection had received is still read.
        case ending
    }

    let channel: Channel
    let endpoint: String
    let configuration: FieldTransportConfiguration
    var phase = Phase.waiting
    var socket: ZeroMQSocket?
    var monitor: SocketMonitor?
    var backOff: BackOff
    /// The next attempt, or the end of patience with this one.
    var timer: DeadlineHeap.ID?
    var connectedAt: ContinuousClock.Instant?

    init(
        _ channel: Channel, endpoint: String, configuration: FieldTransportConfiguration,
        backOff: BackOff
    ) {
        self.configuration = configuration
        self.channel = channel
        self.endpoint = endpoint
        self.backOff = backOff
    }
}
