import ArgumentParser
import FieldClient
import Replication
import Terminal
import TicketModel
import TicketPolicy

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
