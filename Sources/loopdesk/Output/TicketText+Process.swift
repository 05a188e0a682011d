import FoundationEssentials
import Replication
import Terminal
import TicketModel
import TicketPolicy

// How far the process of a case has come: who agreed, what is waited for, what the customer said.
extension TicketText {
    /// How sure the class is, the answers to plan and solution, and how often the customer said no,
    /// a line each.
    func process(_ ticket: Ticket) -> [String] {
        var lines = classStage(ticket)
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

    /// Who leads and who helps (domain.md RO7, RT4, F12), and where a case will go that the hub has
    /// not seen.
    ///
    /// - Parameter rule: the rule that sent it there; nil if people did.
    func routing(_ ticket: Ticket, by rule: String?) -> [String] {
        let foreseen =
            ticket.receivedAt == nil && ticket.department == nil ? profile.route(ticket) : nil
        let helpers = Set(ticket.cooperatingDepartments + (foreseen?.cooperating ?? []))
            .subtracting([ticket.department ?? foreseen?.department].compactMap { $0 })
        let names = helpers.sorted().map(name)
            .joined(separator: language.choose(zh: "、", en: ", "))
        let because =
            (foreseen?.rule ?? rule).map { printable($0) }
            .map { language.choose(zh: "（规则 \($0)）", en: " (rule \($0))") } ?? ""
        if let foreseen {
            let lead = name(foreseen.department)
            return [
                language.choose(
                    zh: "送达 Hub 后归 \(lead)" + (names.isEmpty ? "" : "，协作 \(names)"),
                    en: "goes to \(lead) once the hub has it"
                        + (names.isEmpty ? "" : ", with \(names)")) + because
            ]
        }
        guard !names.isEmpty else { return [] }
        let lead = ticket.department.map(name)
        return [
            language.choose(
                zh: "需跨部门对接：牵头 \(lead ?? "未定")，协作 \(names)",
                en: "needs several departments: \(lead ?? "nobody") leads, with \(names)") + because
        ]
    }

    private func name(_ department: DepartmentID) -> String {
        printable(profile.display(.text(department.rawValue), of: .department, language))
    }

    /// How sure the class is and who made it so (domain.md X5).
    private func classStage(_ ticket: Ticket) -> [String] {
        let stage = profile.display(
            .integer(ticket.classStage.rawValue), of: .classStage, language)
        let given = ticket.registers[.classStage]?.stamp
        let who = printable((given?.actor ?? ticket.createdBy).rawValue)
        let when = short(given?.time.time ?? ticket.capturedAt)
        let mark = given?.isPending == true ? " *" : ""
        let line = "\(profile.label(of: .classStage, language)): \(stage), \(who) \(when)\(mark)"
        guard let given, let later = ticket.registers[.category]?.stamp,
            later.operation != given.operation,
            (later.sequence, later.time.rawValue) > (given.sequence, given.time.rawValue)
        else { return [line] }
        let other = "\(printable(later.actor.rawValue)) \(short(later.time.time))"
        return [line + language.choose(zh: "；此后 \(other) 改过分类", en: "; changed since by \(other)")]
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

extension [LogEntry] {
    /// The rule that put a ticket where it is; nil if people did, or if that is not known here.
    func routingRule(of ticket: Ticket) -> String? {
        guard ticket.registers[.department]?.stamp.actor == .hub else { return nil }
        return last { $0.act == .route }?.events.first { $0.feed == .assignments }?.reason
    }
}
