import ArgumentParser
import FieldClient
import Foundation
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// `new`: logs a complaint; it has a number at once.
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: said(zh: "登记新工单，立即得到编号。", en: "Logs a ticket; it has a number at once."),
        discussion: said(
            zh: """
                在终端里，缺少的必填项会逐一询问；在脚本里，缺少时退出码为 3，不保存任何内容。
                可用的值见 loopdesk fields，写键或名称都可以。时间写作 2024-03-10 10:30、今天 9:00、昨天，\
                无法识别时按原话保存。
                --from 读取一个 JSON 对象（字段名：值，另有 tags、note、assignee），或这样的数组。
                """,
            en: """
                On a terminal, required fields that are missing are asked for; in a script their \
                lack ends with status 3 and nothing is saved.
                Allowed values: loopdesk fields; key or label will do. Times: 2024-03-10 10:30, \
                today 9:00, yesterday; what is not understood is kept as it was said.
                --from reads a JSON object (FIELD: value, also tags, note, assignee) or an array \
                of them.
                """))

    @OptionGroup var common: CommonOptions
    @OptionGroup var fields: NewFieldOptions
    @Option(
        name: .customLong("from"),
        help: help("从 JSON 文件读取；- 为标准输入。", "Read JSON from a file; - for standard input."))
    var source: String?
    @Flag(help: help("不询问，缺少必填项即失败。", "Never ask; fail when a required field is missing."))
    var noPrompt = false

    func run() throws {
        let place = try common.open()
        let actor = try place.actor()
        let form = TicketForm(
            profile: try place.profile(), now: place.now, owner: place.desk.owner(named:))
        if let source {
            let tickets = try NewTicketJSON(form: form).read(source).map { ticket in
                var ticket = ticket
                ticket.isAssignedAlthoughAway = fields.althoughAway
                return ticket
            }
            return try log(tickets, by: actor, at: place)
        }
        var new = try form.ticket(from: fields)
        if isInteractive {
            let prompter = Prompter(
                language: place.language, attemptCountMax: Self.attemptCountMax,
                readLine: { readLine() },
                write: { Console.write($0) })
            try form.askForMissing(&new, prompter, place.language)
        }
        form.addSubject(&new)
        let written = try place.desk.log(new, by: actor)
        let alike = try place.desk.duplicates(of: written.ticket, isThorough: false)
        let profile = try place.profile()
        let text = DuplicateText(profile: profile)
        let isUrgent = profile.isUrgent(written.ticket)
        try place.report(
            written, zh: "已登记", en: "logged",
            more: [
                .init("duplicates", .array(alike.map(text.value))),
                .init("call", isUrgent ? try place.calleesJSON(about: written.ticket) : .array([])),
            ])
        if isUrgent { try place.sayWhomToCall(about: written.ticket) }
        guard !alike.isEmpty else { return }
        place.console.say(
            zh: "可能是同一投诉（合并：loopdesk merge）：",
            en: "This may be the same case (to make one of two: loopdesk merge):")
        for candidate in alike.prefix(Self.alikeCountMax) {
            let line = text.line(candidate)
            place.console.say(zh: "  \(line.zh)", en: "  \(line.en)")
        }
    }

    /// The clerk needs a hint, not a report; `duplicates` lists all.
    private static let alikeCountMax = 3

    /// A form that is nearly filled in is not thrown away for a few wrong keys.
    private static let attemptCountMax = 50

    /// Under `--json` a script reads the output, so nobody is asked.
    private var isInteractive: Bool {
        !noPrompt && !common.json && StandardStream.input.isTerminal
            && StandardStream.output.isTerminal
    }

    /// Each ticket is a transaction of its own; what was logged before a refusal stays.
    private func log(_ tickets: [NewTicket], by actor: StaffID, at place: Workplace) throws {
        let json = TicketJSON(profile: try place.profile())
        var logged: [JSONValue] = []
        for (index, new) in tickets.enumerated() {
            do {
                let written = try place.desk.log(new, by: actor)
                place.console.say(
                    zh: "\(written.ticket.displayNumber) 已登记",
                    en: "\(written.ticket.displayNumber) logged")
                logged.append(json.value(written.ticket))
            } catch let refusal as ReplicaWriter.Refusal where tickets.count > 1 {
                place.console.emit(.array(logged))
                let text = RejectionText(refusal.rejection, label: refusal.label)
                throw CommandFailure(
                    .refused, zh: "第 \(index + 1) 条未登记：\(text.zh)前 \(index) 条已登记。",
                    en: "Ticket \(index + 1) was not logged: \(text.en) "
                        + "The \(index) before it were.",
                    details: [
                        .init("index", .integer(Int64(index))),
                        .init("code", .string(refusal.rejection.code.name)),
                        .init("detail", .string(refusal.rejection.detail)),
                    ])
            }
        }
        place.console.emit(.array(logged))
    }
}

