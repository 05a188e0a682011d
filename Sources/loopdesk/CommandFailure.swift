import FieldClient
import FoundationEssentials
import Replication
import StoreSupport
import Terminal
import TicketModel
import TicketPolicy
import Transport
import Wire

/// The one error that ends a verb: what to tell the person, and the exit status.
struct CommandFailure: Error {
    var status: ExitStatus
    var text: LocalizedText
    /// More for scripts, inside `error`.
    var details: [JSONValue.Member] = []

    init(
        _ status: ExitStatus, zh: String, en: String, details: [JSONValue.Member] = []
    ) {
        self.status = status
        text = LocalizedText(zh: zh, en: en)
        self.details = details
    }

    static func notJoined(_ home: FieldHome) -> CommandFailure {
        CommandFailure(
            .refused, zh: "\(home.path) 尚未加入 Hub。请先执行：loopdesk join 邀请码",
            en: "\(home.path) has not joined a hub. Run: loopdesk join INVITE")
    }

    /// What another module's error means for the person; nil for a command line that is wrong.
    init?(_ error: any Error) {
        switch error {
        case let failure as CommandFailure: self = failure
        case let failure as Desk.Failure: self.init(failure)
        case let refusal as ReplicaWriter.Refusal: self.init(refusal)
        case let error as StoreError: self.init(.storageFault, plain: error.message)
        case let error as FileFailure: self.init(.storageFault, plain: error.message)
        case let error as ProfileError:
            self.init(.refused, zh: error.text(.zh), en: error.text(.en))
        case let failure as SyncDriver.LinkFailure: self.init(failure)
        case let halt as SyncLoop.Halt: self.init(halt)
        case let refusal as EnrolmentExchange.Refusal: self.init(refusal)
        case let problem as Invite.Problem: self.init(problem)
        case let error as TransportError: self.init(.unreachable, plain: "\(error)")
        case let error as PromptError:
            self.init(.refused, zh: error.message(in: .zh), en: error.message(in: .en))
        case let error as TimeParsingError:
            self.init(.usage, zh: error.message(in: .zh), en: error.message(in: .en))
        default: return nil
        }
    }

    private init(_ status: ExitStatus, plain: String) {
        self.init(status, zh: plain, en: plain)
    }
}

// MARK: - What the desk and the store refuse

extension CommandFailure {
    private init(_ failure: Desk.Failure) {
        switch failure {
        case .notJoined:
            self.init(
                .refused, zh: "本机尚未加入 Hub。请先执行：loopdesk join 邀请码",
                en: "This device has not joined a hub. Run: loopdesk join INVITE")
        case .noPolicy:
            self.init(
                .refused, zh: "本机还没有处理规则。请先联网执行一次：loopdesk sync",
                en: "This device has no policy yet. Connect once with: loopdesk sync")
        case .noSuchTicket(let name):
            self.init(
                .refused, zh: "没有工单“\(printable(name))”。用 loopdesk list --all 查看全部。",
                en: "There is no ticket “\(printable(name))”. See all with: loopdesk list --all",
                details: [.init("code", "unknown_ticket")])
        case .ambiguousTicket(let name, let candidates):
            let list = candidates.map { candidate in
                candidate.matched == candidate.number
                    ? candidate.number : "\(candidate.matched) (\(candidate.number))"
            }.map(printable).joined(separator: ", ")
            self.init(
                .refused, zh: "“\(printable(name))”对应多张工单：\(list)。请写得更完整。",
                en: "“\(printable(name))” names several tickets: \(list). Write more of it.",
                details: [
                    .init("code", "ambiguous"),
                    .init("candidates", .array(candidates.map { .string($0.number) })),
                ])
        case .away(let person, let absence, let standIn):
            self.init(away: person, absence, standIn)
        case .noSuchDraft(let name):
            self.init(
                .refused, zh: "没有草稿“\(printable(name))”。用 loopdesk drafts 查看。",
                en: "There is no draft “\(printable(name))”. List them with: loopdesk drafts",
                details: [.init("code", "unknown_draft")])
        case .ambiguousDraft(let name):
            self.init(
                .refused, zh: "“\(printable(name))”对应多份草稿。请用草稿编号。",
                en: "“\(printable(name))” names several drafts. Use the draft's own id.",
                details: [.init("code", "ambiguous")])
        case .unknownOwner(let name):
            self.init(
                .refused,
                zh: "既没有人员也没有部门叫“\(printable(name))”。用 loopdesk staff 查看人员，loopdesk fields 查看部门。",
                en: "Neither a person nor a department is called “\(printable(name))”. "
                    + "See: loopdesk staff, loopdesk fields",
                details: [.init("code", "unknown_owner")])
        case .ambiguousOwner(let name, let people):
            let list = people.map(\.rawValue).joined(separator: ", ")
            self.init(
                .refused, zh: "有多人叫“\(printable(name))”：\(list)。请写人员编号。",
                en: "Several people are called “\(printable(name))”: \(list). Name one by sign.",
                details: [
                    .init("code", "ambiguous"),
                    .init("candidates", .array(people.map { .string($0.rawValue) })),
                ])
        case .nothingToChange:
            self.init(.usage, zh: "没有要修改的内容。", en: "There is nothing to change.")
        case .sameTicket(let number):
            self.init(
                .usage, zh: "\(number) 不能并入自己。", en: "\(number) cannot be merged into itself.")
        case .alreadyOne(let number): self = .alreadyOne(number)
        case .nothingTyped: self = .nothingTyped
        case .nothingToApprove(let step): self = .nothingToApprove(step)
        case .notPaused: self = .notPaused
        case .notMerged(let number): self = .notMerged(number)
        case .survivorNotHere(let number): self = .survivorNotHere(number)
        }
    }

