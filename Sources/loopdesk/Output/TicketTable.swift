import Replication
import Terminal
import TicketModel
import TicketPolicy

/// Tickets as a table for people.
struct TicketTable {
    let profile: Profile
    let language: Language
    let now: Timestamp

    func table(_ tickets: [TicketSummary]) -> Table {
        var table = Table(columns: [
            .init(language.choose(zh: "编号", en: "NUMBER")),
            .init(language.choose(zh: "状态", en: "STATUS")),
            .init(language.choose(zh: "紧急", en: "PRIORITY")),
            .init(language.choose(zh: "时限", en: "DUE")),
            .init(language.choose(zh: "负责", en: "OWNER"), canShrink: true),
            .init(language.choose(zh: "门店", en: "STORE")),
            .init(language.choose(zh: "标题", en: "SUBJECT"), widthMin: 8, canShrink: true),
        ])
        for ticket in tickets { table.append(row(ticket)) }
        return table
    }

    private func row(_ ticket: TicketSummary) -> [Table.Cell] {
        let owner = ticket.assignee?.rawValue ?? ticket.department?.rawValue ?? ""
        let mark = ticket.unsentCount > 0 ? " *" : ""
        return [
            .init(ticket.number + mark), .init(status(ticket), style: style(ticket)),
            .init(priority(ticket)), due(ticket), .init(owner),
            .init(ticket.store?.rawValue ?? ""), .init(ticket.subject),
        ]
    }

    private func status(_ ticket: TicketSummary) -> String {
        let label = ticket.status.label[language]
        if ticket.hasLeft { return label + language.choose(zh: "（已转出）", en: " (left)") }
        return ticket.escalationLevel > 0 ? "\(label) ↑\(ticket.escalationLevel)" : label
    }

    private func style(_ ticket: TicketSummary) -> Style {
        if ticket.hasLeft || ticket.status == .closed { return .quiet }
        return ticket.status == .escalated || ticket.escalationLevel > 0 ? .warning : .plain
    }

    private func priority(_ ticket: TicketSummary) -> String {
        ticket.priority == 0 ? "" : profile.priority(rank: ticket.priority).label[language]
    }

    private func due(_ ticket: TicketSummary) -> Table.Cell {
        guard let dueAt = ticket.dueAt else { return "" }
        let left = dueAt.millisecondsSince(now)
        let text = DurationText.countdown(to: dueAt, now: now, language: language)
        return .init(text, style: left < 0 ? .alarm : left < soon ? .warning : .plain)
    }

    private var soon: Int64 { 30 * 60 * 1_000 }
}
