import Replication
import Terminal
import TicketModel
import TicketPolicy

/// Tickets as a table for people.
struct TicketTable {
    let profile: Profile
    let language: Language
    let now: Timestamp
    /// Who is away (domain.md G30).
    var attendance = Attendance([], at: Timestamp(milliseconds: 0))

    /// What is left can always be read; which promise it is gives way on a narrow terminal.
    private static let dueWidthMin = 15

    func table(_ tickets: [TicketSummary]) -> Table {
        var table = Table(columns: [
            .init(language.choose(zh: "编号", en: "NUMBER")),
            .init(language.choose(zh: "状态", en: "STATUS")),
            .init(language.choose(zh: "紧急", en: "PRIORITY"), leavesOutAs: 2),
            .init(
                language.choose(zh: "时限", en: "DUE"), widthMin: Self.dueWidthMin,
                canShrink: true),
            .init(
                language.choose(zh: "负责", en: "OWNER"), widthMin: 4, canShrink: true,
                leavesOutAs: 3),
            .init(language.choose(zh: "门店", en: "STORE"), leavesOutAs: 1),
            .init(language.choose(zh: "标题", en: "SUBJECT"), widthMin: 8, canShrink: true),
        ])
        for ticket in tickets { table.append(row(ticket)) }
        return table
    }

    private func row(_ ticket: TicketSummary) -> [Table.Cell] {
        let owner = owner(ticket) ?? ticket.department?.rawValue ?? ""
        let mark = ticket.unsentCount > 0 ? " *" : ""
        return [
            .init(ticket.number + mark), .init(status(ticket), style: style(ticket)),
            .init(priority(ticket)), due(ticket), .init(owner),
            .init(ticket.store?.rawValue ?? ""), .init(ticket.subject),
        ]
    }

    /// The person, and who stands in while they are away.
    private func owner(_ ticket: TicketSummary) -> String? {
        guard let person = ticket.assignee, attendance.absence(of: person) != nil else {
            return ticket.assignee?.rawValue
        }
        guard let standIn = attendance.standIn(for: person) else {
            return language.choose(zh: "\(person)（外出）", en: "\(person) (away)")
        }
        return "\(person) → \(standIn.staff)"
    }

    private func status(_ ticket: TicketSummary) -> String {
        let label = ticket.status.label[language]
        if ticket.hasLeft { return label + language.choose(zh: "（已转出）", en: " (left)") }
        if ticket.pauseReason != nil { return language.choose(zh: "已暂停", en: "paused") }
        return ticket.escalationLevel > 0 ? "\(label) ↑\(ticket.escalationLevel)" : label
    }

    private func style(_ ticket: TicketSummary) -> Style {
        if ticket.hasLeft || ticket.status == .closed { return .quiet }
        return ticket.status == .escalated || ticket.escalationLevel > 0 ? .warning : .plain
    }

    private func priority(_ ticket: TicketSummary) -> String {
        ticket.priority == 0 ? "" : profile.priority(rank: ticket.priority).label[language]
    }

    /// What is left of the next promise, by urgency; that the case waits where nothing else runs.
    private func due(_ ticket: TicketSummary) -> Table.Cell {
        guard let dueAt = ticket.dueAt else {
            guard let reason = ticket.pauseReason else { return "" }
            return .init(profile.pauseLabel(of: reason)[language], style: .quiet)
        }
        let left = DurationText.countdown(to: dueAt, now: now, language: language)
        let label = profile.clockLabel(ticket.dueClock, language)
        return .init("\(left) · \(label)", style: style(ticket, dueAt))
    }

    private func style(_ ticket: TicketSummary, _ dueAt: Timestamp) -> Style {
        if dueAt < now { return .alarm }
        guard let rule = profile.clock(named: ticket.dueClock), let start = ticket.dueStartedAt
        else { return .plain }
        return rule.isDueSoon(startedAt: start, dueAt: dueAt, at: now) ? .warning : .plain
    }
}
