import FieldClient
import HubService
import Replication
import TicketModel
import Wire

/// The network: connections that carry frames in order or break, and a feed that promises nothing.
extension SimulatedWorld {
    /// How long a handshake waits for an answer.
    private static let handshakeMillisecondsMax: Int64 = 3_000
    /// Round trips until a connection is ready: TCP and CURVE.
    private static let handshakeTripsCount: Int64 = 4
    private static let formerConnectionsCountMax = 3

    func handleNetwork(_ event: Event) throws {
        switch event {
        case .connect(let host, let generation):
            if isCurrent(host, generation) { try beginConnecting(host) }
        case .opens(let host, let generation):
            if isCurrent(host, generation) { try finishConnecting(host) }
        case .breaks(let connection): try notice(breakOf: connection)
        case .atHub(let connection, let bytes): arrive(bytes, atHubFrom: connection)
        case .atField(let connection, let bytes): try arrive(bytes, atFieldOn: connection)
        case .hint(let host, let generation, let bytes):
            try arrive(hint: bytes, at: host, generation)
        case .follows(let host, let generation):
            guard isCurrent(host, generation) else { return }
            note(.subscribed, host)
            try feed(.localChange, to: host)
        case .blocks(let host, let way, let isBlocked): setBlock(host, way, isBlocked)
        default: preconditionFailure("not an event of the network: \(event)")
        }
    }

    // MARK: Connections

    private func beginConnecting(_ host: Int) throws {
        field(host).program?.link = .connecting
        note(.connecting, host)
        let delay = Self.handshakeTripsCount * delay(host, .toHub)
        schedule(.opens(host: host, generation: field(host).generation), after: delay)
    }

    private func finishConnecting(_ host: Int) throws {
        let field = field(host)
        let isReachable = hub.loop != nil && !blocks[host, .toHub] && !blocks[host, .fromHub]
        guard isReachable else {
            note(.unreachable, host)
            return try connectLater(host, isFailure: true, extra: Self.handshakeMillisecondsMax)
        }
        let device = field.device
        let connection = connection(
            for: host, peer: isRevoked(device) ? .revoked(device) : .device(device))
        field.program?.link = .open(connection)
        field.program?.failuresCount = 0
        note(.connected, host, Int64(connection.id))
        try feed(.connected, to: host)
    }

    func connection(for host: Int, peer: Peer, isReplay: Bool = false) -> Connection {
        connectionsCount += 1
        var random = random(.connect, host, UInt64(connectionsCount))
        let connection = Connection(
            id: connectionsCount, host: host, route: random.bytes(5), peer: peer.name,
            hubVersion: versions[plan.world.hub], isReplay: isReplay)
        openConnections[connection.route] = connection
        return connection
    }

    /// The program lets go of its connection.
    func close(_ connection: Connection) {
        guard connection.isOpenAtField else { return }
        connection.isOpenAtField = false
        end(connection)
        let field = field(connection.host)
        field.formerConnections.append(connection)
        if field.formerConnections.count > Self.formerConnectionsCountMax {
            field.formerConnections.removeFirst()
        }
    }

    /// The connection exists no more between the hosts; what is under way may still arrive.
    private func end(_ connection: Connection) {
        var random = random(.connect, connection.host, UInt64(connection.id) << 8 | 1)
        // Some of what was sent last is still in a buffer on the way.
        let rest = random.chance(perMille: 500) ? 0 : 5_000
        connection.lastArrivalAtHub = min(connection.lastArrivalAtHub, time + Int64(rest))
        connection.stalled = [rest > 0 ? connection.stalled[0] : [], []]
        if random.chance(perMille: 700) { connection.isOpenAtHub = false }
    }

    /// Both ends lose the connection; the program is told after a while, if it can be.
    func breakDown(_ connection: Connection) {
        guard connection.isOpenAtField else { return }
        note(.cut, connection.host, Int64(connection.id))
        end(connection)
        let delay = blocks[connection.host, .fromHub] ? 20_000 : delay(connection.host, .fromHub)
        schedule(.breaks(connection), after: delay)
    }

