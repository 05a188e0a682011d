import HubService
import Logging
import Replication
import TicketModel
import Transport

/// One turn: answer what arrived, let timers act, show that the hub lives.
extension HubServer {
    func turn(_ frames: [InboundFrame]) async {
        var replies: [OutboundFrame] = []
        var hints: [FeedFrame] = []
        answerPeers(frames.filter { $0.origin == .remote }, &replies, &hints)
        for frame in frames where frame.origin == .local {
            replies.append(await answerOperator(frame))
        }
        fireTimers(&hints)
        beatHeart(&hints)
        if frames.isEmpty { compactLog() }
        if !replies.isEmpty {
            let lost = await transport.send(replies)
            running?.loop.forget(lost.map(\.bytes))
        }
        if !hints.isEmpty { await transport.publish(hints) }
    }

    private func answerPeers(
        _ frames: [InboundFrame], _ replies: inout [OutboundFrame], _ hints: inout [FeedFrame]
    ) {
        guard !frames.isEmpty else { return }
        let inbound = frames.map {
            HubLoop.Inbound(route: $0.route.bytes, peer: $0.peer, bytes: $0.bytes)
        }
        guard let output = running?.loop.process(inbound, at: .now) else { return }
        for remark in output.remarks { log.info("\(remark)") }
        if output.storeFault != nil || output.hasCommitted {
            noteStore(fault: output.storeFault)
        }
        // The new device connects as soon as it has its answer, so its key must be known before.
        if output.hasNewKeys { replaceKeys() }
        replies += output.replies.compactMap(OutboundFrame.init)
        hints += output.hints.map(FeedFrame.init)
        readNextTimer()
    }

    /// Lets due timers act; a backlog goes on in the next turn, after the frames that wait.
    private func fireTimers(_ hints: inout [FeedFrame]) {
        guard let running, running.timersRestUntil <= .now, let timer = running.nextTimer,
            timer <= .now
        else { return }
        do {
            let output = try running.loop.fireTimers(at: .now).output
            hints += output.hints.map(FeedFrame.init)
            for remark in output.remarks { log.info("\(remark)") }
            if output.storeFault != nil || output.hasCommitted {
                noteStore(fault: output.storeFault)
            }
            readNextTimer()
        } catch {
            restTimers(because: error)
        }
    }

    func readNextTimer() {
        guard let running else { return }
        do {
            running.nextTimer = try running.loop.nextTimer()
        } catch {
            restTimers(because: error)
        }
    }

    private func restTimers(because error: any Error) {
        running?.timersRestUntil = .now + Self.storeRetryPause
        running?.nextTimer = .now
        noteStore(fault: "\(error)")
    }

    private func beatHeart(_ hints: inout [FeedFrame]) {
        guard let running, running.nextHeartbeat <= .now else { return }
        running.nextHeartbeat = .now + Self.heartbeatPeriod
        do {
            hints.append(FeedFrame(try running.loop.heartbeat()))
        } catch {
            noteStore(fault: "\(error)")
        }
    }

    /// Forgets one slice of the old log while nobody waits; the next slice follows in the next turn
    /// that is idle, and the next look an hour after the last slice.
    private func compactLog() {
        guard let running, running.nextCompaction <= .now else { return }
        do {
            let (count, hasMore) = try running.loop.compactLog(at: .now)
            running.compactedCount += count
            if hasMore { return }
            if running.compactedCount > 0 {
                log.info("compacted", metadata: ["entries": "\(running.compactedCount)"])
            }
        } catch {
            log.error("the log cannot be compacted", metadata: ["reason": "\(error)"])
        }
        running.compactedCount = 0
        running.nextCompaction = .now + Self.compactionPeriod
    }

    /// Says once that the store is in trouble, and once that it is well again.
    private func noteStore(fault: String?) {
        guard let running else { return }
        guard let before = running.storeFault else {
            guard let fault else { return }
            running.storeFault = fault
            return log.error(
                "the store fails; peers are told to come back", metadata: ["reason": "\(fault)"])
        }
        running.storeFault = fault
        guard fault == nil else { return }
        log.notice("the store works again", metadata: ["after": "\(before)"])
    }
}

extension FeedFrame {
    init(_ hint: (topic: [UInt8], body: [UInt8])) {
        self.init(topic: hint.topic, body: hint.body)
    }
}
