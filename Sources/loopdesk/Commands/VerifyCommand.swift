import ArgumentParser
import FieldClient
import Foundation
import ReplicaStore
import Replication
import StoreSupport
import Synchronization
import Terminal
import TicketModel
import Wire

/// `verify`: with a ticket, what the customer says of the solution; without one, whether this
/// replica is whole and holds what the hub holds.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: said(
            zh: "工单：记录客户验证结果；不带工单：检查本机数据并与 Hub 核对。",
            en: "With a ticket: whether the customer calls it solved. Without: checks this replica."
        ),
        usage: "loopdesk verify [options] [<ticket>]",
        discussion: said(
            zh: "带工单时用 --solved 或 --unsolved；未解决的工单立即退回处理。"
                + "不带工单时检查数据库文件、本机修改的哈希链和工单摘要；然后同步，并按范围与 Hub 比对，发现差异即修复。"
                + "退出码：0 完好，4 无法连接 Hub，5 本机数据有损坏。",
            en:
                "With a ticket, say --solved or --unsolved; what is not solved goes back to work "
                + "at once. Without one it looks at the database file, the hash chain of this "
                + "device's changes and the digests of the tickets; then syncs, compares scope by "
                + "scope with the hub and mends what differs. Exit status: 0 all is well, 4 the "
                + "hub cannot be reached, 5 this replica is damaged."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String?
    @Flag(help: help("客户确认已解决。", "The customer says that it is solved.")) var solved = false
    @Flag(help: help("客户表示未解决。", "The customer says that it is not.")) var unsolved = false
    @Option(help: help("客户原话；未解决时必填。", "What the customer said; required if it is not."))
    var remark = ""
    @Option(help: etaHelp) var eta: String?
    @Flag(help: help("只检查本机，不连接 Hub。", "Only look at this device; ask no hub.")) var local = false

    func validate() throws {
        guard ticket != nil else {
            guard !solved, !unsolved, remark.isEmpty, eta == nil else {
                throw ValidationError(
                    said(zh: "请写明工单。", en: "Name the ticket that the customer was asked about."))
            }
            return
        }
        guard solved != unsolved, !local else {
            throw ValidationError(
                said(zh: "请用 --solved 或 --unsolved 说明。", en: "Say either --solved or --unsolved."))
        }
        guard unsolved || eta == nil else {
            throw ValidationError(
                said(zh: "--eta 只与 --unsolved 同用。", en: "--eta goes with --unsolved only."))
        }
    }

    func run() async throws {
        let place = try common.open()
        if let ticket { return try record(ticket, place) }
        _ = try place.home.joinedDevice()
        let report = try check(place)
        tell(report, place.console)
        guard report.isWhole else {
            place.console.emit(report.json(comparison: nil))
            throw CommandFailure(
                .storageFault, zh: "本机数据有损坏。保留目录 \(place.home.path)，并在新目录重新加入。",
                en: "This replica is damaged. Keep \(place.home.path), and join again in a new "
                    + "folder.")
        }
        let comparison = local ? nil : try await compare(place)
        if let comparison { tell(comparison, place.console) }
        place.console.emit(report.json(comparison: comparison))
    }

    private func record(_ ticket: String, _ place: Workplace) throws {
        let found = try place.find(ticket)
        let written = try place.desk.verify(
            found.ticket.id, isSolved: solved,
            remark: unsolved ? requiredText(remark, "--remark") : remark,
            expected: place.expectedText(eta), by: place.actor())
        let count = written.ticket.failedVerificationsCount
        try place.report(
            written, from: found, zh: solved ? "客户确认已解决" : "客户第 \(count) 次表示未解决，已退回处理",
            en: solved ? "solved, says the customer" : "not solved (\(count)); back to work")
    }

    /// What was found on this device.
    private struct Report {
        var fileProblems: [String]
        var audit: ReplicaAudit

        var isWhole: Bool { fileProblems.isEmpty && audit.findings.isEmpty }

        func json(comparison: Comparison?) -> JSONValue {
            [
                "whole": .boolean(isWhole),
                "problems": .array(
                    (fileProblems + audit.findings.map { FindingText($0).en }).map(
                        JSONValue.string)),
                "changes": .integer(Int64(audit.changesCount)),
                "tickets": .integer(Int64(audit.ticketsCount)),
                "compared": .boolean(comparison?.isEqual ?? false),
                "compared_at": comparison.map { JSONShape.integer($0.head) } ?? .null,
                "mended": .integer(Int64(comparison?.mendedCount ?? 0)),
            ]
        }
    }

    private func check(_ place: Workplace) throws -> Report {
        let store = try SQLiteReplicaStore(
            path: place.home.replicaPath, mode: .oneShot, createsFile: false)
        let problems = try store.integrityProblems()
        return Report(
            fileProblems: problems,
            audit: try store.read { try ReplicaAudit($0, codec: ProtobufCodec()) })
    }

    private func tell(_ report: Report, _ console: Console) {
        for problem in report.fileProblems { console.say(zh: problem, en: problem) }
        for finding in report.audit.findings {
            let text = FindingText(finding)
            console.say(zh: text.zh, en: text.en)
        }
        guard report.isWhole else { return }
        console.say(
            zh: "本机完好：修改 \(report.audit.changesCount) 条，工单 \(report.audit.ticketsCount) 张",
            en: "this replica is whole: \(report.audit.changesCount) changes, "
                + "\(report.audit.ticketsCount) tickets")
    }

    /// What the comparison with the hub came to.
    private struct Comparison {
        var isEqual: Bool
        var head: UInt64
        var mendedCount: Int
    }

    private func compare(_ place: Workplace) async throws -> Comparison {
        let mended = Mutex(0)
        let meter = ProgressMeter(isShown: !place.console.isJSON, language: place.language)
        let session = try SyncSession(place.home, mode: .oneShot, isVerifying: true)
        let progress: SyncLoop.Progress
        do {
            progress = try await session.runOnce { report in
                meter.show(report)
                if case .notice(.repaired(let count)) = report { mended.withLock { $0 += count } }
            }
        } catch {
            meter.clear()
            throw error
        }
        meter.clear()
        for notice in meter.notices where !place.console.isJSON {
            Console.writeError(place.language.choose(zh: notice.zh, en: notice.en))
        }
        let verifiedAt = try place.store.read { try $0.state().verifiedAt }
        return Comparison(
            isEqual: verifiedAt.map { $0 >= place.now } ?? false, head: progress.head,
            mendedCount: mended.withLock { $0 })
    }

    private func tell(_ comparison: Comparison, _ console: Console) {
        if comparison.isEqual {
            console.say(
                zh: "与 Hub 一致，日志位置 \(comparison.head)",
                en: "the hub holds the same, at \(comparison.head) of its log")
        } else {
            console.say(
                zh: "Hub 一直在变化，未能比对；请稍后再试",
                en: "the hub was never at rest; nothing was compared. Try again later")
        }
    }
}

/// A finding, for people.
struct FindingText {
    let zh: String
    let en: String

    init(_ finding: ReplicaAudit.Finding) {
        switch finding {
        case .brokenChain(let counter):
            zh = "第 \(counter) 条修改与前一条不衔接"
            en = "change \(counter) does not follow from the one before it"
        case .wrongCounter(let stored, let found):
            zh = "记录的修改数为 \(stored)，实际为 \(found)"
            en = "the state speaks of \(stored) changes, the change log ends at \(found)"
        case .wrongSum(let scope):
            zh = "范围 \(printable(scope.rawValue)) 的摘要与其工单不符"
            en = "the sum of \(printable(scope.rawValue)) is not the sum of its tickets"
        }
    }
}
