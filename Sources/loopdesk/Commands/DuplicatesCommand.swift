import ArgumentParser
import FieldClient
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// `duplicates`: tickets that may be one case.
struct DuplicatesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "duplicates",
        abstract: said(zh: "找出可能重复的工单。", en: "Finds tickets that may be the same case."),
        discussion: said(
            zh: """
                30 天内登记、联系方式或订单号相同的工单；产品也相同的排在前面。只看本机的工单，\
                不给出工单时比较最新的 2000 张。是否同一投诉由人判断，用 loopdesk merge 合并。
                """,
            en: """
                Tickets logged within 30 days of each other with the same contact or order number; \
                those with the same product too come first. Only tickets of this device are looked \
                at; without TICKET the newest 2000 are compared. Whether they are one case is for \
                people to say: loopdesk merge.
                """))
    @OptionGroup var common: CommonOptions
    @Argument(
        help: help("只找与这张工单重复的。", "Find only what may be the same case as this ticket."))
    var ticket: String?
    @Flag(help: help("包括已结案的。", "Closed tickets too.")) var all = false

    func run() throws {
        let place = try common.open()
        let text = DuplicateText(profile: try place.profile())
        guard let ticket else {
            let groups = try place.desk.duplicateGroups(includingClosed: all)
            for line in groups.flatMap({ text.lines($0) }) {
                place.console.say(zh: line.zh, en: line.en)
            }
            if groups.isEmpty {
                place.console.say(zh: "没有可能重复的工单。", en: "No tickets look alike.")
            }
            return place.console.emit(["groups": .array(groups.map(text.value))])
        }
        let found = try place.find(ticket)
        let candidates = try place.desk.duplicates(of: found.ticket, includingClosed: all)
        for line in candidates.map(text.line) { place.console.say(zh: line.zh, en: line.en) }
        if candidates.isEmpty {
            place.console.say(
                zh: "没有与 \(found.ticket.displayNumber) 可能重复的工单。",
                en: "No ticket looks like \(found.ticket.displayNumber).")
        }
        place.console.emit([
            "ticket": .string(found.ticket.displayNumber),
            "redirected_from": JSONValue(found.redirectedFrom),
            "candidates": .array(candidates.map(text.value)),
        ])
    }
}

/// Tickets that look alike, for people and for scripts.
struct DuplicateText {
    let profile: Profile

    /// A group, a line for what agrees and one for each ticket.
    func lines(_ group: DuplicateGroup) -> [(zh: String, en: String)] {
        let same = labels(group.sameFields)
        let tickets = group.tickets.map { ticket in
            let line = line(ticket)
            return (zh: "  \(line.zh)", en: "  \(line.en)")
        }
        return [(zh: "\(same.zh)相同：", en: "Same \(same.en):")] + tickets
    }

    func line(_ candidate: DuplicateCandidate) -> (zh: String, en: String) {
        let (ticket, same) = (line(candidate.ticket), labels(candidate.sameFields))
        return ("\(ticket.zh)  （\(same.zh)相同）", "\(ticket.en)  (same \(same.en))")
    }

    func value(_ candidate: DuplicateCandidate) -> JSONValue {
        var members = members(candidate.ticket)
        members.append(.init("same", same(candidate.sameFields)))
        return .object(members)
    }

    func value(_ group: DuplicateGroup) -> JSONValue {
        [
            "same": same(group.sameFields),
            "tickets": .array(group.tickets.map { .object(members($0)) }),
        ]
    }

    private func line(_ ticket: Ticket) -> (zh: String, en: String) {
        let (status, subject) = (ticket.status.label, printable(ticket.text(.subject)))
        return (
            "\(ticket.displayNumber)  \(status[.zh])  \(subject)",
            "\(ticket.displayNumber)  \(status[.en])  \(subject)"
        )
    }

    private func labels(_ fields: [FieldID]) -> (zh: String, en: String) {
        (
            fields.map { profile.label(of: $0, .zh) }.joined(separator: "、"),
            fields.map { profile.label(of: $0, .en) }.joined(separator: ", ")
        )
    }

    private func members(_ ticket: Ticket) -> [JSONValue.Member] {
        [
            .init("id", .string(ticket.id.description)),
            .init("number", .string(ticket.displayNumber)),
            .init("status", .string(ticket.status.name)),
            .init("subject", .string(ticket.text(.subject))),
            .init("captured_at", JSONShape.time(ticket.capturedAt)),
        ]
    }

    private func same(_ fields: [FieldID]) -> JSONValue {
        .array(fields.map { .string(profile.name(of: $0)) })
    }
}
