import HubService
import Replication
import Sodium
import TicketModel
import Wire

/// Drives the shipped `HubLoop` as `loopdesk-hub serve` does: turns that answer what has arrived,
/// let timers act and show that the hub lives.
extension SimulatedWorld {
    /// How long timers rest when the store has failed.
    private static let timersRestMilliseconds: Int64 = 5_000

    private var hubHost: Int { plan.world.hub }

    func startHub() {
        guard hub.loop == nil else { return }
        hub.disk.switchOn()
        hub.startsCount += 1
        do { try beginLifeIfRestored() } catch {
            // The operator tries again.
            note(.failed, hubHost, 0, 0, "the restore failed: \(error)")
            hub.disk.switchOff()
            return schedule(.powerOn(host: hubHost), after: Self.timersRestMilliseconds)
        }
        var random = random(.identity, hubHost, hub.startsCount << 8 | 5)
        let seed = random.next128()
        var tuning = plan.world.hubTuning
        tuning.protocolMax = versions[hubHost]
        hub.loop = HubLoop(
            store: hub.storage, codec: codec,
            configuration: .init(
                feedEndpoint: "tcp://*:7402", software: "simulated", recoveryKey: recoveryKey,
                seed: seed, tuning: tuning),
            policies: policies)
        checkers.context.ruleKey = recoveryKey
        hub.nextTimer = hub.clock.now(at: time)
        hub.nextHeartbeat = time
        hub.timersRestUntil = time
        note(.started, hubHost)
        wakeHubLater()
    }

    /// The key of this hub; it is no part of its store.
    private var recoveryKey: MessageAuthenticationKey {
        var random = random(.identity, hubHost, 6)
        guard let key = MessageAuthenticationKey(bytes: random.bytes(32)) else {
            preconditionFailure("a key is made of 32 bytes")
        }
        return key
    }

    func scheduleTurn() {
        guard !hub.isTurnScheduled else { return }
        hub.isTurnScheduled = true
        hub.turnsCount += 1
        var random = random(.turn, hubHost, hub.turnsCount)
        schedule(
            .hubTurn, after: random.milliseconds(in: 0...plan.world.turnDelayMillisecondsMax))
    }

    func takeTurn() throws {
        hub.isTurnScheduled = false
        guard hub.loop != nil else { return }
        metrics.turnsCount += 1
        if !hub.inbox.isEmpty { answerPeers() }
        if !hub.disk.isOff { fireTimers() }
        if !hub.disk.isOff { beatHeart() }
        if hub.disk.isOff { return loseHubPower(downMilliseconds: hub.disk.downMilliseconds) }
        wakeHubLater()
    }

    private func answerPeers() {
        let frames = hub.inbox
        hub.inbox = []
        let now = hub.clock.now(at: time)
        guard let output = hub.loop?.process(frames, at: now), !hub.disk.isOff else { return }
        note(
            .turn, hubHost, Int64(frames.count), UInt64(output.replies.count),
            "\(frames.count) frames"
                + (output.storeFault.map { ", store fault: \($0)" } ?? ""))
        for reply in output.replies { answer(reply) }
        publish(output.hints)
        readNextTimer()
    }

    /// Sends an answer; a route that leads nowhere is reported to the loop.
    private func answer(_ reply: HubLoop.Outbound) {
        guard let connection = openConnections[reply.route], connection.isOpenAtHub,
            !connection.isReplay
        else {
            if openConnections[reply.route]?.isReplay != true {
                openConnections[reply.route] = nil
            }
            hub.loop?.forget([reply.route])
            return
        }
        note(
            .sent, hubHost, Int64(connection.id), fingerprint(reply.bytes),
            "\(describe(fromHub: reply.bytes)) to \(field(connection.host).member.name)")
        checkers.observe(
            .answered(member: connection.host, reply.bytes))
        send(reply.bytes, on: connection, .fromHub)
    }

