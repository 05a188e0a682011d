import ArgumentParser
import FieldClient
import FoundationEssentials
import Replication
import Terminal
import TicketModel
import TicketPolicy

// The verbs of the process between taking a case and closing it; each works offline.

/// `classify`: says what the case is.
struct ClassifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classify",
        abstract: said(
            zh: "分类：确认或更正类型、分类与紧急程度。", en: "Confirms or corrects class and priority."),
        usage: "loopdesk classify [options] <ticket>",
        discussion: said(
            zh: "不带选项则确认现有分类；质检人员确认即为复核。可用的值见 loopdesk fields。",
            en: "Without options it confirms what stands; an inspector's word audits it. "
                + "Values: loopdesk fields"))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("问题分类。", "The category.")) var category: String?
    @Option(help: help("反馈类型。", "The kind.")) var kind: String?
    @Option(help: help("紧急程度。", "The priority.")) var priority: String?
    @Option(help: help("要添加的标签，可重复。", "A tag to add; may be repeated.")) var tag: [String] = []
    @Option(help: help("协作部门，可重复。", "A department that helps; may be repeated."))
    var with: [String] = []
    @Option(
        help: help("不再协作的部门，可重复。", "A department that helps no more; may be repeated."))
    var without: [String] = []
    @Flag(help: help("复核分类；质检人员不必写。", "An audit; what an inspector says always is one."))
    var audit = false

    func run() throws {
        let place = try common.open()
        let profile = try place.profile()
        let found = try place.find(ticket)
        let input = FieldInput(profile: profile, now: place.now)
        var classification = Desk.Classification(
            category: try category.map { try input.read("category", $0).1.text ?? "" },
            kind: try kind.map { try input.read("kind", $0).1.text ?? "" },
            stage: audit ? .audited : nil, tags: tag,
            cooperating: try with.map { try input.read("department", $0).1.text ?? "" },
            leaving: try without.map { try input.read("department", $0).1.text ?? "" })
        if let priority { classification.priority = try input.read("priority", priority).1.integer }
        let written = try place.desk.classify(
            found.ticket.id, as: classification, by: place.actor())
        // What was audited is surer than the word of whoever changes it now.
        let own = written.ticket.registers[.classStage].flatMap { stage in
            stage.stamp.operation == written.operation ? written.ticket.classStage : nil
        }
        let said =
            switch own {
            case .audited: (zh: "已复核分类", en: "class audited")
            case .confirmed, .provisional: (zh: "已确认分类", en: "class confirmed")
            case nil: (zh: "已更改分类", en: "class changed")
            }
        try place.report(written, from: found, zh: said.zh, en: said.en)
        hint(at: place, profile, written.ticket)
    }

    /// Whoever has the case keeps it until somebody gives it to the department of the new class
    /// (domain.md RT10).
    private func hint(at place: Workplace, _ profile: Profile, _ ticket: Ticket) {
        guard category != nil || kind != nil || priority != nil, let holder = ticket.assignee,
            let routing = profile.route(ticket), routing.department != ticket.department
        else { return }
        let department = FieldValue.text(routing.department.rawValue)
        let name = { printable(profile.display(department, of: .department, $0)) }
        let verb =
            "loopdesk assign \(ticket.displayNumber) \(printable(routing.department.rawValue))"
        place.console.say(
            zh: "按规则应归 \(name(.zh))，现由 \(printable(holder.rawValue)) 处理。改派：\(verb)",
            en: "By the rules it belongs to \(name(.en)); \(printable(holder.rawValue)) has it. "
                + "Move it: \(verb)")
    }
}

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

/// `rate`: what the customer thinks of how it was handled.
struct RateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: said(zh: "记录回访与满意度。", en: "Records the customer's satisfaction."),
        usage: "loopdesk rate [options] <ticket> <answer>",
        discussion: said(
            zh: "处理人不能评价自己的工单。", en: "Whoever solved the case does not rate it."))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Argument(
        help: help(
            "satisfied 满意、unsatisfied 不满意、remarks 有其他补充意见。",
            "satisfied, unsatisfied or remarks."))
    var answer: RatingWord
    @Option(help: help("评分 0–10。", "A score from 0 to 10.")) var score: Int?
    @Option(
        name: .customLong("dimension"),
        help: help("单项评分，写作 名称=0…10，可重复，见 fields。", "NAME=0…10, a score of its own; see fields."))
    var dimensions: [String] = []
    @Option(help: help("客户原话。", "What the customer said.")) var remark = ""

    func validate() throws {
        guard score.map({ Rating.scores.contains($0) }) ?? true else {
            throw ValidationError(said(zh: "--score 为 0 到 10。", en: "--score is 0 to 10."))
        }
    }

    /// The scores of the survey that were given.
    ///
    /// - Throws: `CommandFailure` for a name that the policy does not ask for, or no score.
    private func dimensionScores(_ profile: Profile) throws -> [FieldID: Int] {
        var result: [FieldID: Int] = [:]
        for text in dimensions {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            let field = parts.first.flatMap { name in
                profile.survey.first {
                    [
                        profile.name(of: $0), profile.label(of: $0, .zh),
                        profile.label(of: $0, .en),
                    ].contains(name)
                }
            }
            let score = parts.count == 2 ? Int(parts[1]) : nil
            guard let field, let score, Rating.scores.contains(score) else {
                let names = profile.survey.map { profile.name(of: $0) }.joined(separator: ", ")
                throw CommandFailure(
                    .usage,
                    zh: "--dimension 应写作 名称=0…10，得到“\(printable(text))”；名称：\(names)",
                    en: "--dimension is NAME=0…10, not “\(printable(text))”; names: \(names)")
            }
            result[field] = score
        }
        return result
    }

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let written = try place.desk.rate(
            found.ticket.id, answer.outcome, score: score,
            dimensions: dimensionScores(try place.profile()), remark: remark,
            survey: "callback", by: place.actor())
        try place.report(written, from: found, zh: "已记录满意度", en: "satisfaction noted")
    }
}

/// The words for the three answers (domain.md H7).
enum RatingWord: String, CaseIterable, ExpressibleByArgument {
    case satisfied
    case unsatisfied
    case remarks

    var outcome: Rating.Outcome {
        switch self {
        case .satisfied: .satisfied
        case .unsatisfied: .unsatisfied
        case .remarks: .furtherRemarks
        }
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

    /// As tickets keep an expected time; empty for none.
    ///
    /// - Throws: as `time(_:)`.
    func expectedText(_ text: String?) throws -> String {
        try text.map { TimestampText.full(try time($0), zone: .current) } ?? ""
    }
}