/// The flags of `new` that name fields.
struct NewFieldOptions: ParsableArguments {
    @Option(help: help("反馈类型。", "What it is: consultation, suggestion, complaint.")) var kind:
        String?
    @Option(help: help("渠道。", "How it reached us.")) var channel: String?
    @Option(help: help("问题分类。", "What it is about; decides where it goes.")) var category: String?
    @Option(help: help("标题（默认取自核心内容）。", "A short title (default: from the description)."))
    var subject: String?
    @Option(help: help("核心内容；- 为标准输入。", "What happened; - reads standard input."))
    var description: String?
    @Option(help: help("客户诉求。", "What the customer asks for.")) var demand: String?
    @Option(help: help("客户联系方式。", "Who the customer is and how to reach them."))
    var contact: String?
    @Option(help: help("紧急程度。", "How urgent it is.")) var priority: String?
    @Option(help: help("反馈时间（默认：现在）。", "When it was reported (default: now)."))
    var reportedTime: String?
    @Option(help: help("事件发生时间。", "When it happened.")) var eventTime: String?
    @Option(help: help("事件发生地点。", "Where it happened.")) var eventPlace: String?
    @Option(help: help("涉及产品或服务。", "The product or service.")) var product: String?
    @Option(help: help("订单号。", "The order number.")) var orderNumber: String?
    @Option(help: help("购买日期。", "When it was bought.")) var purchaseDate: String?
    @Option(help: help("直接分派给人员或部门。", "A person or department that takes it at once.")) var assign:
        String?
    @Flag(help: help("即使此人外出，也分派给他。", "To a person who is away all the same."))
    var althoughAway = false
    @Option(help: help("标签，可重复。", "A tag; may be repeated.")) var tag: [String] = []
    @Option(help: help("附加备注。", "A note beside the fields.")) var note = ""
    @Option(
        name: .customLong("field"),
        help: help("其他字段，写作 名称=值，可重复。", "Any other field, as NAME=VALUE; may be repeated."))
    var others: [String] = []

    /// Names and texts of the fields that were given.
    ///
    /// - Throws: `CommandFailure` for a `--field` without `=`.
    func given() throws -> [(name: String, text: String)] {
        let named: [(String, String?)] = [
            ("kind", kind), ("channel", channel), ("category", category), ("subject", subject),
            ("description", description), ("demand", demand), ("contact", contact),
            ("priority", priority), ("reported_time", reportedTime), ("event_time", eventTime),
            ("event_place", eventPlace), ("product", product), ("order_number", orderNumber),
            ("purchase_date", purchaseDate),
        ]
        let more = try others.map { text in
            guard let equals = text.firstIndex(of: "=") else {
                throw CommandFailure(
                    .usage, zh: "--field 应写作 名称=值，得到“\(printable(text))”。",
                    en: "--field is written NAME=VALUE, not “\(printable(text))”.")
            }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
        return named.compactMap { name, text in text.map { (name, $0) } } + more
    }
}
