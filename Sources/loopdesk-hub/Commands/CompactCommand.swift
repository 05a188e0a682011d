import ArgumentParser
import HubService
import Replication
import Terminal

/// `compact`: forgets the log where nothing needs it any more.
struct CompactCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compact",
        abstract: "Drops the part of the log that is old and in a verified backup.",
        discussion: """
            Tickets, numbers, answers and the history that a ticket shows are not touched; entries \
            with events stay for 400 days. A replica that is further behind than the log reaches \
            gets a snapshot. A running hub does this by itself, about once an hour.
            """)

    /// What the running hub keeps too.
    static let keepDaysDefault = Int(Limits.logRetentionMilliseconds / (24 * 3_600 * 1_000))

    @OptionGroup var common: CommonOptions
    @Option(help: "Keep what is younger than this many days.") var keepDays = keepDaysDefault

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
