import ArgumentParser
import FieldClient
import FoundationEssentials
import Replication
import Terminal
import TicketModel
import TicketPolicy

// The verbs of the process between taking a case and closing it; each works offline.

/// `plan`: says how the case is to be solved.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: said(zh: "提交处理方案。", en: "Says how the case is to be solved."),
        discussion: said(
            zh: "方案改动后，先前的审批不再有效。",
            en: "A new plan needs new approvals: they hold for the version that they saw."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(help: help("方案内容；- 从标准输入读取。", "The plan; - reads standard input.")) var text: String
    @Option(
        help: help(
            "方案类型：immediate 即时修复、iteration 优化迭代、external 外部协调。",
            "What kind of solution: immediate, iteration or external."))
    var kind: PlanKind?
    @Option(help: etaHelp) var eta: String?

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.plan(
            found.ticket.id, requiredText(text, "TEXT"), kind: kind,
            expected: place.expectedText(eta), by: place.actor())
        let open = try place.profile().openApprovals(of: written.ticket)
        let names = (
            zh: open.map(\.label.zh).joined(separator: "、"),
            en: open.map(\.label.en).joined(separator: ", ")
        )
        try place.report(
            written, from: found, zh: "已提交方案" + (open.isEmpty ? "" : "，待审批：\(names.zh)"),
            en: "plan noted" + (open.isEmpty ? "" : "; waits for: \(names.en)"))
    }
}

/// `approve`: answers a plan or a solution.
struct ApproveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve",
        abstract: said(zh: "审批方案或解决说明。", en: "Approves a plan or a solution, or turns it down."),
        discussion: said(
            zh: "审批只对当前版本有效。", en: "The answer holds for the version that is shown now."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(
        help: help(
            "审批步骤（默认：唯一待审批的一步）。", "The step (default: the only one that waits)."))
    var step: String?
    @Flag(help: help("不同意。", "Turns it down.")) var reject = false
    @Option(help: help("理由；不同意时必填。", "Why; required to turn it down.")) var reason = ""

    func run() throws {
        let place = try common.open()
        let profile = try place.profile()
        let found = try place.find(ticket)
        let step = try chosen(profile, found.ticket)
        let written = try place.desk.approve(
            found.ticket.id, step: step, reject ? .rejected : .approved,
            reason: reject ? requiredText(reason, "--reason") : reason, by: place.actor())
        try place.report(
            written, from: found, zh: "\(step.label.zh)：\(reject ? "不同意" : "同意")",
            en: "\(step.label.en): \(reject ? "turned down" : "approved")")
    }

    private func chosen(_ profile: Profile, _ ticket: Ticket) throws -> ApprovalStep {
        let all = profile.approvalSteps.map(\.key).joined(separator: ", ")
        if let step {
            guard let known = profile.approvalStep(named: step) else {
                throw CommandFailure(
                    .usage, zh: "没有审批步骤“\(printable(step))”。可用：\(all)",
                    en: "There is no step “\(printable(step))”. There are: \(all)")
            }
            return known
        }
        let open = profile.openApprovals(of: ticket)
        guard let only = open.first, open.count == 1 else {
            let zh = open.map { "\($0.key)（\($0.label.zh)）" }.joined(separator: "、")
            let en = open.map { "\($0.key) (\($0.label.en))" }.joined(separator: ", ")
            throw open.isEmpty
                ? CommandFailure(.refused, zh: "没有待审批的内容。", en: "Nothing waits for an approval.")
                : CommandFailure(
                    .usage, zh: "请用 --step 指明：\(zh)", en: "Say which with --step: \(en)")
        }
        return only
    }
}

/// `verdict`: decides a suggestion.
struct VerdictCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verdict",
        abstract: said(zh: "对建议作出结论并说明理由。", en: "Decides a suggestion, with the reason."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(
        help: help(
            "adopted 采纳、not_adopted 不采纳、further_study 需进一步研究。",
            "adopted, not_adopted or further_study."))
    var verdict: SuggestionVerdict
    @Option(help: help("理由。", "Why.")) var reason: String

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.decide(
            found.ticket.id, verdict, reason: requiredText(reason, "--reason"), by: place.actor())
        let profile = try place.profile()
        let value = FieldValue.text(verdict.rawValue)
        try place.report(
            written, from: found, zh: "结论：\(profile.display(value, of: .verdict, .zh))",
            en: "verdict: \(profile.display(value, of: .verdict, .en))")
    }
}

