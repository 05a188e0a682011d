import ArgumentParser
import Foundation
import HubService
import HubStore
import Replication
import Sodium
import Terminal
import TicketModel

/// `backup`: a verified copy of the store.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: said(
            zh: "备份存储并校验；Hub 可以继续运行。",
            en: "Writes a verified copy of the store; the hub may go on running."),
        discussion: said(
            zh: """
                备份按 `verify` 的方式检查；通过之后，日志到其末尾才算已有备份：
                副本可以不再保留其中的内容，`compact` 可以清除它。

                备份有意不含：
                  hub.sqlite.numbers  预先发出的编号；若从备份放回，编号会重复
                  hub.sqlite.head     日志的末尾；Hub 据此得知存储被放回
                  hub.key             Hub 的身份；没有它，每台设备都须重新加入
                  recovery.key        恢复后用来核实副本补回的内容
                  hub.json            地址与端口；在新机器上由 init 按同样的选项写出
                请把 hub.key 和 recovery.key 与备份分开，妥善保管。
                """,
            en: """
                The copy is checked as `verify` does it; only then does the log count as durable \
                up to its end: replicas may forget what it holds, and `compact` may drop it.

                Not in it, on purpose:
                  hub.sqlite.numbers  the numbers given ahead; put back from a backup it would \
                give numbers twice
                  hub.sqlite.head     where the log ended; by it the hub knows that its store was \
                put back
                  hub.key             the hub's identity: without it every device must join again
                  recovery.key        proves what replicas bring back after a restore
                  hub.json            addresses and ports; on a new machine `init` writes it anew
                Keep copies of hub.key and recovery.key apart from the backups, and safe.
                """))

    @OptionGroup var common: CommonOptions
    @Argument(help: help("要写出的文件；须尚不存在。", "The file to write; it must not exist yet."))
    var path: String

    func run() async throws {
        let path = URL(fileURLWithPath: path).standardizedFileURL.path
        let home = common.hubHome
        _ = try home.settings()
        guard !FileManager.default.fileExists(atPath: path) else {
            throw HubFailure(
                .refused, zh: "\(path) 已存在；请另选文件名。",
                en: "\(path) exists already; choose another name.")
        }
        let report = try HubBackup.write(of: home.storePath, to: path)
        guard report.isSound else {
            throw VerificationText.failure(
                of: report, zh: "备份未通过校验，已删除", en: "The backup did not pass and was removed")
        }
        let confirmation = BackupRequest(
            epoch: report.epoch.description, sequence: report.head.sequence,
            hash: report.head.hash.description)
        let reply = try await HubAccess(home: home).perform(.confirmBackup(confirmation))
        guard case .done(let text) = reply else { throw unexpected(reply) }
        let console = common.console
        console.say(zh: "已写入并校验备份 \(path)。", en: "A verified backup is in \(path).")
        console.say(zh: text.zh, en: text.en)
        console.emit(VerificationText.json(of: report, [JSONValue.Member("backup", .string(path))]))
    }
}
