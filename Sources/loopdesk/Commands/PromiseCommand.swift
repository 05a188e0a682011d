import ArgumentParser
import FieldClient
import FoundationEssentials
import Replication
import Terminal
import TicketModel

/// `promise`: the time that the customer was told.
struct PromiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promise",
        abstract: said(zh: "记录向客户承诺的时间。", en: "Notes which time the customer was promised."),
        discussion: said(
            zh: "规则可按承诺计时：临近时提醒，过时升级；再次承诺则重新计时。须是一年内将来的时间。",
            en: """
                The policy may run a clock by it: a warning when it comes near, an escalation when \
                it has passed. A new promise begins the clock anew. It is a time to come, within a \
                year.
                """))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(
        help: help(
            "承诺的时间，如 今天18:00、+2h、2024-03-10 10:30。",
            "The time: today 18:00, +2h, 2024-03-10 10:30."))
    var time: String
    @Option(help: help("对客户说的话。", "What the customer was told.")) var remark = ""

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let promised = try place.time(time)
        try check(promised, at: place.now)
        let written = try place.desk.promise(
            found.ticket.id, by: TimestampText.iso8601(promised, zone: .current), remark: remark,
            actor: place.actor())
        let shown = TimestampText.full(promised, zone: .current)
        try place.report(written, from: found, zh: "已承诺 \(shown)", en: "promised for \(shown)")
    }

    private func check(_ promised: Timestamp, at now: Timestamp) throws {
        let shown = TimestampText.full(promised, zone: .current)
        guard promised > now else {
            throw CommandFailure(
                .refused, zh: "\(shown) 已过去；请写将来的时间。",
                en: "\(shown) has passed; promise a time to come.",
                details: [.init("code", "promise_passed")])
        }
        guard promised <= now.adding(milliseconds: Limits.promiseAheadMillisecondsMax) else {
            throw CommandFailure(
                .refused, zh: "\(shown) 在一年以后；是不是写错了年份？",
                en: "\(shown) is more than a year ahead; is it the right year?",
                details: [.init("code", "promise_too_far")])
        }
    }
}
