import FieldClient
import FoundationEssentials
import Replication
import Terminal
import TicketModel
import TicketPolicy

/// A ticket as a page of text for people.
struct TicketText {
    let profile: Profile
    let language: Language
    let now: Timestamp
    let painter: Painter
    /// Who is away; nil where that does not matter.
    var attendance: Attendance?

    /// Fields that the head of the page shows already.
    private static let headFields: Set<FieldID> = [
        .status, .priority, .escalation, .assignee, .department, .store, .region, .subject,
        .mergedInto, .statusBeforeMerge, .splitFrom, .classStage,
    ]

    /// - Parameter history: what is known here of what happened, for the rule that routed it.
    func lines(
        _ ticket: Ticket, pending: [ChangeRecord], hasLeft: Bool, links: TicketLinks,
        history: [LogEntry]
    ) -> [String] {
        head(ticket, pending, hasLeft) + lines(links, of: ticket)
            + routing(ticket, by: history.routingRule(of: ticket)) + clocks(ticket)
            + fields(ticket) + comments(ticket)
    }

    /// That the owner is away, until when, and who stands in (domain.md G30).
    private func absence(of person: StaffID?) -> String {
        guard let person, let absence = attendance?.absence(of: person) else { return "" }
        let until = AbsenceText(language: language, now: now)
            .until(absence, attendance?.standIn(for: person))
        return language.choose(zh: "（\(until)）", en: " (\(until))")
    }

    private func head(
        _ ticket: Ticket, _ pending: [ChangeRecord], _ hasLeft: Bool
    ) -> [String] {
        let subject = printable(ticket.text(.subject))
        var lines = [
            painter.paint("\(ticket.displayNumber)  \(subject)", .heading)
        ]
        var facts = [
            profile.display(.integer(ticket.status.rawValue), of: .status, language)
        ]
        if ticket.integer(.priority) != nil {
            facts.append(profile.priority(rank: ticket.integer(.priority)).label[language])
        }
        if ticket.escalationLevel > 0 {
            facts.append(
                language.choose(zh: "升级 ", en: "escalated to ")
                    + profile.display(.integer(ticket.escalationLevel), of: .escalation, language))
        }
        let owner = [ticket.department?.rawValue, ticket.assignee?.rawValue].compactMap { $0 }
        facts.append(
            owner.isEmpty
                ? language.choose(zh: "无人负责", en: "nobody responsible")
                : printable(owner.joined(separator: " / ")) + absence(of: ticket.assignee))
        if let store = ticket.store { facts.append(printable(store.rawValue)) }
        lines.append(facts.joined(separator: " · "))
        lines.append(
            language.choose(zh: "登记 ", en: "logged ") + short(ticket.capturedAt) + " "
                + printable(ticket.createdBy.rawValue)
                + (ticket.number == nil
                    ? language.choose(zh: "，等待 Hub 编号", en: ", no official number yet")
                    : " (\(printable(ticket.provisionalNumber)))"))
        if !pending.isEmpty {
            lines.append(
                painter.paint(
                    language.choose(
                        zh: "* \(pending.count) 处修改尚未同步",
                        en: pending.count == 1
                            ? "* 1 change not sent yet"
                            : "* \(pending.count) changes not sent yet"),
                    .warning))
        }
        if hasLeft {
            lines.append(
                painter.paint(
                    language.choose(
                        zh: "此工单已转出本机范围，以下为转出时的内容。",
                        en: "This ticket has moved out of this device's scope; shown as it left."),
                    .warning))
        }
        return lines
    }

    private func clocks(_ ticket: Ticket) -> [String] {
        let lines = ticket.clocks.values.sorted { ($0.dueAt, $0.name) < ($1.dueAt, $1.name) }.map {
            clock in
            let name = profile.clockLabel(clock.name, language)
            return "⏱ \(printable(name)): \(state(of: clock)) (\(short(clock.dueAt)))"
        }
        guard !lines.isEmpty, ticket.receivedAt == nil else { return lines }
        return lines + [
            painter.paint(
                language.choose(
                    zh: "  以上按本机时钟计算，送达后以 Hub 为准。",
                    en: "  As this device counts; the hub decides once it has the ticket."), .quiet)
        ]
    }

    private func style(of clock: ClockState) -> Style {
        if clock.dueAt < now { return .alarm }
        let isSoon =
            profile.clock(named: clock.name)?
            .isDueSoon(startedAt: clock.startedAt, dueAt: clock.dueAt, at: now) ?? false
        return isSoon ? .warning : .success
    }

    private func state(of clock: ClockState) -> String {
        if clock.isRunning, let pausedAt = clock.pausedAt {
            return language.choose(
                zh: "\(short(pausedAt)) 起暂停", en: "paused since \(short(pausedAt))")
        }
        if clock.isRunning {
            let text = DurationText.countdown(to: clock.dueAt, now: now, language: language)
            return painter.paint(text, style(of: clock))
        }
        return switch clock.phase {
        case .met: language.choose(zh: "按时", en: "kept")
        case .breached: painter.paint(language.choose(zh: "已超时", en: "broken"), .alarm)
        case .cancelled where clock.reason == ClockState.mergedReason:
            language.choose(zh: "已取消（已合并）", en: "cancelled (merged)")
        case .cancelled where clock.reason == ClockState.changedReason:
            language.choose(zh: "已取消（不再适用）", en: "cancelled (no longer applies)")
        case .cancelled, .running: language.choose(zh: "已取消", en: "cancelled")
        }
    }

