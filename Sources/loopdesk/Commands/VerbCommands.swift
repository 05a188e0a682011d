import ArgumentParser
import FieldClient
import FoundationEssentials
import Replication
import Terminal
import TicketModel
import TicketPolicy

// The verbs that act on one ticket: each is one durable transaction and never waits for the
// network.

/// `accept`: takes responsibility.
struct AcceptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "accept",
        abstract: said(zh: "接单：由我负责并开始处理。", en: "Takes responsibility and starts."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.accept(found.ticket.id, by: place.actor())
        try place.report(written, from: found, zh: "已接单", en: "accepted")
    }
}

/// `refuse`: gives a ticket back.
struct RefuseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refuse",
        abstract: said(
            zh: "退单：说明原因，退回队列；主管会得到通知。",
            en: "Gives a ticket back to its queue; the supervisor is told why."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("退回的原因。", "Why it is given back.")) var reason: String

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.refuse(
            found.ticket.id, reason: requiredText(reason, "--reason"), by: place.actor())
        try place.report(written, from: found, zh: "已退回", en: "given back")
    }
}

/// `assign`: makes somebody else responsible.
struct AssignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "assign",
        abstract: said(
            zh: "分派给人员或部门，或退回队列。",
            en: "Makes a person or a department responsible, or nobody."),
        usage: "loopdesk assign [options] <ticket> [<owner>]")
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(
        help: help("人员编号、姓名，或部门。", "A person, by sign or name, or a department."))
    var owner: String?
    @Flag(help: help("退回本部门的队列，由下一位接单。", "Back to the department's queue, for whoever takes it."))
    var nobody = false
    @Option(help: help("分派说明。", "What to tell the new owner.")) var reason = ""
    @Flag(help: help("即使此人外出，也分派给他。", "To a person who is away all the same."))
    var althoughAway = false

    func validate() throws {
        guard (owner == nil) == nobody else {
            throw ValidationError(
                said(zh: "请写明分派给谁，或用 --nobody。", en: "Name an owner, or say --nobody."))
        }
    }

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let owner = try owner.map { try place.desk.owner(named: $0) } ?? .nobody
        let written = try place.desk.assign(
            found.ticket.id, to: owner, reason: reason, isAlthoughAway: althoughAway,
            by: place.actor())
        guard !nobody else {
            return try place.report(
                written, from: found, zh: "已退回队列", en: "is back in the queue")
        }
        try place.report(
            written, from: found, zh: "已分派给 \(printable(owner.name))",
            en: "assigned to \(printable(owner.name))")
    }
}

extension Owner {
    /// The sign of the person, or the department.
    var name: String {
        switch self {
        case .staff(let staff, _): staff.rawValue
        case .department(let department): department.rawValue
        case .nobody: ""
        }
    }
}

/// `progress`: says what was done and what comes next.
struct ProgressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "progress",
        abstract: said(
            zh: "进展：已做、下一步、预计完成时间。", en: "Reports what was done, what is next, and when."),
        usage: "loopdesk progress [options] <ticket>")
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("已完成的工作。", "What was done.")) var done = ""
    @Option(help: help("下一步。", "What is next.")) var next = ""
    @Option(
        help: help(
            "预计完成时间，如 今天18:00、+2h、2024-03-10 10:30。",
            "When it will be done: today 18:00, +2h, 2024-03-10 10:30."))
    var eta: String?
    @Option(
        help: help("到达的步骤，见 loopdesk fields。", "The step that was reached; see loopdesk fields."))
    var step: String?

    func run() throws {
        guard !done.isEmpty || !next.isEmpty || eta != nil || step != nil else {
            throw CommandFailure(
                .usage, zh: "请用 --done、--next、--eta 或 --step 说明进展。",
                en: "Say --done, --next, --eta or --step.")
        }
        let place = try common.open()
        let profile = try place.profile()
        let reached = try step.map {
            try FieldInput(profile: profile, now: place.now).choice($0, of: .step)
        }
        let expected = try eta.map(place.timeToCome)
        let report = ProgressReport(
            done: done, next: next, expected: expected,
            expectedText: expected.map { TimestampText.full($0, zone: .current) } ?? "",
            step: reached)
        let found = try place.find(ticket)
        let written = try place.desk.progress(found.ticket.id, report, by: place.actor())
        let isResumed = found.ticket.pauseReason != nil && written.ticket.pauseReason == nil
        try place.report(
            written, from: found, zh: "已记录进展" + (isResumed ? "，暂停结束" : ""),
            en: "progress noted" + (isResumed ? "; the pause is over" : ""))
    }
}

/// `note`: says something.
struct NoteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "note", abstract: said(zh: "添加备注。", en: "Adds a note."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @OptionGroup var words: WordsOptions
    @Flag(help: help("客户可见。", "The customer may read it.")) var customer = false

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.note(
            words.text(for: found.ticket, at: place), isForCustomer: customer,
            on: found.ticket.id, by: place.actor())
        try place.report(written, from: found, zh: "已添加备注", en: "note added")
    }
}

