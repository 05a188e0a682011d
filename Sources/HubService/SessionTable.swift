import Replication
import TicketModel

/// A connection that has said hello, pinned to the device that the transport saw then
/// (transport.md 1.4).
struct Session {
    /// The transport's name of the peer.
    var peer: String
    var device: DeviceID
    var replica: ReplicaID
    /// What both sides speak.
    var protocolVersion: Int
    /// What it was told that it may hold; when that changes it must say hello again.
    var scopes: [Scope]
    /// The life of the log that the replica came from, and how much of it is in the present log.
    var life: EpochID?
    var shared: UInt64
    /// Whether the replica had come further than the present log shares with it.
    var isAhead: Bool
    var lastHeardAt: Timestamp
}

/// The connections that have said hello, by route; bounded as a whole and per device.
///
/// Nobody tells a hub that a connection has ended, so old ones are forgotten when there are too
/// many: who is still there says hello again.
struct SessionTable {
    /// The most connections that are remembered.
    static let countMax = 20_000
    /// The most of one device: a person may have a sync, a watch and a shell open.
    static let countPerDeviceMax = 8

    private var sessions: [[UInt8]: Session] = [:]
    private var routes: [DeviceID: Set<[UInt8]>] = [:]

    var count: Int { sessions.count }
    /// How many are as asked.
    func count(where isMeant: (Session) -> Bool) -> Int { sessions.values.count(where: isMeant) }
    /// In byte order, so that the same sessions are always spoken to in the same order.
    var allRoutes: [[UInt8]] { sessions.keys.sorted { $0.lexicographicallyPrecedes($1) } }

    subscript(route: [UInt8]) -> Session? { sessions[route] }

    mutating func insert(_ session: Session, route: [UInt8]) {
        remove(route)
        let own = routes[session.device] ?? []
        if own.count >= Self.countPerDeviceMax { removeQuietest(of: own) }
        if sessions.count >= Self.countMax { removeQuietest(of: sessions.keys) }
        sessions[route] = session
        routes[session.device, default: []].insert(route)
    }

    mutating func heard(_ route: [UInt8], at now: Timestamp) {
        sessions[route]?.lastHeardAt = now
    }

    mutating func remove(_ route: [UInt8]) {
        guard let session = sessions.removeValue(forKey: route) else { return }
        routes[session.device]?.remove(route)
        if routes[session.device]?.isEmpty == true { routes[session.device] = nil }
    }

    mutating func removeAll() {
        sessions = [:]
        routes = [:]
    }

    private mutating func removeQuietest(of candidates: some Sequence<[UInt8]>) {
        let oldest = candidates.min { left, right in
            let heard = [left, right].map { sessions[$0]?.lastHeardAt.milliseconds ?? 0 }
            return heard[0] != heard[1]
                ? heard[0] < heard[1] : left.lexicographicallyPrecedes(right)
        }
        if let oldest { remove(oldest) }
    }
}
