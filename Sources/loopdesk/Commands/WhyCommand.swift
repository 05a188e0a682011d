import ArgumentParser
import FieldClient
import FoundationEssentials
import Terminal
import TicketModel
import TicketPolicy

/// `why`: how a due time came about.
struct WhyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why",
        abstract: said(zh: "逐步说明时限从何而来。", en: "Tells step by step why a promise is due then."),
        discussion: said(
            zh: "按本机所知的经过计算；与 Hub 所记不同时会说明。",
            en: "Worked out from what this device knows; it says so where the hub has another time."
        ))
    @OptionGroup var common: CommonOptions
    @Argument(help: ticketHelp) var ticket: String
    @Option(help: help("只说明这一时限。", "Only this clock, by its name in the policy.")) var clock:
        String?

    func run() throws {
        let place = try common.open()
        let found = try place.find(ticket)
        let stories = try place.desk.why(found.ticket.id, clock: clock)
        if stories.isEmpty {
            let known = found.ticket.clocks.keys.sorted().joined(separator: ", ")
            guard known.isEmpty || clock == nil else {
                throw CommandFailure(
                    .refused, zh: "工单没有时限“\(printable(clock ?? ""))”；有：\(known)。",
                    en: "The ticket has no clock “\(printable(clock ?? ""))”; it has: \(known).")
            }
            place.console.say(zh: "还没有时限：送达 Hub 后开始。", en: "No promise yet: the hub makes them.")
        }
        let language = place.language
        for story in stories {
            let due = TimestampText.full(story.state.dueAt, zone: .current)
            place.console.say(
                zh: "⏱ \(printable(story.label.zh))：\(due) 到期",
                en: "⏱ \(printable(story.label.en)): due \(due)")
            guard let promised = story.promised else {
                place.console.say(zh: "  规则中没有这一时限。", en: "  The policy has no such clock.")
                continue
            }
            for step in promised.steps {
                let text = step.text(in: promised.zone(else: .current), language)
                place.console.say(zh: "  " + text, en: "  " + text)
            }
            if !story.isExact {
                place.console.say(
                    zh: "  Hub 所记与此不同：部分经过不在本机，或来自合并、规则变更。",
                    en:
                        "  The hub has another time: part of what happened is not here, or it "
                        + "comes from a merge or another policy.")
            }
        }
        place.console.emit(.array(stories.map { json($0, language) }))
    }

    private func json(_ story: PromiseStory, _ language: Language) -> JSONValue {
        let steps = story.promised.map { promised in
            promised.steps.map { step -> JSONValue in
                [
                    "time": JSONShape.time(step.time),
                    "text": .string(step.text(in: promised.zone(else: .current), .en)),
                ]
            }
        }
        return [
            "name": .string(story.state.name), "phase": .string("\(story.state.phase)"),
            "cycle": .integer(Int64(story.state.cycle)),
            "due_at": JSONShape.time(story.state.dueAt), "exact": .boolean(story.isExact),
            "steps": .array(steps ?? []),
        ]
    }
}