/// `escalate`: calls for help from above.
struct EscalateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escalate",
        abstract: said(zh: "升级：请上级介入。", en: "Calls for help from above."),
        usage: "loopdesk escalate [options] <ticket>",
        discussion: said(
            zh: "断网时会给出应拨打的电话；打完后用 --by-phone 登记，时限按通话时间计算。",
            en: "Without a network it says whom to call. --by-phone writes the call down; clocks "
                + "count it from then."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("升级的原因；--by-phone 时可省略。", "Why; may be left out with --by-phone."))
    var reason = ""
    @Option(
        help: help("升级到第几级（默认：下一级）。", "The level to reach (default: the next one)."))
    var level: Int64?
    @Flag(help: help("已经打过电话，登记下来。", "Writes down that somebody was called."))
    var byPhone = false
    @Option(help: help("何时打的电话（默认：现在），如 10:31。", "When they were called (default: now): 10:31."))
    var at: String?
    @Option(help: help("打给了谁。", "Who was called.")) var to = ""

    /// A call is written down soon, or it is no call of this case.
    private static let callAgeMillisecondsMax: Int64 = 24 * 3_600 * 1_000

    func validate() throws {
        guard level.map({ $0 >= 1 }) ?? true else {
            throw ValidationError(said(zh: "--level 从 1 开始。", en: "--level starts at 1."))
        }
        guard byPhone || (at == nil && to.isEmpty) else {
            throw ValidationError(
                said(zh: "--at 和 --to 只与 --by-phone 同用。", en: "--at and --to go with --by-phone."))
        }
    }

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        if byPhone { return try log(try call(at: place), about: found, at: place) }
        let written = try place.desk.escalate(
            found.ticket.id, to: level, reason: requiredText(reason, "--reason"), by: place.actor())
        let reached = written.ticket.escalationLevel
        let isLower = reached < found.ticket.escalationLevel
        try place.report(
            written, from: found,
            zh: isLower ? "已降到 \(reached) 级" : "已升级到 \(reached) 级",
            en: isLower ? "lowered to level \(reached)" : "escalated to level \(reached)",
            more: [.init("call", try place.calleesJSON(about: written.ticket, level: reached))])
        try place.sayWhomToCall(about: written.ticket, level: reached)
    }

    private func call(at place: Workplace) throws -> PhoneCall {
        let time = try at.map { try TimeParser(now: place.now, zone: .current).parsePast($0) }
        try TimeBounds.past.check(time ?? place.now, at: place.now)
        // A minute read off another clock may be just ahead of this one.
        let called = min(time ?? place.now, place.now)
        guard place.now.millisecondsSince(called) <= Self.callAgeMillisecondsMax else {
            throw CommandFailure(
                .usage, zh: "--at 应在过去 24 小时之内。", en: "--at is within the last 24 hours.")
        }
        return PhoneCall(
            time: called, timeText: TimestampText.full(called, zone: .current), callee: to,
            reason: reason)
    }

    private func log(_ call: PhoneCall, about found: FoundTicket, at place: Workplace) throws {
        let written = try place.desk.escalateByPhone(
            found.ticket.id, call, to: level, by: place.actor())
        let time = TimestampText.short(
            call.time, now: place.now, zone: .current, language: place.language)
        try place.report(
            written, from: found, zh: "已登记电话升级：\(time)", en: "escalated by phone: \(time)")
    }
}

/// `resolve`: says how it was solved.
struct ResolveCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resolve", abstract: said(zh: "已解决：写明方案。", en: "Says how it was solved."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("解决方案。", "How it was solved.")) var solution: String

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.resolve(
            found.ticket.id, solution: requiredText(solution, "--solution"), by: place.actor())
        let language = place.language
        let steps = try place.profile().openApprovals(of: written.ticket)
            .map { printable($0.label[language]) }
            .joined(separator: language.choose(zh: "、", en: ", "))
        try place.report(
            written, from: found, zh: steps.isEmpty ? "已解决，等待客户确认" : "已解决，等待审批：\(steps)",
            en: steps.isEmpty
                ? "resolved; the customer decides next" : "resolved; next comes: \(steps)")
    }
}

/// `close`: ends the loop.
struct CloseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: said(zh: "结案：客户已认可。", en: "Ends the loop once the customer agrees."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("客户如何认可。", "How the customer agreed.")) var note = ""

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.close(found.ticket.id, note: note, by: place.actor())
        try place.report(written, from: found, zh: "已结案", en: "closed")
    }
}

/// `reopen`: the customer came back.
struct ReopenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen", abstract: said(zh: "重新打开工单。", en: "Opens a ticket again."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("重新打开的原因。", "Why it is opened again.")) var reason: String

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.reopen(
            found.ticket.id, reason: requiredText(reason, "--reason"), by: place.actor())
        try place.report(written, from: found, zh: "已重新打开", en: "reopened")
    }
}

/// The help of the argument that names a ticket.
let ticketHelp = help(
    "工单：编号、编号末尾几位，或内部标识开头。", "The ticket: its number, the end of it, or its identity.")

/// The longest text that is read from standard input.
private let inputByteCountMax = Limits.textByteCountMax

/// A text that may not be empty; `-` reads standard input.
///
/// - Throws: `CommandFailure` when nothing is said.
func requiredText(_ text: String, _ name: String) throws -> String {
    let said = text == "-" ? try StandardInput.text(byteCountMax: inputByteCountMax) : text
    guard !said.allSatisfy(\.isWhitespace) else {
        throw CommandFailure(
            .usage, zh: "\(name) 不能为空。", en: "\(name) may not be empty.")
    }
    return said
}
