import ArgumentParser
import Foundation
import HubService
import HubStore
import Replication
import StoreSupport
import Terminal
import TicketModel

/// `restore`: puts the store back from a backup.
struct RestoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: said(
            zh: "从备份恢复存储；Hub 不得在运行。",
            en: "Puts the store back from a backup; the hub must not run."),
        discussion: said(
            zh: """
                先校验备份；目前的存储改名保留在旁边。日志开始新的一轮：
                各副本连接时补回备份所缺的内容，编号与答复照旧；
                在此之前规则暂停，以免已提醒过的时限再次提醒。

                设备、停用、人员、邀请、规则和隔离中的工作保持现状，只要目前的存储还能读取。
                另一个 Hub 的备份会被拒绝，除非用 --another-hub 写明确实要用它。

                hub.sqlite.numbers、hub.sqlite.head、hub.key 和 recovery.key 保持不变。
                在新机器上：按原来的选项执行 init，用原来的 hub.key 和 recovery.key 替换新的，再恢复。
                """,
            en: """
                The backup is verified first, and the present store is kept under another name \
                beside it. The log begins a new epoch: replicas give back what the backup lacks \
                as they connect, with the numbers and answers it had, and until then the rules \
                rest, so that no clock that had rung rings again.

                Devices, revocations, people, invites, the policy and the quarantine stay as they \
                are now, as far as the present store can be read. A backup of another hub is \
                refused, unless --another-hub says that it is meant.

                hub.sqlite.numbers, hub.sqlite.head, hub.key and recovery.key stay as they are. \
                On a new machine: `init` with the options of then, put the former hub.key and \
                recovery.key in place of the new ones, and restore.
                """))

    /// The longest that the rules may rest: a week.
    static let waitMinutesMax = 7 * 24 * 60

    @OptionGroup var common: CommonOptions
    @Argument(help: help("`backup` 写出的文件。", "A file that `backup` wrote.")) var backup: String
    @Flag(help: help("不询问；没有终端时必须给出。", "Do not ask; needed where no terminal is.")) var yes = false
    @Flag(
        help: help(
            "即使备份中没有目前存储的任何设备，也要使用。", "Take a backup that knows no device of the present store."))
    var anotherHub = false
    @Option(
        help: help(
            "规则暂停几分钟；所有设备提前报到则提前结束。",
            "Minutes that the rules rest, unless all devices have reported before."))
    var wait = Int(LogLife.recoveryMilliseconds / 60_000)

    func validate() throws {
        guard (0...Self.waitMinutesMax).contains(wait) else {
            throw ValidationError(
                said(
                    zh: "--wait 为 0 到 \(Self.waitMinutesMax) 分钟，而不是 \(wait)",
                    en: "--wait takes 0 to \(Self.waitMinutesMax) minutes, not \(wait)"))
        }
    }

    func run() throws {
        let home = common.hubHome
        _ = try home.settings()
        let backup = URL(fileURLWithPath: backup).standardizedFileURL.path
        try check(backup, home)
        guard yes || canAsk else {
            throw HubFailure(
                .refused, zh: "没有终端可供确认；确定要恢复请加 --yes。未作任何改动。",
                en: "There is no terminal to ask on; give --yes to restore. Nothing was changed.")
        }
        guard let lock = try HomeLock.acquire(home.lockPath) else {
            throw HubFailure(
                .refused, zh: "\(home.path) 的 Hub 正在运行，或正被管理命令使用；请先停止它。",
                en: "The hub in \(home.path) is running, or an admin command is using it; stop it "
                    + "first.")
        }
        defer { withExtendedLifetime(lock) {} }
        try restore(backup, HubRestore(home: home))
    }

    /// Whether the file could be a backup at all.
    ///
    /// - Throws: `HubFailure`.
    private func check(_ backup: String, _ home: HubHome) throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: backup, isDirectory: &isFolder) else {
            throw HubFailure(
                .refused, zh: "没有备份文件 \(backup)。", en: "There is no backup \(backup).")
        }
        let paths = [backup, home.storePath].map {
            URL(fileURLWithPath: $0).resolvingSymlinksInPath().path
        }
        guard paths[0] != paths[1] else {
            throw HubFailure(
                .refused, zh: "\(backup) 是 Hub 现在的存储，不是备份。请另选备份。",
                en: "\(backup) is the hub's present store, not a backup. Choose a backup.")
        }
        guard !isFolder.boolValue else {
            throw HubFailure(
                .refused, zh: "\(backup) 是目录，不是备份。请另选备份。",
                en: "\(backup) is a folder, not a backup. Choose another.")
        }
    }

    /// What is wrong with the backup, in place of what is wrong with the copy made of it.
    private func failure(of backup: String, _ error: any Error) -> any Error {
        switch (error as? StoreError)?.code {
        case .notAStore:
            HubFailure(
                .storageFault, zh: "\(backup) 不是 Hub 的备份；未作任何改动。请另选备份。",
                en: "\(backup) is not a backup of a hub; nothing was changed. Choose another.")
        case .newerSchema:
            HubFailure(
                .storageFault, zh: "\(backup) 来自更新的版本；未作任何改动。请升级，或另选备份。",
                en: "\(backup) was made by a newer version; nothing was changed. Upgrade, or "
                    + "choose another.")
        case .corrupt:
            HubFailure(
                .storageFault, zh: "备份 \(backup) 已损坏；未作任何改动。请另选备份。",
                en: "The backup \(backup) is damaged; nothing was changed. Choose another.")
        default: error
        }
    }

    private func restore(_ backup: String, _ restore: HubRestore) throws {
        let warnings = warnings(of: restore.home)
        let report: HubStoreReport
        do { report = try restore.prepare(backup) } catch {
            restore.discard()
            throw failure(of: backup, error)
        }
        guard report.isSound else {
            restore.discard()
            throw VerificationText.failure(
                of: report, zh: "备份 \(backup) 已损坏，未作任何改动，请另选备份",
                en: "The backup \(backup) is damaged; nothing was changed, choose another")
        }
        let present = restore.present(comparedWith: report)
        tell(present, report)
        let isOther = try restore.isOfAnotherHub()
        guard !isOther || anotherHub else {
            restore.discard()
            throw HubFailure(
                .refused,
                zh: "备份 \(backup) 与目前的存储没有任何相同的设备，像是另一个 Hub 的；"
                    + "确定要用它请加 --another-hub。未作任何改动。",
                en: "The backup \(backup) knows no device of the present store: it looks like "
                    + "another hub's. Give --another-hub if it is meant. Nothing was changed.")
        }
        guard yes || isConfirmed() else {
            restore.discard()
            throw HubFailure(
                .refused, zh: "已取消；未作任何改动。", en: "Not confirmed; nothing was changed.")
        }
        let result = try restore.install(
            at: .now, recoveryMilliseconds: Int64(wait) * 60_000, keepsDecisions: !isOther)
        tell(result, warnings)
        common.console.emit(json(result, report, present, warnings))
    }

    // MARK: Asking

    private var canAsk: Bool {
        !common.json && StandardStream.input.isTerminal && StandardStream.output.isTerminal
    }

    private func isConfirmed() -> Bool {
        let question = common.console.language.choose(
            zh: "确定恢复吗？请输入 yes：", en: "Restore? Type yes: ")
        Console.write(question)
        return ["yes", "是"].contains(readLine()?.trimmingCharacters(in: .whitespaces) ?? "")
    }

    // MARK: Telling

    private func tell(_ present: HubRestore.Present, _ report: HubStoreReport) {
        let console = common.console
        let time = { (time: Timestamp?) in
            time.map { shortTime($0.milliseconds, console.language) } ?? "-"
        }
        switch present {
        case .missing:
            console.say(zh: "目前没有存储。", en: "There is no store now.")
        case .unreadable(let reason):
            console.say(
                zh: "目前的存储无法读取：\(printable(reason))",
                en: "The present store cannot be read: \(printable(reason))")
        case .readable(let head, let lastEntryAt, let lostCount):
            console.say(
                zh: "目前的存储：日志到 \(head)，最后一条 \(time(lastEntryAt))",
                en: "Present store: log up to \(head), last entry \(time(lastEntryAt))")
            console.say(
                zh: lostCount.map { "Hub 自身将失去 \($0) 条日志；各副本会补回它们仍保有的部分。" }
                    ?? "无法比较两者的日志。",
                en: lostCount.map {
                    "The hub itself loses \($0) entries; replicas bring back what they still hold."
                } ?? "The two logs cannot be compared.")
        }
        console.say(
            zh: "备份：日志到 \(report.head.sequence)，最后一条 \(time(report.lastEntryAt))，校验通过",
            en: "Backup: log up to \(report.head.sequence), last entry "
                + "\(time(report.lastEntryAt)), verified")
    }

    private func tell(_ result: HubRestore.Result, _ warnings: [AdminText]) {
        let console = common.console
        let until = shortTime(result.recovery.endsAt.milliseconds, console.language)
        if let kept = result.keptAs {
            console.say(zh: "原存储保留为 \(kept)", en: "The former store is kept as \(kept)")
        }
        tell(result.decisions)
        console.say(
            zh: """
                已恢复。请启动 Hub：loopdesk-hub serve
                各副本连接时会补回缺少的内容；规则暂停至 \(until)，或直到全部 \(result.devicesCount) 台设备报到。
                查看：loopdesk-hub status
                """,
            en: """
                Restored. Start the hub: loopdesk-hub serve
                Replicas bring back what is missing as they connect; the rules rest until \
                \(until), or until all \(result.devicesCount) devices have reported.
                See: loopdesk-hub status
                """)
        for warning in warnings {
            Console.writeError("loopdesk-hub: " + console.text(warning))
        }
    }

    private func tell(_ kept: HubDecisions.Counts?) {
        guard let kept else {
            return common.console.say(
                zh: "设备、人员、邀请和政策取自备份：备份之后吊销的设备请重新吊销。",
                en: "Devices, people, invites and the policy are those of the backup: revoke "
                    + "again what was revoked since.")
        }
        guard !kept.isEmpty else { return }
        let policy = kept.policyVersion
        common.console.say(
            zh: "备份之后的决定保持不变：新设备 \(kept.joinedCount)，吊销 \(kept.revokedCount)，"
                + "人员变更 \(kept.staffCount)，隔离待处理 \(kept.quarantinedCount)"
                + (policy.map { "，政策第 \($0) 版" } ?? ""),
            en: "Decided since the backup, and kept: devices joined \(kept.joinedCount), revoked "
                + "\(kept.revokedCount), people changed \(kept.staffCount), work in quarantine "
                + "\(kept.quarantinedCount)" + (policy.map { ", policy version \($0)" } ?? ""))
    }

    /// What is missing beside the store and will be felt.
    private func warnings(of home: HubHome) -> [AdminText] {
        var warnings: [AdminText] = []
        if !FileManager.default.fileExists(atPath: home.numbersPath) {
            warnings.append(
                AdminText(
                    zh: "缺少 \(home.numbersPath)：为避免重复，当天的工单编号会跳过 \(HubBackup.numbersGap) 个。",
                    en: "\(home.numbersPath) is missing: so that no number is given twice, "
                        + "\(HubBackup.numbersGap) numbers of the day are skipped."))
        }
        if !FileManager.default.fileExists(atPath: home.recoveryKeyPath) {
            warnings.append(
                AdminText(
                    zh: "缺少 \(home.recoveryKeyPath)：无法核实副本补回的记录；请先放回此文件再启动 Hub。",
                    en: "\(home.recoveryKeyPath) is missing: what replicas bring back cannot be "
                        + "proven. Put the file back before the hub is started."))
        }
        return warnings
    }

    private func json(_ kept: HubDecisions.Counts) -> JSONValue {
        [
            "devices_joined": .integer(Int64(kept.joinedCount)),
            "devices_revoked": .integer(Int64(kept.revokedCount)),
            "staff_changed": .integer(Int64(kept.staffCount)),
            "quarantined": .integer(Int64(kept.quarantinedCount)),
            "policy_version": kept.policyVersion.map { .integer(Int64($0)) } ?? .null,
        ]
    }

    private func json(
        _ result: HubRestore.Result, _ report: HubStoreReport, _ present: HubRestore.Present,
        _ warnings: [AdminText]
    ) -> JSONValue {
        var (presentHead, lostCount): (UInt64?, UInt64?) = (nil, nil)
        if case .readable(let head, _, let lost) = present {
            (presentHead, lostCount) = (head, lost)
        }
        let number = { (value: UInt64?) in
            value.map { JSONValue.integer(Int64(clamping: $0)) } ?? .null
        }
        return [
            "kept_as": JSONValue(result.keptAs), "epoch": .string(result.epoch.description),
            "head": number(report.head.sequence), "former_head": number(presentHead),
            "lost_entries": number(lostCount),
            "recovering_until": jsonTime(result.recovery.endsAt.milliseconds),
            "devices": .integer(Int64(result.devicesCount)),
            "decisions_kept": result.decisions.map(json) ?? .null,
            "warnings": .array(warnings.map { .string(common.console.text($0)) }),
        ]
    }
}