/// `urge`: asks for the case to be hurried.
struct UrgeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "urge", abstract: said(zh: "催办。", en: "Asks for the case to be hurried."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("催办的原因。", "Why it should be hurried.")) var reason: String

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.urge(
            found.ticket.id, reason: requiredText(reason, "--reason"), by: place.actor())
        try place.report(written, from: found, zh: "已催办", en: "urged")
    }
}

/// `pause`: the case waits for somebody outside.
struct PauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: said(zh: "暂停：等待客户或供应商。", en: "Waits for the customer or a supplier."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(
        name: .customLong("for"),
        help: help("等待谁：customer、supplier。", "For whom: customer or supplier."))
    var reason: PauseReason
    @Option(help: help("说明。", "What is waited for.")) var note = ""

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.pause(
            found.ticket.id, for: reason, note: note, by: place.actor())
        let value = FieldValue.text(reason.rawValue)
        let profile = try place.profile()
        try place.report(
            written, from: found, zh: "已暂停：\(profile.display(value, of: .pauseReason, .zh))",
            en: "paused, waits for the \(profile.display(value, of: .pauseReason, .en))")
    }
}

/// `resume`: goes on after a pause.
struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: said(zh: "恢复处理。", en: "Goes on after a pause."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("说明。", "What has come.")) var note = ""

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.resume(found.ticket.id, note: note, by: place.actor())
        try place.report(written, from: found, zh: "已恢复处理", en: "goes on")
    }
}

/// `meeting`: what several departments agreed.
struct MeetingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "meeting",
        abstract: said(zh: "记录会议纪要与协作部门。", en: "Keeps the minutes of a meeting of departments."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(
        help: help(
            "会议纪要：各部门职责与时间节点；- 从标准输入读取。",
            "The minutes: who does what, and until when; - reads standard input."))
    var minutes: String
    @Option(help: help("协作部门，可重复。", "A department that helps; may be repeated."))
    var with: [String] = []

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let input = FieldInput(profile: try place.profile(), now: place.now)
        let written = try place.desk.meeting(
            found.ticket.id, minutes: requiredText(minutes, "MINUTES"),
            departments: try with.map { try input.read("department", $0).1.text ?? "" },
            by: place.actor())
        try place.report(written, from: found, zh: "已记录会议纪要", en: "minutes noted")
    }
}

/// `contact`: the customer was reached.
struct ContactCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contact",
        abstract: said(zh: "记录与客户的沟通。", en: "Notes what was said with the customer."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @OptionGroup var words: WordsOptions

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.contact(
            found.ticket.id, text: words.text(for: found.ticket, at: place), by: place.actor())
        try place.report(written, from: found, zh: "已记录沟通", en: "contact noted")
    }
}

extension PlanKind: ExpressibleByArgument {}
extension SuggestionVerdict: ExpressibleByArgument {}
extension PauseReason: ExpressibleByArgument {}

/// The help of options that say when something will be done.
let etaHelp = help(
    "预计完成时间，如 今天18:00、+2h、2024-03-10 10:30。",
    "When it will be done: today 18:00, +2h, 2024-03-10 10:30.")

extension Workplace {
    /// A time as people write it; days end when they end.
    ///
    /// - Throws: as `TimeParser.parse(_:)`.
    func time(_ text: String) throws -> Timestamp {
        try TimeParser(now: now, zone: .current, dayEdge: .end).parse(text)
    }

    /// When something will be done.
    ///
    /// - Throws: as `time(_:)`; `CommandFailure` for a time that cannot be meant.
    func timeToCome(_ text: String) throws -> Timestamp {
        let time = try time(text)
        try TimeBounds.toCome.check(time, at: now)
        return time
    }

    /// As tickets keep an expected time; empty for none.
    ///
    /// - Throws: as `timeToCome(_:)`.
    func expectedText(_ text: String?) throws -> String {
        try text.map { TimestampText.full(try timeToCome($0), zone: .current) } ?? ""
    }
}