    private static func alreadyOne(_ number: String) -> CommandFailure {
        let text = RejectionText.alreadyOne(number)
        return CommandFailure(
            .refused, zh: text.zh, en: text.en, details: [.init("code", "already_one")])
    }

    private static func nothingToApprove(_ step: ApprovalStep) -> CommandFailure {
        let verb = step.subject == .plan ? "loopdesk plan" : "loopdesk resolve"
        return CommandFailure(
            .refused, zh: "“\(printable(step.label.zh))”还没有可审批的内容。先提交：\(verb)",
            en: "There is nothing to approve for “\(printable(step.label.en))” yet. First: \(verb)",
            details: [.init("code", "nothing_to_approve")])
    }

    private static var notPaused: CommandFailure {
        CommandFailure(
            .refused, zh: "工单没有暂停。", en: "The ticket is not paused.",
            details: [.init("code", "not_paused")])
    }

    private static var nothingTyped: CommandFailure {
        CommandFailure(
            .refused, zh: "草稿里没有可作为备注发送的文字。查看：loopdesk drafts show",
            en: "Nothing was typed in this draft that could be a note. "
                + "Look at it with: loopdesk drafts show",
            details: [.init("code", "nothing_typed")])
    }

    private static func notMerged(_ number: String) -> CommandFailure {
        CommandFailure(
            .refused, zh: "\(number) 没有并入任何工单。",
            en: "\(number) has not been merged into another ticket.",
            details: [.init("code", "not_merged")])
    }

    private static func survivorNotHere(_ number: String) -> CommandFailure {
        CommandFailure(
            .refused, zh: "\(number) 并入的工单不在本机；请在有那张工单的设备上撤销。",
            en: "\(number) was merged into a ticket that is not on this device; undo it where "
                + "that one is.",
            details: [.init("code", "survivor_not_here")])
    }

    private init(_ refusal: ReplicaWriter.Refusal) {
        let text = RejectionText(refusal.rejection, label: refusal.label)
        self.init(.refused, zh: text.zh, en: text.en)
        details = [
            .init("code", .string(refusal.rejection.code.name)),
            .init("detail", .string(refusal.rejection.detail)),
        ]
    }
}

// MARK: - What stands between this device and its hub

extension CommandFailure {
    private init(_ failure: SyncDriver.LinkFailure) {
        switch failure {
        case .unreachable(let endpoint):
            self.init(
                .unreachable, zh: "无法连接 Hub（\(printable(endpoint))）。已登记的内容都保存在本机，连接恢复后再同步。",
                en: "No hub answers at \(printable(endpoint)). Everything is kept here; "
                    + "sync again later.")
        case .refused:
            self.init(
                .refused, zh: "Hub 不认识本机的密钥，或已停用本机。请联系管理员重新邀请。",
                en: "The hub does not know this device's key, or has revoked it. "
                    + "Ask for an invite.",
                details: [.init("code", "unknown_device")])
        case .hubBusy(let reason):
            let said = reason.isEmpty ? "" : " " + printable(reason)
            self.init(
                .unreachable, zh: "Hub 正忙，请稍后再试。\(said)",
                en: "The hub is busy. Try again later.\(said)", details: [.init("code", "busy")])
        case .interrupted(let reason):
            let said = printable(reason)
            self.init(
                .unreachable, zh: "与 Hub 的通信中断：\(said)。已登记的内容都保存在本机，请稍后再同步。",
                en: "The hub answers, but the sync broke off: \(said). Everything is kept here; "
                    + "sync again later.", details: [.init("code", "interrupted")])
        case .wrongServerKey:
            self.init(
                .refused, zh: "对方不是邀请码里的那台 Hub（密钥不符）。请向管理员核实地址。",
                en: "Who answers is not the hub of the invite (wrong key). Check the address.",
                details: [.init("code", "wrong_server_key")])
        }
    }

