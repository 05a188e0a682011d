/// One connection between a replica's program and the hub, as both ends see it.
///
/// Frames of one direction arrive in the order in which they were sent, or not at all: that is
/// what a stream gives. Each end learns of the end of a connection in its own time, or never.
final class Connection {
    let id: Int
    let host: Int
    /// The hub's name for it.
    let route: [UInt8]
    /// The transport's name of the peer.
    let peer: String
    /// A repetition of an earlier connection: nobody reads the answers.
    let isReplay: Bool
    /// The protocol of the hub that took it.
    let hubVersion: Int
    /// Whether the program still holds it.
    var isOpenAtField = true
    /// Whether the hub can still send; it is told when it cannot.
    var isOpenAtHub = true
    /// What reaches the hub later than this is gone.
    var lastArrivalAtHub = Int64.max
    /// When the newest frame of each lane arrives.
    var newestArrivals: [Int64] = [0, 0]
    /// Frames that wait for a blocked lane.
    var stalled: [[[UInt8]]] = [[], []]
    /// What the program said, to be repeated.
    private(set) var said: [[UInt8]] = []

    /// Repetitions need no more than this.
    private static let saidCountMax = 200

    init(
        id: Int, host: Int, route: [UInt8], peer: String, hubVersion: Int, isReplay: Bool = false
    ) {
        self.id = id
        self.host = host
        self.route = route
        self.peer = peer
        self.hubVersion = hubVersion
        self.isReplay = isReplay
    }

    func note(said bytes: [UInt8]) {
        if said.count < Self.saidCountMax { said.append(bytes) }
    }
}

/// Which lanes of a host's link are blocked, by how many faults.
struct Blocks {
    private var counts: [Int]

    init(hostsCount: Int) { counts = Array(repeating: 0, count: 2 * hostsCount) }

    subscript(host: Int, lane: FrameFault.Lane) -> Bool { counts[index(host, lane)] > 0 }

    mutating func block(_ host: Int, _ way: Fault.Way) {
        for lane in way.lanes { counts[index(host, lane)] += 1 }
    }

    mutating func unblock(_ host: Int, _ way: Fault.Way) {
        for lane in way.lanes { counts[index(host, lane)] -= 1 }
    }

    mutating func clear() { counts = counts.map { _ in 0 } }

    /// Hints share the way of answers.
    private func index(_ host: Int, _ lane: FrameFault.Lane) -> Int {
        2 * host + (lane == .toHub ? 0 : 1)
    }
}

extension Fault.Way {
    fileprivate var lanes: [FrameFault.Lane] {
        switch self {
        case .both: [.toHub, .fromHub]
        case .toHub: [.toHub]
        case .fromHub: [.fromHub]
        }
    }
}
