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
        zh = Self.texts(rejection.code, detail.zh).zh
        en = Self.texts(rejection.code, detail.en).en
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
        _ code: RejectionCode, _ detail: String
    ) -> (zh: String, en: String) {
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
                "缺少必填项：\(detail.replacing(" ", with: "、"))。用 loopdesk fields 查看说明。",
                "Required fields are missing: \(detail.replacing(" ", with: ", ")). "
                    + "See: loopdesk fields"
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
        case .approvalMissing, .ownWork, .wrongKind: processText(code, about, aboutEn, detail)
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
        _ code: RejectionCode, _ about: String, _ aboutEn: String, _ detail: String
    ) -> (String, String) {
        switch code {
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
                "还缺审批：\(detail)。先请有权限的人员审批：loopdesk approve",
                "An approval is missing: \(detail). Have it given first: loopdesk approve"
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

/// The answer to an intent as people read it.
struct DispositionText {
    let profile: Profile
    let language: Language

    /// One line: the outcome, then each change that did not simply apply.
    func line(_ disposition: Disposition) -> String {
        var parts = [outcome(disposition.outcome)]
        if let rejection = disposition.rejection {
            let label = profile.label(of: rejection, in: nil)
            parts.append(RejectionText(rejection, label: label).text(language))
        }
        parts += disposition.notes.map { note($0, in: disposition.outcome) }
        return parts.joined(separator: language.choose(zh: "：", en: ": "))
    }

    func outcome(_ outcome: Disposition.Outcome) -> String {
        switch outcome {
        case .applied: language.choose(zh: "已生效", en: "applied")
        case .merged: language.choose(zh: "已与现有内容合并", en: "merged")
        case .superseded: language.choose(zh: "以他人的修改为准", en: "superseded")
        case .lateAccepted: language.choose(zh: "补记", en: "accepted late")
        case .rejected: language.choose(zh: "未接受", en: "refused")
        }
    }

    private func note(_ note: ChangeNote, in whole: Disposition.Outcome) -> String {
        let field = note.field.map { profile.label(of: $0, language) } ?? ""
        let detail = printable(note.detail)
        let change = "\(field)\(detail.isEmpty ? "" : " ← \(detail)")"
        // The outcome of the whole is said already; a part says its own only when it differs.
        guard note.outcome != whole else { return change }
        return language.choose(
            zh: "\(change)（\(outcome(note.outcome))）", en: "\(change) (\(outcome(note.outcome)))")
    }
}
