import FieldClient
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// Why something was not done and what to do about it, in both languages.
struct RejectionText {
    let zh: String
    let en: String

    /// - Parameter label: what people call what it is about; nil for what the rejection says.
    init(_ rejection: Rejection, label: LocalizedText?) {
        let detail = (
            zh: printable(label?.zh ?? rejection.detail),
            en: printable(label?.en ?? rejection.detail)
        )
        zh = Self.texts(rejection, detail.zh).zh
        en = Self.texts(rejection, detail.en).en
    }

    /// Why a draft was refused, by what can be done about it now.
    init(_ draft: Draft, _ choices: Desk.DraftChoices, _ profile: Profile) {
        self =
            choices.alreadyOne.map(Self.alreadyOne)
            ?? RejectionText(
                draft.rejection, label: profile.label(of: draft.rejection, in: draft.body.act))
    }

    private init(zh: String, en: String) { (self.zh, self.en) = (zh, en) }

    /// A refused merge of tickets that somebody else has made one, this way or the other way round.
    static func alreadyOne(_ number: String) -> RejectionText {
        let number = printable(number)
        return RejectionText(
            zh: "两张工单已经合并为 \(number)（可能方向相反）。放弃这份草稿：loopdesk drafts discard",
            en: "The two are one ticket already, \(number), perhaps merged the other way round. "
                + "Discard this draft: loopdesk drafts discard")
    }

    private static func texts(
        _ rejection: Rejection, _ detail: String
    ) -> (zh: String, en: String) {
        let code = rejection.code
        let about = detail.isEmpty ? "" : "（\(detail)）"
        let aboutEn = detail.isEmpty ? "" : " (\(detail))"
        return switch code {
        case .illegalTransition:
            illegalTransition(from: TicketStatus(name: detail)?.label)
        case .staleClose:
            (
                "结案时没有看到别人刚做的修改\(about)。查看后可重试：loopdesk drafts retry",
                "Something changed that was not seen when closing\(aboutEn). Look, then retry."
            )
        case .unauthorised where rejection.detail == Act.assign.name:
            (
                "工单在别人手里，或要换负责人：当前人员无权分派。请有权限的人员用 loopdesk assign，或换用 --as。",
                "Somebody else has the ticket, or would get it, and this person may not assign. "
                    + "Ask somebody who may: loopdesk assign; or use --as."
            )
        case .unauthorised:
            (
                "当前人员在本机无权这样做\(about)。请让有权限的人员操作，或换用 --as。",
                "This person may not do this here\(aboutEn). Ask somebody who may, or use --as."
            )
        case .leftScope:
            (
                "工单已转给别人，修改未被接受\(about)。可改作备注发送：loopdesk drafts as-note",
                "The ticket had moved to somebody else\(aboutEn). Send it as a note instead."
            )
        case .unknownTicket: ("Hub 没有这张工单。", "There is no such ticket.")
        case .dependencyRejected where detail == Rejection.groupDetail:
            (
                "同一组的另一处修改未被接受，所以整组都未生效。用 loopdesk drafts 查看原因。",
                "Another change of the same group was refused, so none of them was made. "
                    + "See why: loopdesk drafts"
            )
        case .dependencyRejected:
            (
                "它依赖的登记未被接受\(about)。先处理那份草稿。",
                "It builds on something that was refused\(aboutEn). Take care of that draft first."
            )
        case .unsupportedKind:
            ("来自更新的版本，无法处理\(about)。", "It was made by a newer version\(aboutEn).")
        case .missingField:
            (
                "缺少必填项：\(detail)。没有专用选项的用 --field 名称=值；说明见 loopdesk fields。",
                "Required fields are missing: \(detail). What has no option of its own is given "
                    + "as --field NAME=VALUE. See: loopdesk fields"
            )
        case .invalidValue:
            (
                "字段的值无效：\(detail)。用 loopdesk fields 查看可用的值。",
                "A value is not allowed: \(detail). See: loopdesk fields"
            )
        case .tooLarge:
            ("超出大小或数量限制：\(detail)。", "A limit on size or number is passed: \(detail).")
        case .staleValue:
            (
                "该值已被别人改为：\(detail)。请查看后再决定。",
                "Somebody else has changed this to: \(detail). Look and decide again."
            )
        case .quarantined: quarantineText(detail, about, aboutEn)
        case .mergedTicket: mergedText(detail)
        case .approvalMissing, .ownWork, .wrongKind:
            processText(rejection, about, aboutEn, detail)
        case .duplicateTicket: ("这张工单已存在。", "This ticket exists already.")
        }
    }

