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
        let stories = try place.desk.why(found.ticket.id, clock: clock, at: place.now)
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
        let profile = try place.profile()
        for story in stories {
            let due = TimestampText.full(
                story.state.dueAt, zone: story.promised?.zone(else: .current) ?? .current)
            place.console.say(
                zh: "⏱ \(printable(story.label.zh))：\(due) 到期",
                en: "⏱ \(printable(story.label.en)): due \(due)")
            tellCalendar(of: story, place)
            guard let promised = story.promised else {
                place.console.say(zh: "  规则中没有这一时限。", en: "  The policy has no such clock.")
                continue
            }
            for step in promised.steps {
                let text = step.text(in: promised.zone(else: .current), language)
                place.console.say(zh: "  " + text, en: "  " + text)
            }
            if promised.isBeyondKnownDates, let calendar = promised.rule.calendar {
                place.console.say(
                    zh: "  注意：" + calendar.renewal.zh, en: "  Note: " + calendar.renewal.en)
            }
            let holders = HolderText(profile: profile, language: language)
            for line in holders.lines(story) { place.console.say(zh: "  " + line, en: "  " + line) }
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

    /// By which version of a calendar the hub counts (domain.md T19).
    private func tellCalendar(of story: PromiseStory, _ place: Workplace) {
        guard let calendar = story.state.calendar, calendar != .aroundTheClock else { return }
        let name = printable(calendar.name)
        place.console.say(
            zh: "  按日历 \(name) 版本 \(calendar.version) 计"
                + (story.isOfEarlierCalendar ? "；规则中已是另一版本，以下步骤按新版本" : ""),
            en: "  counts by calendar \(name) version \(calendar.version)"
                + (story.isOfEarlierCalendar
                    ? "; the policy has another one by now, the steps are by that" : ""))
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
            "calendar": JSONShape.calendar(story.state.calendar),
            "due_at": JSONShape.time(story.state.dueAt), "exact": .boolean(story.isExact),
            "beyond_known_dates": .boolean(story.promised?.isBeyondKnownDates ?? false),
            "steps": .array(steps ?? []), "holders": .array(story.shares.map(HolderText.json)),
        ]
    }
}

/// Whose time a promise has used up (domain.md T36).
struct HolderText {
    let profile: Profile
    let language: Language

    /// One line with all holders; none where nothing is known.
    func lines(_ story: PromiseStory) -> [String] {
        guard !story.shares.isEmpty else { return [] }
        let shares = story.shares.map { share in
            let length = DurationText.duration(milliseconds: share.milliseconds, language: language)
            return "\(name(share.holder)) \(length)"
        }
        return [
            language.choose(zh: "计入时间：", en: "counted time by holder: ")
                + shares.joined(separator: language.choose(zh: "、", en: ", "))
        ]
    }

    private func name(_ holder: Tenure.Holder) -> String {
        switch holder {
        case .staff(let staff): printable(staff.rawValue)
        case .department(let department):
            printable(profile.display(.text(department.rawValue), of: .department, language))
                + language.choose(zh: "（待接单）", en: " (queue)")
        case .nobody: language.choose(zh: "无人负责", en: "nobody")
        }
    }

    static func json(_ share: HolderShare) -> JSONValue {
        let (kind, name): (String, String?) =
            switch share.holder {
            case .staff(let staff): ("staff", staff.rawValue)
            case .department(let department): ("department", department.rawValue)
            case .nobody: ("nobody", nil)
            }
        return [
            "kind": .string(kind), "holder": JSONValue(name),
            "counted_ms": .integer(share.milliseconds),
        ]
    }
}