    private func notice(breakOf connection: Connection) throws {
        let field = field(connection.host)
        guard let current = field.program?.connection, current === connection else { return }
        note(.disconnected, connection.host, Int64(connection.id))
        try lose(connection.host)
    }

    /// A link that was to fail later fails no more once everything is well again.
    private func setBlock(_ host: Int, _ way: Fault.Way, _ isBlocked: Bool) {
        guard phase == .working else { return }
        if isBlocked {
            blocks.block(host, way)
            // A stream does not notice at once that nothing gets through any more.
            return
        }
        blocks.unblock(host, way)
        releaseStalled(host)
    }

    /// What waited for the lanes of this host goes on, if they are free.
    func releaseStalled(_ host: Int) {
        let connections = openConnections.values.filter { $0.host == host }
            .sorted { $0.id < $1.id }
        for connection in connections {
            for lane in [FrameFault.Lane.toHub, .fromHub] where !blocks[host, lane] {
                let frames = connection.stalled[lane.rawValue]
                connection.stalled[lane.rawValue] = []
                for bytes in frames { carry(bytes, on: connection, lane) }
            }
        }
    }

    // MARK: Frames

    /// Sends a frame over a connection.
    func send(_ bytes: [UInt8], on connection: Connection, _ lane: FrameFault.Lane) {
        let host = connection.host
        if lane == .toHub { connection.note(said: bytes) }
        metrics.framesCount += 1
        let speaker = lane == .toHub ? host : plan.world.hub
        let bytes = versions[speaker] > ProtocolVersion.current ? frameWithNews(bytes) : bytes
        switch connection.isReplay ? nil : frameFault(host, lane) {
        case nil, .hintLost: carry(bytes, on: connection, lane)
        case .lost: note(.lost, host, Int64(lane.rawValue))
        case .cut: breakDown(connection)
        case .doubled:
            note(.doubled, host, Int64(lane.rawValue))
            carry(bytes, on: connection, lane)
            carry(bytes, on: connection, lane)
        case .overtaken:
            note(.delayed, host, Int64(lane.rawValue))
            let late = time + 3 * plan.world.members[host].delayMillisecondsMax + 50
            queue.add(arrival(of: bytes, on: connection, lane), at: late)
        }
    }

    private func carry(_ bytes: [UInt8], on connection: Connection, _ lane: FrameFault.Lane) {
        let host = connection.host
        if blocks[host, lane], !connection.isReplay {
            connection.stalled[lane.rawValue].append(bytes)
            return
        }
        let newest = connection.newestArrivals[lane.rawValue]
        let at = max(newest, time + delay(host, lane))
        connection.newestArrivals[lane.rawValue] = at
        queue.add(arrival(of: bytes, on: connection, lane), at: at)
    }

    private func arrival(
        of bytes: [UInt8], on connection: Connection, _ lane: FrameFault.Lane
    ) -> Event {
        lane == .toHub ? .atHub(connection, bytes) : .atField(connection, bytes)
    }

    private func arrive(_ bytes: [UInt8], atHubFrom connection: Connection) {
        guard time <= connection.lastArrivalAtHub, hub.loop != nil,
            openConnections[connection.route] === connection
        else { return }
        note(
            .arrived, plan.world.hub, Int64(connection.id), fingerprint(bytes),
            "\(describe(toHub: bytes)) from \(field(connection.host).member.name)")
        hub.inbox.append(
            .init(route: connection.route, peer: connection.peer, bytes: bytes))
        scheduleTurn()
    }

    private func arrive(_ bytes: [UInt8], atFieldOn connection: Connection) throws {
        guard let current = field(connection.host).program?.connection, current === connection
        else { return }
        note(
            .arrived, connection.host, Int64(connection.id), fingerprint(bytes),
            describe(fromHub: bytes))
        try feed(.frame(bytes), to: connection.host)
    }

    /// What happens to the next frame of a lane, if anything does.
    private func frameFault(_ host: Int, _ lane: FrameFault.Lane) -> FrameFault.Kind? {
        let count = 3 * host + lane.rawValue
        let index = laneCounts[count]
        laneCounts[count] += 1
        guard phase == .working else { return nil }
        let kind = toss(host, lane, index)
        if let kind {
            frameFaults.append(FrameFault(host: host, lane: lane, index: index, kind: kind))
            metrics.faults[kind.rawValue, default: 0] += 1
        }
        return kind
    }