    private func fields(_ ticket: Ticket) -> [String] {
        var lines: [String] = [""]
        for (field, register) in ticket.registers.sorted(by: { $0.key < $1.key }) {
            if !Self.headFields.contains(field), !register.value.isEmpty {
                lines += labelled(field, register.value)
            }
            for alternate in register.otherValues {
                let who = printable(alternate.stamp.actor.rawValue)
                let note = language.choose(zh: "并存，\(who)", en: "also, by \(who)")
                lines += labelled(field, alternate.value, note: note)
            }
        }
        if !ticket.tags.isEmpty {
            let tags = ticket.tags.map(printable).joined(separator: ", ")
            lines.append("\(profile.label(of: .tags, language)): \(tags)")
        }
        lines += process(ticket)
        return lines.count > 1 ? lines : []
    }

    private func labelled(_ field: FieldID, _ value: FieldValue, note: String? = nil) -> [String] {
        let label =
            profile.label(of: field, language)
            + (note.map { language.choose(zh: "（\($0)）", en: " (\($0))") } ?? "")
        let shown = profile.display(value, of: field, language)
        let text = printableLines(field == .promisedTime ? promisedTime(shown) : shown)
        guard text.count > 1 else { return ["\(label): \(text.first ?? "")"] }
        return ["\(label):"] + text.map { "  " + $0 }
    }

    private func comments(_ ticket: Ticket) -> [String] {
        guard !ticket.comments.isEmpty else { return [] }
        return [""]
            + ticket.comments.flatMap { comment -> [String] in
                var marks = [kind(comment.kind)]
                if comment.visibility == .customer {
                    marks.append(language.choose(zh: "客户可见", en: "for the customer"))
                }
                if comment.stamp.isPending { marks.append("*") }
                if comment.isLate { marks.append(language.choose(zh: "补记", en: "late")) }
                let head =
                    "\(short(comment.stamp.time.time)) \(printable(comment.stamp.actor.rawValue)) "
                    + "[\(marks.joined(separator: ", "))]"
                let text =
                    comment.isRedacted
                    ? [language.choose(zh: "（已删除）", en: "(removed)")]
                    : lines(of: comment)
                return [painter.paint(head, .quiet)] + text.map { "  " + $0 }
            }
    }

    private func lines(of comment: Comment) -> [String] {
        if comment.kind == .system, let note = SystemNote(comment.text) { return lines(note) }
        return printableLines(comment.text).map { body(of: comment.kind, $0) }
    }

    /// A report of progress keeps its parts under English keys, for scripts; people read their own.
    private func body(of kind: Comment.Kind, _ line: String) -> String {
        guard [.progress, .escalation].contains(kind) else { return line }
        if kind == .progress, line.hasPrefix("step: ") {
            let key = String(line.dropFirst("step: ".count))
            return language.choose(zh: "已到：", en: "step: ")
                + printable(profile.display(.text(key), of: .step, language))
        }
        guard language == .zh else { return line }
        let keys =
            kind == .progress
            ? [("done: ", "已完成："), ("next: ", "下一步："), ("eta: ", "预计：")]
            : [(PhoneCall.key, "电话升级：")]
        for (key, label) in keys where line.hasPrefix(key) {
            return label + line.dropFirst(key.count)
        }
        return line
    }

    private func kind(_ kind: Comment.Kind) -> String {
        switch kind {
        case .note: language.choose(zh: "备注", en: "note")
        case .progress: language.choose(zh: "进展", en: "progress")
        case .refusal: language.choose(zh: "退单", en: "given back")
        case .escalation: language.choose(zh: "升级", en: "escalation")
        case .solution: language.choose(zh: "方案", en: "solution")
        case .closing: language.choose(zh: "结案", en: "closing")
        case .assignment: language.choose(zh: "分派", en: "assignment")
        case .system: language.choose(zh: "系统", en: "rules")
        case .verified: language.choose(zh: "客户确认已解决", en: "solved, says the customer")
        case .unsolved: language.choose(zh: "客户表示未解决", en: "not solved, says the customer")
        case .approval: language.choose(zh: "审批", en: "approval")
        case .verdict: language.choose(zh: "建议结论", en: "verdict")
        case .meeting: language.choose(zh: "会议纪要", en: "meeting")
        case .pause: language.choose(zh: "暂停", en: "pause")
        case .urge: language.choose(zh: "催办", en: "urged")
        case .contact: language.choose(zh: "联系客户", en: "customer")
        }
    }

    /// What happened, a line each.
    func history(_ entries: [LogEntry]) -> [String] {
        let answers = DispositionText(profile: profile, language: language)
        return [""]
            + entries.map { entry in
                "\(entry.sequence)  \(short(entry.hubTime))  \(who(entry))  "
                    + "\(actLabel(entry.act, language))  \(answers.line(entry.disposition))"
                    + reason(of: entry)
            }
    }

    /// Who did it, and for whom if they stood in.
    private func who(_ entry: LogEntry) -> String {
        let actor = printable(entry.actor.rawValue)
        guard let person = entry.actedFor.map({ printable($0.rawValue) }) else { return actor }
        return language.choose(zh: "\(actor)（代 \(person)）", en: "\(actor) (for \(person))")
    }

    /// Why the hub's rules did something; people's reasons stand among the comments.
    private func reason(of entry: LogEntry) -> String {
        guard entry.actor == .hub, let event = entry.events.first(where: { !$0.reason.isEmpty })
        else { return "" }
        let reason = printable(event.reason(language))
        return language.choose(zh: "（\(reason)）", en: " (\(reason))")
    }

    func short(_ time: Timestamp) -> String {
        TimestampText.short(time, now: now, zone: .current, language: language)
    }
}
