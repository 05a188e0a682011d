import ArgumentParser
import HubService
import Replication
import Terminal

/// `compact`: forgets the log where nothing needs it any more.
struct CompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: said(
            zh: "清除日志中较旧且已有备份的部分。",
            en: "Drops the part of the log that is old and in a verified backup."),
        discussion: said(
            zh: """
                不影响工单、编号、答复和工单显示的经过；带有事件的记录保留 400 天。
                落后太多、日志已接不上的副本改为取得快照。运行中的 Hub 大约每小时自动清除一次。
                """,
            en: """
                Tickets, numbers, answers and the history that a ticket shows are not touched; \
                entries with events stay for 400 days. A replica that is further behind than the \
                log reaches gets a snapshot. A running hub does this by itself, about once an hour.
                """))

    /// What the running hub keeps too.
    static let keepDaysDefault = Int(Limits.logRetentionMilliseconds / (24 * 3_600 * 1_000))

    @OptionGroup var common: CommonOptions
    @Option(help: help("保留最近几天的日志。", "Keep what is younger than this many days."))
    var keepDays = keepDaysDefault

    func run() async throws {
        let access = HubAccess(home: common.hubHome)
        var (count, last) = (0, Optional<CompactionView>.none)
        // A slice at a time: whoever is served meanwhile waits for one of them at most.
        repeat {
            let reply = try await access.perform(.compact(keepDays: keepDays))
            guard case .compacted(let view) = reply else { throw unexpected(reply) }
            count += view.count
            last = view
        } while last?.hasMore == true
        guard let last else { preconditionFailure("a loop runs at least once") }
        let console = common.console
        console.say(
            zh: "处理了 \(count) 条；日志自位置 \(last.logBase) 之后完整。",
            en: "\(count) entries were handled; the log is whole behind position \(last.logBase).")
        if let reason = last.reason { console.say(zh: reason.zh, en: reason.en) }
        console.emit([
            "count": .integer(Int64(count)), "log_base": .integer(Int64(clamping: last.logBase)),
            "durable": .integer(Int64(clamping: last.durableSequence)),
            "reason": JSONValue(last.reason.map { console.text($0) }),
        ])
    }
}
