import ArgumentParser
import HubService
import Terminal
import TicketModel

/// `status`: the hub at a glance.
struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: said(
            zh: "显示 Hub 概况，无论是否在运行。", en: "Shows the hub at a glance, whether it runs or not."))

    @OptionGroup var common: CommonOptions
    @Flag(
        help: help(
            "供健康检查：Hub 未运行时退出码为 4，存储故障时为 5。",
            "For health checks: fail with 4 unless the hub runs, with 5 if its store fails."))
    var running = false

    func run() async throws {
        let access = HubAccess(home: common.hubHome)
        let reply =
            running ? try await access.performRunning(.status) : try await access.perform(.status)
        guard case .status(let status) = reply else { throw unexpected(reply) }
        let console = common.console
        if !console.isJSON { lines(of: status, console).forEach { print($0) } }
        console.emit(status.json)
        if running, let fault = status.live?.storeFault {
            throw HubFailure(.storageFault, zh: "存储故障：\(fault)", en: "Store fault: \(fault)")
        }
    }

    private func lines(of status: HubStatus, _ console: Console) -> [String] {
        let choose = { (zh: String, en: String) in console.language.choose(zh: zh, en: en) }
        var lines = [
            status.live.map {
                choose(
                    "运行中（进程 \($0.processID)），\($0.sessions) 个连接",
                    "running (process \($0.processID)), \($0.sessions) sessions")
            } ?? choose("未运行", "not running")
        ]
        if let live = status.live {
            lines.append(
                choose(
                    "同步 \(live.syncEndpoint)，通知 \(live.feedEndpoint)",
                    "sync \(live.syncEndpoint), feed \(live.feedEndpoint)"))
        }
        if let fault = status.live?.storeFault {
            lines.append(choose("存储故障：\(fault)", "store fault: \(fault)"))
        }
        lines += logLines(of: status, choose)
        lines.append(
            choose(
                "工单 \(status.tickets)（未结 \(status.openTickets)），日志位置 \(status.head)",
                "\(status.tickets) tickets (\(status.openTickets) open), log at \(status.head)"))
        lines.append(
            choose(
                "设备 \(status.devices)，副本 \(status.replicas)，计时 \(status.timers)",
                "\(status.devices) devices, \(status.replicas) replicas, \(status.timers) timers"))
        lines.append(
            choose(
                "规则 \(status.policyName) 版本 \(status.policyVersion)",
                "policy \(status.policyName) version \(status.policyVersion)"))
        lines += status.calendarsToRenew.map {
            choose("  注意：\($0.zh)", "  Note: \($0.en)")
        }
        return lines
    }

    /// The life of the log, and what waits for the operator.
    private func logLines(
        of status: HubStatus, _ choose: (String, String) -> String
    ) -> [String] {
        var lines = [
            choose(
                "日志（\(status.epoch.prefix(8))）完整部分自 \(status.logBase) 起，备份至 "
                    + "\(status.durableSequence)，其后 \(status.unsavedCount) 条不在备份中",
                "log \(status.epoch.prefix(8)) is whole behind \(status.logBase), in a verified "
                    + "backup up to \(status.durableSequence); \(status.unsavedCount) entries are "
                    + "in none")
        ]
        if let until = status.recoveringUntilMilliseconds {
            let reported = status.live.map { " (\($0.reportedDevices.count)/\(status.devices))" }
            lines.append(
                choose(
                    "恢复中：规则暂停至 \(shortTime(until, .zh))\(reported ?? "")",
                    "recovering: the rules rest until \(shortTime(until, .en)), or until all "
                        + "devices have reported\(reported ?? "")"))
        }
        if status.parked > 0 {
            lines.append(
                choose(
                    "\(status.parked) 条补回的记录等待其建单记录",
                    "\(status.parked) entries wait for the making of their ticket"))
        }
        if status.quarantined > 0 {
            lines.append(
                choose(
                    "\(status.quarantined) 项内容待处理：loopdesk-hub quarantine list",
                    "\(status.quarantined) pieces of work wait for a decision: "
                        + "loopdesk-hub quarantine list"))
        }
        return lines
    }
}

extension HubStatus {
    /// Entries that are in no backup.
    fileprivate var unsavedCount: UInt64 { head - min(durableSequence, head) }

    fileprivate var json: JSONValue {
        [
            "running": .boolean(live != nil), "epoch": .string(epoch),
            "head": .integer(Int64(clamping: head)), "tickets": .integer(Int64(tickets)),
            "open_tickets": .integer(Int64(openTickets)), "devices": .integer(Int64(devices)),
            "replicas": .integer(Int64(replicas)), "timers": .integer(Int64(timers)),
            "next_timer": jsonTime(nextTimerMilliseconds),
            "recovering_until": jsonTime(recoveringUntilMilliseconds),
            "log_base": .integer(Int64(clamping: logBase)),
            "durable": .integer(Int64(clamping: durableSequence)),
            "parked": .integer(Int64(parked)), "quarantined": .integer(Int64(quarantined)),
            "policy": ["name": .string(policyName), "version": .integer(Int64(policyVersion))],
            "calendars_to_renew": .array(calendarsToRenew.map { .string($0.en) }),
            "live": live?.json ?? .null,
        ]
    }
}

extension LiveStatus {
    fileprivate var json: JSONValue {
        [
            "pid": .integer(Int64(processID)), "started_at": jsonTime(startedAtMilliseconds),
            "sync": .string(syncEndpoint), "feed": .string(feedEndpoint),
            "sessions": .integer(Int64(sessions)), "store_fault": JSONValue(storeFault),
            "reported_devices": .array(reportedDevices.map(JSONValue.string)),
            "counters": .object(
                counters.sorted { $0.key < $1.key }.map {
                    JSONValue.Member($0.key, .integer(Int64(clamping: $0.value)))
                }),
        ]
    }
}
