import Glibc
import HubService
import HubStore
import Logging
import TicketModel
import Transport

/// What operators ask of the running hub, between two batches.
extension HubServer {
    func answerOperator(_ frame: InboundFrame) async -> OutboundFrame {
        OutboundFrame(route: frame.route, bytes: AdminFrame.encode(await reply(to: frame.bytes)))
    }

    private func reply(to bytes: [UInt8]) async -> AdminReply {
        guard let command = AdminFrame.decodeCommand(bytes) else {
            return .refused(
                AdminText(
                    zh: "正在运行的 Hub 不认识此命令；请重启它。",
                    en: "The running hub does not know this command; restart it."))
        }
        guard let store = running?.store else { return .failed(message: "The hub is ending.") }
        let reply = store.answer(command)
        if command.changesKeys { replaceKeys() }
        if command.isTold, case .done(let text) = reply { log.notice("\(text.en)") }
        // Who follows the feed learns at once that there is something to fetch.
        if command.appends { running?.nextHeartbeat = .now }
        readNextTimer()
        switch reply {
        case .status(var status):
            status.live = await live(isRecovering: status.recoveringUntilMilliseconds != nil)
            return .status(status)
        case .recovery(let view): return .recovery(withReports(view))
        default: return reply
        }
    }

    private func withReports(_ view: RecoveryView) -> RecoveryView {
        var view = view
        let reported = Set(running?.loop.reportedDevices.map(\.rawValue) ?? [])
        for index in view.devices.indices {
            view.devices[index].hasReported = reported.contains(view.devices[index].device)
        }
        return view
    }

    private func live(isRecovering: Bool) async -> LiveStatus? {
        let counters = await transport.statistics().byName
        guard let running else { return nil }
        return LiveStatus(
            processID: getpid(), startedAtMilliseconds: startedAt.milliseconds,
            syncEndpoint: running.endpoints.sync, feedEndpoint: running.endpoints.feed,
            sessions: running.loop.liveSessionsCount(at: .now),
            reportedDevices: isRecovering ? running.loop.reportedDevices.map(\.rawValue) : [],
            storeFault: running.storeFault, counters: counters)
    }

    /// Makes the key table anew from the store.
    func replaceKeys() {
        guard let store = running?.store else { return }
        do {
            try replaceKeys(from: store)
        } catch {
            log.error("the key table is old", metadata: ["reason": "\(error)"])
        }
    }

    /// - Throws: `StoreError`.
    func replaceKeys(from store: HubStoreFile) throws {
        let names = try store.storage.read { try $0.peerNames() }
        var table: [CurvePublicKey: String] = [:]
        var feedless: Set<CurvePublicKey> = []
        for (bytes, name) in names {
            let key = try CurvePublicKey(rawBytes: bytes)
            table[key] = name
            if case .revoked? = Peer(name: name) { feedless.insert(key) }
        }
        keyTable.replace(with: table, feedless: feedless)
    }
}

extension AdminCommand {
    /// Whether it may change who can connect.
    fileprivate var changesKeys: Bool {
        switch self {
        case .createInvite, .revoke: true
        default: false
        }
    }

    /// Whether it may add to the log.
    fileprivate var appends: Bool {
        switch self {
        case .acceptQuarantined, .rebaseClocks: true
        default: false
        }
    }

    /// Whether the hub's log must tell of it.
    fileprivate var isTold: Bool {
        switch self {
        case .acceptQuarantined, .dismissQuarantined, .endRecovery, .setDevice, .revoke,
            .confirmBackup:
            true
        default: false
        }
    }
}

extension HubTransportStatistics {
    /// The names in `status --json`.
    fileprivate var byName: [String: UInt64] {
        [
            "received_frames": receivedFrameCount, "received_bytes": receivedByteCount,
            "malformed_messages": malformedMessageCount, "sent_frames": sentFrameCount,
            "unreachable_frames": unreachableFrameCount, "queue_full_frames": queueFullFrameCount,
            "oversized_frames": oversizedFrameCount,
            "published_hints": publishedFrameCount, "subscribed": subscribedCount,
            "unsubscribed": unsubscribedCount, "accepted_handshakes": acceptedHandshakeCount,
            "refused_handshakes": refusedHandshakeCount,
            "limited_handshakes": limitedHandshakeCount, "paused_readings": pausedReadingCount,
        ]
    }
}
