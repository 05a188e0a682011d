import FieldClient
import Replication
import Terminal
import TicketModel

/// What is out of the ordinary in a sync, as people read it; nil for what only moves along.
struct NoticeText {
    let zh: String
    let en: String
    /// The word in `--json`.
    let name: String

    init?(_ notice: SyncLoop.Notice) {
        switch notice {
        case .crossed(let count):
            name = "hub_restored"
            guard count > 0 else {
                zh = "Hub 曾从备份恢复；本机的记录那里都有。"
                en =
                    "The hub was restored from a backup. Nothing that this replica holds was "
                    + "missing there."
                return
            }
            zh = "Hub 曾从备份恢复；本机已补回其中缺少的 \(count) 条记录。"
            en =
                "The hub was restored from a backup. This replica brought back "
                + (count == 1 ? "1 entry" : "\(count) entries") + " that it had lost."
        case .reidentified(let count):
            name = "reidentified"
            zh = "本机数据库是副本或旧备份；已改用新的身份继续，待发送的修改 \(count) 处，没有丢失或重复。"
            en =
                "This database is a copy, or was put back to an earlier state. It goes on under an "
                + "identity of its own; \(count) changes wait to be sent, nothing is lost or "
                + "doubled."
        case .differs(let scope):
            name = "differs"
            zh = "本机与 Hub 的数据不一致（\(printable(scope.rawValue))）；正在修复。"
            en =
                "This replica does not hold what the hub holds (\(printable(scope.rawValue))); "
                + "it is being mended."
        case .repaired(let count):
            name = "repaired"
            zh = "已按 Hub 的数据核对 \(count) 张工单。"
            en = "\(count) tickets were set to what the hub holds."
        case .rebuilding(let reason):
            name = "rebuilding"
            zh = "本机数据缺失，正在重新获取：\(printable(reason))"
            en = "Something is missing here; everything is fetched anew: \(printable(reason))"
        case .snapshot: return nil
        }
    }
}