    func text(_ language: Language) -> String { language.choose(zh: zh, en: en) }

    /// From a status that does not lead there.
    private static func illegalTransition(from status: LocalizedText?) -> (String, String) {
        let (zh, en) = status.map { ("“\($0.zh)”", " “\($0.en)”") } ?? ("", "")
        return (
            "工单当前状态\(zh)不允许这样做。处理完成用 loopdesk resolve，重新打开用 loopdesk reopen。",
            "The ticket's status\(en) does not allow this. Say loopdesk resolve when the work is "
                + "done, loopdesk reopen to go on with it."
        )
    }

    /// What the process asks for (domain.md A8, G15).
    private static func processText(
        _ rejection: Rejection, _ about: String, _ aboutEn: String, _ detail: String
    ) -> (String, String) {
        let step = printable(rejection.detail)
        return switch rejection.code {
        case .wrongKind where detail.isEmpty:
            (
                "当前规则没有需要作结论的反馈类型。可用备注代替：loopdesk note",
                "This policy decides no kind of ticket. Say it in a note instead: loopdesk note"
            )
        case .wrongKind:
            (
                "只能对“\(detail)”作结论。若类型有误，先更正：loopdesk classify --kind",
                "Only a ticket of the kind “\(detail)” is decided so. If its kind is wrong, "
                    + "correct it first: loopdesk classify --kind"
            )
        case .approvalMissing where detail == VerificationCap.name:
            (
                "客户尚未确认已解决。请先记录客户验证：loopdesk verify 工单 --solved",
                "The customer has not agreed yet. Ask, and note it: "
                    + "loopdesk verify TICKET --solved"
            )
        case .approvalMissing:
            (
                "还缺审批：\(detail)。还没有提交或被退回的，先提交：方案 loopdesk plan，解决结果 loopdesk resolve；"
                    + "再请有权限的人员审批：loopdesk approve 工单 --step \(step)",
                "An approval is missing: \(detail). What is not written yet or was turned down is "
                    + "written first: loopdesk plan, for a solution loopdesk resolve. Then have "
                    + "it approved: loopdesk approve TICKET --step \(step)"
            )
        case .ownWork where detail != Act.rate.name:
            (
                "不能代人审批或复核自己或被代理人写下的内容。请换一位人员。",
                "Nobody judges in somebody's name what one of the two wrote. Ask somebody else."
            )
        default:
            (
                "不能评价自己处理的工单\(about)。请换一位人员。",
                "Nobody rates their own work\(aboutEn). Ask somebody else."
            )
        }
    }

    /// What a supervisor decides, or has decided.
    private static func quarantineText(
        _ detail: String, _ about: String, _ aboutEn: String
    ) -> (String, String) {
        if detail == Rejection.takenOverDetail {
            return (
                "主管已代为处理。请放弃这份草稿：loopdesk drafts discard",
                "A supervisor has taken it over already. Discard this draft: "
                    + "loopdesk drafts discard"
            )
        }
        return (
            "已留给主管确认\(about)：登记得太久以前，或登记它的设备已被停用。",
            "It is set aside and a supervisor decides\(aboutEn): it was made too long ago, or "
                + "on a device that has been revoked."
        )
    }

    /// Where the case of a merged ticket goes on, as far as it is known here.
    private static func mergedText(_ number: String) -> (String, String) {
        if number.isEmpty {
            return (
                "工单已并入另一张工单，而那张不在本机。",
                "The ticket was merged into one that is not on this device."
            )
        }
        return (
            "工单已并入 \(number)。请在那张工单上操作；草稿重试时会改到那里：loopdesk drafts retry",
            "The ticket was merged into \(number). Do it there; a draft that is retried goes "
                + "there: loopdesk drafts retry"
        )
    }
}
