import Replication
import Terminal
import TicketModel
import TicketPolicy

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
        parts += disposition.notes.map { note($0, in: disposition.outcome) }.filter { !$0.isEmpty }
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

    /// What became of one change; empty where the outcome of the whole says it.
    private func note(_ note: ChangeNote, in whole: Disposition.Outcome) -> String {
        let detail = printable(value(note))
        let change =
            note.field.map { field in
                profile.label(of: field, language) + (detail.isEmpty ? "" : " ← \(detail)")
            } ?? redirection(note)
        // The outcome of the whole is said already; a part says its own only when it differs.
        guard note.outcome != whole else { return change }
        guard !change.isEmpty else { return outcome(note.outcome) }
        return language.choose(
            zh: "\(change)（\(outcome(note.outcome))）", en: "\(change) (\(outcome(note.outcome)))")
    }

    /// Where it was written down instead, because the ticket had been merged; empty for what a note
    /// without a field says to scripts alone, such as the name of a survey.
    private func redirection(_ note: ChangeNote) -> String {
        let isNumber =
            TicketNumber(note.detail) != nil || ProvisionalNumber(note.detail) != nil
        return isNumber ? "→ \(printable(note.detail))" : ""
    }

    /// The value that stands, as people call it; a note has it as a script reads it.
    private func value(_ note: ChangeNote) -> String {
        guard let field = note.field else { return "" }
        if let approval = Approval(note.detail) {
            let step = profile.approvalStep(named: approval.step)?.label[language]
            let isYes = approval.outcome == .approved
            return (step ?? approval.step)
                + language.choose(zh: isYes ? " 同意" : " 退回", en: isYes ? " yes" : " no")
        }
        if field == .status, let status = TicketStatus(name: note.detail) {
            return status.label[language]
        }
        let isNumber = [.priority, .escalation, .classStage, .status].contains(field)
        let number = isNumber ? Int64(note.detail) : nil
        let value = number.map { FieldValue.integer($0) } ?? .text(note.detail)
        return profile.display(value, of: field, language)
    }
}
