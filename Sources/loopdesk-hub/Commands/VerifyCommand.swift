import ArgumentParser
import Foundation
import HubService
import HubStore
import Replication
import Sodium
import Terminal
import TicketModel

/// `verify`: does everything in the store fit together?
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: said(
            zh: "在拷贝上检查整个存储；Hub 可以继续运行。",
            en: "Checks the whole store, on a copy; the hub may go on running."),
        discussion: said(
            zh: """
                检查文件、日志的哈希链、每个答复、每张工单（与其摘要和产生它的日志比对）、
                可见范围、工单编号、各副本的哈希链、计时。存储旁须有容纳一份拷贝的空间。
                发现问题时列出问题，退出码为 5。
                """,
            en: """
                The file, the hash chain of the log, every answer, every ticket against its \
                digest and against the log that made it, scopes, numbers, each replica's chain, \
                timers. It needs room for a copy beside the store. Exit status 5 with the \
                findings when anything is wrong.
                """))

    @OptionGroup var common: CommonOptions

    func run() async throws {
        let home = common.hubHome
        _ = try home.settings()
        let copy = home.storePath + ".verifying-\(ProcessInfo.processInfo.processIdentifier)"
        defer { HubBackup.removeFiles(of: copy) }
        let report = try HubBackup.verifiedCopy(of: home.storePath, at: copy)
        let console = common.console
        VerificationText.lines(of: report, console.language).forEach { console.say(zh: $0, en: $0) }
        console.emit(VerificationText.json(of: report))
        guard report.isSound else {
            throw VerificationText.failure(
                of: report, zh: "存储有问题", en: "The store is not sound")
        }
    }
}

/// What a check of a store found, for people and for scripts.
enum VerificationText {
    /// One line for each check, its findings below it, and what could not be checked.
    static func lines(of report: HubStoreReport, _ language: Language) -> [String] {
        let choose = { (zh: String, en: String) in language.choose(zh: zh, en: en) }
        var lines: [String] = []
        for check in report.checks {
            let result =
                check.problemsCount == 0
                ? choose("正常", "ok")
                : choose("\(check.problemsCount) 处问题", "\(check.problemsCount) problems")
            lines.append("\(name(of: check.kind, language)) (\(check.count)): \(result)")
            lines += check.problems.map { "  " + printable($0) }
            if check.problemsCount > check.problems.count {
                lines.append("  " + choose("……", "and more"))
            }
        }
        if report.logBase > 0 {
            lines.append(
                choose(
                    "日志自位置 \(report.logBase) 之后完整；此前仅保留 \(report.keptEntriesCount) 条事件记录，无法核对哈希链。",
                    "The log is whole behind position \(report.logBase); before it only "
                        + "\(report.keptEntriesCount) entries with events are kept, which no chain "
                        + "proves."))
        }
        lines.append(
            choose(
                "共 \(report.ticketsCount) 张工单，其中 \(report.rebuiltTicketsCount) 张已由日志重建并比对。",
                "\(report.ticketsCount) tickets, \(report.rebuiltTicketsCount) of them made again "
                    + "from the log and compared."))
        return lines
    }

    private static func name(of kind: HubStoreReport.Check.Kind, _ language: Language) -> String {
        let (zh, en) =
            switch kind {
            case .file: ("数据库文件（页）", "file (pages)")
            case .log: ("日志哈希链", "hash chain of the log")
            case .answers: ("修改的答复", "answers to intents")
            case .index: ("日志索引", "index of the log")
            case .tickets: ("工单", "tickets")
            case .scopes: ("可见范围", "scopes")
            case .numbers: ("工单编号", "numbers")
            case .replicas: ("副本的哈希链", "hash chains of the replicas")
            case .timers: ("计时", "timers")
            case .aside: ("搁置与隔离的内容", "parked and quarantined work")
            }
        return language.choose(zh: zh, en: en)
    }

    /// The failure that ends a command on a store that is not sound.
    static func failure(of report: HubStoreReport, zh: String, en: String) -> HubFailure {
        let first = printable(report.firstProblem ?? "")
        return HubFailure(
            .storageFault, zh: "\(zh)：\(report.problemsCount) 处问题。\(first)",
            en: "\(en): \(report.problemsCount) problems. \(first)")
    }

    /// The report as JSON, with other members before it.
    static func json(of report: HubStoreReport, _ first: [JSONValue.Member] = []) -> JSONValue {
        let checks = report.checks.map { check -> JSONValue in
            [
                "check": .string(check.kind.rawValue), "count": .integer(Int64(check.count)),
                "problems_count": .integer(Int64(check.problemsCount)),
                "problems": .array(check.problems.map(JSONValue.string)),
            ]
        }
        return .object(
            first + [
                JSONValue.Member("sound", .boolean(report.isSound)),
                JSONValue.Member("epoch", .string(report.epoch.description)),
                JSONValue.Member("head", .integer(Int64(clamping: report.head.sequence))),
                JSONValue.Member("hash", .string(report.head.hash.description)),
                JSONValue.Member("log_base", .integer(Int64(clamping: report.logBase))),
                JSONValue.Member("tickets", .integer(Int64(report.ticketsCount))),
                JSONValue.Member("rebuilt_tickets", .integer(Int64(report.rebuiltTicketsCount))),
                JSONValue.Member("checks", .array(checks)),
            ])
    }
}
