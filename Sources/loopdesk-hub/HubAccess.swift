import Foundation
import HubService
import StoreSupport
import Terminal
import Transport

/// How admin verbs reach the hub of a home: through its local socket while it runs, else by holding
/// the home themselves.
struct HubAccess {
    /// How long a running hub may take; a backup copies and checks the whole store.
    static let answerSecondsMax = 600
    /// How long a hub that is just starting or ending is waited for.
    static let lockWaitMilliseconds = 5_000
    private static let lockRetryMilliseconds = 100
    /// The parts of a list that are asked for, half a MiB each.
    private static let listPartsCountMax = 256

    let home: HubHome

    /// Performs `command` and gives its result.
    ///
    /// - Throws: `HubFailure` also for what the hub refused; `StoreError`, `TransportError`.
    func perform(_ command: AdminCommand) async throws -> AdminReply {
        if let list = command.list { return try await whole(list) }
        return try checked(try await reply(to: command))
    }

    /// The parts of a list, one after the other.
    private func whole(_ list: AdminList) async throws -> AdminReply {
        var (parts, after): ([AdminReply], String?) = ([], nil)
        repeat {
            let reply = try checked(
                try await reply(to: .listPart(list, after: after)))
            guard case .part(let part, let next) = reply else { throw unexpected(reply) }
            guard parts.count < Self.listPartsCountMax else { throw listTooLong }
            parts.append(part)
            after = next
        } while after != nil
        guard let whole = AdminReply.joined(parts) else { throw unexpected(parts[0]) }
        return whole
    }

    private var listTooLong: HubFailure {
        HubFailure(
            .refused, zh: "列表过长，无法显示；请先处理其中的内容。",
            en: "The list is too long to be shown; deal with some of it first.")
    }

    /// Asks a running hub only.
    ///
    /// - Throws: `TransportError` (`nobodyListens`) when none runs; else as `perform`.
    func performRunning(_ command: AdminCommand) async throws -> AdminReply {
        _ = try home.settings()
        return try checked(try await ask(command))
    }

    private func reply(to command: AdminCommand) async throws -> AdminReply {
        _ = try home.settings()
        let deadline = ContinuousClock.now + .milliseconds(Self.lockWaitMilliseconds)
        while true {
            do {
                return try await ask(command)
            } catch let error as TransportError where error.code == .nobodyListens {
                if let lock = try HomeLock.acquire(home.lockPath) {
                    defer { withExtendedLifetime(lock) {} }
                    let store = try HubStoreFile(home)
                    if let life = store.newLife { warn(life.text) }
                    return store.answer(command)
                }
            }
            guard .now < deadline else { throw heldElsewhere }
            try await Task.sleep(for: .milliseconds(Self.lockRetryMilliseconds))
        }
    }

    /// Says on the error stream what the operator did not ask for and must know.
    private func warn(_ text: AdminText) {
        Console.writeError("loopdesk-hub: " + processConsole.text(text))
    }

    private var heldElsewhere: HubFailure {
        HubFailure(
            .unreachable, zh: "另一个进程占用 \(home.path)，但没有应答；请稍后再试。",
            en: "Another process holds \(home.path) but does not answer; try again later.")
    }

    private func ask(_ command: AdminCommand) async throws -> AdminReply {
        let context = try ZeroMQContext()
        let client = try LocalClient(context: context, path: home.socketPath)
        let answer = try await client.request(
            AdminFrame.encode(command), timeout: .seconds(Self.answerSecondsMax))
        return try AdminFrame.decodeReply(answer)
    }

    private func checked(_ reply: AdminReply) throws -> AdminReply {
        switch reply {
        case .refused(let text): throw HubFailure(.refused, text)
        case .failed(let message): throw HubFailure(.storageFault, zh: message, en: message)
        default: return reply
        }
    }
}

/// Admin commands and replies as bytes: JSON, both ends being this version.
enum AdminFrame {
    static func encode(_ command: AdminCommand) -> [UInt8] { json(command) }

    private static func json(_ value: some Encodable) -> [UInt8] {
        do { return Array(try JSONEncoder().encode(value)) } catch {
            preconditionFailure("admin messages are plain values: \(error)")
        }
    }

    /// The reply as bytes that the local socket takes; one that it does not becomes a failure that
    /// says so.
    static func encode(_ reply: AdminReply) -> [UInt8] {
        let bytes = json(reply)
        guard bytes.count > TransportLimits.replyFrameByteCountMax else { return bytes }
        let failure = AdminReply.failed(
            message: "The answer would have \(bytes.count) bytes; at most "
                + "\(TransportLimits.replyFrameByteCountMax) can be sent. "
                + "Stop the hub and ask again."
        )
        return json(failure)
    }

    /// - Throws: `HubFailure` when the other end is another version.
    static func decodeReply(_ bytes: [UInt8]) throws -> AdminReply {
        do { return try JSONDecoder().decode(AdminReply.self, from: Data(bytes)) } catch {
            throw HubFailure(
                .refused, zh: "正在运行的 Hub 是另一个版本；请重启它。",
                en: "The running hub is another version; restart it.")
        }
    }

    /// Nil when the bytes are no command of this version.
    static func decodeCommand(_ bytes: [UInt8]) -> AdminCommand? {
        try? JSONDecoder().decode(AdminCommand.self, from: Data(bytes))
    }
}
