import Replication
import Terminal
import TicketModel

/// The numbers of other tickets that a ticket belongs to, as they are known here by now.
struct TicketLinks {
    /// The ticket that it was merged into.
    var mergedInto: String?
    /// The ticket that it was split from.
    var splitFrom: String?

    /// Looks the numbers up; what is not on this device is called as the program noted it then.
    init(of ticket: Ticket, in store: any ReplicaReader) throws {
        let notes = ticket.systemNotes
        func number(_ other: TicketID?, _ key: SystemNote.Key) throws -> String? {
            guard let other else { return nil }
            return try store.visible(other)?.displayNumber
                ?? notes.last { $0.key == key }?.number ?? String(other.description.prefix(8))
        }
        mergedInto = try number(ticket.mergedInto, .mergedInto)
        splitFrom = try number(ticket.splitFrom, .splitFrom)
    }
}

extension TicketText {
    /// How a ticket belongs to others, a line each.
    func lines(_ links: TicketLinks, of ticket: Ticket) -> [String] {
        var lines: [String] = []
        if let number = links.mergedInto {
            lines.append(
                painter.paint(
                    language.choose(
                        zh: "已并入 \(printable(number))，后续在那里处理",
                        en: "merged into \(printable(number)), where the case goes on"),
                    .warning))
        }
        if let number = links.splitFrom {
            lines.append(
                language.choose(
                    zh: "拆分自 \(printable(number))", en: "split from \(printable(number))"))
        }
        let parts = ticket.systemNotes.filter { $0.key == .splitInto }.map(\.number)
        lines += list(parts, zh: "已拆分出", en: "split into")
        lines += list(ticket.mergedNumbers, zh: "合并了", en: "merged from")
        let former = ticket.formerNumbers.filter { !ticket.mergedNumbers.contains($0) }
        lines += list(former, zh: "也可用编号", en: "also found as")
        return lines
    }

    private func list(_ numbers: [String], zh: String, en: String) -> [String] {
        if numbers.isEmpty { return [] }
        let text = numbers.map(printable).joined(separator: language.choose(zh: "、", en: ", "))
        return [language.choose(zh: "\(zh) \(text)", en: "\(en) \(text)")]
    }

    /// What the program noted, in people's words.
    func lines(_ note: SystemNote) -> [String] {
        let number = printable(note.number)
        let text =
            switch note.key {
            case .mergedInto:
                language.choose(zh: "已并入 \(number)", en: "merged into \(number)")
            case .mergedFrom:
                language.choose(zh: "合并了 \(number)", en: "merged from \(number)")
            case .unmergedFrom:
                language.choose(
                    zh: "已撤销并入 \(number)；期间写下的内容留在那里",
                    en: "no longer merged into \(number); what was written meanwhile is there")
            case .unmerged:
                language.choose(
                    zh: "\(number) 已重新独立；期间写下的内容留在这里",
                    en: "\(number) stands for itself again; what was written meanwhile is here")
            case .splitFrom:
                language.choose(zh: "拆分自 \(number)", en: "split from \(number)")
            case .splitInto:
                language.choose(zh: "已拆分出 \(number)", en: "split into \(number)")
            }
        return [text] + (note.reason.isEmpty ? [] : printableLines(note.reason))
    }
}