    private func fireTimers() {
        let now = hub.clock.now(at: time)
        guard hub.timersRestUntil <= time, let timer = hub.nextTimer, timer <= now else { return }
        do {
            guard let (output, hasMore) = try hub.loop?.fireTimers(at: now) else { return }
            if hub.disk.isOff { return }
            note(.timers, hubHost, output.hasCommitted ? 1 : 0, hasMore ? 1 : 0)
            publish(output.hints)
            readNextTimer()
        } catch {
            restTimers(because: error)
        }
    }

    private func readNextTimer() {
        do { hub.nextTimer = try hub.loop?.nextTimer() } catch { restTimers(because: error) }
    }

    private func restTimers(because error: any Error) {
        guard !hub.disk.isOff else { return }
        note(.failed, hubHost, 0, 0, "\(error)")
        hub.timersRestUntil = time + Self.timersRestMilliseconds
        hub.nextTimer = hub.clock.now(at: time)
    }

    private func beatHeart() {
        guard hub.nextHeartbeat <= time else { return }
        hub.nextHeartbeat = time + plan.world.heartbeatMilliseconds
        let isHeard = fields.contains { ($0.program?.followsFrom ?? .max) <= time }
        guard isHeard, hub.feedStopsCount == 0 else { return }
        do {
            guard let heartbeat = try hub.loop?.heartbeat() else { return }
            publish([heartbeat])
        } catch {
            note(.failed, hubHost, 0, 0, "\(error)")
        }
    }

    /// The next turn that comes even if no frame does.
    private func wakeHubLater() {
        let now = hub.clock.now(at: time)
        var next = hub.nextHeartbeat
        if let timer = hub.nextTimer {
            let due = time + max(1, timer.millisecondsSince(now))
            next = min(next, max(due, hub.timersRestUntil))
        }
        hub.wakeToken += 1
        queue.add(.hubWake(hub.wakeToken), at: max(next, time + 1))
    }

    // MARK: Power

    /// The hub is gone with everything that was not durable, and with all connections.
    func loseHubPower(downMilliseconds: Int64) {
        hub.disk.switchOff()
        note(
            .crashed, hubHost, downMilliseconds, 0,
            "for \(words(milliseconds: downMilliseconds))")
        endHub()
        schedule(.powerOn(host: hubHost), after: downMilliseconds)
    }

    private func endHub() {
        hub.loop = nil
        hub.inbox = []
        hub.wakeToken += 1
        for connection in openConnections.values.sorted(by: { $0.id < $1.id }) {
            connection.lastArrivalAtHub = min(connection.lastArrivalAtHub, time)
            connection.isOpenAtHub = false
            guard connection.isOpenAtField else { continue }
            // Who is cut off learns nothing of it until its own patience ends.
            let isSilent = blocks[connection.host, .fromHub]
            guard !isSilent else { continue }
            // What was said last arrives before the end does.
            let newest = connection.newestArrivals[FrameFault.Lane.fromHub.rawValue]
            let arrival = time + delay(connection.host, .fromHub)
            queue.add(.breaks(connection), at: max(newest, arrival) + 1)
        }
        openConnections = [:]
    }

    /// Says goodbye, ends, and starts again after a while.
    func restartHub(downMilliseconds: Int64) {
        guard hub.loop != nil else { return }
        if !hub.inbox.isEmpty { answerPeers() }
        guard !hub.disk.isOff else {
            return loseHubPower(downMilliseconds: hub.disk.downMilliseconds)
        }
        var random = random(.turn, hubHost, hub.turnsCount << 8 | 1)
        let byes = hub.loop?.farewell { random.number(in: 1_000...3_000) } ?? []
        for bye in byes.sorted(by: { $0.route.lexicographicallyPrecedes($1.route) }) {
            answer(bye)
        }
        note(.stopped, hubHost, downMilliseconds)
        endHub()
        schedule(.powerOn(host: hubHost), after: downMilliseconds)
    }
}
