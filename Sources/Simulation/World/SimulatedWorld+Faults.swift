import HubService
import TicketModel

/// Lets the faults of the plan happen, and end.
extension SimulatedWorld {
    func perform(_ step: Step) throws {
        note(
            .step, plan.world.network, Int64(step.id), 0, plan.words(for: step))
        switch step.action {
        case .work(let host, let verb): try work(host, verb, step)
        case .sync(let host):
            if field(host).program == nil { try startProgram(host, isLive: false) }
        case .consume(let host, let dies): try consume(host, dies: dies)
        case .administer(let act): administer(act)
        case .fault(let fault):
            metrics.faults[fault.kind, default: 0] += 1
            try begin(fault)
        }
    }

    private func begin(_ fault: Fault) throws {
        switch fault {
        case .partition, .flap, .swizzle, .replay, .feedStop, .subscriberStall:
            beginNetwork(fault)
        case .crash(let host, let down): cutPower(host, downMilliseconds: down)
        case .restartHub(let down): restartHub(downMilliseconds: down)
        case .crashAtCommit(let host, let count, let isAfter, let down):
            disk(host).arm(
                .init(transactions: count, isAfterCommit: isAfter, downMilliseconds: down))
        case .backUpHub, .restoreHub, .copyField, .restoreField, .cloneField:
            try beginCopying(fault)
        case .fullDisk(let host, let length):
            disk(host).isFull = true
            schedule(.ends(fault), after: length)
        case .writeErrors(let host, let count, let operation):
            disk(host).writeErrorsLeft += count
            disk(host).writeErrorOperation = operation
        case .readErrors(let host, let count): disk(host).readErrorsLeft += count
        case .clockJump(let host, let length):
            changeClock(host) { $0.jump(byMilliseconds: length, at: time) }
        case .clockFreeze(let host, let length):
            changeClock(host) { $0.run(ratePerMille: 0, at: time) }
            schedule(.ends(fault), after: length)
        case .clockDrift(let host, let rate, let length):
            changeClock(host) { $0.run(ratePerMille: Int64(rate), at: time) }
            schedule(.ends(fault), after: length)
        case .upgrade(let host, _, let version, let down):
            upgrade(host, to: version, downMilliseconds: down)
        case .revoke(let host): revoke(host)
        }
    }

    /// Programs end, and what starts after them is newer.
    private func upgrade(_ host: Int, to version: Int, downMilliseconds: Int64) {
        setVersion(version, of: host)
        guard host != plan.world.hub else {
            return restartHub(downMilliseconds: downMilliseconds)
        }
        guard let program = field(host).program else { return }
        stopProgram(host, "there is a newer one")
        if program.isLive { restartLater(host) }
    }

    private func beginNetwork(_ fault: Fault) {
        switch fault {
        case .partition(let hosts, let way, let length):
            for host in hosts { blocks.block(host, way) }
            schedule(.ends(fault), after: length)
        case .flap(let host, let times, let length):
            for index in 0..<Int64(times) {
                schedule(
                    .blocks(host: host, .both, isBlocked: true), after: 2 * index * length)
                schedule(
                    .blocks(host: host, .both, isBlocked: false), after: (2 * index + 1) * length)
            }
        case .swizzle(let hosts, let length):
            // The last that fails is the first that heals.
            let last = Int64(2 * hosts.count)
            for (index, host) in hosts.enumerated() {
                schedule(
                    .blocks(host: host, .both, isBlocked: true), after: Int64(index) * length)
                schedule(
                    .blocks(host: host, .both, isBlocked: false),
                    after: (last - Int64(index)) * length)
            }
        case .replay(let host): replay(host)
        case .feedStop(let length):
            hub.feedStopsCount += 1
            schedule(.ends(fault), after: length)
        case .subscriberStall(let host, let length):
            field(host).program?.isStalled = true
            schedule(.ends(fault), after: length)
        default: preconditionFailure("not a fault of the network: \(fault)")
        }
    }

    /// The time of a fault is over.
    func end(_ fault: Fault) {
        guard phase == .working else { return }
        switch fault {
        case .partition(let hosts, let way, _):
            for host in hosts {
                blocks.unblock(host, way)
                releaseStalled(host)
            }
        case .feedStop: hub.feedStopsCount -= 1
        case .subscriberStall(let host, _): releaseHints(field(host))
        case .fullDisk(let host, _): disk(host).isFull = false
        case .clockFreeze(let host, _), .clockDrift(let host, _, _):
            changeClock(host) { $0.run(ratePerMille: 1_000, at: time) }
        default: preconditionFailure("this fault has no end: \(fault)")
        }
        note(.healed, plan.world.network, 0, 0, plan.words(for: fault))
    }

    /// Everything that is wrong becomes right; clocks go on from what they show.
    func endAllFaults() throws {
        blocks.clear()
        hub.feedStopsCount = 0
        hub.disk.heal()
        hub.clock.run(ratePerMille: 1_000, at: time)
        for field in activeFields {
            field.disk.heal()
            field.clock.run(ratePerMille: 1_000, at: time)
            releaseStalled(field.index)
            releaseHints(field)
        }
        startHub()
        for field in activeFields { try powerOn(field.index) }
    }

    private func disk(_ host: Int) -> SimulatedDisk {
        host == plan.world.hub ? hub.disk : field(host).disk
    }

    private func changeClock(_ host: Int, _ change: (inout HostClock) -> Void) {
        if host == plan.world.hub { change(&hub.clock) } else { change(&field(host).clock) }
        let shown = host == plan.world.hub ? hub.clock : field(host).clock
        note(.clock, host, shown.now(at: time).milliseconds)
    }

    private func cutPower(_ host: Int, downMilliseconds: Int64) {
        if host == plan.world.hub {
            if hub.loop != nil { loseHubPower(downMilliseconds: downMilliseconds) }
        } else if field(host).isOn {
            field(host).disk.setDown(downMilliseconds)
            losePower(host)
        }
    }

    /// What a replica said on an earlier connection arrives once more, as from a connection of its
    /// own whose answers nobody reads.
    private func replay(_ host: Int) {
        guard let former = field(host).formerConnections.first(where: { !$0.said.isEmpty }) else {
            return
        }
        let connection = connection(
            for: host, peer: .device(field(host).device), isReplay: true)
        for bytes in former.said { send(bytes, on: connection, .toHub) }
    }
}
