import ArgumentParser
import FieldClient
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// `show`: everything about one ticket.
struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: said(zh: "显示一张工单的全部内容。", en: "Shows one ticket."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Flag(help: help("同时列出经过：谁在何时做了什么，结果如何。", "Also what happened, and how it was answered."))
    var history = false
    @Flag(
        help: help(
            "显示编号原本的那张工单，即使它已并入别的工单。",
            "The ticket that the number was given to, even if it was merged into another one."))
    var merged = false

    private static let historyCountMax = 10_000

    func run() throws {
        let place = try common.open()
        let profile = try place.profile()
        let found =
            try merged
            ? place.desk.find(ticket, followingMerges: false) : place.find(ticket)
        let ticket = found.ticket
        let (entries, pending, leftAt, links) = try place.store.read { store in
            (
                try store.history(of: ticket.id, countMax: Self.historyCountMax),
                try store.pending(on: ticket.id), try store.leftAt(ticket.id),
                try TicketLinks(of: ticket, in: store)
            )
        }
        var text = TicketText(
            profile: profile, language: place.language, now: place.now,
            painter: place.console.painter)
        text.attendance = try place.desk.attendance(at: place.now)
        if !place.console.isJSON {
            var lines = text.lines(
                ticket, pending: pending, hasLeft: leftAt != nil, links: links,
                history: entries)
            if history { lines += text.history(entries) }
            Console.write(lines.map { $0 + "\n" }.joined())
        }
        place.console.emit(json(found, profile, entries, pending, leftAt))
    }

    private func json(
        _ found: FoundTicket, _ profile: Profile, _ entries: [LogEntry], _ pending: [ChangeRecord],
        _ leftAt: UInt64?
    ) -> JSONValue {
        guard case .object(var members) = TicketJSON(profile: profile).value(found.ticket)
        else {
            preconditionFailure("a ticket is an object")
        }
        members.append(.init("unsent", .integer(Int64(pending.count))))
        members.append(.init("left", .boolean(leftAt != nil)))
        members.append(.init("redirected_from", JSONValue(found.redirectedFrom)))
        members.append(.init("routing_rule", JSONValue(entries.routingRule(of: found.ticket))))
        if history { members.append(.init("history", .array(entries.map(HistoryJSON.value)))) }
        return .object(members)
    }
}

/// One entry of a ticket's history for scripts.
enum HistoryJSON {
    static func value(_ entry: LogEntry) -> JSONValue {
        [
            "sequence": JSONShape.integer(entry.sequence),
            "operation": .string(entry.operation.description), "act": .string(entry.act.name),
            "actor": .string(entry.actor.rawValue),
            "acted_for": JSONValue(entry.actedFor?.rawValue),
            "hub_time": JSONShape.time(entry.hubTime),
            "reported_time": JSONShape.time(entry.reportedTime),
            "clock_skewed": .boolean(entry.isClockSkewed),
            "cause": JSONValue(entry.cause?.description),
            "disposition": JSONShape.disposition(entry.disposition),
            "reason": .string(entry.events.first { !$0.reason.isEmpty }?.reason ?? ""),
        ]
    }
}