    private func toss(
        _ host: Int, _ lane: FrameFault.Lane, _ index: Int
    ) -> FrameFault.Kind? {
        if let listedFrameFaults {
            return FrameFault.Kind.allCases.first {
                listedFrameFaults.contains(
                    FrameFault(host: host, lane: lane, index: index, kind: $0))
            }
        }
        let place = UInt64(3 * host + lane.rawValue) << 32 | UInt64(index)
        let toss = Int(SimulatedRandom.hash(plan.seed, .frame, place) % 1_000)
        let faults = plan.faults
        if lane == .feed { return toss < faults.hintLossPerMille ? .hintLost : nil }
        var bound = 0
        for (kind, perMille) in [
            (FrameFault.Kind.lost, faults.frameLossPerMille), (.cut, faults.frameCutPerMille),
            (.doubled, faults.frameDoubledPerMille), (.overtaken, faults.frameOvertakenPerMille),
        ] {
            bound += perMille
            if toss < bound { return kind }
        }
        return nil
    }

    /// How long the next frame of a lane travels: mostly about the same, now and then far longer.
    func delay(_ host: Int, _ lane: FrameFault.Lane) -> Int64 {
        let bound = plan.world.members[host].delayMillisecondsMax
        let place =
            UInt64(3 * host + lane.rawValue) << 32 | UInt64(laneCounts[3 * host + lane.rawValue])
        let toss = SimulatedRandom.hash(plan.seed, .frame, place, 1)
        let usual = bound / 2 + Int64(toss % UInt64(bound / 2 + 1))
        return (toss >> 32) % 50 == 0 ? 4 * usual : usual
    }

    // MARK: The feed

    /// Hands hints to whoever follows their topics.
    func publish(_ hints: [(topic: [UInt8], body: [UInt8])]) {
        guard hub.feedStopsCount == 0, !hints.isEmpty else { return }
        for field in fields {
            guard let program = field.program, let from = program.followsFrom, from <= time else {
                continue
            }
            for hint in hints where program.topics.contains(hint.topic) {
                send(hint: hint.topic + hint.body, to: field)
            }
        }
    }

    /// Hints that a publisher keeps for a subscriber who takes nothing; more are dropped.
    private static let stalledHintsCountMax = 50

    private func send(hint bytes: [UInt8], to field: SimulatedField) {
        let host = field.index
        metrics.hintsCount += 1
        if frameFault(host, .feed) != nil { return }
        if field.program?.isStalled == true || blocks[host, .feed] {
            guard (field.program?.stalledHints.count ?? 0) < Self.stalledHintsCountMax else {
                return
            }
            field.program?.stalledHints.append(bytes)
            return
        }
        let newest = field.program?.newestHintArrival ?? 0
        let at = max(newest, time + delay(host, .feed))
        field.program?.newestHintArrival = at
        queue.add(.hint(host: host, generation: field.generation, bytes), at: at)
    }

    func releaseHints(_ field: SimulatedField) {
        field.program?.isStalled = false
        let waiting = field.program?.stalledHints ?? []
        field.program?.stalledHints = []
        for bytes in waiting { send(hint: bytes, to: field) }
    }

    private func arrive(hint bytes: [UInt8], at host: Int, _ generation: Int) throws {
        guard isCurrent(host, generation), field(host).program?.connection != nil else { return }
        note(.hint, host, 0, fingerprint(bytes))
        try feed(.hint(bytes), to: host)
    }
}

/// A frame of a later version: it has something in it that only that version knows, field 2047,
/// which no body has today.
private func frameWithNews(_ bytes: [UInt8]) -> [UInt8] {
    let news: [UInt8] = [0xF8, 0x7F, 0x01]
    let lengthBytes = 16..<20
    var frame = bytes + news
    let headerByteCount = 24
    var length = frame.count - headerByteCount
    for index in lengthBytes.reversed() {
        frame[index] = UInt8(truncatingIfNeeded: length)
        length >>= 8
    }
    return frame
}
