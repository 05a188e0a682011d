import FoundationEssentials
import Replication
import Terminal
import TicketModel
import TicketPolicy

// How far the process of a case has come: who agreed, what is waited for, what the customer said.
extension TicketText {
    /// The helpers, the answers to plan and solution, and how often the customer said no, a line
    /// each.
    func process(_ ticket: Ticket) -> [String] {
        var lines: [String] = []
        if !ticket.cooperatingDepartments.isEmpty {
            let names = ticket.cooperatingDepartments.map {
                printable(profile.display(.text($0.rawValue), of: .cooperating, language))
            }
            lines.append(
                "\(profile.label(of: .cooperating, language)): "
                    + names.joined(separator: language.choose(zh: "、", en: ", ")))
        }
        lines += answers(ticket)
        lines += profile.openApprovals(of: ticket).map { step in
            let label = printable(step.label[language])
            return painter.paint(
                "\(label): " + language.choose(zh: "待审批", en: "waits for an answer"), .warning)
        }
        let count = ticket.failedVerificationsCount
        if count > 0 {
            lines.append(
                language.choose(
                    zh: "客户表示未解决：\(count) 次", en: "not solved, said the customer: \(count)×"))
        }
        return lines + ticket.ratings.map(rating)
    }

    /// Those that hold, then those that an earlier version got; each in the order of time.
    private func answers(_ ticket: Ticket) -> [String] {
        ticket.givenApprovals.sorted { !$0.isOutdated && $1.isOutdated }.map { given in
            let step = profile.approvalStep(named: given.approval.step)
            let label = printable(step?.label[language] ?? given.approval.step)
            let answer =
                switch given.approval.outcome {
                case .approved: language.choose(zh: "同意", en: "approved")
                case .rejected: language.choose(zh: "不同意", en: "turned down")
                }
            let who = printable(given.stamp.actor.rawValue)
            let mark = given.stamp.isPending ? " *" : ""
            let line = "\(label): \(answer), \(who) \(short(given.stamp.time.time))\(mark)"
            guard given.isOutdated else { return line }
            return painter.paint(
                line + language.choose(zh: "（针对先前的版本）", en: " (of an earlier version)"), .quiet)
        }
    }

    private func rating(_ rating: Rating) -> String {
        let outcome =
            switch rating.outcome {
            case .satisfied: language.choose(zh: "满意", en: "satisfied")
            case .unsatisfied: language.choose(zh: "不满意", en: "unsatisfied")
            case .furtherRemarks: language.choose(zh: "有其他补充意见", en: "further remarks")
            }
        let parts = [outcome, rating.score.map { "\($0)/10" }, printable(rating.remark)]
        return language.choose(zh: "满意度", en: "satisfaction") + ": "
            + parts.compactMap { $0?.isEmpty == false ? $0 : nil }.joined(separator: " · ")
    }

    /// A promised time is kept for programs; people read it as any other time.
    func promisedTime(_ text: String) -> String {
        PromisedTimeText.time(text).map { TimestampText.full($0, zone: .current) } ?? text
    }
}

/// The time that the customer was promised, as tickets keep it.
enum PromisedTimeText {
    /// Nil if it is none.
    static func time(_ text: String) -> Timestamp? {
        try? TimeParser(now: Timestamp(milliseconds: 0), zone: .gmt).parse(text)
    }
}