    private init(_ halt: SyncLoop.Halt) {
        switch halt {
        case .revoked(let message):
            self.init(
                .refused, zh: "本机已被停用，写下的内容仍在本机。（\(printable(message))）",
                en: "\(printable(message)) What was written stays on this device.",
                details: [.init("code", "revoked")])
        case .unknownDevice(let message):
            self.init(
                .refused, zh: "Hub 不认识本机：\(printable(message))",
                en: "The hub does not know this device: \(printable(message))",
                details: [.init("code", "unknown_device")])
        case .upgradeNeeded(let message):
            self.init(
                .refused, zh: "需要升级 loopdesk：\(printable(message))",
                en: "This program is too old or too new: \(printable(message))",
                details: [.init("code", "unsupported_protocol")])
        case .hubRestored:
            self.init(
                .refused, zh: "Hub 的日志已不是本机跟随的那份（可能从备份恢复）。数据未动，请联系管理员。",
                en: "The hub's log is not the one this device followed (restored from a backup?). "
                    + "Nothing was changed; ask the operator.",
                details: [.init("code", "epoch_changed")])
        case .databaseCopied(let counter):
            self.init(
                .refused, zh: "本机数据库是副本或旧备份（在第 \(counter) 条分叉）。数据未动，请联系管理员。",
                en: "This database is a copy or an old backup (it forks at change \(counter)). "
                    + "Nothing was changed; ask the operator.",
                details: [.init("code", "fork")])
        case .diverged(let message):
            self.init(
                .storageFault, zh: "本机数据与 Hub 不一致：\(printable(message))。请保留目录并联系管理员。",
                en: "This replica and the hub have diverged: \(printable(message)). "
                    + "Keep the folder and ask the operator.")
        case .refused(let message):
            self.init(
                .refused, zh: "Hub 拒绝：\(printable(message))",
                en: "The hub refuses: \(printable(message))")
        case .storage(let error): self.init(.storageFault, plain: error.message)
        }
    }

    private init(_ refusal: EnrolmentExchange.Refusal) {
        switch refusal {
        case .used:
            self.init(
                .refused, zh: "此邀请码已被使用。请让管理员再发一个。",
                en: "This invite has been used. Ask for another one.",
                details: [.init("code", "invite_used")])
        case .expired:
            self.init(
                .refused, zh: "此邀请码已过期。请让管理员再发一个。",
                en: "This invite has expired. Ask for another one.",
                details: [.init("code", "invite_expired")])
        case .unknown:
            self.init(
                .refused, zh: "Hub 不认识此邀请码。请让管理员再发一个。",
                en: "The hub does not know this invite. Ask for another one.",
                details: [.init("code", "invite_unknown")])
        case .other(let message):
            self.init(
                .refused, zh: "Hub 拒绝加入：\(printable(message))",
                en: "The hub refuses: \(printable(message))")
        }
    }

    private init(_ problem: Invite.Problem) {
        switch problem {
        case .notAnInvite:
            self.init(
                .usage, zh: "这不是邀请码；邀请码以 LDI1- 开头。",
                en: "This is not an invite; an invite starts with LDI1-.")
        case .newerVersion:
            self.init(
                .refused, zh: "此邀请码来自更新的版本。请升级 loopdesk。",
                en: "This invite was made by a newer version. Upgrade loopdesk.")
        case .mistyped:
            self.init(
                .usage, zh: "邀请码有误：缺少或写错了字符。请重新复制。",
                en: "The invite is damaged: a character is missing or wrong. Copy it again.")
        }
    }
}

// MARK: - Who is away

extension CommandFailure {
    /// Until when, who stands in, and how it can be done all the same (domain.md G30).
    private init(away person: StaffID, _ absence: Absence, _ standIn: StaffRecord?) {
        let name = printable(person.rawValue)
        let until = TimestampText.full(absence.until, zone: .current)
        let other = standIn.map { printable($0.staff.rawValue) }
        let (zh, en) =
            other.map { ("由 \($0) 代理，可分派给 \($0)", "\($0) stands in: assign it to them") }
            ?? ("无人代理，请分派给别人或部门", "nobody stands in: assign it to somebody else")
        self.init(
            .refused, zh: "\(name) 外出至 \(until)；\(zh)。仍要分派给他：加 --although-away",
            en: "\(name) is away until \(until); \(en). To do it all the same: --although-away",
            details: [
                .init("code", "away"), .init("until", JSONShape.time(absence.until)),
                .init("stand_in", JSONValue(standIn?.staff.rawValue)),
            ])
    }
}
