import TicketModel

/// What is said of a promise on its rungs.
extension ClockRun {
    func warning(_ state: ClockState, _ priority: Priority) -> LocalizedText {
        guard let limit = rule.limit(of: priority)?.text else {
            let time = profile.wallText(of: state.dueAt, in: rule.calendar)
            return LocalizedText(
                zh: "\(rule.label.zh)时限将至:承诺\(time)", en: "\(rule.label.en) is due soon: \(time)")
        }
        return LocalizedText(
            zh: "\(rule.label.zh)时限将至:\(priority.label.zh),限\(limit.zh)",
            en: "\(rule.label.en) is due soon: \(priority.label.en), within \(limit.en)")
    }

    /// Tells apart a breach that nobody at the hub could have prevented (domain.md B6.3).
    func breach(_ state: ClockState, _ priority: Priority) -> LocalizedText {
        let due = profile.wallText(of: state.dueAt, in: rule.calendar)
        let limit = rule.limit(of: priority)?.text
        let what = LocalizedText(
            zh: limit.map { "\(priority.label.zh),限\($0.zh)" } ?? "承诺\(due)",
            en: limit.map { "\(priority.label.en), within \($0.en)" } ?? due)
        let wasReachable = ticket.receivedAt.map { $0 < state.dueAt } ?? true
        return LocalizedText(
            zh: "\(rule.label.zh)超时:\(what.zh)" + (wasReachable ? "" : ",送达时已超时"),
            en: "\(rule.label.en) limit missed: \(what.en)"
                + (wasReachable ? "" : ", already over when it reached the hub"))
    }
}
